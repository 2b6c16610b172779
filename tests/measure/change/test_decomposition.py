"""Rate, mix and interaction: the worked example, adding up, intervals that cover, trees."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.change.decomposition import decompose, decompose_tree

CELLS = st.lists(
    st.tuples(st.integers(1, 500), st.floats(0, 1), st.integers(1, 500), st.floats(0, 1)), min_size=1, max_size=8
)


def frames(rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    name = [f"s{at:02}" for at in range(len(rows))]
    old = [(s, n, round(n * r)) for s, (n, r, _, _) in zip(name, rows, strict=True)]
    new = [(s, n, round(n * r)) for s, (_, _, n, r) in zip(name, rows, strict=True)]
    return tuple(pl.DataFrame(side, schema=["site", "n", "events"], orient="row") for side in (old, new))


def worked(scale: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    old = pl.DataFrame({"site": list("abc"), "n": [5000, 3000, 2000], "events": [4800, 2760, 1800]})
    new = pl.DataFrame({"site": list("abc"), "n": [4000, 3000, 3000], "events": [3820, 2775, 2700]})
    return tuple(side.with_columns(pl.col("n", "events") * scale) for side in (old, new))


def test_decomposition_worked_example_is_mostly_mix() -> None:
    found = decompose(*worked(), segments=["site"], basis="gold")
    parts = [found.total, found.rate, found.mix, found.interaction]
    assert [part.value for part in parts] == pytest.approx([-0.0065, -0.0010, -0.0060, 0.0005], abs=1e-9)
    assert found.mix.high < 0
    assert found.rate.low < 0 < found.rate.high


def test_decomposition_order_free_is_the_same_backwards() -> None:
    old, new = worked()
    there = decompose(old, new, segments=["site"], basis="gold", is_order_free=True)
    back = decompose(new, old, segments=["site"], basis="gold", is_order_free=True)
    assert there.rate.value == pytest.approx(-back.rate.value)
    assert there.mix.value == pytest.approx(-back.mix.value)
    assert there.interaction is None
    assert there.rate.value == pytest.approx(-0.00075)


@settings(max_examples=40, deadline=None)
@given(CELLS)
def test_decomposition_adds_up_by_terms_and_by_segments(rows) -> None:
    old, new = frames(rows)
    change = new["events"].sum() / new["n"].sum() - old["events"].sum() / old["n"].sum()
    found = decompose(old, new, segments=["site"], basis="gold")
    assert found.total.value == pytest.approx(change, abs=1e-12)
    for term in ("rate", "mix", "interaction"):
        assert found.segments[term].sum() == pytest.approx(getattr(found, term).value, abs=1e-12)
    assert found.rate.value + found.mix.value + found.interaction.value == pytest.approx(change, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(CELLS, st.integers(0, 99))
def test_decomposition_follows_the_segments_not_their_rows(rows, seed) -> None:
    old, new = frames(rows)
    order = np.random.default_rng(seed).permutation(len(rows))
    there = decompose(old, new, segments=["site"], basis="gold")
    halves = pl.concat([old[order].with_columns(pl.col("n", "events") * 0), old[order]])
    again = decompose(halves, new[order], segments=["site"], basis="gold")
    assert again.mix.value == pytest.approx(there.mix.value, abs=1e-12)
    assert again.rate.high == pytest.approx(there.rate.high, abs=1e-12)


def test_decomposition_intervals_cover() -> None:
    rng = np.random.default_rng(3)
    share, rate = (
        (np.array([0.5, 0.3, 0.2]), np.array([0.35, 0.35, 0.3])),
        (np.array([0.1, 0.2, 0.05]), np.array([0.12, 0.15, 0.08])),
    )
    step, shift = rate[1] - rate[0], share[1] - share[0]
    truth = {"rate": share[0] @ step, "mix": shift @ rate[0], "interaction": shift @ step}
    truth["total"] = sum(truth.values())
    hits = dict.fromkeys(truth, 0)
    for _ in range(400):
        sides = []
        for at in (0, 1):
            n = rng.multinomial(1500, share[at])
            sides.append(pl.DataFrame({"site": list("abc"), "n": n, "events": rng.binomial(n, rate[at])}))
        found = decompose(*sides, segments=["site"], basis="gold")
        for term, value in truth.items():
            part = getattr(found, term)
            hits[term] += part.low <= value <= part.high
    assert all(0.86 < hit / 400 < 0.94 for hit in hits.values()), hits


def test_decomposition_known_volumes_leave_no_error_in_the_mix() -> None:
    old, new = worked()
    volume = {"volume": [5e5, 3e5, 2e5]}, {"volume": [4e5, 3e5, 3e5]}
    sides = [
        side.with_columns(pl.Series("volume", size["volume"])) for side, size in zip((old, new), volume, strict=True)
    ]
    plain, known = (
        decompose(old, new, segments=["site"], basis="gold"),
        decompose(*sides, segments=["site"], basis="gold"),
    )
    assert known.mix.value == pytest.approx(plain.mix.value)
    assert known.total.high - known.total.low < plain.total.high - plain.total.low


def test_decomposition_a_segment_that_comes_or_goes_is_mix() -> None:
    old = pl.DataFrame({"site": ["a", "b"], "n": [100, 100], "events": [10, 30]})
    new = pl.DataFrame({"site": ["a", "c"], "n": [100, 100], "events": [10, 50]})
    found = decompose(old, new, segments=["site"], basis="gold")
    assert found.total.value == pytest.approx(0.1)
    assert found.mix.value == pytest.approx(0.1)
    assert found.rate.value == pytest.approx(0.0)


def test_decomposition_tree_adds_up_and_ends_where_the_finest_level_is() -> None:
    rng = np.random.default_rng(4)
    keys = {"market": list("aaabbb"), "queue": list("xyzxyw")}
    sides = [
        pl.DataFrame(keys | {"n": n, "events": rng.binomial(n, 0.2)})
        for n in (rng.integers(50, 900, 6), rng.integers(50, 900, 6))
    ]
    tree = decompose_tree(*sides, tree=["market", "queue"], basis="gold")
    value = {(level, term): v for level, term, v in tree.select("level", "term", "value").rows()}
    assert value[("market", "mix")] + value[("queue", "mix")] + value[("queue", "rate")] == pytest.approx(
        value[(None, "total")]
    )
    flat = decompose(*sides, segments=["market", "queue"], basis="gold", is_order_free=True)
    assert value[("queue", "rate")] == pytest.approx(flat.rate.value)
    bottom = tree.filter(term="rate").row(0, named=True)
    assert (bottom["low"], bottom["high"]) == pytest.approx((flat.rate.low, flat.rate.high))
    top = decompose(*sides, segments=["market"], basis="gold", is_order_free=True)
    row = tree.filter(level="market").row(0, named=True)
    assert (row["value"], row["low"], row["high"]) == pytest.approx((top.mix.value, top.mix.low, top.mix.high))


def test_decomposition_tree_intervals_of_the_lower_mix_cover() -> None:
    rng = np.random.default_rng(5)
    keys = {"market": list("aabb"), "queue": list("xyxy")}
    share = (np.array([0.3, 0.3, 0.2, 0.2]), np.array([0.2, 0.4, 0.25, 0.15]))
    rate = (np.array([0.1, 0.3, 0.2, 0.05]), np.array([0.12, 0.28, 0.22, 0.06]))
    whole = [pl.DataFrame(keys | {"n": share[at] * 1e7, "events": share[at] * rate[at] * 1e7}) for at in (0, 1)]
    truth = decompose_tree(*whole, tree=["market", "queue"], basis="gold")["value"].to_numpy()
    hits = np.zeros(4)
    for _ in range(300):
        n = [rng.multinomial(2000, share[at]) for at in (0, 1)]
        sides = [pl.DataFrame(keys | {"n": n[at], "events": rng.binomial(n[at], rate[at])}) for at in (0, 1)]
        found = decompose_tree(*sides, tree=["market", "queue"], basis="gold")
        hits += (found["low"].to_numpy() <= truth) & (truth <= found["high"].to_numpy())
    assert ((hits / 300 > 0.85) & (hits / 300 < 0.95)).all(), hits


def test_decomposition_refuses_what_cannot_be() -> None:
    old, new = worked()
    for wrong in (
        lambda: decompose(old, new, segments=[], basis="gold"),
        lambda: decompose(old, new, segments=["team"], basis="gold"),
        lambda: decompose(old.head(0), new, segments=["site"], basis="gold"),
        lambda: decompose(old.with_columns(events=pl.col("n") + 1), new, segments=["site"], basis="gold"),
        lambda: decompose(old.with_columns(n=-pl.col("n"), events=-pl.col("n")), new, segments=["site"], basis="gold"),
        lambda: decompose_tree(old, new, tree=[], basis="gold"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
    one = decompose(old.head(1), new.head(1), segments=["site"], basis="gold")
    assert one.mix.value == 0
