"""One pass of Dawid-Skene as sums: what each rater called what is probably so, under parameters that stand still.

A fit is not additive (the fit of two days is not the sum of their fits), but each of its passes is: map the items under
the frozen parameters, add, make the next parameters, send them round again. All answers on an item come in one batch.
Sources: Dawid & Skene (1979), Applied Statistics 28:20-28; Chu et al. (2006), NIPS 19:281-288, for EM as map and sum.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.aggregation import dawid_skene
from smo.measure.aggregation.dawid_skene import class_prior, log_class_prior
from smo.measure.aggregation.priors import TablePrior, Tables, log_prior, maximise, one_coin_table, start_tables
from smo.measure.by_item import sort_by_item
from smo.measure.codes import encode
from smo.measure.merge import Additive
from smo.measure.ratings import Ratings

Floats = npt.NDArray[np.float64]
KEYS = ("kind", "rater", "truth", "label")
#: Rows of the state: answers by rater, probable truth and label; items by probable truth; the log likelihood of all.
ANSWERS, CLASSES, LIKELIHOOD = "answers", "classes", "likelihood"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Parameters that stand still for one pass, and the prior that the next M-step draws to.

    Shapes: `now.tables` float64[R, K, K] (true by row), `classes` float64[1, K]; `raters` [R] and `labels` [K] are in
    order of text.
    """

    raters: tuple[str, ...]
    labels: tuple[str, ...]
    now: Tables
    classes: Floats
    prior: TablePrior

    @property
    def version(self) -> str:
        """Names the parameters: states made under others do not add up."""
        arrays = (np.ascontiguousarray(one, np.float64).tobytes() for one in (self.now.tables, self.classes))
        names = "\x1f".join((*self.raters, "", *self.labels)).encode()
        return blake2b(names + b"".join(arrays), digest_size=6).hexdigest()


def under(frozen: Frozen | None) -> Additive:
    """The statistic under these parameters; without any, an item's posterior is the share of its votes.

    >>> under(None).name
    'posterior_tables@votes'
    """
    return Additive(
        name=f"posterior_tables@{frozen.version if frozen else 'votes'}",
        needs={"item": "id", "rater": "id", "label": "id"},
        keys=dict.fromkeys(KEYS, pl.String),
        sums={"n": pl.Int64, "mass": pl.Float64},
        cells=partial(_cells, frozen=frozen),
        finish=_finish,
        shard_by="item",
    )


def start_of(cells: pl.DataFrame) -> Frozen:
    """The parameters from which the fit starts: one table for all raters, from the state under None.

    Errors: ValueError for a state of nothing.
    """
    answers = cells.filter(pl.col("kind") == ANSWERS)
    if answers.is_empty():
        raise ValueError("there are no answers to start from")
    raters, labels = (tuple(answers.get_column(name).unique().sort()) for name in ("rater", "label"))
    same = answers.filter(pl.col("truth") == pl.col("label"))
    given = same.group_by("label").agg(pl.col("n").sum()).sort("label").get_column("n").to_numpy().astype(np.float64)
    right = (float(same.get_column("mass").sum()) + 1.0) / (given.sum() + max(2, len(labels)))
    prior = TablePrior(one_coin_table(right, len(labels))[None], np.zeros(len(raters), np.int32))
    return Frozen(raters, labels, start_tables(prior), class_prior(given[None], whole=None), prior)


def next_of(frozen: Frozen, cells: pl.DataFrame) -> tuple[Frozen, float]:
    """The M-step: the next parameters from the sums under these, and the log posterior that these had.

    Shapes: `cells` of the merged state under `frozen`. Errors: ValueError for a rater or label it does not know.
    """
    answers, classes, likelihood = (cells.filter(pl.col("kind") == kind) for kind in (ANSWERS, CLASSES, LIKELIHOOD))
    counts = np.zeros(frozen.now.tables.shape)
    place = (
        _codes(answers.get_column("rater"), frozen.raters),
        _codes(answers.get_column("truth"), frozen.labels),
        _codes(answers.get_column("label"), frozen.labels),
    )
    counts[place] = answers.get_column("mass").to_numpy()
    totals = np.zeros((1, len(frozen.labels)))
    totals[0, _codes(classes.get_column("truth"), frozen.labels)] = classes.get_column("mass").to_numpy()
    objective = float(likelihood.get_column("mass").sum())
    objective += log_prior(frozen.now, frozen.prior) + log_class_prior(frozen.classes, None)
    now = maximise(counts, frozen.prior, level=frozen.now.level)
    return replace(frozen, now=now, classes=class_prior(totals, whole=None)), objective


def fit_over(summed: Callable[[Additive], pl.DataFrame], *, max_passes: int = 100) -> tuple[Frozen, int]:
    """DS-MAP over data that lies elsewhere: `summed` runs one statistic over all of it and gives the state's rows.

    The final parameters and how many passes they took; it stops as the fit in one process does.

    >>> from smo.measure.merge import add, init
    >>> table = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxyy")})
    >>> found, passes = fit_over(lambda statistic: add(init(statistic), table).cells)
    >>> found.labels, bool(found.now.tables[0, 0, 0] > 0.7)
    (('x', 'y'), True)
    """
    frozen = start_of(votes := summed(under(None)))
    enough = dawid_skene.TOLERANCE_PER_LABEL * int(votes.filter(_own(votes)).get_column("n").sum())
    before = -np.inf
    for done in range(1, max_passes + 1):
        following, objective = next_of(frozen, summed(under(frozen)))
        if objective - before < enough:
            return frozen, done
        frozen, before = following, objective
    return frozen, max_passes


def _own(cells: pl.DataFrame) -> pl.Series:
    return cells.select((pl.col("kind") == ANSWERS) & (pl.col("truth") == pl.col("label"))).to_series()


def _cells(table: pl.DataFrame, by: tuple[str, ...], *, frozen: Frozen | None) -> pl.DataFrame:
    if not by:
        return _of_slice(table, frozen)
    parts = []
    for part in table.partition_by(by, maintain_order=True):
        own = part.select(by).head(1)
        parts.append(own.join(_of_slice(part, frozen), how="cross"))
    return pl.concat(parts)


def _of_slice(table: pl.DataFrame, frozen: Frozen | None) -> pl.DataFrame:
    items, item = encode(table.get_column("item"))
    raters, rater = _coded(table.get_column("rater"), frozen.raters if frozen else None)
    labels, label = _coded(table.get_column("label"), frozen.labels if frozen else None)
    held = sort_by_item([item, rater, label], len(items))
    ratings = Ratings(
        items=items,
        raters=pl.Series("rater", raters, dtype=pl.String),
        labels=labels,
        item_start=held.start,
        rater=held.rater,
        label=held.label,
    )
    return _rows(ratings, _votes(ratings) if frozen is None else _expected(ratings, frozen))


@dataclass(frozen=True, slots=True)
class _Pass:
    """Expected answers [R, K, K] and items [K], how many answers and items can stand behind each, and the fit."""

    counts: Floats
    answers: npt.NDArray[np.int64]
    totals: Floats
    items: npt.NDArray[np.int64]
    likelihood: float = 0.0


def _votes(ratings: Ratings) -> _Pass:
    """A label without a vote on an item cannot be its truth and is left out: shards need not know all labels."""
    k, size = len(ratings.labels), ratings.n_raters * len(ratings.labels)
    share = ratings.counts() / np.diff(ratings.item_start)[:, None]
    cell, item = ratings.rater.astype(np.int64) * k + ratings.label, ratings.item_index()
    of_truth = [share[item, truth] for truth in range(k)]
    counts = [np.bincount(cell, weights=mass, minlength=size).reshape(-1, k) for mass in of_truth]
    answers = [np.bincount(cell[mass > 0], minlength=size).reshape(-1, k) for mass in of_truth]
    return _Pass(np.stack(counts, axis=1), np.stack(answers, axis=1), share.sum(axis=0), (share > 0).sum(axis=0))


def _expected(ratings: Ratings, frozen: Frozen) -> _Pass:
    unknown = np.full(ratings.n_items, -1, np.int32)
    nothing = np.empty((0, len(frozen.labels)))
    value, counts, totals = dawid_skene.step(
        ratings,
        unknown,
        tables=frozen.now.tables,
        classes=frozen.classes,
        slices=dawid_skene.WHOLE,
        posterior=nothing,
    )
    k = len(ratings.labels)
    given = np.bincount(ratings.rater.astype(np.int64) * k + ratings.label, minlength=ratings.n_raters * k)
    answers = np.repeat(given.reshape(-1, 1, k), k, axis=1)
    return _Pass(counts, answers, totals[0], np.full(k, ratings.n_items), value)


def _rows(ratings: Ratings, found: _Pass) -> pl.DataFrame:
    """Only raters and labels of this batch: the state stays sparse."""
    rater, truth, label = np.nonzero(found.answers)
    who, names = pl.Series(ratings.raters, dtype=pl.String), pl.Series(ratings.label_names, dtype=pl.String)
    answers = pl.DataFrame(
        {
            "rater": who.gather(rater),
            "truth": names.gather(truth),
            "label": names.gather(label),
            "n": found.answers[rater, truth, label],
            "mass": found.counts[rater, truth, label],
        }
    )
    classes = pl.DataFrame({"truth": names, "n": found.items, "mass": found.totals}).filter(pl.col("n") > 0)
    whole = pl.DataFrame({"n": [ratings.n_items], "mass": [found.likelihood]})
    kinds = zip((ANSWERS, CLASSES, LIKELIHOOD), (answers, classes, whole), strict=True)
    parts = [part.with_columns(pl.lit(kind).alias("kind")) for kind, part in kinds]
    return pl.concat(parts, how="diagonal_relaxed").with_columns(pl.col(KEYS).fill_null(""))


def _coded(values: pl.Series, known: tuple[str, ...] | None) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    """Names and the place of each row's name among them; those that are frozen, where they are."""
    names, codes = encode(values)
    if known is None:
        return tuple(names.to_list()), codes
    return known, _codes(names, known).astype(np.int32)[codes]


def _codes(values: pl.Series, names: tuple[str, ...]) -> npt.NDArray[np.int64]:
    known = {name: place for place, name in enumerate(names)}
    lost = [value for value in values.unique().to_list() if value not in known]
    if lost:
        raise ValueError(f"the frozen parameters do not know {len(lost)} raters or labels, {lost[0]!r} among them")
    return values.replace_strict(known, return_dtype=pl.Int64).to_numpy() if len(values) else np.zeros(0, np.int64)


def _finish(cells: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """`rater, n, value, low, high`: the expected share of answers that are right, with an interval of the Beta."""
    answers = cells.filter(pl.col("kind") == ANSWERS)
    own = answers.filter(pl.col("truth") == pl.col("label"))
    raters = own.group_by("rater").agg(pl.col("n").sum(), pl.col("mass").sum()).sort("rater")
    n, right = (raters.get_column(name).to_numpy().astype(np.float64) for name in ("n", "mass"))
    shape = (right + 0.5, np.maximum(n - right, 0.0) + 0.5)
    ends = [
        pl.Series(name, np.asarray(stats.beta.ppf(at, *shape)))
        for name, at in (("low", 0.5 - confidence / 2), ("high", 0.5 + confidence / 2))
    ]
    return raters.select("rater", "n", (pl.col("mass") / pl.col("n")).alias("value")).with_columns(*ends)


ADDITIVE = under(None)
