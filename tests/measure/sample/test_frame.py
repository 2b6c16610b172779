"""Frames and their hash: what binds them, what adds up, what is refused."""

from uuid import UUID

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.sample import Frame, frame_hash, merged_hash

IDS = [UUID(int=place + 1) for place in range(40)]
STRATA = ["DE", "FR", "IS", ""] * 10


def frame(part: slice = slice(None), **columns) -> Frame:
    return Frame.of_uuids(IDS[part], STRATA[part], **{name: column[part] for name, column in columns.items()})


@given(order=st.permutations(range(40)), cut=st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_the_hash_knows_no_order_and_adds_up(order: list[int], cut: int) -> None:
    whole = frame_hash(frame())
    mixed = Frame.of_uuids([IDS[place] for place in order], [STRATA[place] for place in order])
    assert frame_hash(mixed) == whole
    parts = [frame(slice(0, cut)), frame(slice(cut, 40))]
    assert merged_hash(frame_hash(part) for part in parts) == whole


def test_every_column_is_bound() -> None:
    numbers = list(np.linspace(0.1, 0.9, 40))
    hashes = {frame_hash(frame()), frame_hash(frame(slice(0, 39))), frame_hash(Frame.of_uuids(IDS, ["DE"] * 40))}
    hashes |= {frame_hash(frame(**{name: numbers})) for name in ("risk", "at", "first")}
    hashes.add(frame_hash(frame(risk=[*numbers[:-1], 0.91])))
    assert len(hashes) == 7
    assert all(len(one) == 16 for one in hashes)


def test_a_hash_over_several_pieces_equals_that_of_one() -> None:
    ids = np.random.default_rng(1).integers(0, 2**64, (20_000, 2), dtype=np.uint64)
    codes = (np.arange(20_000) % 3).astype(np.int32)
    whole = Frame(ids, codes, ("a", "b", "c"))
    halves = [Frame(ids[part], codes[part], ("a", "b", "c")) for part in (slice(0, 7001), slice(7001, None))]
    assert merged_hash(map(frame_hash, halves)) == frame_hash(whole)


def test_zero_has_one_sign() -> None:
    assert frame_hash(frame(slice(0, 2), risk=[0.0, 1.0])) == frame_hash(frame(slice(0, 2), risk=[-0.0, 1.0]))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"risk": [1.0, np.nan]}, "nan or infinite"),
        ({"risk": [1.0, np.inf]}, "nan or infinite"),
        ({"risk": [1.0, -0.1]}, "risk is 0 or more"),
        ({"risk": [1.0]}, "stand beside"),
        ({"at": [1.0, np.nan]}, "nan or infinite"),
        ({"first": [0.0, 0.5]}, "above 0"),
        ({"first": [1.1, 0.5]}, "at most at 1"),
    ],
)
def test_a_senseless_column_is_refused(columns: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Frame.of_uuids(IDS[:2], **columns)


def test_a_unit_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Frame.of_uuids([IDS[0], IDS[1], IDS[0]])
    with pytest.raises(ValueError, match="stand beside"):
        Frame.of_uuids(IDS, ["DE"])


def test_ids_with_equal_folds_are_told_apart() -> None:
    """Two ids whose fold is the same are no twins."""
    golden = 0x9E3779B97F4A7C15
    ids = np.array([[1, 0], [0, golden]], np.uint64)
    assert len(Frame(ids, np.zeros(2, np.int32), ("",))) == 2


def test_a_table_becomes_a_frame() -> None:
    table = pl.DataFrame({"id": [3, 1, 2], "market": ["DE", None, "FR"], "lang": ["de", "de", "fr"], "s": [1, 2, 3]})
    found = Frame.from_frame(table, id="id", stratum=["market", "lang"], risk="s")
    assert found.sizes() == {"- / de": 1, "DE / de": 1, "FR / fr": 1}
    assert found.risk.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        Frame.from_frame(table, id="no such")
    with pytest.raises(ValueError, match="nan or infinite"):
        Frame.from_frame(table.with_columns(s=pl.lit(None, pl.Float64)), id="id", risk="s")
