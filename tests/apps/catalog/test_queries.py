"""The catalog as it is read: by whom, and as of when."""

from datetime import timedelta
from uuid import uuid4

import pytest

from smo.catalog import actions, queries
from smo.catalog.actions import GuidelineText, RuleText
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import SYSTEM, Actor, Scope
from tests.apps.catalog.conftest import acting

NOBODY = Actor(uuid4())


def test_queries_o4_an_item_opened_before_the_new_version_began_is_bound_to_the_old_one(project) -> None:
    project_id = project()
    old = queries.policy(by=SYSTEM, code="comments").of_state("effective")
    new = actions.draft_guideline(by=SYSTEM, policy="comments")
    monday = now() + timedelta(days=2)
    actions.approve_guideline(by=SYSTEM, version_id=new, effective_at=monday)
    before, after = (queries.binding(project_id, at) for at in (monday - timedelta(minutes=2), monday))
    assert before.guideline_version_id == old.id
    assert after.guideline_version_id == new
    assert before.schema_version_id == after.schema_version_id


def test_queries_before_anything_was_published_nothing_is_bound(project) -> None:
    project_id = project()
    long_ago = queries.binding(project_id, now() - timedelta(days=1))
    assert (long_ago.schema_version_id, long_ago.guideline_version_id) == (None, None)
    with pytest.raises(NotFound):
        queries.binding(uuid4(), now())


def test_queries_a_draft_is_not_bound(project) -> None:
    project_id = project()
    bound = queries.binding(project_id, now())
    actions.draft_schema(by=SYSTEM, schema="comments")
    actions.draft_guideline(by=SYSTEM, policy="comments")
    assert queries.binding(project_id, now()) == bound


def test_queries_a_binding_is_one_statement(project, django_assert_num_queries) -> None:
    project_id = project()
    with django_assert_num_queries(1):
        queries.binding(project_id, now())


def test_queries_a_published_schema_is_read_once(project, django_assert_num_queries) -> None:
    version = queries.binding(project(), now()).schema_version_id
    queries.schema_version(version)
    with django_assert_num_queries(0):
        assert queries.schema_version(version).schema.main.key == "violation"


def test_queries_show_only_the_projects_of_one_s_grants(project) -> None:
    project("one")
    project("two")
    narrow = acting("annotator", Scope(project="one", language="fr"))
    assert [row.code for row in queries.projects(by=narrow)] == ["one"]
    assert [row.code for row in queries.policies(by=narrow)] == ["one"]
    assert [row.code for row in queries.schemas(by=narrow)] == ["one"]
    for query in (queries.project, queries.policy, queries.schema):
        assert query(by=narrow, code="one").code == "one"
        with pytest.raises(NotFound):
            query(by=narrow, code="two")
    with pytest.raises(NotFound):
        queries.targets(by=narrow, project="two")
    assert (queries.projects(by=NOBODY), queries.policies(by=NOBODY), queries.schemas(by=NOBODY)) == ((), (), ())
    assert len(queries.projects(by=acting("annotator"))) == 2


def test_queries_drafts_are_for_those_who_write_them(project) -> None:
    project()
    actions.draft_guideline(by=SYSTEM, policy="comments")
    actions.draft_schema(by=SYSTEM, schema="comments")
    reader, writer = acting("annotator"), acting("policy_owner")
    assert len(queries.policy(by=reader, code="comments").versions) == 1
    assert len(queries.policy(by=writer, code="comments").versions) == 2
    assert queries.schema(by=reader, code="comments").draft is None
    assert queries.schema(by=writer, code="comments").draft is not None


@pytest.mark.parametrize("list_of", ["projects", "policies", "schemas"])
def test_queries_lists_need_the_same_number_of_statements_for_one_and_for_many(
    project, django_assert_max_num_queries, list_of: str
) -> None:
    for number in range(4):
        project(f"p-{number}")
    with django_assert_max_num_queries(4):
        assert len(getattr(queries, list_of)(by=SYSTEM)) == 4


def test_queries_rules_stand_in_reading_order_with_their_depth(db) -> None:
    actions.create_policy(by=SYSTEM, code="house", name="House")
    version = actions.draft_guideline(by=SYSTEM, policy="house")
    rules = (RuleText("B", "b"), RuleText("A", "a"), RuleText("B-1", "b1", "B", applies_when=("one", "two")))
    actions.save_guideline(by=SYSTEM, version_id=version, revision=1, text=GuidelineText(rules=rules))
    read = queries.guideline_version(version)
    assert [(rule.code, rule.depth) for rule in read.rules] == [("B", 0), ("B-1", 1), ("A", 0)]
    assert read.rules[1].applies_when == ("one", "two")
    assert actions.save_guideline(by=SYSTEM, version_id=version, revision=2, text=read.text) == 3


def test_queries_languages_and_markets_are_there_to_begin_with(db) -> None:
    languages = {row.code: row.is_right_to_left for row in queries.languages()}
    assert languages["ar"]
    assert not languages["en"]
    assert {"US", "BR"} <= {row.code for row in queries.markets()}
