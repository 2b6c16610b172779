"""What every label type must do: anything put on the shelf is tried here without a line of its own."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from smo.shelf import things

SHELF = "smo.labeltypes"
NAMES = sorted(things(SHELF, "NAME"))
FUNCTIONS = ("check_config", "check", "to_label", "from_label", "distance", "combine", "facts", "looks_like")


def part(name: str, attribute: str) -> Any:
    return things(SHELF, attribute)[name]


def example(name: str) -> tuple[Mapping[str, Any], Sequence[Any]]:
    """What the type itself gives as an example of a config and of answers: the first two differ."""
    return part(name, "EXAMPLE_CONFIG"), part(name, "EXAMPLE_ANSWERS")


def test_the_shelf_holds_at_least_these() -> None:
    assert {"choice", "multichoice", "scale", "span", "text"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
class TestEveryType:
    def test_it_is_called_as_its_folder(self, name: str) -> None:
        assert part(name, "NAME") == name
        assert part(name, "TITLE")

    @pytest.mark.parametrize("function", FUNCTIONS)
    def test_it_has_every_function_with_an_example(self, name: str, function: str) -> None:
        found: Callable[..., Any] = part(name, function)
        assert ">>>" in (inspect.getdoc(found) or "")

    def test_it_has_an_example(self, name: str) -> None:
        _, answers = example(name)
        assert len(answers) > 1

    def test_a_right_config_has_no_fault(self, name: str) -> None:
        assert part(name, "check_config")(example(name)[0]) == []

    def test_right_answers_have_no_fault(self, name: str) -> None:
        config, answers = example(name)
        assert [part(name, "check")(answer, config) for answer in answers] == [[] for _ in answers]

    @pytest.mark.parametrize("wrong", [None, {}, b"x", object(), [None], [["x"]], True, float("nan"), float("inf")])
    def test_wrong_answers_have_a_reason_in_words(self, name: str, wrong: object) -> None:
        config, _ = example(name)
        faults = part(name, "check")(wrong, config)
        assert faults
        assert all(isinstance(fault, str) and fault.endswith(".") for fault in faults)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"labels": 3, "types": 3, "low": "x", "at_least": -1},
            {"labels": ["a"] * 2, "types": ["a"] * 2, "low": 5, "high": 1, "at_most": "x"},
        ],
    )
    def test_wrong_configs_have_a_reason_in_words(self, name: str, wrong: dict[str, object]) -> None:
        faults = part(name, "check_config")(wrong)
        assert faults
        assert all(isinstance(fault, str) and fault.endswith(".") for fault in faults)

    def test_answers_survive_a_table(self, name: str) -> None:
        for answer in example(name)[1]:
            label = part(name, "to_label")(answer)
            assert isinstance(label, str)
            assert label.strip()
            assert part(name, "from_label")(label) == answer

    def test_distance_is_a_level_or_a_matrix(self, name: str) -> None:
        config, answers = example(name)
        labels = [part(name, "to_label")(answer) for answer in answers]
        distance = part(name, "distance")(labels, config)
        if isinstance(distance, str):
            assert distance in {"nominal", "ordinal", "interval", "ratio"}
            return
        assert distance.shape == (len(labels), len(labels))
        assert np.array_equal(distance, distance.T)
        assert not distance.diagonal().any()
        assert (distance >= 0).all()

    def test_people_who_agree_decide(self, name: str) -> None:
        config, answers = example(name)
        label = part(name, "to_label")(answers[0])
        joined = part(name, "combine")(votes([label, label, label]), config)
        assert joined.columns == ["item", "label", "posterior", "decided", "n"]
        assert joined.rows() == [("i", label, 1.0, True, 3)]

    def test_a_tie_is_not_decided_and_order_does_not_matter(self, name: str) -> None:
        config, answers = example(name)
        labels = [part(name, "to_label")(answer) for answer in answers[:2]]
        combine = part(name, "combine")
        one, other = combine(votes(labels), config), combine(votes(labels[::-1]), config)
        assert one.equals(other)
        assert one["decided"].to_list() == [False]

    def test_missing_answers_do_not_count(self, name: str) -> None:
        config, answers = example(name)
        label = part(name, "to_label")(answers[0])
        assert part(name, "combine")(votes([label, None, label]), config)["n"].to_list() == [2]

    def test_facts_are_plain_values(self, name: str) -> None:
        for answer in example(name)[1]:
            facts = part(name, "facts")(answer)
            assert facts
            assert all(isinstance(value, str | int | float | bool) for value in facts.values())


def votes(labels: list[str | None]) -> pl.DataFrame:
    raters = [f"r{place}" for place in range(len(labels))]
    return pl.DataFrame({"item": ["i"] * len(labels), "rater": raters, "label": pl.Series(labels, dtype=pl.String)})


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        (["hateful", "non-hateful"], "choice"),
        (["1", "0", "-1", "-2", "-3"], "scale"),
        (["sexist", "sexist|racist"], "multichoice"),
        (["1|2", "1"], "multichoice"),
        (["1", "2", "unsure"], "choice"),
        (['[[0, 4, "insult"]]', "[]"], "span"),
        ([f"because the word number {n} is a slur" for n in range(60)], "text"),
        (["1_full_compliance", "2_full_refusal", "3_partial_refusal"], "choice"),
    ],
)
def test_the_type_that_fits_best(labels: list[str], name: str) -> None:
    scores = {each: looks_like(labels) for each, looks_like in things(SHELF, "looks_like").items()}
    assert max(scores, key=scores.__getitem__) == name
    assert sorted(scores.values())[-2] < scores[name]
