"""Past decisions, gold and predictions on their way in, each answer read by the question's type."""

from pathlib import Path

import pytest

from smo.catalog import actions as catalog
from smo.catalog.rules.projects import ProjectSettings
from smo.evaluation.models import Prediction
from smo.intake import actions, queries
from smo.intake.models import Item
from smo.intake.rules.faults import NoQuestions
from smo.jobs import imports
from smo.kernel.permissions import SYSTEM
from smo.labeling.models import Decision
from smo.people.models import Person
from smo.quality.models import GoldKey

DATA = Path(__file__).parents[4] / "shared" / "data"
QUESTIONS = {
    "questions": [
        {"key": "hate", "type": "choice", "title": "Hate?", "config": {"labels": ["yes", "no"]}},
        {"key": "kinds", "type": "multichoice", "title": "Kinds", "config": {"labels": ["a", "b"]}},
        {"key": "badness", "type": "scale", "title": "How bad?", "config": {"low": 0, "high": 4}},
        {"key": "where", "type": "span", "title": "Where?", "config": {"types": ["slur"]}},
        {"key": "turn", "type": "choice", "title": "Turn", "per": "turn", "config": {"labels": ["ok", "bad"]}},
    ]
}


@pytest.fixture
def asking(db) -> str:
    """A project with questions; its code."""
    catalog.create_product(by=SYSTEM, code="chat", name="Chat")
    version = catalog.create_schema(by=SYSTEM, code="hate", name="Hate", definition=QUESTIONS)
    catalog.publish_schema(by=SYSTEM, version_id=version)
    catalog.create_project(by=SYSTEM, settings=ProjectSettings("hate", "Hate", "chat", schema="hate"))
    rows = [{"key": f"i{n}", "text": f"text number {n}"} for n in range(3)]
    actions.add_items(by=SYSTEM, project="hate", rows=rows)
    return "hate"


def brought(project: str, text: str | Path, *, kind: str = "decisions", make_questions: bool = False, **mapping):
    content = text if isinstance(text, Path) else [text.encode()]
    name = text.name if isinstance(text, Path) else "file.csv"
    import_id = actions.receive_import(by=SYSTEM, project=project, kind=kind, file_name=name, content=content)
    guesses = actions.look_into(by=SYSTEM, import_id=import_id).guesses
    actions.map_import(by=SYSTEM, import_id=import_id, mapping=mapping or guesses, make_questions=make_questions)
    actions.stage_import(by=SYSTEM, import_id=import_id)
    imports.publish(by=SYSTEM, import_id=import_id)
    return queries.import_state(by=SYSTEM, import_id=import_id)


def codes(state) -> list[str]:
    return [fault["code"] for fault in state.faults]


def test_one_decision_for_each_item_and_rater_with_an_answer_for_each_question(asking) -> None:
    text = "item,rater,task,label,submitted_at,started_at\n"
    text += "i0,ann,hate,yes,2026-01-02T10:00:00Z,2026-01-02T09:59:30Z\n"
    text += "i0,ann,kinds,b|a,,\ni0,ann,badness,3,,\ni0,bob,hate,no,,\n"
    text += 'i1,ann,turn,"{""1"": ""bad""}",,\ni1,ann,where,"[{""start"":0,""end"":4,""type"":""slur""}]",,\n'
    state = brought(asking, text)
    assert (state.row.rows_new, state.row.rows_rejected) == (3, 0)
    found = Decision.objects.select_related("person", "item").order_by("id")
    told = {(row.item.item_key, row.person.name.split()[0]): row.answers for row in found}
    assert told == {
        ("i0", "ann"): {"hate": "yes", "kinds": ["b", "a"], "badness": 3},
        ("i0", "bob"): {"hate": "no"},
        ("i1", "ann"): {"turn": {"1": "bad"}, "where": [{"start": 0, "end": 4, "type": "slur"}]},
    }
    first = found[0]
    assert (first.received_at.hour, first.active_ms, first.brought_by_id) == (10, 30_000, state.row.id)
    assert set(Person.objects.values_list("kind", flat=True)) == {"imported"}


def test_what_the_questions_do_not_take_is_named(asking) -> None:
    text = (
        "item,rater,task,label\ni0,ann,hate,maybe\ni9,ann,hate,yes\ni0,ann,other,yes\ni0,ann,badness,7\ni0,ann,hate,\n"
    )
    text += 'i1,ann,where,"[{""start"":0,""end"":99,""type"":""slur""}]"\ni2,ann,hate,yes\n'
    state = brought(asking, text)
    expected = ["label_outside", "label_outside", "no_label", "no_such_item", "no_such_question", "span_outside"]
    assert sorted(codes(state)) == expected
    assert Decision.objects.count() == 1


def test_the_same_decisions_again_are_known_and_others_refused(asking) -> None:
    assert brought(asking, "item,rater,label\ni0,ann,yes\n").row.rows_new == 1
    again = brought(asking, "item,rater,label\ni0,ann,yes\ni1,ann,no\n")
    assert (again.row.rows_new, again.row.rows_known) == (1, 1)
    other = brought(asking, "item,rater,label\ni0,ann,no\n")
    assert (other.row.rows_new, other.row.rows_known, codes(other)) == (0, 0, ["decided_already"])


def test_who_answers_twice_decides_twice_and_nobody_is_somebody(asking) -> None:
    brought(asking, "item,rater,label\ni0,ann,yes\ni0,ann,no\ni1,,yes\ni1,,no\n")
    by_item = sorted(Decision.objects.values_list("item__item_key", "person__name", "answers__hate"))
    assert by_item == [
        ("i0", "ann (hate)", "no"), ("i0", "ann (hate)", "yes"),
        ("i1", "Anonymous 1 (hate)", "yes"), ("i1", "Anonymous 2 (hate)", "no"),
    ]  # fmt: skip


def test_a_column_for_each_rater_and_one_for_each_question(asking) -> None:
    brought(asking, "item,A1,A2\ni0,yes,no\ni1,no,\ni2,yes,yes\n")
    assert Decision.objects.count() == 5
    brought(asking, "item,who,hate,badness\ni0,cy,yes,2\n", key="item", rater="who", label="hate,badness")
    assert Decision.objects.get(person__name="cy (hate)").answers == {"hate": "yes", "badness": 2}


def test_gold_may_know_several_right_answers_and_is_replaced_by_newer(asking) -> None:
    brought(asking, "item,task,gold\ni0,hate,yes\ni0,hate,no\ni1,hate,yes\n", kind="gold")
    keys = {row.item.item_key: row.answers for row in GoldKey.objects.select_related("item")}
    assert keys == {"i0": ["no", "yes"], "i1": ["yes"]}
    again = brought(asking, "item,task,gold\ni0,hate,yes\ni1,hate,yes\n", kind="gold")
    assert (again.row.rows_new, again.row.rows_known) == (1, 1)
    assert GoldKey.objects.get(item__item_key="i0", is_active=True).answers == ["yes"]
    assert GoldKey.objects.count() == 3


def test_predictions_of_several_models(asking) -> None:
    text = "item,model,task,score,value\ni0,m1,hate,0.9,\ni0,m2,hate,,yes\ni1,m1,hate,x,\ni0,m1,hate,0.1,\n"
    state = brought(asking, text, kind="predictions")
    assert codes(state) == ["bad_number", "doubled_row"]
    found = sorted(Prediction.objects.values_list("model__name", "model__kind", "question", "value", "score"))
    assert found == [("m1 (hate)", "model", "hate", "", 0.9), ("m2 (hate)", "model", "hate", "yes", None)]
    again = brought(asking, "item,model,task,score\ni0,m1,hate,0.9\ni0,m1,hate,0.9\n", kind="predictions")
    assert again.row.rows_known == 1


def test_without_questions_they_are_made_when_asked_for(project) -> None:
    actions.add_items(by=SYSTEM, project=project, rows=[{"key": "a", "text": "one"}])
    text = "item,rater,task,label\na,r,severity,-1\na,q,severity,1\na,r,type,x|y\na,r,hate,no\na,q,hate,yes\n"
    with pytest.raises(NoQuestions):
        brought(project, text)
    state = brought(project, text, make_questions=True)
    assert state.row.rows_rejected == 0
    answers = Decision.objects.get(person__name="r (safety)").answers
    assert answers == {"severity": -1, "type": ["x", "y"], "hate": "no"}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data sets are not at {DATA}")
def test_hatecheck_comes_in_with_its_decisions_and_gold(project) -> None:
    assert brought(project, DATA / "hatecheck" / "items.jsonl.gz", kind="items").row.rows_new == 3_901
    decisions = brought(project, DATA / "hatecheck" / "labels.csv.gz", make_questions=True)
    assert (decisions.row.rows_new, decisions.row.rows_rejected) == (19_505, 0)
    assert brought(project, DATA / "hatecheck" / "gold.csv.gz", kind="gold").row.rows_new == 3_901
    assert Decision.objects.values("person").distinct().count() == 10


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data sets are not at {DATA}")
@pytest.mark.parametrize(
    ("name", "items", "decisions", "people", "rejected"),
    [
        ("multilingual_hatecheck", 36_561, 109_683, 3, 0),
        ("xstest", 2_223, 4_446, 2, 0),
        ("convabuse", 4_181, None, 8, 0),
        ("toxic_spans", 15_950, None, 3_579, 0),
    ],
)
def test_the_other_real_sets_come_in_as_past_decisions(project, name, items, decisions, people, rejected) -> None:
    folder = DATA / name
    assert brought(project, folder / "items.jsonl.gz", kind="items").row.rows_new == items
    state = brought(project, folder / "labels.csv.gz", make_questions=True)
    assert state.row.rows_rejected == rejected
    assert Decision.objects.values("person").distinct().count() == people
    assert Decision.objects.count() == (decisions or state.row.rows_new)
    for kind in ("gold", "predictions"):
        if (folder / f"{kind}.csv.gz").exists():
            side = brought(project, folder / f"{kind}.csv.gz", kind=kind)
            assert side.row.rows_new > 0
            assert side.row.rows_rejected == 0
    if name == "convabuse":
        assert not Item.objects.exclude(kind="conversation").exists()


def test_peers_row_13_the_same_table_again_gives_the_same_decisions(project) -> None:
    actions.add_items(by=SYSTEM, project=project, rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(5)])
    rows = [f"i{item},r{rater},{'yes' if (item + rater) % 3 else 'no'}" for item in range(5) for rater in range(3)]
    brought(project, "item,rater,label\n" + "\n".join(rows), make_questions=True)
    before = sorted(Decision.objects.values_list("item__item_key", "person__name", "answers__label"))
    told = "".join(f"{item},{rater.split()[0]},{label}\n" for item, rater, label in before)
    again = brought(project, "item,rater,label\n" + told)
    assert (again.row.rows_new, again.row.rows_known, again.row.rows_rejected) == (0, 15, 0)
    assert sorted(Decision.objects.values_list("item__item_key", "person__name", "answers__label")) == before


def test_peers_row_4_an_item_tells_no_score_of_a_model(asking) -> None:
    actions.add_items(by=SYSTEM, project=asking, rows=[{"key": "s", "text": "scored", "score": 0.98}])
    item = Item.objects.get(item_key="s")
    assert item.model_score == 0.98
    assert "0.98" not in repr(queries.item(by=SYSTEM, item_id=item.id))
    assert "0.98" not in repr(queries.content([item.id]))
