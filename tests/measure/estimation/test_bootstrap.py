"""Drawing clusters again as counts: the law of row bootstrap, known limits, and what is refused."""

import numpy as np
import pytest
from scipy import stats

from smo.measure.estimation.bootstrap import bootstrap, bootstrap_ends, replicates

TABLE = np.eye(4)
COUNTS = [40, 10, 15, 435]


def f1(sums):
    return 2 * sums[:, 0] / (2 * sums[:, 0] + sums[:, 1] + sums[:, 2])


def mean(sums):
    return sums[:, 0] / sums[:, 1]


def test_bootstrap_counts_have_the_law_of_rows() -> None:
    rng = np.random.default_rng(1)
    fast = f1(replicates(TABLE, counts=COUNTS, rng=rng, draws=4000))
    kind = np.repeat(np.arange(4), COUNTS)
    rows = np.array([np.bincount(rng.choice(kind, len(kind)), minlength=4) for _ in range(4000)], float)
    assert stats.ks_2samp(fast, f1(rows)).pvalue > 0.01


def test_bootstrap_rows_and_kinds_with_counts_are_one() -> None:
    each = np.repeat(TABLE, COUNTS, axis=0)
    one = bootstrap_ends(each, f1, rng=np.random.default_rng(2))
    other = bootstrap_ends(TABLE, f1, counts=COUNTS, rng=np.random.default_rng(2))
    assert one[0] == other[0]
    assert one == pytest.approx(other, abs=0.01)


def test_bootstrap_of_a_mean_is_the_normal_interval() -> None:
    rng = np.random.default_rng(3)
    y = rng.normal(5, 2, 400)
    sums = np.column_stack([y, np.ones(400)])
    for kind in ("percentile", "bca"):
        found = bootstrap(sums, mean, basis="gold", rng=rng, kind=kind)
        half = 1.6449 * y.std() / 20
        assert (found.low, found.high) == pytest.approx((y.mean() - half, y.mean() + half), abs=0.02)
        assert (found.n, found.method) == (400, f"bootstrap_{kind}")


def test_bootstrap_strata_keep_their_numbers() -> None:
    sums = np.column_stack([np.repeat([0.0, 1.0], 30), np.ones(60)])
    drawn = replicates(sums, rng=np.random.default_rng(4), stratum=np.repeat(["a", "b"], 30), draws=50)
    assert (mean(drawn) == 0.5).all()


def test_bootstrap_a_seed_gives_the_same_again() -> None:
    one, other = (bootstrap(TABLE, f1, counts=COUNTS, basis="gold", rng=np.random.default_rng(9)) for _ in range(2))
    assert one == other


def test_bootstrap_few_clusters_and_no_value_are_told() -> None:
    few = bootstrap(TABLE, f1, counts=[3, 1, 1, 5], basis="gold", rng=np.random.default_rng(5))
    assert "only 10 clusters" in few.warnings[0]
    none = bootstrap(TABLE, f1, counts=[0, 0, 0, 50], basis="gold", rng=np.random.default_rng(5))
    assert not none.is_measured
    rare = bootstrap(TABLE, f1, counts=[1, 0, 0, 49], basis="gold", rng=np.random.default_rng(5))
    assert not rare.is_measured  # a third of the replicates has no positive at all


def test_bootstrap_a_constant_has_width_0() -> None:
    found = bootstrap(np.ones((30, 2)), mean, basis="gold", rng=np.random.default_rng(6))
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda rng: bootstrap_ends(TABLE, f1, rng=rng, kind="wald"), "unknown kind"),
        (lambda rng: bootstrap_ends(TABLE, f1, rng=rng, confidence=2.0), "confidence"),
        (lambda rng: replicates(np.zeros((0, 2)), rng=rng), "finite numbers"),
        (lambda rng: replicates([[np.nan]], rng=rng), "finite numbers"),
        (lambda rng: replicates(TABLE, rng=rng, counts=[1, -1, 1, 1]), "count of at least 0"),
        (lambda rng: replicates(TABLE, rng=rng, counts=[0, 0, 0, 0]), "count of at least 0"),
        (lambda rng: replicates(TABLE, rng=rng, draws=1), "two draws"),
    ],
)
def test_bootstrap_bad_input_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make(np.random.default_rng(0))
