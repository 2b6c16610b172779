"""Policies and questions on their pages: written, compared, approved, published."""

from html import unescape

import pytest

from smo.catalog import actions, queries
from smo.catalog.actions import GuidelineText, ProjectSettings, RuleText
from smo.catalog.rules.templates import TEMPLATES
from smo.kernel.permissions import SYSTEM
from smo.web.policy.schema_form import QuestionFields, definition_of, fields_of

CODE = "comments"


@pytest.fixture
def project(db) -> str:
    actions.create_product(by=SYSTEM, code="video", name="Video")
    actions.create_project(by=SYSTEM, settings=ProjectSettings(CODE, "Comments", "video"), template="violation")
    return CODE


@pytest.fixture
def writer(signed_in):
    return signed_in("policy_owner")


def guideline_form(**changes: object) -> dict[str, object]:
    form = {
        "revision": "1", "do": "save", "introduction": "Read it all.", "change_note": "", "code": ["A", "A-1"],
        "title": ["Insults", "Slurs"], "parent_code": ["", "A"], "text": ["Be kind", ""],
        "applies_when": ["one\ntwo", ""], "does_not_apply_when": ["", ""], "severity": ["S2", "S3"],
    }  # fmt: skip
    return form | changes


def question_form(*rows: QuestionFields, **more: object) -> dict[str, object]:
    names = QuestionFields.__dataclass_fields__
    return {name: [getattr(row, name) for row in rows] for name in names} | {"revision": "1", "do": "save"} | more


def text_of(response) -> str:
    return unescape(response.content.decode())


def test_policy_is_made_written_approved_and_read(writer) -> None:
    response = writer.post("/policies/add", {"name": "House rules"})
    assert response.status_code == 302
    draft = queries.policy(by=SYSTEM, code="house-rules").of_state("draft")
    assert response.url == f"/guidelines/{draft.id}/edit"
    assert writer.post(response.url, guideline_form()).status_code == 302
    assert writer.post(f"/guidelines/{draft.id}/approve", {"revision": "2", "effective_at": ""}).status_code == 302
    page = text_of(writer.get(f"/guidelines/{draft.id}"))
    assert "In force" in page
    assert 'id="rule-A-1"' in page
    assert queries.guideline_version(draft.id).rules[0].applies_when == ("one", "two")


def test_policy_a_tree_that_does_not_hold_keeps_what_was_typed(writer, project) -> None:
    draft = actions.draft_guideline(by=SYSTEM, policy=project)
    page = text_of(writer.post(f"/guidelines/{draft}/edit", guideline_form(parent_code=["A-1", "A"])))
    assert "The rules A, A-1 lie in a circle" in page
    assert "Be kind" in page


def test_policy_rules_are_added_moved_and_removed_without_saving(writer, project) -> None:
    draft = actions.draft_guideline(by=SYSTEM, policy=project)
    address = f"/guidelines/{draft}/edit"
    assert text_of(writer.post(address, guideline_form(do="add"))).count('name="code"') == 3
    assert text_of(writer.post(address, guideline_form(do="remove-0"))).count('name="code"') == 1
    moved = text_of(writer.post(address, guideline_form(do="down-0")))
    assert moved.index('value="A-1"') < moved.index('value="Insults"')
    assert queries.guideline_version(draft).revision == 1


def test_policy_two_writers_the_second_sees_who_and_both_texts_and_may_replace(writer, project, member) -> None:
    draft = actions.draft_guideline(by=SYSTEM, policy=project)
    other = member("delivery_manager", name="Mira Sol").person_id
    text = GuidelineText("Hers", rules=(RuleText("A", "Hers alone"),))
    actions.save_guideline(by=SYSTEM.__class__(other, SYSTEM.grants), version_id=draft, revision=1, text=text)
    response = writer.post(f"/guidelines/{draft}/edit", guideline_form(introduction="Mine"))
    page = text_of(response)
    assert "Mira Sol saved this while you were editing" in page
    assert "Hers alone" in page.replace("<del>", "").replace("</del>", "").replace("<ins>", "").replace("</ins>", "")
    assert ">Mine</textarea>" in page
    assert 'name="revision" value="2"' in page
    assert writer.post(f"/guidelines/{draft}/edit", guideline_form(revision="2")).status_code == 302
    assert queries.guideline_version(draft).introduction == "Read it all."


def test_policy_changes_stand_side_by_side_marked_by_more_than_colour(writer, project) -> None:
    old = queries.policy(by=SYSTEM, code=project).of_state("effective")
    draft = actions.draft_guideline(by=SYSTEM, policy=project)
    rules = (*queries.guideline_version(old.id).text.rules[:-1], RuleText("N", "New rule"))
    actions.save_guideline(by=SYSTEM, version_id=draft, revision=1, text=GuidelineText("Other words", rules=rules))
    page = text_of(writer.get(f"/guidelines/{draft}/changes"))
    assert "Added: 1" in page
    assert "Removed: 1" in page
    assert "<ins>New rule</ins>" in page
    assert "<del>" in page


def test_policy_hostile_text_stays_text(writer, project) -> None:
    draft = actions.draft_guideline(by=SYSTEM, policy=project)
    bad = "<script>alert(1)</script>"
    form = guideline_form(introduction=bad, title=[bad, "x"], text=[bad, ""], applies_when=[bad, ""])
    assert writer.post(f"/guidelines/{draft}/edit", form).status_code == 302
    for address in ("", "/edit", "/changes", "/approve"):
        assert "<script>alert" not in writer.get(f"/guidelines/{draft}{address}").content.decode()


def test_policy_drafts_are_not_shown_to_those_who_only_read(signed_in, project) -> None:
    draft = actions.draft_guideline(by=SYSTEM, policy=project)
    asked = actions.draft_schema(by=SYSTEM, schema=project)
    reader = signed_in("annotator")
    for address in (f"/guidelines/{draft}", f"/guidelines/{draft}/changes", f"/question-versions/{asked}"):
        assert reader.get(address).status_code == 404
    assert reader.get(f"/guidelines/{queries.policy(by=SYSTEM, code=project).versions[1].id}").status_code == 200


@pytest.mark.parametrize("name", TEMPLATES)
def test_questions_survive_the_form_and_back(name: str) -> None:
    definition = TEMPLATES[name].definition
    assert definition_of(fields_of(definition)) == definition


def test_questions_are_made_written_and_published(writer) -> None:
    response = writer.post("/questions/add", {"name": "Hate", "code": ""})
    draft = queries.schema(by=SYSTEM, code="hate").draft.id
    assert response.url == f"/question-versions/{draft}/edit"
    rows = (
        QuestionFields("hate", title="Hate?", options="yes = Yes\nno"),
        QuestionFields("how", "scale", "How?", low="0", high="4", when_question="hate", when_any_of="yes"),
    )
    assert writer.post(response.url, question_form(*rows)).status_code == 302
    assert writer.post(f"/question-versions/{draft}/publish", {"revision": "2"}).status_code == 302
    asked = queries.schema_version(draft)
    assert asked.is_published
    assert asked.schema.questions[1].show_when.any_of == ("yes",)
    assert "s-questions" in text_of(writer.get("/questions/hate"))


def test_questions_that_cannot_be_asked_are_named_and_nothing_typed_is_lost(writer, project) -> None:
    draft = actions.draft_schema(by=SYSTEM, schema=project)
    rows = (QuestionFields("Bad Key", title="Kept as typed", options="one"),)
    page = text_of(writer.post(f"/question-versions/{draft}/edit", question_form(*rows)))
    assert "its key must be small letters" in page
    assert "Kept as typed" in page
    assert queries.schema_version(draft).revision == 1


def test_questions_are_checked_while_they_are_typed_with_the_real_inputs(writer, project) -> None:
    draft = actions.draft_schema(by=SYSTEM, schema=project)
    address = f"/question-versions/{draft}/check"
    good = QuestionFields("hate", title="Is it hate?", options="yes\nno")
    assert "<s-questions" in text_of(writer.post(address, question_form(good)))
    scale = QuestionFields("how", "scale", "How?", low="x", high="4")
    assert "low must be a number" in text_of(writer.post(address, question_form(scale)))


def test_questions_two_writers_the_second_is_told_and_loses_nothing(writer, project) -> None:
    draft = actions.draft_schema(by=SYSTEM, schema=project)
    actions.save_schema(by=SYSTEM, version_id=draft, revision=1, definition=TEMPLATES["spam"].definition)
    mine = QuestionFields("mine", title="Mine?", options="yes\nno")
    page = text_of(writer.post(f"/question-versions/{draft}/edit", question_form(mine)))
    assert "saved this while you were editing" in page
    assert 'value="Mine?"' in page
    assert "What is it?" in page
    assert 'name="revision" value="2"' in page


def test_office_a_product_a_market_and_a_language_are_added(signed_in) -> None:
    manager = signed_in("delivery_manager")
    assert manager.post("/office/products", {"name": "Video site", "code": ""}).status_code == 302
    assert "Something else bears the code" in text_of(manager.post("/office/products", {"name": "Video site"}))
    assert manager.post("/office/markets", {"name": "Mars", "code": "x-mars"}).status_code == 302
    sent = {"name": "Old Norse", "code": "non", "is_right_to_left": "on"}
    assert manager.post("/office/languages", sent).status_code == 302
    assert [row.code for row in queries.products()] == ["video-site"]
    assert {row.code: row.is_right_to_left for row in queries.languages()}["non"]
