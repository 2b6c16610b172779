"""Changes to the catalog: allowed to whom, whole or not at all, each with its entry and its news."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from smo.catalog import actions, events, queries
from smo.catalog.actions import GuidelineText, NewTarget, ProjectSettings, RuleText
from smo.catalog.rules import refusals
from smo.kernel import audit, outbox
from smo.kernel.clock import now, today
from smo.kernel.errors import NotFound
from smo.kernel.permissions import SYSTEM, PermissionDenied, Scope, Verb
from smo.people.rules import ROLES
from tests.apps.catalog.conftest import acting

NEEDS = {
    "create_product": Verb.MANAGE_CATALOG,
    "add_market": Verb.MANAGE_CATALOG,
    "add_language": Verb.MANAGE_CATALOG,
    "create_policy": Verb.MANAGE_POLICIES,
    "draft_guideline": Verb.MANAGE_POLICIES,
    "save_guideline": Verb.MANAGE_POLICIES,
    "approve_guideline": Verb.APPROVE_GUIDELINES,
    "create_schema": Verb.MANAGE_POLICIES,
    "draft_schema": Verb.MANAGE_POLICIES,
    "save_schema": Verb.MANAGE_POLICIES,
    "publish_schema": Verb.MANAGE_POLICIES,
    "create_project": Verb.MANAGE_PROJECTS,
    "change_project": Verb.MANAGE_PROJECTS,
    "set_project_state": Verb.MANAGE_PROJECTS,
    "set_target": Verb.SET_TARGETS,
}
DEFINITION = {"questions": [{"key": "hate", "type": "choice", "title": "Hate?", "config": {"labels": ["yes", "no"]}}]}
OTHER = {"questions": [{"key": "spam", "type": "choice", "title": "Spam?", "config": {"labels": ["yes", "no"]}}]}
TEXT = GuidelineText("Read it all.", "First.", rules=(RuleText("H", "Hate"), RuleText("H-1", "Slurs", "H")))


def settings(**changes: object) -> ProjectSettings:
    return replace(ProjectSettings(code="comments", name="Comments", product="video"), **changes)  # type: ignore[arg-type]


def news() -> list[str]:
    with transaction.atomic():
        return [envelope.name for envelope in outbox.take()]


def verbs_written(kind: str, code: str) -> list[str]:
    return [entry.verb for entry in audit.entries(subject=audit.Subject(kind, code))]


def drafted(code: str = "house") -> UUID:
    actions.create_policy(by=SYSTEM, code=code, name="House rules")
    version = actions.draft_guideline(by=SYSTEM, policy=code)
    actions.save_guideline(by=SYSTEM, version_id=version, revision=1, text=TEXT)
    return version


@pytest.mark.parametrize("role", ROLES)
def test_actions_are_open_to_exactly_those_roles_that_hold_the_verb(project, role: str) -> None:
    project()
    version = drafted("to-save")
    questions = actions.create_schema(by=SYSTEM, code="to-save", name="q", definition=DEFINITION)
    arguments = {
        "create_product": {"code": "new", "name": "New"},
        "add_market": {"code": "x-1", "name": "New"},
        "add_language": {"code": "x-1", "name": "New"},
        "create_policy": {"code": "new", "name": "New"},
        "draft_guideline": {"policy": "comments"},
        "save_guideline": {"version_id": version, "revision": 2, "text": TEXT},
        "approve_guideline": {"version_id": version},
        "create_schema": {"code": "new", "name": "New", "definition": DEFINITION},
        "draft_schema": {"schema": "comments"},
        "save_schema": {"version_id": questions, "revision": 1, "definition": DEFINITION},
        "publish_schema": {"version_id": questions},
        "create_project": {"settings": settings(code="new")},
        "change_project": {
            "project": "comments",
            "revision": 1,
            "settings": settings(policy="comments", schema="comments"),
        },
        "set_project_state": {"project": "comments", "state": "live"},
        "set_target": {"target": NewTarget("comments", "decision_accuracy", 0.95, today("UTC"))},
    }
    assert set(arguments) == set(NEEDS) == {name for name in actions.__all__ if name[0].islower()}
    by = acting(role)
    for name, needed in NEEDS.items():
        act = getattr(actions, name)
        if needed in ROLES[role]:
            act(by=by, **arguments[name])
        else:
            before = audit.entries(limit=1)
            with pytest.raises(PermissionDenied):
                act(by=by, **arguments[name])
            assert audit.entries(limit=1) == before


def test_actions_a_grant_for_one_project_changes_no_other(project) -> None:
    project()
    by = acting("delivery_manager", Scope(project="comments"))
    actions.set_project_state(by=by, project="comments", state="live")
    actions.create_product(by=SYSTEM, code="chat", name="Chat")
    project("other")
    with pytest.raises(PermissionDenied):
        actions.set_project_state(by=by, project="other", state="live")
    with pytest.raises(PermissionDenied):
        actions.create_product(by=by, code="new", name="New")


@pytest.mark.parametrize("code", ["", "Video", "a b", "é", "-a", "a" * 61])
def test_actions_a_code_is_plain(db, code: str) -> None:
    with pytest.raises(refusals.CodeNotValid):
        actions.create_product(by=SYSTEM, code=code, name="Video")


def test_actions_a_code_is_taken_once(product) -> None:
    with pytest.raises(refusals.CodeTaken):
        actions.create_product(by=SYSTEM, code=product, name="Again")
    with pytest.raises(refusals.NameEmpty):
        actions.create_product(by=SYSTEM, code="new", name=" \t")


def test_actions_a_guideline_goes_from_draft_to_effective_to_superseded_by_time_alone(db) -> None:
    first = drafted()
    assert queries.guideline_version(first).state == "draft"
    start = actions.approve_guideline(by=SYSTEM, version_id=first)
    assert queries.guideline_version(first).state == "effective"
    second = actions.draft_guideline(by=SYSTEM, policy="house")
    assert [rule.code for rule in queries.guideline_version(second).rules] == ["H", "H-1"]
    assert queries.guideline_version(second).change_note == ""
    actions.approve_guideline(by=SYSTEM, version_id=second, effective_at=start + timedelta(days=3))
    assert [queries.guideline_version(one).state for one in (first, second)] == ["effective", "approved"]
    third = actions.draft_guideline(by=SYSTEM, policy="house")
    with pytest.raises(refusals.EffectiveOutOfOrder):
        actions.approve_guideline(by=SYSTEM, version_id=third, effective_at=start + timedelta(days=2))
    with pytest.raises(refusals.EffectiveInThePast):
        actions.approve_guideline(by=SYSTEM, version_id=third, effective_at=start - timedelta(days=1))


def test_actions_only_one_draft_and_only_drafts_change(db) -> None:
    first = drafted()
    with pytest.raises(refusals.DraftExists):
        actions.draft_guideline(by=SYSTEM, policy="house")
    actions.approve_guideline(by=SYSTEM, version_id=first)
    with pytest.raises(refusals.NotADraft):
        actions.save_guideline(by=SYSTEM, version_id=first, revision=2, text=TEXT)
    with pytest.raises(refusals.NotADraft):
        actions.approve_guideline(by=SYSTEM, version_id=first)
    with pytest.raises(NotFound):
        actions.draft_guideline(by=SYSTEM, policy="nowhere")
    actions.create_policy(by=SYSTEM, code="empty", name="Empty")
    with pytest.raises(refusals.GuidelineEmpty):
        actions.approve_guideline(by=SYSTEM, version_id=actions.draft_guideline(by=SYSTEM, policy="empty"))


def test_actions_who_saves_an_older_guideline_is_told_of_whom_and_loses_nothing(db) -> None:
    version = drafted()
    mira = acting("policy_owner")
    actions.save_guideline(by=mira, version_id=version, revision=2, text=replace(TEXT, introduction="Hers"))
    with pytest.raises(refusals.EditedMeanwhile) as refused:
        actions.save_guideline(by=SYSTEM, version_id=version, revision=2, text=replace(TEXT, introduction="Mine"))
    assert (refused.value.parameters["by"], refused.value.parameters["revision"]) == (str(mira.id), 3)
    assert queries.guideline_version(version).introduction == "Hers"
    with pytest.raises(refusals.EditedMeanwhile):
        actions.approve_guideline(by=SYSTEM, version_id=version, revision=2)


def test_actions_a_tree_of_rules_that_does_not_hold_is_refused_whole(db) -> None:
    version = drafted()
    wrong = replace(TEXT, rules=(RuleText("A", "a", "B"), RuleText("B", "b", "A")))
    with pytest.raises(refusals.RulesNotValid):
        actions.save_guideline(by=SYSTEM, version_id=version, revision=2, text=wrong)
    assert [rule.code for rule in queries.guideline_version(version).rules] == ["H", "H-1"]


def test_actions_two_people_editing_one_schema_the_second_is_told_and_nothing_is_lost(db) -> None:
    version = actions.create_schema(by=SYSTEM, code="hate", name="Hate", definition=DEFINITION)
    mira = acting("policy_owner")
    assert actions.save_schema(by=mira, version_id=version, revision=1, definition=OTHER) == 2
    with pytest.raises(refusals.EditedMeanwhile) as refused:
        actions.save_schema(by=SYSTEM, version_id=version, revision=1, definition=DEFINITION)
    assert refused.value.parameters["by"] == str(mira.id)
    assert queries.schema_version(version).schema.main.key == "spam"
    with pytest.raises(refusals.EditedMeanwhile):
        actions.publish_schema(by=SYSTEM, version_id=version, revision=1)


def test_actions_a_published_schema_stays_and_a_draft_copies_it(db) -> None:
    version = actions.create_schema(by=SYSTEM, code="hate", name="Hate", definition=DEFINITION)
    with pytest.raises(refusals.DraftExists):
        actions.draft_schema(by=SYSTEM, schema="hate")
    actions.publish_schema(by=SYSTEM, version_id=version)
    with pytest.raises(refusals.NotADraft):
        actions.save_schema(by=SYSTEM, version_id=version, revision=1, definition=OTHER)
    draft = actions.draft_schema(by=SYSTEM, schema="hate")
    actions.save_schema(by=SYSTEM, version_id=draft, revision=1, definition=OTHER)
    assert queries.schema_version(version).schema.main.key == "hate"
    detail = queries.schema(by=SYSTEM, code="hate")
    assert (detail.in_force.number, detail.draft.number) == (1, 2)
    with pytest.raises(refusals.SchemaNotValid):
        actions.save_schema(by=SYSTEM, version_id=draft, revision=2, definition={"questions": []})


def test_actions_peers_row_3_overlap_is_a_setting_of_the_project(project) -> None:
    project(overlap=3)
    assert queries.project(by=SYSTEM, code="comments").overlap == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("overlap", 0),
        ("overlap", 51),
        ("lease_seconds", 59),
        ("due_hours", 0),
        ("time_zone", "Mars/Olympus"),
        ("product", "nowhere"),
        ("policy", "nowhere"),
        ("schema", "nowhere"),
        ("languages", ("xx-none",)),
        ("markets", ("xx-none",)),
        ("severity_points", {"S9": 1}),
    ],
)
def test_actions_settings_that_cannot_be_are_refused_by_name(product, field: str, value: object) -> None:
    with pytest.raises(refusals.SettingsNotValid) as refused:
        actions.create_project(by=SYSTEM, settings=settings(**{field: value}))
    assert refused.value.parameters["field"] == field


def test_actions_a_project_goes_live_with_questions_and_a_guideline_in_force(product) -> None:
    actions.create_project(by=SYSTEM, settings=settings())
    with pytest.raises(refusals.NotReadyForLive) as refused:
        actions.set_project_state(by=SYSTEM, project="comments", state="live")
    assert refused.value.parameters["missing"] == "schema, guideline"
    version = drafted()
    actions.create_schema(by=SYSTEM, code="hate", name="Hate", definition=DEFINITION)
    wanted = settings(policy="house", schema="hate")
    assert actions.change_project(by=SYSTEM, project="comments", revision=1, settings=wanted) == 2
    actions.publish_schema(by=SYSTEM, version_id=queries.schema(by=SYSTEM, code="hate").draft.id)
    actions.approve_guideline(by=SYSTEM, version_id=version, effective_at=now() + timedelta(days=1))
    with pytest.raises(refusals.NotReadyForLive) as refused:
        actions.set_project_state(by=SYSTEM, project="comments", state="live")
    assert refused.value.parameters["missing"] == "guideline"


def test_actions_a_template_brings_all_that_a_live_project_needs(project) -> None:
    project()
    actions.set_project_state(by=SYSTEM, project="comments", state="live")
    detail = queries.project(by=SYSTEM, code="comments")
    assert (detail.state, detail.policy_code, detail.schema_code) == ("live", "comments", "comments")
    actions.set_project_state(by=SYSTEM, project="comments", state="paused")
    with pytest.raises(refusals.StateNotReachable):
        actions.set_project_state(by=SYSTEM, project="comments", state="draft")
    wanted = {events.GuidelineApproved, events.SchemaPublished, events.ProjectStateChanged}
    assert {outbox.event_name(event) for event in wanted} <= set(news())
    assert verbs_written("project", "comments")[:2] == ["project_state_changed", "project_state_changed"]


def test_actions_who_may_not_approve_leaves_the_template_s_guideline_as_a_draft(product) -> None:
    by = acting("delivery_manager")
    actions.create_project(by=by, settings=settings(), template="hate")
    assert queries.policy(by=SYSTEM, code="comments").of_state("draft") is not None
    with pytest.raises(refusals.NotReadyForLive):
        actions.set_project_state(by=by, project="comments", state="live")


def test_actions_a_stale_change_of_a_project_is_told_and_a_closed_one_does_not_change(project) -> None:
    project()
    wanted = settings(policy="comments", schema="comments")
    actions.change_project(by=SYSTEM, project="comments", revision=1, settings=wanted)
    with pytest.raises(refusals.EditedMeanwhile):
        actions.change_project(by=SYSTEM, project="comments", revision=1, settings=wanted)
    with pytest.raises(refusals.SettingsNotValid):
        actions.change_project(by=SYSTEM, project="comments", revision=2, settings=replace(wanted, code="new"))
    actions.set_project_state(by=SYSTEM, project="comments", state="live")
    with pytest.raises(refusals.NotReadyForLive):
        actions.change_project(by=SYSTEM, project="comments", revision=2, settings=replace(wanted, schema=""))
    actions.set_project_state(by=SYSTEM, project="comments", state="closed")
    with pytest.raises(refusals.ProjectClosed):
        actions.change_project(by=SYSTEM, project="comments", revision=2, settings=wanted)


def a_target(value: float, starts_on: date, **more: object) -> NewTarget:
    return NewTarget("comments", "decision_accuracy", value, starts_on, **more)  # type: ignore[arg-type]


def told(on: date | None = None) -> list[tuple[float, date, date | None]]:
    return [(row.value, row.starts_on, row.ends_on) for row in queries.targets(by=SYSTEM, project="comments", on=on)]


def test_actions_a_target_ends_the_one_before(project) -> None:
    project()
    day = today("UTC")
    later = day + timedelta(days=10)
    actions.set_target(by=SYSTEM, target=a_target(0.9, day - timedelta(days=200)))
    actions.set_target(by=SYSTEM, target=a_target(0.95, later))
    assert told() == [(0.95, later, None), (0.9, day - timedelta(days=200), later)]
    actions.set_target(by=SYSTEM, target=a_target(0.97, later))
    between = day + timedelta(days=5)
    actions.set_target(by=SYSTEM, target=a_target(0.92, between))
    assert told() == [(0.97, later, None), (0.92, between, later), (0.9, day - timedelta(days=200), between)]
    assert told(on=day) == [(0.9, day - timedelta(days=200), between)]
    assert verbs_written("project", "comments").count("target_set") == 4


def test_actions_a_target_of_one_market_stands_beside_that_of_all(project) -> None:
    project()
    day = today("UTC")
    actions.set_target(by=SYSTEM, target=a_target(0.9, day))
    actions.set_target(by=SYSTEM, target=a_target(0.8, day, market="FR"))
    assert [row.market for row in queries.targets(by=SYSTEM, project="comments", on=day)] == ["", "FR"]


def test_actions_a_goal_is_not_moved_for_a_month_that_is_over(project) -> None:
    project()
    day = today("UTC")
    actions.set_target(by=SYSTEM, target=a_target(0.9, day - timedelta(days=400)))
    with pytest.raises(refusals.PeriodHasEnded):
        actions.set_target(by=SYSTEM, target=a_target(0.8, day.replace(day=1) - timedelta(days=1)))
    assert [value for value, _, _ in told()] == [0.9]


@pytest.mark.parametrize(
    ("kpi", "value", "minimum_n"),
    [("nothing", 0.9, None), ("decision_accuracy", 1.2, None), ("decision_accuracy", float("nan"), None),
     ("decision_accuracy", -0.1, None), ("decision_accuracy", 0.9, 0)],
)  # fmt: skip
def test_actions_targets_that_cannot_be_are_refused(project, kpi: str, value: float, minimum_n: int | None) -> None:
    project()
    target = NewTarget("comments", kpi, value, today("UTC"), minimum_n=minimum_n)
    with pytest.raises(refusals.TargetNotValid):
        actions.set_target(by=SYSTEM, target=target)
