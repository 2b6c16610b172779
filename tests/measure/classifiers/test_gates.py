"""A gate passes only what is proven, in every slice, and says what would prove the rest."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smo.measure.classifiers.gates import Verdict, gate, gate_counts, non_inferiority_gate, size_to_pass


def counts(**slices: tuple[int, int]) -> pl.DataFrame:
    rows = [(name, k, n) for name, (k, n) in slices.items()]
    return pl.DataFrame(rows, schema=["slice", "successes", "n"], orient="row")


def verdicts(found) -> dict[str, str]:
    return dict(zip(found.slices["slice"], found.slices["verdict"], strict=True))


def test_gate_market_x_is_not_proven_with_72_of_80_and_passes_with_74() -> None:
    short, enough = gate(counts(X=(72, 80)), 0.85), gate(counts(X=(74, 80)), 0.85)
    assert short.verdict is Verdict.NOT_PROVEN
    assert short.slices["low"][0] == pytest.approx(0.827, abs=5e-4)
    assert short.slices["n_needed"][0] > 80
    assert enough.verdict is Verdict.PASSED
    assert enough.slices["low"][0] == pytest.approx(0.857, abs=5e-4)
    assert enough.slices["n_needed"][0] is None


def test_gate_all_slices_pass_together_or_holm_says_which() -> None:
    every = gate(counts(A=(940, 1000), X=(74, 80)), 0.85)
    assert every.verdict is Verdict.PASSED
    assert (every.worst, every.worst_bound) == ("X", pytest.approx(0.857, abs=5e-4))
    mixed = gate(counts(A=(940, 1000), X=(74, 80), Y=(72, 80)), 0.85)
    assert mixed.verdict is Verdict.NOT_PROVEN
    assert verdicts(mixed) == {"A": "passed", "X": "not_proven", "Y": "not_proven"}


def test_gate_a_slice_below_the_bar_fails_it() -> None:
    found = gate(counts(A=(940, 1000), B=(60, 100)), 0.85)
    assert found.verdict is Verdict.FAILED
    assert verdicts(found) == {"A": "passed", "B": "failed"}
    assert found.worst == "B"
    assert found.slices["n_needed"][1] is None  # no number of cases proves what does not hold


def test_gate_a_ceiling_is_the_mirror_of_a_floor() -> None:
    rows = counts(A=(3, 400), B=(10, 90))
    mirrored = rows.with_columns(successes=pl.col("n") - pl.col("successes"))
    one, other = gate(rows, 0.05, is_ceiling=True), gate(mirrored, 0.95)
    assert one.verdict is other.verdict
    assert verdicts(one) == verdicts(other)
    assert one.slices["p_value"].to_list() == pytest.approx(other.slices["p_value"].to_list())
    assert one.worst == other.worst == "B"
    assert one.worst_bound == pytest.approx(1 - other.worst_bound)


def test_gate_a_slice_without_cases_is_not_proven() -> None:
    found = gate(counts(A=(940, 1000), empty=(0, 0)), 0.85)
    assert found.verdict is Verdict.NOT_PROVEN
    assert verdicts(found) == {"A": "passed", "empty": "not_proven"}
    assert found.warnings == ("no case in empty",)
    assert found.slices["value"].to_list()[1] is None


@pytest.mark.parametrize(
    ("frame", "bar", "said"),
    [
        (counts().clear(), 0.5, "no slice"),
        (counts(A=(5, 4)), 0.5, "between 0 and n"),
        (counts(A=(-1, 4)), 0.5, "between 0 and n"),
        (counts(A=(1, 4)), 1.0, "bar lies"),
        (pl.concat([counts(A=(1, 4))] * 2), 0.5, "one row"),
        (counts(A=(1, 4)).drop("n"), 0.5, "columns"),
        (counts(A=(1, 4)).with_columns(n=pl.lit(None, pl.Int64)), 0.5, "empty counts"),
    ],
)
def test_gate_refuses_what_proves_nothing(frame, bar, said) -> None:
    with pytest.raises(ValueError, match=said):
        gate(frame, bar)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.05, 0.95))
def test_gate_p_values_are_binomial_and_agree_with_the_bound(pair, bar) -> None:
    found = gate(counts(A=pair), bar).slices.row(0, named=True)
    assert found["p_value"] == pytest.approx(stats.binom.sf(pair[0] - 1, pair[1], bar), abs=1e-9)
    if abs(found["low"] - bar) > 1e-9 and abs(found["high"] - bar) > 1e-9:
        assert (found["verdict"] == "passed") == (found["low"] >= bar)
        assert (found["verdict"] == "failed") == (found["high"] <= bar)


@settings(max_examples=20, deadline=None)
@given(st.permutations(["A", "B", "C", "D"]))
def test_gate_order_of_slices_does_not_matter(order) -> None:
    rows = {"A": (940, 1000), "B": (60, 100), "C": (74, 80), "D": (17, 18)}
    found = gate(counts(**{name: rows[name] for name in order}), 0.85)
    assert verdicts(found) == verdicts(gate(counts(**rows), 0.85))


def test_gate_one_false_pass_in_twenty_at_most() -> None:
    rng = np.random.default_rng(8)
    false = {"all": 0, "some": 0}
    for _ in range(250):
        k = rng.binomial(200, [0.80, 0.80, 0.80, 0.80])
        found = gate(counts(**{name: (int(one), 200) for name, one in zip("ABCD", k, strict=True)}), 0.80, power=0.5)
        false["all"] += found.verdict is Verdict.PASSED
        false["some"] += "passed" in set(verdicts(found).values())
    assert false["some"] / 250 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 250)


def test_gate_sizes_keep_their_power() -> None:
    n = size_to_pass(0.85, share=0.90)
    for size in (n, n + 1, n + 37):
        least = stats.binom.isf(0.05, size, 0.85) + 1
        assert stats.binom.sf(least - 1, size, 0.90) >= 0.80
    least = stats.binom.isf(0.05, n - 1, 0.85) + 1
    assert stats.binom.sf(least - 1, n - 1, 0.90) < 0.80
    assert size_to_pass(0.85, share=0.85) is None
    assert size_to_pass(0.85, share=0.8501) is None  # more than a million
    assert size_to_pass(0.05, share=0.02, is_ceiling=True) == size_to_pass(0.95, share=0.98)


def test_gate_references_given_with_the_label_in_view_do_not_count() -> None:
    rows = pl.DataFrame(
        {
            "says": [True, False, True, True, None],
            "is_positive": [True, True, True, False, True],
            "market": ["X", "X", "X", "Y", "Y"],
            "prelabel_shown": [False, False, True, None, False],
        }
    )
    assert gate_counts(rows, "recall", by="market").rows() == [("X", 1, 2, 1), ("Y", 0, 0, 2)]
    assert gate_counts(rows, "precision", by="market").rows() == [("X", 1, 1, 1), ("Y", 0, 0, 2)]
    found = gate(gate_counts(rows, "accuracy", by="market"), 0.5)
    assert found.warnings[0] == "3 decisions with a shown pre-label left out"
    with pytest.raises(ValueError, match="prelabel_shown"):
        gate_counts(rows.drop("prelabel_shown"), "recall", by="market")
    with pytest.raises(ValueError, match="no gate on"):
        gate_counts(rows, "f1", by="market")


def test_gate_not_worse_than_the_old_model() -> None:
    rows = [("A", 62, 38, 2000), ("B", 4, 6, 80), ("C", 10, 60, 400), ("D", 0, 0, 0)]
    pairs = pl.DataFrame(rows, schema=["slice", "only_new", "only_old", "n"], orient="row")
    found = non_inferiority_gate(pairs, 0.02)
    assert verdicts(found) == {"A": "passed", "B": "not_proven", "C": "failed", "D": "not_proven"}
    assert found.verdict is Verdict.FAILED
    assert non_inferiority_gate(pairs[:1], 0.02).verdict is Verdict.PASSED
    assert found.slices.row(0, named=True)["value"] == pytest.approx(0.012)
    with pytest.raises(ValueError, match="margin"):
        non_inferiority_gate(pairs, -0.1)


@pytest.mark.parametrize("alpha", [-0.1, 0.0, 0.5, 1.0, 2.0, float("nan")])
def test_gates_refuse_an_alpha_at_which_anything_passes(alpha):
    with pytest.raises(ValueError, match="alpha"):
        gate(pl.DataFrame({"slice": ["a"], "successes": [40], "n": [50]}), 0.9, alpha=alpha)
    pairs = pl.DataFrame({"slice": ["a"], "only_new": [2], "only_old": [9], "n": [50]})
    with pytest.raises(ValueError, match="alpha"):
        non_inferiority_gate(pairs, 0.01, alpha=alpha)
