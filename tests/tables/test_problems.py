"""Every fault that labels may have is named with count, examples and remedy; clean labels have none."""

import polars as pl
import pytest

from smo.tables.problem import Problem
from smo.tables.problems import find_problems


def table(rows: list[tuple[object, object, str | None]], task: str = "hate") -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"item": pl.String, "rater": pl.String, "label": pl.String}, orient="row")
    return frame.with_columns(task=pl.lit(task))


def only(frame: pl.DataFrame, code: str) -> Problem:
    found = {problem.code: problem for problem in find_problems(frame)}
    assert code in found, f"{code} is not among {list(found)}"
    assert found[code].remedy
    return found[code]


CLEAN = [(item, rater, label) for item in "1234" for rater, label in (("a", "yes"), ("b", "no"))]


def test_clean_labels_have_no_problem() -> None:
    assert find_problems(table(CLEAN)) == ()


def test_repeated_answers_are_counted_by_person_and_item() -> None:
    frame = table([*CLEAN, ("1", "a", "yes"), ("2", "a", "no"), ("2", "a", "no")])
    problem = only(frame, "repeated_answers")
    assert problem.count == 2
    assert problem.examples == ("1 by a", "2 by a")
    assert "3 answers more" in problem.message
    assert "1 time with another label" in problem.message


def test_nameless_repeats_are_other_people() -> None:
    frame = table([("1", None, "yes"), ("1", None, "yes"), ("2", None, "no"), ("2", None, "yes")])
    assert [problem.code for problem in find_problems(frame)] == ["anonymous"]


def test_some_nameless_answers() -> None:
    problem = only(table([*CLEAN, ("1", None, "yes")]), "partly_anonymous")
    assert (problem.count, problem.examples, problem.column) == (1, ("1",), "rater")


def test_items_with_one_label() -> None:
    problem = only(table([*CLEAN, ("5", "a", "yes"), ("6", "a", "yes"), ("6", "a", "no")]), "single_label_items")
    assert (problem.count, problem.examples, problem.level) == (2, ("5", "6"), "note")
    every = only(table([("1", "a", "yes"), ("2", "b", "no")]), "single_label_items")
    assert (every.count, every.level) == (2, "error")


def test_empty_answers() -> None:
    assert only(table([*CLEAN, ("4", "c", None)]), "empty_labels").count == 1
    assert only(table([("1", "a", None), ("1", "b", None)]), "empty_labels").level == "error"


@pytest.mark.parametrize("label", ["contradictory", "empty", "N/A", "nan", "None", " unknown "])
def test_answers_that_are_none(label: str) -> None:
    problem = only(table([*CLEAN, ("4", "c", label)]), "no_answer_label")
    assert (problem.count, problem.examples, problem.task) == (1, ("4",), "hate")
    assert f'--missing "hate={label}"' in problem.remedy


def test_none_is_a_label_of_its_own() -> None:
    assert find_problems(table([*CLEAN, ("4", "c", "none")])) == ()


def test_spellings_are_named_and_not_merged() -> None:
    problem = only(table([*CLEAN, ("1", "c", "Yes "), ("2", "c", "YES"), ("3", "c", "yes.")]), "label_spelling")
    assert problem.count == 4
    assert '"yes" (4)' in problem.examples[0]


def test_an_item_with_far_too_many_labels() -> None:
    crowd = [("1", f"r{n}", "yes") for n in range(357)]
    problem = only(table([*CLEAN, *crowd]), "many_answers")
    assert (problem.count, problem.examples) == (1, ("1 (359 labels)",))


def test_one_label_for_all() -> None:
    assert only(table([("1", "a", "yes"), ("1", "b", "yes")]), "one_label").count == 2


def test_text_in_place_of_labels() -> None:
    rows = [(str(n), rater, f"because {n} {rater}") for n in range(150) for rater in "ab"]
    assert only(table(rows), "many_labels").count == 300


def test_words_among_numbers() -> None:
    rows = [(str(n), rater, str((n + place) % 5)) for n in range(50) for place, rater in enumerate("ab")]
    problem = only(table([*rows, ("1", "c", "three")]), "mixed_types")
    assert (problem.count, problem.examples) == (1, ('"three" (1)',))


def test_raters_written_in_several_ways() -> None:
    rows = [("1", "Anna", "yes"), ("1", "anna ", "no"), ("2", "bea", "no"), ("2", "Anna", "no")]
    assert only(table(rows), "rater_spelling").examples == ('"Anna" / "anna "',)


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "<script>alert(1)</script>", "-x"])
def test_formula_and_script_cells(cell: str) -> None:
    problem = only(table([*CLEAN, ("4", "c", cell)]), "formula_cells")
    assert (problem.count, problem.column) == (1, "label")


def test_negative_numbers_are_no_formulas() -> None:
    rows = [("1", "a", "-1"), ("1", "b", "+1"), ("2", "a", "-0.5"), ("2", "b", "-1")]
    assert find_problems(table(rows)) == ()


def test_the_worst_comes_first_and_tasks_are_apart() -> None:
    frame = pl.concat(
        [table(CLEAN, "a"), table([("1", "a", None), ("1", "b", None)], "b"), table([("1", "a", "NA")], "c")]
    )
    found = find_problems(frame)
    assert [problem.level for problem in found] == sorted(
        (problem.level for problem in found), key="error warning note".index
    )
    assert {problem.task for problem in found} == {"b", "c"}


def test_number_ids_are_fine() -> None:
    frame = pl.DataFrame({"item": [1, 1, 1], "rater": [7, 8, 8], "task": "t", "label": ["x", "y", "y"]})
    assert only(frame, "repeated_answers").examples == ("1 by 8",)
