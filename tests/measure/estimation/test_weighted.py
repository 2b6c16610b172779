"""Weighted shares and durations: known answers, and what must hold for any sample."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.durations import bin_of, lengths
from smo.measure.estimation.weighted import Strata, linearised_variance, weighted_share
from smo.measure.intervals import wilson, wilson_few
from smo.measure.state import State, judge

BASIS = "probability_audit"
R13 = Strata.of([150] * 4, successes=[2, 6, 15, 36], size=[60_000, 30_000, 8_000, 2_000])


def test_r13_error_of_the_whole_and_its_two_effective_sizes() -> None:
    found = weighted_share(R13, basis=BASIS)
    assert found.value == pytest.approx(0.0328, abs=5e-5)
    assert math.sqrt(linearised_variance(R13)) == pytest.approx(0.00768, abs=5e-6)
    assert found.n_kish == pytest.approx(328.4, abs=0.05)
    assert found.n_effective == pytest.approx(537, abs=0.5)
    assert (found.n, found.method) == (600, "hajek_logit")


def test_r13_the_linear_interval_of_the_vector() -> None:
    half = 1.959964 * math.sqrt(linearised_variance(R13))
    assert [round(100 * end, 2) for end in (0.0328 - half, 0.0328 + half)] == [1.77, 4.79]


@pytest.mark.parametrize(
    ("k", "n", "state"),
    [(58, 60, State.NOT_ENOUGH), (582, 600, State.MET), (180, 200, State.NOT_MET), (577, 600, State.NOT_ENOUGH)],
)
def test_r10_equal_weights_are_judged_as_a_plain_share(k, n, state) -> None:
    found = weighted_share(Strata.of([n], successes=[k], size=[50 * n]), basis=BASIS)
    assert (found.low, found.high) == tuple(float(end) for end in wilson_few(k, n))
    assert found.low == float(wilson(k, n)[0])
    assert judge(found, target=0.95) is state


def test_none_found_is_bounded_exactly() -> None:
    found = weighted_share(Strata.of([400], successes=[0], size=[52_000]), basis=BASIS)
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 400))
    assert (found.value, found.low, found.successes) == (0.0, 0.0, 0)


def test_what_was_seen_whole_leaves_nothing_to_guess() -> None:
    found = weighted_share(Strata.of([10, 10], successes=[3, 5], size=[10, 10.5]), basis=BASIS)
    assert found.high - found.low < 0.07
    wide = weighted_share(Strata.of([10, 10], successes=[3, 5], size=[1000, 1050]), basis=BASIS)
    assert wide.high - wide.low > 5 * (found.high - found.low)


def test_strata_of_one_case_are_joined_for_the_variance() -> None:
    single = Strata.of([1, 1, 1, 50], successes=[0, 1, 1, 40], size=[100, 200, 50, 5000])
    assert 0 < linearised_variance(single) < 0.01
    lone = Strata.of([1, 50], successes=[1, 40], size=[100, 5000])
    assert math.isfinite(linearised_variance(lone))


def test_nothing_audited_is_not_measured() -> None:
    empty = Strata(*(np.zeros(0) for _ in range(4)))
    assert not weighted_share(empty, basis=BASIS).is_measured


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.floats(0, 1), st.floats(1, 1000)), min_size=1, max_size=6
    )
)  # fmt: skip
def test_any_sample_gives_an_interval_around_its_value(rows) -> None:
    n = [row[0] for row in rows]
    k = [round(row[0] * row[1]) for row in rows]
    found = weighted_share(Strata.of(n, successes=k, size=[row[0] * row[2] for row in rows]), basis=BASIS)
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@given(st.lists(st.floats(0.1, 1e5), min_size=1, max_size=60), st.integers(0, 60))
def test_histograms_add_up_to_the_same_quantiles(seconds, cut) -> None:
    def sums(part):
        return {"bins": [bin_of(one) for one in part], "counts": [1] * len(part)}

    whole = lengths(**sums(seconds), total=sum(seconds), total_log=sum(map(math.log, seconds)))
    first, second = sums(seconds[:cut]), sums(seconds[cut:])
    added: dict[int, int] = {}
    for place, number in zip(first["bins"] + second["bins"], first["counts"] + second["counts"], strict=True):
        added[place] = added.get(place, 0) + number
    joined = lengths(
        list(added), counts=list(added.values()), total=sum(seconds), total_log=sum(map(math.log, seconds))
    )
    assert joined.median == pytest.approx(whole.median, rel=0.051)
    assert (joined.n, joined.mean) == (whole.n, whole.mean)
    lower = sorted(seconds)[(len(seconds) - 1) // 2]
    assert lower / 1.051 <= joined.median <= sorted(seconds)[len(seconds) // 2] * 1.051


def test_no_length_is_no_number() -> None:
    assert lengths([], counts=[], total=0, total_log=0) is None
