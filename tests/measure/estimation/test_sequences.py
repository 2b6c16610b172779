"""Intervals for every look: known ends, what always holds, and one simulation of the worst thing that can happen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from smo.measure.estimation.sequences import always_valid_share, finite_sequence, mixture_sequence
from smo.measure.intervals import wilson

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.sampled_from([0.8, 0.9, 0.95]))
def test_sequences_the_mixture_is_as_surprised_at_both_ends(both, confidence) -> None:
    k, n = both
    low, high = (float(end) for end in mixture_sequence(k, n, confidence=confidence))
    marginal = special.betaln(k + 0.5, n - k + 0.5) - special.betaln(0.5, 0.5)
    for end, is_inner in ((low, k > 0), (high, k < n)):
        if is_inner:
            likelihood = special.xlogy(k, end) + special.xlog1py(n - k, -end)
            assert marginal - likelihood == pytest.approx(-np.log1p(-confidence), abs=1e-5)
    assert 0 <= low <= k / n <= high <= 1


@given(counts)
def test_sequences_are_wider_than_wilson_and_mirror(both) -> None:
    k, n = both
    low, high = (float(end) for end in mixture_sequence(k, n))
    fixed = [float(end) for end in wilson(k, n)]
    assert high - low >= 0.9 * (fixed[1] - fixed[0])
    assert [float(end) for end in mixture_sequence(n - k, n)] == pytest.approx([1 - high, 1 - low], abs=1e-9)


@given(st.integers(2, 80), st.data())
def test_sequences_of_a_finite_whole_are_those_of_the_list_of_all_wholes(whole, data) -> None:
    n = data.draw(st.integers(1, whole))
    k = data.draw(st.integers(0, n))
    cases = np.arange(k, whole - n + k + 1)
    prior = _log_beta_binomial(cases, whole, 0.5, 0.5)
    posterior = _log_beta_binomial(cases - k, whole - n, 0.5 + k, 0.5 + n - k)
    kept = cases[prior - posterior <= -np.log(0.1) + 1e-7]
    low, high = finite_sequence(k, n, population=whole)
    assert (round(float(low) * whole), round(float(high) * whole)) == (kept.min(), kept.max())


def _log_beta_binomial(k, n, a, b):
    choose = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return choose + special.betaln(k + a, n - k + b) - special.betaln(a, b)


def test_sequences_close_on_a_census_and_open_on_an_endless_whole() -> None:
    assert [float(end) for end in finite_sequence(7, 30, population=30)] == [7 / 30, 7 / 30]
    wide = [float(end) for end in finite_sequence(7, 30, population=10_000_000)]
    assert wide == pytest.approx([float(end) for end in mixture_sequence(7, 30)], abs=1e-4)


def test_sequences_hold_for_one_who_stops_at_the_worst_look() -> None:
    rng, n = np.random.default_rng(8), np.arange(1, 301)
    table = np.tril_indices(301)
    low, high = (np.zeros((301, 301)) for _ in range(2))
    low[table], high[table] = mixture_sequence(table[1], table[0], confidence=0.9)
    k = (rng.random((2000, 300)) < 0.05).cumsum(axis=1)
    stays = ((low[n, k] <= 0.05) & (high[n, k] >= 0.05)).all(axis=1).mean()
    plain = [wilson(row, n, confidence=0.9) for row in k[:200]]
    peeked = np.mean([((ends[0] <= 0.05) & (ends[1] >= 0.05)).all() for ends in plain])
    assert stays >= 0.9
    assert peeked < 0.7  # Wilson, looked at after every draw


def test_sequences_as_an_estimate() -> None:
    found = always_valid_share(3, 200, basis="probability_audit", population=1000)
    assert (found.method, found.n, found.successes) == ("finite_sequence", 200, 3)
    assert found.high < always_valid_share(3, 200, basis="probability_audit").high
    assert not always_valid_share(0, 0, basis="probability_audit").is_measured


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: mixture_sequence(3, 2), "between 0 and n"),
        (lambda: mixture_sequence(0.5, 2), "whole numbers"),
        (lambda: mixture_sequence(np.nan, 2), "whole numbers"),
        (lambda: mixture_sequence(1, 2, prior=(0.0, 1.0)), "above 0"),
        (lambda: mixture_sequence(1, 2, confidence=0.0), "confidence"),
        (lambda: finite_sequence(1, 20, population=19), "not more than the population"),
    ],
)
def test_sequences_bad_input_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make()
