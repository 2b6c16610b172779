"""Which of two raters agrees more with a third? Both kappas over the same items, so the difference is paired."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from smo.measure.agreement.alpha import MOST_LABELS, ONE_LABEL
from smo.measure.agreement.coincidence import Matrix
from smo.measure.agreement.intervals import BASIS, CONFIDENCE, few_items
from smo.measure.agreement.kappa import TOO_MANY, credit
from smo.measure.agreement.pairs import UNWEIGHTED
from smo.measure.codes import Integers
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Floats, Ratings


@dataclass(frozen=True, slots=True)
class KappaDifference:
    """Cohen's kappa of each of two raters with the third, and first - second with its paired interval."""

    first: float | None
    second: float | None
    difference: Estimate
    p_value: float | None


def compare_kappas(
    ratings: Ratings,
    *,
    first: Any,
    second: Any,
    against: Any,
    weights: str | Matrix | None = None,
    confidence: float = CONFIDENCE,
) -> KappaDifference:
    """Cohen's kappa of `first` with `against` less that of `second` with `against`, over items that all three rated.

    Shapes: raters by name; `weights` as of `cohen_kappa`. n = items that all three rated; of a rater who answered an
    item twice the first label in order counts. Student's interval from what each item moves the difference.
    Errors: ValueError for ratings with weights of their own, a rater without ratings, the same rater twice, or unknown
    weights.
    Source: the infinitesimal jackknife (Efron 1982, chapter 6) for the paired kappas of McKenzie et al. 1996,
    "Comparing correlated kappas by resampling", J. Psychiatric Research 30.

    >>> import polars as pl
    >>> rows = [(i, who, i % 2 if who != "c" else i % 4 // 2) for i in range(40) for who in "abc"]
    >>> frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")
    >>> found = compare_kappas(
    ...     Ratings.from_frame(frame, item="item", rater="rater", label="label"), first="b", second="c", against="a"
    ... )
    >>> found.first, found.second, found.difference.n
    (1.0, 0.0, 40)
    """
    if ratings.weight is not None:
        raise ValueError(UNWEIGHTED)
    if len({first, second, against}) < 3:
        raise ValueError("three different raters are compared: two, and the one against whom")
    answers = [_answers(ratings, name) for name in (first, second, against)]
    k = len(ratings.labels)
    if weights is not None and isinstance(weights, str) and k > MOST_LABELS:
        return KappaDifference(None, None, not_measured(BASIS, TOO_MANY), None)
    both = (answers[0] >= 0) & (answers[1] >= 0) & (answers[2] >= 0)
    one, two, other = (answer[both] for answer in answers)
    n = int(both.sum())
    if n < 2:
        return KappaDifference(None, None, not_measured(BASIS, "fewer than two items that all three rated", n=n), None)
    apart = 1 - credit(ratings.labels, weights) if weights is not None else None
    kappas = [_kappa(answer, other, k=k, apart=apart) for answer in (one, two)]
    if any(kappa is None for kappa, _ in kappas):
        return KappaDifference(kappas[0][0], kappas[1][0], not_measured(BASIS, ONE_LABEL, n=n), None)
    return _difference(kappas, n=n, confidence=confidence)


def _difference(kappas: list[tuple[float | None, Floats]], *, n: int, confidence: float) -> KappaDifference:
    (first, moved_first), (second, moved_second) = kappas
    value = float(first or 0.0) - float(second or 0.0)
    moved = moved_first - moved_second
    error = float(np.sqrt(n / (n - 1) * (moved @ moved)))
    if error == 0:
        low = high = None
        warnings = ("no item moves the difference: its interval is not known", *few_items(n))
        estimate = Estimate(value, low, high, n, BASIS, "paired kappas", confidence=confidence, warnings=warnings)
        return KappaDifference(first, second, estimate, None)
    reach = float(stats.t.ppf(0.5 + confidence / 2, n - 1)) * error
    estimate = Estimate(
        value, max(-2.0, value - reach), min(2.0, value + reach), n, BASIS, "paired kappas",
        confidence=confidence, warnings=few_items(n),
    )  # fmt: skip
    return KappaDifference(first, second, estimate, float(2 * stats.t.sf(abs(value) / error, n - 1)))


def _answers(ratings: Ratings, name: Any) -> Integers:
    """The label of one rater for each item, -1 where there is none. Shapes: int32[I]."""
    places = [] if ratings.raters is None else (ratings.raters == name).arg_true().to_list()
    if not places:
        raise ValueError(f"no rater {name} among these ratings")
    rows = np.flatnonzero(ratings.rater == places[0])[::-1]
    found = np.full(ratings.n_items, -1, np.int32)
    found[np.searchsorted(ratings.item_start, rows, side="right") - 1] = ratings.label[rows]
    return found


def _kappa(
    mine: Integers, theirs: Integers, *, k: int, apart: Matrix | None
) -> tuple[float | None, npt.NDArray[np.float64]]:
    """Kappa and what each item moves it; None where chance alone would agree always."""
    n = len(mine)
    rows, columns = np.bincount(mine, minlength=k) / n, np.bincount(theirs, minlength=k) / n
    miss = (mine != theirs).astype(np.float64) if apart is None else apart[mine, theirs]
    from_mine = 1 - columns[mine] if apart is None else (apart @ columns)[mine]
    from_theirs = 1 - rows[theirs] if apart is None else (rows @ apart)[theirs]
    expected = float(from_mine.mean())
    if expected <= 0:
        return None, np.zeros(n)
    observed = float(miss.mean())
    moved = -((miss - observed) - observed / expected * (from_mine + from_theirs - 2 * expected)) / expected / n
    return 1 - observed / expected, moved
