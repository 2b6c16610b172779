"""A threshold with a promise for the next item: conformal risk control, and its stricter sister for the whole run.

Sources: Angelopoulos, Bates, Fisch, Lei & Schuster (2024), Conformal Risk Control, ICLR; Bates, Angelopoulos, Lei,
Malik & Jordan (2021), Distribution-Free, Risk-Controlling Prediction Sets, JACM 68(6); bound: Clopper & Pearson (1934).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.intervals import clopper_pearson

Floats = npt.NDArray[np.float64]
RISKS = ("missed", "wrong_removal")


@dataclass(frozen=True, slots=True)
class ConformalThreshold:
    """The loosest threshold that keeps the promise; `threshold` None where no threshold of these cases can.

    `risk` is the mean loss of the calibration cases there, `bound` what is promised to stay at or below `alpha`.
    """

    threshold: float | None
    alpha: float
    n: int
    risk: float | None
    bound: float | None
    reason: str = ""


def conformal_threshold(
    scores: npt.ArrayLike,
    losses: npt.ArrayLike | None = None,
    *,
    alpha: float,
    risk: str = "missed",
    largest_loss: float = 1.0,
    delta: float | None = None,
) -> ConformalThreshold:
    """The threshold at which the expected loss of the next case is at most alpha, whatever the distribution.

    Shapes: scores of the calibration cases, and per case the loss when it falls on the wrong side (1 without it; a
    severity up to `largest_loss`; 0 for a case that costs nothing there). `risk` "missed": a case with a score below
    the threshold is lost, and the highest such threshold is sought, from which on items are acted on; "wrong_removal":
    a case at or above it is lost, and the lowest is sought. Violations alone bound the share of violations missed;
    all cases with loss 0 for good items bound the share of all cases.
    The promise: E[loss of the next case] <= alpha, (sum of losses + largest_loss) / (n + 1) <= alpha, if the next
    case comes from where these came. It is a mean over calibrations; with `delta` the risk itself is at most alpha
    with probability 1 - delta (losses of 0 or 1 only). Ties: a threshold is one of the scores, or just above all.
    Errors: ValueError for an unknown risk, no number among scores or losses, losses outside 0 to `largest_loss`, an
    alpha not between 0 and it, a delta not between 0 and 1, or with delta a loss other than 0 and 1.
    Source: Angelopoulos, Bates, Fisch, Lei & Schuster (2024), ICLR; with `delta` Bates et al. (2021), JACM 68(6).

    >>> violations = np.arange(1, 100) / 100
    >>> conformal_threshold(violations, alpha=0.1).threshold
    0.1
    >>> conformal_threshold(violations, alpha=0.1, delta=0.05).threshold
    0.05
    >>> conformal_threshold([0.5], alpha=0.1).reason
    '1 cases cannot promise a risk of 0.1: at least 9 are needed'
    """
    s, loss = _checked(scores, losses, risk=risk, largest_loss=largest_loss)
    if not 0.0 < alpha < largest_loss or (delta is not None and not 0.0 < delta < 1.0):
        raise ValueError("alpha lies between 0 and the largest loss, delta between 0 and 1")
    if delta is not None and not np.isin(loss, (0.0, 1.0)).all():
        raise ValueError("with delta, each loss is 0 or 1")
    order = np.argsort(s, kind="stable") if risk == "missed" else np.argsort(-s, kind="stable")
    s, loss = s[order], loss[order]
    spent = np.concatenate([[0.0], np.cumsum(loss)])
    # In order of ever more loss: nothing is lost, or all cases before place i; ties are lost together.
    ends = np.concatenate([[0], np.flatnonzero(np.diff(s)) + 1, [s.size]]) if s.size else np.zeros(1, np.int64)
    bound = _bounds(spent[ends], s.size, largest_loss=largest_loss, delta=delta)
    allowed = np.flatnonzero(bound <= alpha + 1e-12)
    if not allowed.size:
        return ConformalThreshold(
            None, alpha, s.size, None, None, _too_few(s.size, alpha, largest_loss=largest_loss, delta=delta)
        )
    at = int(allowed[-1])
    threshold = _threshold(s, int(ends[at]), is_missed=risk == "missed")
    return ConformalThreshold(threshold, alpha, s.size, float(spent[ends[at]] / max(s.size, 1)), float(bound[at]))


def conformal_thresholds(
    cases: pl.DataFrame, *, by: str, alpha: float, risk: str = "missed", delta: float | None = None
) -> pl.DataFrame:
    """One threshold per policy (or language, market): `by, threshold, alpha, n, risk, bound, reason`.

    Shapes: `cases` has `score`, the column `by`, and `loss` unless every case counts 1. Each promise holds for its own
    slice; it does not say that all hold at once. Errors: as `conformal_threshold`; ValueError for a missing column.

    >>> cases = pl.DataFrame({"policy": ["hate"] * 99, "score": [i / 100 for i in range(1, 100)]})
    >>> conformal_thresholds(cases, by="policy", alpha=0.1)["threshold"].to_list()
    [0.1]
    """
    if missing := {by, "score"} - set(cases.columns):
        raise ValueError(f"a threshold per slice needs the columns {', '.join(sorted(missing))}")
    rows = []
    for (name,), part in cases.partition_by(by, as_dict=True, maintain_order=True).items():
        loss = part["loss"].to_numpy() if "loss" in part.columns else None
        one = conformal_threshold(part["score"].to_numpy(), loss, alpha=alpha, risk=risk, delta=delta)
        rows.append((str(name), one.threshold, one.alpha, one.n, one.risk, one.bound, one.reason))
    kinds = (pl.String, pl.Float64, pl.Float64, pl.Int64, pl.Float64, pl.Float64, pl.String)
    names = (by, "threshold", "alpha", "n", "risk", "bound", "reason")
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row").sort(by)


def _checked(
    scores: npt.ArrayLike, losses: npt.ArrayLike | None, *, risk: str, largest_loss: float
) -> tuple[Floats, Floats]:
    if risk not in RISKS:
        raise ValueError(f"no risk {risk!r}; one of {', '.join(RISKS)}")
    s = np.atleast_1d(np.asarray(scores, np.float64))
    loss = np.ones(s.size) if losses is None else np.atleast_1d(np.asarray(losses, np.float64))
    if s.shape != loss.shape or np.isnan(s).any():
        raise ValueError("there is a score that is a number, and one loss, for each case")
    if not ((loss >= 0.0) & (loss <= largest_loss)).all():
        raise ValueError(f"a loss lies between 0 and {largest_loss}")
    return s, loss


def _bounds(spent: Floats, n: int, *, largest_loss: float, delta: float | None) -> Floats:
    if delta is None:
        return np.asarray((spent + largest_loss) / (n + 1), np.float64)
    return clopper_pearson(spent, np.full(spent.shape, n), confidence=1.0 - 2.0 * delta)[1]


def _threshold(s: Floats, end: int, *, is_missed: bool) -> float:
    """The threshold at which the first `end` cases, and no other, are lost."""
    if is_missed:
        return float(s[end] if end < s.size else np.nextafter(s[-1], np.inf))
    return float(s[end - 1] if end else np.nextafter(s[0], np.inf))


def _too_few(n: int, alpha: float, *, largest_loss: float, delta: float | None) -> str:
    needed = np.ceil(largest_loss / alpha - 1.0) if delta is None else np.ceil(np.log(delta) / np.log1p(-alpha))
    return f"{n} cases cannot promise a risk of {alpha:g}: at least {needed:.0f} are needed"
