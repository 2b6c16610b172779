"""Items are cut by columns that mean something, and a value stands apart only when chance does not explain it."""

import polars as pl
import pytest

from smo.measure.estimate import Estimate
from smo.paper.report.assess_slices import gap, holm, remark
from smo.paper.report.slicing import cuts, guess_columns


def _alpha(value: float, half: float, n: int = 500) -> Estimate:
    return Estimate(value, value - half, value + half, n, "overlap", "alpha")


def _items(**columns: list) -> pl.DataFrame:  # type: ignore[type-arg]
    n = len(next(iter(columns.values())))
    return pl.DataFrame({"item": list(range(n)), **columns})


def test_slicing_a_language_comes_first() -> None:
    items = _items(source=["a", "b"] * 20, lang=["fr", "it"] * 20, team=["x", "y"] * 20)
    assert guess_columns(items)[0] == "lang"


@pytest.mark.parametrize(
    "values",
    [["x"] * 40, [f"id{i}" for i in range(40)], [0.1, 0.2] * 20, ["a", *[None] * 38, "b"], ["a", "b"] * 20],
    ids=["one value", "an id", "measurements", "nearly empty", "a free note"],
)
def test_slicing_leaves_out_columns_that_say_nothing(values: list) -> None:  # type: ignore[type-arg]
    assert guess_columns(_items(notes=values)) == ()


def test_slicing_items_without_metadata_belong_to_no_slice() -> None:
    cut = cuts(_items(lang=["fr", "it"]), pl.Series([1, 7, 0]), columns=("lang",))[0]
    assert {value: mask.to_list() for value, mask in cut.groups()} == {
        "fr": [False, False, True],
        "it": [True, False, False],
    }


def test_slices_far_below_is_said_with_its_interval() -> None:
    found = gap(_alpha(0.33, 0.03), [_alpha(0.8, 0.02), _alpha(0.7, 0.02, n=1500)])
    assert found is not None
    assert found.value == pytest.approx(0.33 - (0.8 * 500 + 0.7 * 1500) / 2000)
    assert found.low < found.value < found.high < 0
    assert remark(found).startswith("below the others by 0.39 (0.36–0.43)")


def test_slices_without_interval_nothing_stands_apart() -> None:
    assert gap(Estimate(None, None, None, 0, "overlap", "alpha"), [_alpha(0.8, 0.02)]) is None
    assert gap(_alpha(0.8, 0.02), []) is None


def test_slices_many_values_need_stronger_evidence() -> None:
    assert holm([0.02]) == [True]
    assert holm([0.02] + [0.9] * 9) == [False] * 10
    assert holm([]) == []
