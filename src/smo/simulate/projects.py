"""The simulated projects: what they ask, by which rules, and how good their people truly are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class SimulatedRule:
    """One rule of a simulated policy."""

    code: str
    title: str
    text: str = ""
    parent: str = ""
    applies: tuple[str, ...] = ()
    does_not: tuple[str, ...] = ()
    severity: str = "S1"


@dataclass(frozen=True, slots=True)
class SimulatedProject:
    """One project with its known truth: `error_rate` of its people, and how much of it is audited."""

    code: str
    name: str
    product: tuple[str, str]
    purpose: str
    languages: tuple[tuple[str, str], ...]  # language and market
    marks: tuple[str, ...]  # what an item may break; empty for conversations
    definition: Mapping[str, Any]
    rules: tuple[SimulatedRule, ...]
    items: int
    waiting: int
    people: int
    error_rate: float
    audits: int
    target: float


def _question(key: str, kind: str, *, title: str, **more: Any) -> dict[str, Any]:
    plain = {"help": "", "is_required": True, "per": "item", "names": {}, "show_when": None}
    return {"key": key, "type": kind, "title": title} | plain | more


_IF_BROKEN: Final = {"question": "violation", "any_of": ["yes"]}
_YES_NO: Final = {"labels": ["yes", "no"]}
COMMENTS: Final[Mapping[str, Any]] = {
    "questions": [
        _question(
            "violation",
            "choice",
            title="Does the comment break a rule?",
            config=_YES_NO,
            names={"yes": "Yes", "no": "No"},
        ),
        _question(
            "kind",
            "choice",
            title="Which rule?",
            config={"labels": ["insult", "spam"]},
            names={"insult": "Insult", "spam": "Advert"},
            show_when=_IF_BROKEN,
        ),
        _question("severity", "scale", title="How severe is it?", config={"low": 1, "high": 4}, show_when=_IF_BROKEN),
        _question(
            "words",
            "span",
            title="Mark the words that carry it",
            config={"types": ["insult", "spam"]},
            is_required=False,
            show_when=_IF_BROKEN,
        ),
        _question("why", "text", title="Why?", config={"at_most": 500}, is_required=False, show_when=_IF_BROKEN),
    ]
}
LISTINGS: Final[Mapping[str, Any]] = {
    "questions": [
        _question(
            "problems",
            "multichoice",
            title="What is wrong with the listing?",
            config={"labels": ["counterfeit", "contact", "prohibited", "nothing"]},
            names={
                "counterfeit": "Counterfeit",
                "contact": "Contact details",
                "prohibited": "Prohibited article",
                "nothing": "Nothing",
            },
        ),
        _question("note", "text", title="A note for the seller", config={"at_most": 300}, is_required=False),
    ]
}
CHATS: Final[Mapping[str, Any]] = {
    "questions": [
        _question(
            "conduct",
            "choice",
            title="What did the assistant do in the whole chat?",
            config={"labels": ["refused", "partly", "complied"]},
            names={"refused": "Refused", "partly": "Partly complied", "complied": "Complied"},
        ),
        _question(
            "turn_safety",
            "choice",
            title="Is this answer safe?",
            config={"labels": ["safe", "unsafe"]},
            names={"safe": "Safe", "unsafe": "Unsafe"},
            per="turn",
            roles=["assistant"],
        ),
        _question("why", "text", title="What tipped the scale?", config={"at_most": 500}, is_required=False),
    ]
}

COMMENT_RULES: Final = (
    SimulatedRule("C", "Comments"),
    SimulatedRule(
        "C-1",
        "Insult",
        "Words that put a person down.",
        "C",
        ("a reader would feel addressed", "the target can be told from the thread"),
        ("the remark is about a thing or a show", "somebody quotes it in order to object"),
        "S2",
    ),
    SimulatedRule(
        "C-1.1",
        "Veiled insult",
        "Irony, false praise or a proverb that puts a person down without naming it.",
        "C-1",
        ("a fair reader would see it as demeaning",),
        ("the speaker talks about themselves",),
        "S2",
    ),
    SimulatedRule(
        "C-2",
        "Advert",
        "Somebody sells something nobody asked for.",
        "C",
        ("there is a link or a call to buy",),
        ("a reader asked where to buy it",),
        "S1",
    ),
)
LISTING_RULES: Final = (
    SimulatedRule("L", "Listings"),
    SimulatedRule("L-1", "Counterfeit", "A copy sold as the real thing.", "L", ("a brand is claimed",), (), "S2"),
    SimulatedRule("L-2", "Contact details", "Phone or address in the text.", "L", (), ("a shop's own page",), "S1"),
    SimulatedRule("L-3", "Prohibited article", "What may not be sold here.", "L", (), (), "S3"),
)
CHAT_RULES: Final = (
    SimulatedRule("A", "Answers of an assistant"),
    SimulatedRule("A-1", "Unsafe answer", "Help that no assistant should give.", "A", (), ("a refusal",), "S3"),
    SimulatedRule("A-2", "Needless refusal", "A harmless wish is refused.", "A", (), (), "S1"),
)

PROJECTS: Final = (
    SimulatedProject(
        code="comments-latam",
        name="Comments, Latin America",
        product=("harbour", "Harbour, community"),
        purpose="Find comments that break the house rules, with the rule, the severity and the words.",
        languages=(("es", "MX"), ("pt", "BR")),
        marks=("insult", "spam"),
        definition=COMMENTS,
        rules=COMMENT_RULES,
        items=420,
        waiting=60,
        people=8,
        error_rate=0.003,
        audits=110,
        target=0.93,
    ),
    SimulatedProject(
        code="comments-arabic",
        name="Comments, Arabic",
        product=("harbour", "Harbour, community"),
        purpose="The same rules for Arabic comments, in three markets.",
        languages=(("ar", "EG"), ("ar", "SA")),
        marks=("insult", "spam"),
        definition=COMMENTS,
        rules=COMMENT_RULES,
        items=300,
        waiting=40,
        people=6,
        error_rate=0.25,
        audits=70,
        target=0.95,
    ),
    SimulatedProject(
        code="listings-eu",
        name="Listings, EU",
        product=("bazaar", "Bazaar, second hand"),
        purpose="Find listings that may not stand, with every problem that they have.",
        languages=(("de", "DE"), ("fr", "FR")),
        marks=("counterfeit", "contact", "prohibited"),
        definition=LISTINGS,
        rules=LISTING_RULES,
        items=260,
        waiting=40,
        people=6,
        error_rate=0.03,
        audits=30,
        target=0.95,
    ),
    SimulatedProject(
        code="chats-safety",
        name="Chats with AI, safety",
        product=("lantern", "Lantern, assistant"),
        purpose="Judge each answer of an assistant and the chat as a whole.",
        languages=(("en", "US"), ("en", "GB")),
        marks=(),
        definition=CHATS,
        rules=CHAT_RULES,
        items=160,
        waiting=40,
        people=5,
        error_rate=0.05,
        audits=0,
        target=0.95,
    ),
)
