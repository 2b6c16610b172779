"""A live project with a queue and items, made as people make it: through actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from smo.catalog import actions as catalog
from smo.intake import actions as intake
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions as labeling
from smo.labeling.rules import QueueSettings

RULES = (
    catalog.RuleText("H", "Hate and harassment", text="Attacks on people or groups.", severity="S2"),
    catalog.RuleText(
        "H-2",
        "Veiled insult",
        "H",
        "Words that put a person down without naming it openly.",
        ("the target can be told from the text",),
        ("the speaker talks about themselves",),
        "S2",
    ),
    catalog.RuleText("P", "Privacy", text="Facts about a person that are nobody's business.", severity="S1"),
)
CHOICE = {"key": "violation", "type": "choice", "title": "Does it break a rule?", "config": {"labels": ["yes", "no"]}}
EVERY_TYPE: Sequence[Mapping[str, Any]] = (
    CHOICE | {"names": {"yes": "Yes, it does", "no": "No"}},
    {
        "key": "severity",
        "type": "scale",
        "title": "How severe is it?",
        "config": {"low": 0, "high": 4},
        "names": {"0": "None", "1": "Minor", "2": "Major", "3": "Critical", "4": "Zero tolerance"},
        "show_when": {"question": "violation", "any_of": ["yes"]},
    },
    {"key": "tone", "type": "multichoice", "title": "Which tone?", "config": {"labels": ["angry", "mocking", "calm"]}},
    {"key": "where", "type": "span", "title": "Mark the words that carry it", "config": {"types": ["insult", "name"]}},
    {"key": "why", "type": "text", "title": "Why?", "is_required": False, "config": {"at_most": 500}},
)
PER_TURN: Sequence[Mapping[str, Any]] = (
    {
        "key": "turn_rule",
        "type": "choice",
        "title": "Is this turn safe?",
        "per": "turn",
        "roles": ["assistant"],
        "config": {"labels": ["safe", "unsafe"]},
    },
    {
        "key": "words",
        "type": "span",
        "title": "Mark what is unsafe",
        "per": "turn",
        "roles": ["assistant"],
        "config": {"types": ["unsafe"]},
        "show_when": {"question": "turn_rule", "any_of": ["unsafe"]},
    },
)


@dataclass(frozen=True)
class Made:
    """What was made."""

    project: str
    queue_id: UUID
    guideline_id: UUID
    items: Mapping[str, UUID]


def labeled_project(
    code: str = "chats",
    *,
    questions: Sequence[Mapping[str, Any]] = (CHOICE,),
    rows: Sequence[Mapping[str, Any]] = ({"key": "i1", "text": "one"}, {"key": "i2", "text": "two"}),
    **settings: Any,
) -> Made:
    """A live project named after its code, with one queue that holds these rows."""
    catalog.create_product(by=SYSTEM, code=f"{code}-app", name="App")
    catalog.create_policy(by=SYSTEM, code=f"{code}-policy", name="Community rules")
    guideline_id = renew_guideline(code)
    schema = catalog.create_schema(
        by=SYSTEM, code=f"{code}-schema", name="Schema", definition={"questions": [*questions]}
    )
    catalog.publish_schema(by=SYSTEM, version_id=schema)
    given = {"policy": f"{code}-policy", "schema": f"{code}-schema"} | settings
    name = given.pop("name", "Chats with AI, safety")
    catalog.create_project(by=SYSTEM, settings=catalog.ProjectSettings(code, name, f"{code}-app", **given))
    catalog.set_project_state(by=SYSTEM, project=code, state="live")
    added = intake.add_items(by=SYSTEM, project=code, rows=rows)
    queue_id = labeling.create_queue(by=SYSTEM, project=code, settings=QueueSettings("English, tier 2"))
    labeling.fill_queues(by=SYSTEM, project=code)
    return Made(code, queue_id, guideline_id, added.items)


def renew_guideline(code: str) -> UUID:
    """A version of the project's guideline that is in force from now on."""
    version = catalog.draft_guideline(by=SYSTEM, policy=f"{code}-policy")
    text = catalog.GuidelineText("What we take down, and why.", "False praise counts now.", rules=RULES)
    catalog.save_guideline(by=SYSTEM, version_id=version, revision=1, text=text)
    catalog.approve_guideline(by=SYSTEM, version_id=version)
    return version
