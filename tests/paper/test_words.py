"""Every sentence of page one follows from the figures."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from smo.measure.estimate import Estimate
from smo.measure.intervals import proportion
from smo.measure.state import State, judge
from smo.paper.report import words_care, words_findings, words_page, words_steps, words_task
from smo.paper.report.assess_models import reversed_scores
from smo.paper.report.assess_people import reason
from smo.paper.report.assess_work import unused_spans
from smo.paper.report.model import Agreement, ConfusionPair, Consensus, ModelRow, RaterRow, Slice, TaskReport
from smo.paper.report.options import Options
from smo.paper.report.verdicts import Verdicts, verdicts
from smo.tables.problem import Problem

OPTIONS = Options(files=(), out=None)  # type: ignore[arg-type]


def _alpha(value: float, half: float = 0.02, n: int = 3000) -> Estimate:
    return Estimate(value, value - half, min(1.0, value + half), n, "overlap", "krippendorff_nominal")


def _agreement(value: float, half: float = 0.02, n: int = 3000) -> Agreement:
    alpha = _alpha(value, half, n)
    raw = Estimate(0.9, 0.88, 0.92, n, "overlap", "wilson")
    return Agreement({"krippendorff_alpha": alpha, "percent_agreement": raw}, state=judge(alpha, target=0.667))


def _slice(title: str, correct: int, n: int, alpha: float = 0.8) -> Slice:
    accuracy = proportion(correct, n, basis="gold")
    state = judge(accuracy, target=0.95)
    return Slice("lang", title.lower(), n, 3 * n, 3, _agreement(alpha), accuracy, state, title=title)


def _task(*slices: Slice, alpha: float = 0.8, accuracy: Estimate | None = None, **more: object) -> TaskReport:
    consensus = Consensus("majority", 2990, 10, accuracy=accuracy, majority_accuracy=accuracy)
    given: dict[str, object] = {"title": "hate", "n_raters": 3, "slices": slices, "consensus": consensus, **more}
    given = {"n_items": 3000, "n_ratings": 9000, "excluded": {}} | given
    return TaskReport(
        "hate", "choice", "nominal", "guessed", ("x", "y", "z"), agreement=_agreement(alpha), **given  # type: ignore[arg-type]
    )  # fmt: skip


def _found(*slices: Slice, **more: object) -> Verdicts:
    accuracy = proportion(
        sum(round(s.accuracy.successes) for s in slices), sum(s.n_items for s in slices), basis="gold"
    )  # type: ignore[union-attr,arg-type]
    return verdicts(_task(*slices, accuracy=accuracy, **more), OPTIONS)  # type: ignore[arg-type]


GOOD, BAD, OPEN = _slice("Italian", 594, 600), _slice("Arabic", 546, 600), _slice("French", 577, 600)


def _texts(found: Verdicts) -> str:
    return "\n".join(f"{one.state}: {one.text} | {one.detail}" for one in words_task.sentences(found))


@pytest.mark.parametrize(
    ("slices", "headline"),
    [
        ((GOOD, replace(GOOD, value="es", title="Spanish")), "Use the labels: both languages meet 95\u202f%"),
        ((GOOD, BAD, OPEN), "Use the labels in one of three languages. Hold back Arabic; check French"),
        ((BAD, replace(BAD, value="fr")), "Hold the labels back: none of two languages meets 95\u202f%"),
        ((BAD, OPEN), "Hold the labels back: one of two languages misses 95\u202f%"),
        ((OPEN, replace(OPEN, value="de")), "Not enough evidence to use the labels"),
    ],
)
def test_words_the_headline_is_the_answer(slices: tuple[Slice, ...], headline: str) -> None:
    assert words_page.headline([_found(*slices)]).startswith(headline)


@pytest.mark.parametrize(
    ("accuracy", "start"),
    [
        (proportion(990, 1000, basis="gold"), "Use the labels: 99.0"),
        (proportion(900, 1000, basis="gold"), "Hold the labels back: 90"),
        (proportion(95, 100, basis="gold"), "Key more items first"),
    ],
)
def test_words_without_slices_the_whole_is_judged(accuracy: Estimate, start: str) -> None:
    assert words_page.headline([verdicts(_task(accuracy=accuracy), OPTIONS)]).startswith(start)


def test_words_without_keys_nobody_is_told_that_labels_are_right() -> None:
    found = verdicts(_task(), OPTIONS)
    assert words_page.headline([found]) == "People agree (alpha 0.800); whether they are right is not measured"
    assert "not_measured: Whether the labels are right is not measured" in _texts(found)


def test_words_several_questions_are_told_apart() -> None:
    good, bad = verdicts(_task(title="target"), OPTIONS), verdicts(_task(alpha=0.4, title="severity"), OPTIONS)
    assert words_page.headline([good, bad]) == "People agree on target. Hold back severity"


def test_words_a_long_list_of_names_becomes_a_number() -> None:
    names = [f"a question with a long name {i}" for i in range(3)]
    found = [verdicts(_task(alpha=0.4, title=name), OPTIONS) for name in names]
    assert words_page.headline(found) == "Hold back three questions: no question meets its target"


def test_words_parts_are_said_with_their_interval_and_basis() -> None:
    texts = _texts(_found(GOOD, BAD, OPEN))
    assert "met: Italian meets 95\u202f%" in texts
    assert "not_met: Arabic is at 91.0\u202f% (88.9–92.7, n\u00a0600, gold) | 54 of 600 decided labels" in texts
    assert "not_enough_evidence: French cannot be told: 96.2\u202f%" in texts


def test_words_the_value_on_which_people_agree_least_is_named() -> None:
    low = replace(_slice("French", 590, 600, alpha=0.33), note="below the others by 0.36 (0.34–0.38)")
    texts = _texts(_found(GOOD, low))
    assert "People agree far less on French than on Italian: alpha 0.33" in texts
    assert "Below the others by 0.36 (0.34–0.38); it holds after allowing for 2 languages" in texts


def test_words_nothing_is_said_of_a_value_that_does_not_stand_apart() -> None:
    assert "less on" not in _texts(_found(GOOD, _slice("French", 590, 600, alpha=0.33)))


def test_words_people_are_counted_and_never_named_or_ranked() -> None:
    rows = [RaterRow(name, 100, state=State.MET) for name in ("ann", "ben", "cat")]
    rows.append(RaterRow("dan", 100, state=State.NOT_MET, reasons=("takes 30 % of the usual time",)))
    texts = _texts(verdicts(_task(raters=tuple(rows)), OPTIONS))
    assert "1 person of 4 stands apart" in texts
    assert "dan" not in texts


def test_words_when_many_stand_apart_the_rule_is_looked_at_first() -> None:
    rows = tuple(RaterRow(f"p{i}", 100, state=State.NOT_MET, reasons=("x",)) for i in range(20))
    assert "point to the rule or the tool" in _texts(verdicts(_task(raters=rows), OPTIONS))


def test_words_one_repeat_says_nothing_about_consistency() -> None:
    few, many = proportion(1, 1, basis="overlap"), proportion(338, 345, basis="overlap")
    assert "Asked again" not in _texts(verdicts(_task(intra=few), OPTIONS))
    assert "met: Asked again, people repeat their answer in 98.0" in _texts(verdicts(_task(intra=many), OPTIONS))


def test_words_without_raters_skill_is_not_measured() -> None:
    assert "not_measured: People’s skill is not measured" in _texts(verdicts(_task(n_raters=None), OPTIONS))


def test_words_faults_of_the_data_come_first() -> None:
    faults = words_page.faults([Problem("x", "92 spans lie outside their text.", "Look.", 92, "warning")])
    page = words_page.first_page([_found(BAD, GOOD)], [*words_task.sentences(_found(BAD, GOOD)), *faults])
    assert page.fails[0].text == "Read first: the data have 1 fault"
    assert page.fails[0].detail == "92 spans lie outside their text"
    assert words_page.faults([Problem("x", "A note.", "", 1, "note")]) == ()


def test_words_a_page_says_a_thing_once() -> None:
    said = words_task.sentences(_found(GOOD, BAD))
    page = words_page.first_page([_found(GOOD, BAD)], said + said)
    texts = [one.text for one in (*page.holds, *page.fails)]
    assert len(texts) == len(set(texts))


def test_words_steps_say_what_they_cost() -> None:
    pair = ConfusionPair("x", "y", 40, proportion(40, 54, basis="gold"), 12.0, 28.0, "gold")
    steps = words_steps.steps([_found(GOOD, replace(BAD, confusion=pair), OPEN)], ())
    first = steps[0]
    assert first.text == "Make the rule clear, then relabel Arabic: 600 items"
    assert first.detail == "Arabic mixes up “y” where the key says “x”: 40 answers"
    assert first.effort == "about 30\u202fh at 1\u202fmin each"
    assert any(step.text.startswith("Add keys for ") and "French" in step.text for step in steps)


def test_words_keys_needed_decide_four_times_in_five() -> None:
    rng = np.random.default_rng(5)
    n = words_steps.keys_needed(proportion(962, 1000, basis="gold"), 0.95)
    assert n is not None
    decided = [judge(proportion(k, n, basis="gold"), target=0.95) is State.MET for k in rng.binomial(n, 0.962, 2000)]
    assert 0.74 < sum(decided) / 2000 < 0.86


def test_words_care_names_what_was_left_out() -> None:
    task = _task(excluded={"single_label_items": 356, "missing_answers": 0, "repeated_answers": 61}, repeats=61)
    lines = words_care.care([verdicts(task, OPTIONS)], 2)
    assert "356 items with one answer count in no agreement" in " ".join(lines)
    assert lines[-1] == "2 faults of the data named on the next pages."


def test_words_chart_titles_state_what_is_drawn() -> None:
    found = words_findings.on_page_one([_found(GOOD, BAD, OPEN)])
    assert [(one.question, one.measure) for one in found[:2]] == [
        ("slices", "accuracy"),
        ("slices", "krippendorff_alpha"),
    ]
    assert found[0].title == "Arabic misses 95\u202f%"


def test_words_a_reason_has_figure_and_comparison() -> None:
    row = {"code": "below_others", "value": 0.69, "reference": 0.9, "n": 1566}
    assert reason(row, "consensus") == "equals the others’ answers in 69\u202f% of 1,566; most people in 90\u202f%"


def _with_open(n_decided: int, n_open: int, accuracy: Estimate, majority: Estimate | None = None) -> Verdicts:
    votes = Consensus("ds_map", n_decided, n_open, accuracy=accuracy, majority_accuracy=majority or accuracy)
    return verdicts(_task(consensus=votes), OPTIONS)


def test_words_accuracy_of_a_part_is_not_called_overall() -> None:
    found = _with_open(1000, 600, proportion(990, 1000, basis="gold"), proportion(1100, 1400, basis="gold"))
    assert words_page.headline([found]).startswith("Use only the decided labels: 99.0")
    said = words_page.summary([found])
    assert said.startswith("Accuracy of the decided labels is")
    assert "600 of 1,600 items are not decided" in said
    assert "majority alone: 78.6\u202f% of the 1,400 that it decides" in _texts(found)


def test_words_more_keys_are_asked_only_where_more_can_be_had() -> None:
    assert words_page.headline([_with_open(100, 7, proportion(95, 100, basis="gold"))]).startswith("Decide the open")


@pytest.mark.parametrize(
    ("labels", "start"), [(("x",), "Everybody gave the same label"), (("x", "y"), "Label some items twice")]
)
def test_words_without_a_figure_nothing_is_compared(labels: tuple[str, ...], start: str) -> None:
    nothing = Estimate(None, None, None, 3000, "overlap", "krippendorff_nominal")
    task = replace(_task(), labels=labels, agreement=Agreement({"krippendorff_alpha": nothing}, state=State.NOT_ENOUGH))
    found = verdicts(task, OPTIONS)
    assert words_page.headline([found]).startswith(start)
    assert "–" not in words_page.summary([found])


def test_words_a_guessed_scale_that_decides_the_state_is_said() -> None:
    agreed = replace(_agreement(0.81), coefficients={**_agreement(0.81).coefficients, "nominal_alpha": _alpha(0.52)})
    task = replace(_task(), level="ordinal", level_why="guessed: all labels are numbers", agreement=agreed)
    assert "ordinal is a guess: as plain names alpha 0.520" in _texts(verdicts(task, OPTIONS))
    said = replace(task, level_why="given with --level")
    assert "is a guess" not in _texts(verdicts(said, OPTIONS))


def test_words_keys_that_always_agree_are_doubted() -> None:
    perfect, good = proportion(300, 300, basis="gold"), proportion(299, 300, basis="gold")
    assert any("no evidence" in line for line in words_care.care([_with_open(300, 0, perfect)], 0))
    assert not any("no evidence" in line for line in words_care.care([_with_open(300, 0, good)], 0))


def test_words_repeats_without_one_difference_may_be_copies() -> None:
    texts = _texts(verdicts(_task(intra=proportion(180, 180, basis="overlap")), OPTIONS))
    assert "not_enough_evidence: All 180 repeated answers are the same" in texts


def test_words_keys_of_open_items_are_not_missing_keys() -> None:
    pair = ConfusionPair("x", "y", 3, proportion(3, 9, basis="gold"), 1.0, 2.0, "gold")
    assert "No item with a key is decided" in _texts(verdicts(_task(confusion=(pair,)), OPTIONS))


def test_words_a_model_of_the_votes_that_did_not_fit_is_named() -> None:
    votes = Consensus("tied", 100, 0, warnings=("ds_map turns most items around: it was not used",))
    assert "Consensus of hate: ds_map turns most items around: it was not used." in words_care.care(
        [verdicts(_task(consensus=votes), OPTIONS)], 0
    )


@pytest.mark.parametrize(("auc", "n"), [((0.08, 0.05, 0.12), 1), ((0.45, 0.40, 0.52), 0), ((0.9, 0.88, 0.92), 0)])
def test_words_scores_that_speak_for_another_label_are_a_fault(auc: tuple[float, float, float], n: int) -> None:
    row = ModelRow("m1", "hate", 200, "gold", "x", 0.5, {"auc": Estimate(*auc, 200, "model_vs_human", "hanley")})
    found = reversed_scores(_task(models=(row,)))
    assert len(found) == n
    assert all("m1" in one.message and "--positive hate=" in one.remedy for one in found)


def test_words_faults_are_one_sentence() -> None:
    one, other = (
        Problem(code, text, "", n, "warning") for code, text, n in (("a", "Ends lack.", 2), ("b", "One item.", 1))
    )
    assert words_page.faults([one, other])[0].detail == "Ends lack; one item"


def test_words_spans_that_belong_to_no_task_are_named() -> None:
    spans = pl.DataFrame({"item": ["1", "2"]})
    assert [problem.code for problem in unused_spans(spans, 2)] == ["spans_not_used"]
    assert unused_spans(spans, 1) == unused_spans(None, 2) == ()
