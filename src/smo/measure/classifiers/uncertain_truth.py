"""A model against a truth that is itself only probable: posteriors are counted as they are, not rounded to a label.

Taking the likeliest label for true hides errors of the reference and makes intervals too narrow. Here each case counts
q at each label; its variance is that of a truth drawn once from q. Source of the linearisation: Särndal, Swensson &
Wretman (1992), Model Assisted Survey Sampling, section 5.5.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation.consensus import Consensus
from smo.measure.classifiers.linearised import kish, share_ends
from smo.measure.truth import label_codes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Found = tuple[float | None, float | None, float | None, float]


def expected_confusion(
    posterior: npt.ArrayLike,
    decided: npt.ArrayLike,
    *,
    labels: Sequence[str],
    weight: npt.ArrayLike | None = None,
    confidence: float = 0.90,
) -> pl.DataFrame:
    """Every cell of true and decided label: `true, decided, n, share, low, high`.

    Shapes: `posterior` float64[cases, K] (rows sum to 1), `decided` int[cases], the model's label as a position in
    `labels`; -1 where it is silent, which is left out. `n` is the weighted count, `share` the part of the cases of
    that true label with Wilson's interval at the effective n; null where no case may be of that label.
    Errors: ValueError for shapes that do not fit, rows that are no chances, a faulty weight or position.

    >>> q = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    >>> expected_confusion(q, [0, 1, 1], labels=["ok", "bad"]).select("true", "decided", "n").rows()[:2]
    [('ok', 'ok', 0.9), ('ok', 'bad', 0.7)]
    """
    q, code, w = _checked(posterior, decided, labels=labels, weight=weight)
    k = len(labels)
    rows: list[tuple[object, ...]] = []
    for true in range(k):
        for said in range(k):
            part = _ratio(q, w, top=(true, code == said), base=(true, np.ones(code.size, np.bool_)), at=confidence)
            count = float((w * q[:, true])[code == said].sum())
            rows.append((labels[true], labels[said], count, *part[:3]))
    return _frame(rows, ("true", "decided", "n", "share", "low", "high"))


def expected_scores(
    posterior: npt.ArrayLike,
    decided: npt.ArrayLike,
    *,
    labels: Sequence[str],
    weight: npt.ArrayLike | None = None,
    confidence: float = 0.90,
) -> pl.DataFrame:
    """Precision and recall of each label, and accuracy: `label, metric, value, low, high, n_effective`.

    Shapes and errors as `expected_confusion`; accuracy has label null. Value null where nothing is decided so, or no
    case may be of that label.

    >>> q = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])
    >>> expected_scores(q, [0, 1, 1], labels=["ok", "bad"]).select("label", "metric", "value").rows()[0]
    (None, 'accuracy', 0.7333333333333334)
    """
    q, code, w = _checked(posterior, decided, labels=labels, weight=weight)
    every = np.ones(code.size, np.bool_)
    rows: list[tuple[object, ...]] = [(None, "accuracy", *_accuracy(q, w, code=code, at=confidence))]
    for at, label in enumerate(labels):
        said = code == at
        rows.append((label, "precision", *_ratio(q, w, top=(at, said), base=(None, said), at=confidence)))
        rows.append((label, "recall", *_ratio(q, w, top=(at, said), base=(at, every), at=confidence)))
    return _frame(rows, ("label", "metric", "value", "low", "high", "n_effective"))


def against_consensus(consensus: Consensus, predictions: pl.DataFrame, *, confidence: float = 0.90) -> pl.DataFrame:
    """`expected_scores` of a model's `item, value` against the posteriors of a consensus.

    Items without a prediction, or whose prediction is no label of the consensus, are left out.

    >>> from smo.measure.aggregation.consensus import aggregate
    >>> from smo.measure.ratings import Ratings
    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "label": list("xxxy")})
    >>> found = aggregate(Ratings.from_frame(frame, item="item", rater=None, label="label"), "majority")
    >>> against_consensus(found, pl.DataFrame({"item": [1, 2], "value": ["x", "y"]}))["value"][0]
    0.75
    """
    items = pl.DataFrame({"item": consensus.ratings.items})
    said = predictions.select(pl.col("item").cast(items["item"].dtype, strict=False), pl.col("value"))
    said = said.drop_nulls().unique("item", keep="first", maintain_order=True)
    values = items.join(said, on="item", how="left", maintain_order="left")["value"]
    codes = np.maximum(label_codes(values, consensus.labels), -1).astype(np.int64)
    names = consensus.ratings.label_names
    return expected_scores(consensus.posterior.dense(), codes, labels=names, confidence=confidence)


def _checked(
    posterior: npt.ArrayLike, decided: npt.ArrayLike, *, labels: Sequence[str], weight: npt.ArrayLike | None
) -> tuple[Floats, Ints, Floats]:
    q, code = np.asarray(posterior, np.float64), np.asarray(decided, np.int64)
    w = np.ones(code.size) if weight is None else np.asarray(weight, np.float64)
    if q.shape != (code.size, len(labels)) or w.shape != code.shape:
        raise ValueError("there is one row of chances, one decision and one weight per case, and one column per label")
    if not ((q >= -1e-9).all() and (np.abs(q.sum(axis=1) - 1.0) < 1e-6).all()):
        raise ValueError("the chances of a case are at least 0 and sum to 1")
    if not ((w >= 0.0) & np.isfinite(w)).all() or (code >= len(labels)).any():
        raise ValueError("a weight is a finite number of at least 0, a decision a position in the labels")
    kept = (code >= 0) & (w > 0.0)
    return np.clip(q[kept], 0.0, 1.0), code[kept], w[kept]


def _accuracy(q: Floats, w: Floats, *, code: Ints, at: float) -> Found:
    return _share(w * q[np.arange(code.size), code], w, weight=w, at=at)


def _ratio(q: Floats, w: Floats, *, top: tuple[int, Bools], base: tuple[int | None, Bools], at: float) -> Found:
    """Share with the label `top[0]` (true) and `top[1]` (decided so) among those of `base`; None is any true label."""
    among = w * base[1] * (1.0 if base[0] is None else q[:, base[0]])
    return _share(w * q[:, top[0]] * top[1], among, weight=w, at=at)


def _share(inside: Floats, among: Floats, *, weight: Floats, at: float) -> Found:
    """Ratio of two weighted sums with Wilson's ends at the effective n.

    Where the truth is drawn once, a case is inside (A) only if it is among (D): E[(A - p D)^2] = (1 - 2 p) E[A] +
    p^2 E[D], so the variance needs no draws.
    """
    total = float(among.sum())
    if not total > 0:
        return None, None, None, 0.0
    p = min(float(inside.sum()) / total, 1.0)
    n = max(float(among.sum() / max(float(among.max()), 1e-300)), 1.0)
    square = float((weight * ((1.0 - 2.0 * p) * inside + p * p * among)).sum())
    variance = max(square, 0.0) / total**2 * n / max(n - 1.0, 0.5)
    among_n = float(kish(total, float((weight * among).sum())))
    low, high, effective = share_ends(p, variance, n=among_n, confidence=at)
    return p, float(low), float(high), float(effective)


def _frame(rows: list[tuple[object, ...]], names: tuple[str, ...]) -> pl.DataFrame:
    kinds = {name: pl.String if name in {"true", "decided", "label", "metric"} else pl.Float64 for name in names}
    return pl.DataFrame(rows, schema=kinds, orient="row")
