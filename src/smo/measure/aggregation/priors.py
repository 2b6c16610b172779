"""What is held of a rater before their votes: pooled tables, own level, decayed history; and the M-step under it.

A row of a rater's table has two parts, the chance to be right and where the errors go. The chance to be right is
drawn to the rater's own level over all labels, the level to the pooled table of the rater's group (policy x
language), the errors to the pooled table's errors. Every part is a closed form or a safeguarded Newton step of one
penalised likelihood, so EM stays monotone.
Sources: Dawid & Skene (1979), Applied Statistics 28:20-28; Kim & Ghahramani (2012), AISTATS, for Dirichlet priors;
Paun et al. (2018), TACL 6:571-585, for raters drawn to a common level.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

#: Votes that a rater's level weighs in each row, and that the pooled level weighs in a rater's level. On the eight
#: public sets all strengths from 2 to 4 and 2 to 8 stay within 0.2 points of each other on average.
ROW_VOTES = 3.0
LEVEL_VOTES = 4.0
#: Votes that the pooled errors weigh in each row, per wrong label.
WRONG_VOTES = 1.0
#: Votes of the whole that a slice's pooled table must outweigh to become its own.
SLICE_VOTES = 50.0
#: An error two steps away on an ordinal scale is expected this much rarer than one a step away.
ORDINAL_DECAY = 0.5
LEVEL_STEPS = 3
SCALES = ("nominal", "ordinal")
HISTORY = ("rater", "label", "given", "votes")


@dataclass(frozen=True, slots=True)
class TablePrior:
    """Prior of U raters' tables: the pooled table of each one's group, and the votes of each one's past.

    Shapes: `mean` float64[G, K, K], rows sum to 1; `group` int32[U]; `history` float64[U, K, K] or None. The strengths
    are in votes: `row` for the chance to be right, `level` for a rater's level, `wrong` for all errors of a row.
    """

    mean: Floats
    group: Ints
    history: Floats | None = None
    row: float = ROW_VOTES
    level: float = LEVEL_VOTES
    wrong: float = WRONG_VOTES
    is_tied: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables of the raters (float64[U, K, K], true label by row) and each one's level above the pool, in logits."""

    tables: Floats
    level: Floats


def one_coin_table(right: float, n_labels: int) -> Floats:
    """The table of a rater who is right with one chance, and otherwise picks any other label.

    Shapes: -> float64[labels, labels], true label by row, given label by column; rows sum to 1.
    Errors: ValueError for a chance outside 0 to 1 or no label.
    Source: Zheng et al. (2017), PVLDB 10:541-552, section on worker probability.

    >>> one_coin_table(0.8, 3).round(1).tolist()
    [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    """
    return _table(right, np.ones((max(0, n_labels), max(0, n_labels))))


def ordinal_table(right: float, n_labels: int, *, decay: float = ORDINAL_DECAY) -> Floats:
    """The table of a rater on an ordinal scale: an error d steps away has weight decay^(d - 1).

    Shapes: as in `one_coin_table`. Errors: ValueError as there, or for a decay outside 0 to 1.
    Source: the distance-decaying rows of ordinal rater models as in Raykar et al. (2010), JMLR 11:1297-1322.

    >>> ordinal_table(0.7, 3).round(2).tolist()
    [[0.7, 0.2, 0.1], [0.15, 0.7, 0.15], [0.1, 0.2, 0.7]]
    """
    if not 0 < decay <= 1:
        raise ValueError(f"the decay is above 0 and at most 1, not {decay}")
    steps = np.abs(np.subtract.outer(np.arange(n_labels), np.arange(n_labels)))
    return _table(right, decay ** np.maximum(steps - 1.0, 0.0))


def pooled_tables(counts: Floats, group: Ints, *, base: Floats, n_groups: int) -> Floats:
    """The pooled table of each group: its expected votes, drawn to the votes of all, these to `base`.

    Shapes: `counts` float64[U, K, K] expected votes, `group` int32[U], `base` float64[K, K] -> float64[G, K, K].
    Errors: ValueError when counts and groups do not fit.

    >>> counts = np.array([[[80.0, 20.0], [10.0, 90.0]]])
    >>> base = one_coin_table(0.5, 2)
    >>> pooled_tables(counts, np.zeros(1, np.int32), base=base, n_groups=1).round(2).tolist()
    [[[0.77, 0.23], [0.14, 0.86]]]
    """
    if len(counts) != len(group):
        raise ValueError(f"{len(group)} groups for {len(counts)} raters")
    whole = counts.sum(axis=0) + SLICE_VOTES * base
    whole /= whole.sum(axis=1, keepdims=True)
    sums = np.zeros((n_groups, *base.shape))
    np.add.at(sums, group, counts)
    sums += SLICE_VOTES * whole
    return np.asarray(sums / sums.sum(axis=2, keepdims=True))


def decayed_history(past: pl.DataFrame, *, half_life_days: float) -> pl.DataFrame:
    """A person's checked past votes as a prior: each vote weighs 2^(-age / half-life).

    Shapes: `past` has `rater, label` ` (the true one), `given, age_days` and, where rows stand for several votes,
    `votes` -> `rater, label, given, votes`, one row per cell, sorted. Units: days.
    Errors: ValueError for a missing column, a half-life or age that is not a finite number above (at least) 0.

    >>> past = pl.DataFrame({"rater": ["a", "a"], "label": ["x", "x"], "given": ["x", "x"], "age_days": [0, 30]})
    >>> decayed_history(past, half_life_days=30).row(0)
    ('a', 'x', 'x', 1.5)
    """
    if not (np.isfinite(half_life_days) and half_life_days > 0):
        raise ValueError(f"a half-life is a number of days above 0, not {half_life_days}")
    if missing := {"rater", "label", "given", "age_days"} - set(past.columns):
        raise ValueError(f"a history needs the columns rater, label, given, age_days; {sorted(missing)} is missing")
    age = past["age_days"].cast(pl.Float64)
    if age.null_count() or not (age.is_finite() & (age >= 0)).all():
        raise ValueError("every age is a number of days of at least 0")
    votes = past["votes"].cast(pl.Float64) if "votes" in past.columns else pl.Series(np.ones(past.height))
    faded = past.with_columns((votes * 2.0 ** (-age / half_life_days)).alias("votes"))
    return faded.group_by("rater", "label", "given").agg(pl.col("votes").sum()).sort("rater", "label", "given")


def history_counts(history: pl.DataFrame, raters: pl.Series, *, labels: tuple[str, ...]) -> Floats:
    """The history's votes as tables of these raters and labels; rows of other people or labels are left out.

    Shapes: `history` as from `decayed_history` -> float64[raters, labels, labels].
    Errors: ValueError for a missing column, or votes that are negative or not finite.

    >>> history = pl.DataFrame({"rater": ["a"], "label": ["x"], "given": ["y"], "votes": [2.0]})
    >>> history_counts(history, pl.Series(["a"]), labels=("x", "y")).tolist()
    [[[0.0, 2.0], [0.0, 0.0]]]
    """
    if missing := set(HISTORY) - set(history.columns):
        raise ValueError(f"a history needs the columns {', '.join(HISTORY)}; {sorted(missing)} is missing")
    votes = history["votes"].cast(pl.Float64)
    if votes.null_count() or not (votes.is_finite() & (votes >= 0)).all():
        raise ValueError("the votes of a history are numbers of at least 0")
    people = {str(name): place for place, name in enumerate(raters.to_list()) if name is not None}
    codes = {name: place for place, name in enumerate(labels)}
    found = [
        [places.get(str(value), -1) for value in history[column].to_list()]
        for places, column in ((people, "rater"), (codes, "label"), (codes, "given"))
    ]
    rater, true, given = (np.array(column, np.int64) for column in found)
    fits = (rater >= 0) & (true >= 0) & (given >= 0)
    counts = np.zeros((len(raters), len(labels), len(labels)))
    np.add.at(counts, (rater[fits], true[fits], given[fits]), votes.to_numpy()[fits])
    return counts


def start_tables(prior: TablePrior) -> Tables:
    """Where EM starts: the prior alone, that is the pooled table and each one's past.

    Shapes: -> tables float64[U, K, K].

    >>> start_tables(TablePrior(one_coin_table(0.8, 2)[None], np.zeros(1, np.int32))).tables.round(2).tolist()
    [[[0.8, 0.2], [0.2, 0.8]]]
    """
    nothing = np.zeros((len(prior.group), *prior.mean.shape[1:]))
    return maximise(nothing, prior, level=np.zeros(len(prior.group)))


def maximise(counts: Floats, prior: TablePrior, *, level: Floats) -> Tables:
    """M-step: right = (c_kk + s p) / (c_k + s) with p = expit(logit m_kk + level); errors (c_kl + w m_kl) / (c + w).

    `level` is where each rater's level stood; it moves by Newton steps that are kept only where they gain.
    Shapes: `counts` float64[U, K, K], `level` float64[U].

    >>> prior = TablePrior(one_coin_table(0.8, 2)[None], np.zeros(1, np.int32), level=1e9)
    >>> maximise(np.array([[[7.0, 0.0], [0.0, 0.0]]]), prior, level=np.zeros(1)).tables.round(2).tolist()
    [[[0.94, 0.06], [0.2, 0.8]]]
    """
    n_labels = counts.shape[1]
    if n_labels == 1:
        return Tables(np.ones_like(counts), level)
    votes = counts if prior.history is None else counts + prior.history
    diagonal = np.einsum("rkk->rk", votes)
    rows = votes.sum(axis=2)
    middle = _logit(np.einsum("gkk->gk", prior.mean))[prior.group]
    weight = prior.level * _spread(prior)
    right = (diagonal + prior.row * _expit(middle + level[:, None])) / (rows + prior.row)
    for _ in range(LEVEL_STEPS):
        level = _levels(right, level, middle=middle, row=prior.row, weight=weight)
        right = (diagonal + prior.row * _expit(middle + level[:, None])) / (rows + prior.row)
    tables = _errors(votes, prior) * (1.0 - right)[:, :, None]
    cells = np.arange(n_labels)
    tables[:, cells, cells] = right
    return Tables(tables, level)


def log_prior(now: Tables, prior: TablePrior) -> float:
    """What the M-step adds to the log likelihood: -s KL(p, right) - level's square + errors' and history's votes.

    >>> prior = TablePrior(one_coin_table(0.8, 2)[None], np.zeros(1, np.int32))
    >>> abs(round(log_prior(start_tables(prior), prior), 12))
    0.0
    """
    if now.tables.shape[1] == 1:
        return 0.0
    right = np.einsum("rkk->rk", now.tables)
    middle = _logit(np.einsum("gkk->gk", prior.mean))[prior.group]
    drawn = _drawn(right, now.level, middle=middle, row=prior.row, weight=prior.level * _spread(prior)).sum()
    errors = now.tables / (1.0 - right)[:, :, None]
    mean = _error_means(prior.mean)[prior.group]
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = prior.wrong * (right.shape[1] - 1) * np.where(mean > 0, mean * np.log(errors / mean), 0.0).sum()
    past = 0.0 if prior.history is None else float((prior.history * np.log(now.tables)).sum())
    return float(drawn + wrong + past)


def _table(right: float, weights: Floats) -> Floats:
    n_labels = len(weights)
    if not 0 <= right <= 1 or not n_labels:
        raise ValueError(f"a table needs a chance between 0 and 1 and at least one label, not {right} and {n_labels}")
    if n_labels == 1:
        return np.ones((1, 1))
    wrong = weights * (1.0 - np.eye(n_labels))
    table = (1.0 - right) * wrong / wrong.sum(axis=1, keepdims=True)
    np.fill_diagonal(table, right)
    return np.asarray(table)


def _error_means(mean: Floats) -> Floats:
    wrong = mean * (1.0 - np.eye(mean.shape[1]))
    return np.asarray(wrong / np.maximum(wrong.sum(axis=2, keepdims=True), 1e-300))


def _errors(votes: Floats, prior: TablePrior) -> Floats:
    """Where the errors of each row go: each row sums to 1 with nothing on the diagonal."""
    mean = _error_means(prior.mean)[prior.group]
    if prior.is_tied:
        return mean
    strength = prior.wrong * (votes.shape[1] - 1)
    wrong = votes * (1.0 - np.eye(votes.shape[1]))
    return np.asarray((wrong + strength * mean) / (wrong.sum(axis=2, keepdims=True) + strength))


def _spread(prior: TablePrior) -> Floats:
    """A level's weight is in votes: p (1 - p) turns the square of a logit into the loss of a vote."""
    right = np.einsum("gkk->gk", prior.mean)
    return np.asarray((right * (1.0 - right)).mean(axis=1)[prior.group])


def _levels(right: Floats, level: Floats, *, middle: Floats, row: float, weight: Floats) -> Floats:
    expected = _expit(middle + level[:, None])
    slope = row * expected * (1.0 - expected)
    pull = (slope * (_logit(right) - middle - level[:, None])).sum(axis=1) - weight * level
    moved = level + pull / (slope.sum(axis=1) + weight)
    before = _drawn(right, level, middle=middle, row=row, weight=weight)
    after = _drawn(right, moved, middle=middle, row=row, weight=weight)
    return np.where(after > before, moved, level)


def _drawn(right: Floats, level: Floats, *, middle: Floats, row: float, weight: Floats) -> Floats:
    expected = _expit(middle + level[:, None])
    gap = expected * np.log(expected / right) + (1.0 - expected) * np.log((1.0 - expected) / (1.0 - right))
    return np.asarray(-row * gap.sum(axis=1) - weight * level**2 / 2.0)


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share) - np.log1p(-share))


def _expit(score: Floats) -> Floats:
    return np.asarray(np.clip(1.0 / (1.0 + np.exp(-score)), 1e-9, 1.0 - 1e-9))
