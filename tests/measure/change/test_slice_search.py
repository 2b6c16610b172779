"""Slices that stand out: found where made, seldom where not, the same from rows, tables and shards."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smo.measure.change.slice_search import SearchRules, slice_search

DIMS = ["site", "queue", "language"]


def rows(seed: int, n: int = 6000, *, bad: float = 0.05, base: float = 0.05) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {name: rng.choice(list(values), n) for name, values in zip(DIMS, ("abcd", "xyz", "defgh"), strict=True)}
    )
    is_bad = ((frame["site"] == "b") & (frame["queue"] == "y")).to_numpy()
    return frame.with_columns(events=pl.Series((rng.random(n) < np.where(is_bad, bad, base)).astype(np.int64)))


def test_slice_search_finds_the_slice_that_was_made() -> None:
    found = slice_search(rows(1, bad=0.25), DIMS)
    best = found.slices.row(0, named=True)
    assert (best["site"], best["queue"], best["language"], best["depth"]) == ("b", "y", None, 2)
    assert best["low"] > best["rest"]
    assert best["beyond_parents"] < 0.01
    assert best["excess"] == pytest.approx(best["events"] - best["n"] * best["rest"])
    parents = found.slices.filter(pl.col("depth") == 1)
    assert parents["beyond_parents"].null_count() == parents.height


def test_slice_search_p_values_are_fisher_s() -> None:
    frame = rows(2, 800, bad=0.3)
    found = slice_search(frame, DIMS, rules=SearchRules(least=20))
    assert found.slices.height
    for row in found.slices.rows(named=True):
        inside = pl.all_horizontal([pl.col(d) == row[d] for d in DIMS if row[d] is not None])
        k, n = frame.filter(inside)["events"].sum(), frame.filter(inside).height
        rest = frame["events"].sum() - k, frame.height - n
        p = stats.fisher_exact([[k, n - k], [rest[0], rest[1] - rest[0]]], alternative="greater").pvalue
        assert (row["events"], row["n"]) == (k, n)
        assert row["p_value"] == pytest.approx(p, rel=1e-9)


def test_slice_search_counts_every_large_slice_once() -> None:
    frame = rows(3)
    sizes = [frame.group_by(list(at)).len() for at in (DIMS[:1], DIMS[1:2], DIMS[2:], DIMS[:2], DIMS[1:], DIMS[::2])]
    large = sum((table["len"] >= 300).sum() for table in sizes)
    assert slice_search(frame, DIMS, rules=SearchRules(least=300)).n_tested == large


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 500))
def test_slice_search_is_the_same_from_rows_tables_and_shards(seed) -> None:
    frame = rows(seed, 900, bad=0.4)
    rules = SearchRules(least=30)
    whole = slice_search(frame, DIMS, rules=rules).slices
    shards = [
        part.group_by(DIMS).agg(pl.len().alias("n"), pl.col("events").sum()) for part in (frame[:400], frame[400:])
    ]
    assert slice_search(pl.concat(shards), DIMS, rules=rules).slices.equals(whole)
    assert slice_search(frame.sample(fraction=1, shuffle=True, seed=seed), DIMS, rules=rules).slices.equals(whole)


def test_slice_search_seldom_finds_anything_where_nothing_is() -> None:
    with_finds = sum(
        slice_search(rows(seed, 3000), DIMS, rules=SearchRules(depth=3)).slices.height > 0 for seed in range(100)
    )
    assert with_finds <= 9


def test_slice_search_lower_is_the_mirror_of_higher() -> None:
    frame = rows(5, bad=0.3)
    flipped = frame.with_columns(events=1 - pl.col("events"))
    higher = slice_search(frame, DIMS).slices
    lower = slice_search(flipped, DIMS, rules=SearchRules(direction="lower")).slices
    assert higher.select(*DIMS, "n").equals(lower.select(*DIMS, "n"))
    assert higher["p_value"].to_list() == pytest.approx(lower["p_value"].to_list(), rel=1e-9)


def test_slice_search_a_child_that_says_no_more_than_its_parent_is_known() -> None:
    rng = np.random.default_rng(6)
    frame = rows(6, 20_000)
    hit = (frame["site"] == "b").to_numpy()
    frame = frame.with_columns(events=pl.Series((rng.random(20_000) < np.where(hit, 0.2, 0.05)).astype(int)))
    found = slice_search(frame, DIMS).slices
    assert found.row(0, named=True)["site"] == "b"
    children = found.filter((pl.col("depth") == 2) & (pl.col("site") == "b"))
    assert children.height >= 3
    assert (children["beyond_parents"] > 0.01).mean() > 0.7


def test_slice_search_limits_by_size_alone() -> None:
    frame = rows(7)
    few = slice_search(frame, DIMS, rules=SearchRules(depth=2, most_slices=5))
    assert few.n_tested <= 10
    flipped = frame.with_columns(events=1 - pl.col("events"))
    assert slice_search(flipped, DIMS, rules=SearchRules(depth=2, most_slices=5)).n_tested == few.n_tested


def test_slice_search_of_odd_tables() -> None:
    frame = rows(8, 200)
    assert slice_search(frame.head(0), DIMS).n_tested == 0
    assert slice_search(frame.head(0), DIMS).rate is None
    assert slice_search(frame.head(10), DIMS).n_tested == 0
    one = slice_search(frame.with_columns(site=pl.lit("a")), ["site"])
    assert one.slices.is_empty()
    nulls = frame.with_columns(site=pl.lit(None, pl.String), events=pl.lit(1))
    assert slice_search(nulls, ["site"]).slices.is_empty()
    many = pl.DataFrame({"who": [str(at) for at in range(3000)], "events": [0] * 3000})
    assert slice_search(many, ["who"]).n_tested == 0


def test_slice_search_refuses_what_cannot_be() -> None:
    frame = rows(9, 100)
    for wrong in (
        lambda: slice_search(frame, []),
        lambda: slice_search(frame, ["team"]),
        lambda: slice_search(frame.with_columns(events=0.5), DIMS),
        lambda: slice_search(frame.with_columns(events=2), DIMS),
        lambda: slice_search(frame.with_columns(n=-1), DIMS),
        lambda: slice_search(frame.rename({"site": "value"}), ["value"]),
        lambda: SearchRules(depth=0),
        lambda: SearchRules(direction="sideways"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
