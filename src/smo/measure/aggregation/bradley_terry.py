"""Strengths from comparisons in pairs: Bradley-Terry, with ties, the advantage of standing left, and rater reliability.

The log likelihood is concave, so damped Newton steps on the sparse graph of comparisons find the one maximum that the
minorisation-maximisation of Hunter (2004), Annals of Statistics 32:384-406, creeps up to.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse, stats
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from smo.measure.codes import encode
from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]

#: Each item also won and lost so often against an item of middle strength: a maximum then always exists.
PRIOR_GAMES = 0.1
#: Spread of the log odds of the left place and of a tie before anything is seen.
SPREAD_OF_HABITS = 3.0
#: Comparisons that the usual reliability weighs in a rater's own.
PRIOR_OF_RATER = 5.0
USUAL_RELIABILITY = 0.9
MOST_STEPS = 200
MOST_ROUNDS = 200
TOLERANCE = 1e-9
#: Above this many items the inverse of the information is not computed, and there are no standard errors.
MOST_WITH_ERRORS = 3000


@dataclass(frozen=True, slots=True)
class Preferences:
    """What comparisons say.

    `items`: item, strength (log odds against an item of middle strength in its group), se, low, high, n, wins (a tie
    is half), group (items of different groups were never compared, not even through others), rank within the group.
    `raters`: rater, n, reliability (chance to answer as the strengths have it, else the reverse); empty without raters.
    `left` and `tie`: log odds of the left place between equals, and of a tie against one side's win; both Estimates.
    """

    items: pl.DataFrame
    raters: pl.DataFrame
    left: Estimate
    tie: Estimate
    log_likelihood: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Games:
    """Comparisons of one pair each: who stood left and right, and the (weighted) wins of each side and ties."""

    left: Codes
    right: Codes
    left_wins: Floats
    right_wins: Floats
    ties: Floats
    n_items: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """Strengths, then log odds of the left place, then of a tie; which of the last two are free."""

    at: Floats
    free: npt.NDArray[np.bool_]
    information: sparse.csc_matrix = field(repr=False)
    log_likelihood: float = 0.0


def bradley_terry(
    frame: pl.DataFrame,
    *,
    left: str = "left",
    right: str = "right",
    winner: str = "winner",
    rater: str | None = None,
    order_effect: bool = False,
) -> Preferences:
    """P(i beats j) = e^i / (e^i + e^j); a tie has e^(tie + (i + j) / 2) as third share (Davidson).

    Shapes: one row per comparison; `winner` is the value of `left` or `right`, or empty for a tie. `rater` names who
    compared: each then gets a reliability, and rows of an unreliable one count less or reversed (Crowd-BT; ties are
    taken as said). `order_effect` also learns the advantage of standing left. Units: natural log odds; 90 % intervals
    from the observed information, given the raters' reliabilities. A maximum exists for any table: each item has
    `PRIOR_GAMES` wins and losses against a middle one.
    Errors: ValueError when a column is missing, a side or rater is empty, an item meets itself, or a winner is neither.
    Source: Bradley & Terry 1952; Davidson 1970, JASA 65:317-328; Hunter 2004; Chen et al. 2013, WSDM (Crowd-BT).

    >>> games = pl.DataFrame({"left": list("aaab"), "right": list("bbbc"), "winner": list("aabb")})
    >>> bradley_terry(games).items.select("item", "n", "wins", "rank").rows()
    [('a', 3, 2.0, 1), ('b', 4, 2.0, 2), ('c', 1, 0.0, 3)]
    """
    rows = _rows(frame, left=left, right=right, winner=winner, rater=rater)
    names, sides = encode(pl.concat([rows["left"], rows["right"]]))
    games = _games(rows, sides, n_items=len(names))
    free = np.array([order_effect, bool(games.ties.any())])
    if not len(names):
        empty = _no_items(names)
        return Preferences(empty, _raters(rows, np.zeros(0)), *_no_habits(), 0.0, ("there are no comparisons",))
    if rater is None:
        fit, reliability = _newton(_merged(games), np.zeros(len(names) + 2), free=free), np.zeros(0)
    else:
        fit, reliability = _with_raters(games, rows["rater"], free=free)
    group, warnings = _groups(games)
    items = _items(names, games, fit=fit, group=group)
    raters = _raters(rows, reliability)
    habits = _habits(fit, len(games.left))
    return Preferences(items, raters, *habits, fit.log_likelihood, warnings + _one_sided(items))


def win_chance(found: Preferences, first: object, *, over: object) -> float:
    """Chance that `first` beats `over` given that it is no tie and neither place helps: 1 / (1 + e^(over - first)).

    Units: a chance, 0 to 1. Errors: ValueError for an item that was not compared, or two items of different groups.
    Source: Bradley & Terry 1952.

    >>> games = pl.DataFrame({"left": list("ab"), "right": list("ba"), "winner": list("ab")})
    >>> win_chance(bradley_terry(games), "a", over="b")
    0.5
    """
    rows = {item: (strength, group) for item, strength, group in found.items.select("item", "strength", "group").rows()}
    absent = [item for item in (first, over) if item not in rows]
    if absent:
        raise ValueError(f"never compared: {', '.join(map(str, absent))}")
    (one, group), (other, other_group) = rows[first], rows[over]
    if group != other_group:
        raise ValueError(f"{first} and {over} were never compared, not even through others")
    return float(1.0 / (1.0 + np.exp(other - one)))


def _rows(frame: pl.DataFrame, *, left: str, right: str, winner: str, rater: str | None) -> pl.DataFrame:
    named = {"left": left, "right": right, "winner": winner} | ({} if rater is None else {"rater": rater})
    absent = [column for column in named.values() if column not in frame.columns]
    if absent:
        raise ValueError(f"no column {', '.join(absent)}; there are {', '.join(frame.columns)}")
    rows = frame.select(pl.col(column).alias(name) for name, column in named.items())
    rows = rows.with_columns(pl.col("winner").cast(rows["left"].dtype, strict=False).alias("winner")).with_columns(
        was_given=frame[winner].is_not_null()
    )
    for name in ("left", "right", "rater"):
        if name in rows.columns and rows[name].null_count():
            raise ValueError(f"column {named[name]}: {rows[name].null_count()} comparisons have none")
    if rows["left"].dtype != rows["right"].dtype:
        raise ValueError(f"columns {left} and {right} must have one type")
    if (rows["left"] == rows["right"]).any():
        raise ValueError(f"{(rows['left'] == rows['right']).sum()} comparisons are of an item with itself")
    is_side = (pl.col("winner") == pl.col("left")) | (pl.col("winner") == pl.col("right"))
    strange = rows.filter(pl.col("was_given") & ~is_side.fill_null(value=False)).height
    if strange:
        raise ValueError(f"{strange} winners are neither of the two items; leave a tie empty")
    return rows.drop("was_given")


def _games(rows: pl.DataFrame, sides: Codes, *, n_items: int) -> _Games:
    half = rows.height
    is_tie = rows["winner"].is_null().to_numpy()
    is_left = (rows["winner"] == rows["left"]).fill_null(value=False).to_numpy()
    wins = is_left.astype(np.float64), (~is_left & ~is_tie).astype(np.float64)
    return _Games(sides[:half], sides[half:], *wins, is_tie.astype(np.float64), n_items)


def _merged(games: _Games) -> _Games:
    """One row per ordered pair: strengths need only its sums."""
    key = games.left.astype(np.int64) * games.n_items + games.right
    keys, of_game = np.unique(key, return_inverse=True)
    sums: list[Floats] = [
        np.bincount(of_game, weights=wins, minlength=keys.size).astype(np.float64)
        for wins in (games.left_wins, games.right_wins, games.ties)
    ]
    left, right = (keys // games.n_items).astype(np.int32), (keys % games.n_items).astype(np.int32)
    return _Games(left, right, sums[0], sums[1], sums[2], games.n_items)


def _shares(games: _Games, at: Floats, *, free: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, Floats, Floats]:
    """Chances of a left win, a right win and a tie, and the log of their common divisor."""
    one, other = at[games.left] + at[-2] * free[0], at[games.right]
    even = np.where(free[1], at[-1] + (at[games.left] + at[games.right] + at[-2] * free[0]) / 2, -np.inf)
    top = np.maximum(np.maximum(one, other), even)
    parts = np.exp(one - top), np.exp(other - top), np.exp(even - top)
    total = parts[0] + parts[1] + parts[2]
    return parts[0] / total, parts[1] / total, parts[2] / total, top + np.log(total)


def _log_posterior(games: _Games, at: Floats, *, free: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Log likelihood, and with the priors."""
    wins, losses, ties, _ = _shares(games, at, free=free)
    floor = np.finfo(np.float64).tiny
    value = games.left_wins @ np.log(np.maximum(wins, floor)) + games.right_wins @ np.log(np.maximum(losses, floor))
    value += games.ties @ np.log(np.maximum(ties, floor)) if free[1] else 0.0
    strength = at[:-2]
    prior = PRIOR_GAMES * (strength - 2 * np.logaddexp(0.0, strength)).sum()
    prior -= (at[-2:] ** 2 * free).sum() / (2 * SPREAD_OF_HABITS**2)
    return float(value), float(value + prior)


def _slope_and_information(
    games: _Games, at: Floats, *, free: npt.NDArray[np.bool_]
) -> tuple[Floats, sparse.csc_matrix]:
    """Gradient and negative Hessian: an exponential family, so observed less expected sums, and their covariance."""
    size, pairs = at.size, games.left.size
    left_share, right_share, tie_share, _ = _shares(games, at, free=free)
    n = games.left_wins + games.right_wins + games.ties
    # What each outcome adds to the sums of left item, right item, left place and tie.
    outcomes = np.array([[1.0, 0.0, free[0], 0.0], [0.0, 1.0, 0.0, 0.0], [0.5, 0.5, 0.5 * free[0], free[1]]])
    chance = np.stack([left_share, right_share, tie_share])
    seen = np.stack([games.left_wins, games.right_wins, games.ties])
    mean = chance.T @ outcomes
    surplus = seen.T @ outcomes - n[:, None] * mean
    where = np.stack([games.left, games.right, np.full(pairs, size - 2), np.full(pairs, size - 1)], axis=1)
    slope = np.bincount(where.ravel(), weights=surplus.ravel(), minlength=size).astype(np.float64)
    spread = np.einsum("op,oa,ob->pab", chance, outcomes, outcomes) - mean[:, :, None] * mean[:, None, :]
    spread *= n[:, None, None]
    rows, columns = np.repeat(where, 4, axis=1).ravel(), np.tile(where, (1, 4)).ravel()
    information = sparse.coo_matrix((spread.ravel(), (rows, columns)), shape=(size, size)).tocsc()
    chance_of_win = 1.0 / (1.0 + np.exp(-at[:-2]))
    slope[:-2] += PRIOR_GAMES * (1.0 - 2.0 * chance_of_win)
    slope[-2:] -= at[-2:] / SPREAD_OF_HABITS**2
    diagonal = np.append(2.0 * PRIOR_GAMES * chance_of_win * (1.0 - chance_of_win), np.full(2, SPREAD_OF_HABITS**-2))
    return slope, information + sparse.diags(diagonal, format="csc")


def _newton(games: _Games, at: Floats, *, free: npt.NDArray[np.bool_]) -> _Fit:
    """Newton steps, halved until they rise; the habits that are not free stay 0."""
    value = _log_posterior(games, at, free=free)[1]
    for _ in range(MOST_STEPS):
        slope, information = _slope_and_information(games, at, free=free)
        slope[-2:] *= free
        step = spsolve(information, slope)
        gained, length = -1.0, 1.0
        while gained < 0.0 and length > 1e-6:
            trial = at + length * step
            gained = _log_posterior(games, trial, free=free)[1] - value
            length /= 2
        if gained >= 0.0:
            at, value = trial, value + gained
        if gained <= TOLERANCE:  # the step just taken squares what was left of the way
            break
    information = _slope_and_information(games, at, free=free)[1]
    return _Fit(at, free, information, _log_posterior(games, at, free=free)[0])


def _with_raters(games: _Games, rater: pl.Series, *, free: npt.NDArray[np.bool_]) -> tuple[_Fit, Floats]:
    """EM: a rater answers as the strengths have it with its reliability, else the reverse (ties are never reversed)."""
    names, who = encode(rater)
    decided = games.ties == 0
    n = np.bincount(who[decided], minlength=len(names)) + PRIOR_OF_RATER
    reliability = np.full(len(names), USUAL_RELIABILITY)
    at, fit = np.zeros(games.n_items + 2), None
    for _ in range(MOST_ROUNDS):
        left_share, right_share = _shares(games, at, free=free)[:2]
        as_said = np.where(games.left_wins > 0, left_share, right_share)
        reverse = np.where(games.left_wins > 0, right_share, left_share)
        meant, turned = reliability[who] * as_said, (1.0 - reliability[who]) * reverse
        faith = np.where(decided, meant / np.maximum(meant + turned, np.finfo(np.float64).tiny), 1.0)
        left_wins = np.where(decided, np.where(games.left_wins > 0, faith, 1.0 - faith), 0.0)
        right_wins = np.where(decided, 1.0 - left_wins, 0.0)
        fit = _newton(_merged(replace(games, left_wins=left_wins, right_wins=right_wins)), at, free=free)
        kept = np.bincount(who, weights=faith * decided, minlength=len(names)) + PRIOR_OF_RATER * USUAL_RELIABILITY
        moved = max(float(np.abs(fit.at - at).max()), float(np.abs(kept / n - reliability).max()))
        at, reliability = fit.at, kept / n
        if moved < 1e-6:
            break
    assert fit is not None
    return fit, reliability


def _groups(games: _Games) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    size = games.n_items
    graph = sparse.coo_matrix((np.ones(games.left.size), (games.left, games.right)), shape=(size, size))
    count, group = connected_components(graph, directed=False)
    if count == 1:
        return group, ()
    return group, (f"{count} groups of items were never compared with each other: compare strengths within a group",)


def _one_sided(items: pl.DataFrame) -> tuple[str, ...]:
    count = items.filter((pl.col("wins") == 0) | (pl.col("wins") == pl.col("n"))).height
    return (f"{count} items won or lost every time: how far they stand out rests on the prior",) if count else ()


def _standard_errors(fit: _Fit, group: npt.NDArray[np.int32]) -> tuple[Floats | None, Floats]:
    """Of the strengths around their group's mean, and of the two habits."""
    size = group.size
    if size > MOST_WITH_ERRORS:
        return None, np.full(2, np.nan)
    keep = np.concatenate((np.ones(size, np.bool_), fit.free))
    covariance = np.linalg.inv(fit.information.toarray()[np.ix_(keep, keep)])
    habits = np.full(2, np.nan)
    habits[fit.free] = np.sqrt(np.diag(covariance)[size:])
    inside = covariance[:size, :size]
    of_group = sparse.csr_matrix((1.0 / np.bincount(group)[group], (group, np.arange(size))))
    row_means = np.asarray(of_group @ inside)
    means = np.asarray(of_group @ row_means.T).diagonal()[group]
    centred = np.diag(inside) - 2.0 * row_means[group, np.arange(size)] + means
    return np.sqrt(np.maximum(centred, 0.0)), habits


def _items(names: pl.Series, games: _Games, *, fit: _Fit, group: npt.NDArray[np.int32]) -> pl.DataFrame:
    size = len(names)
    errors = _standard_errors(fit, group)[0]
    mean = np.bincount(group, weights=fit.at[:size]) / np.bincount(group)
    wins = np.bincount(games.left, weights=games.left_wins + games.ties / 2, minlength=size)
    wins += np.bincount(games.right, weights=games.right_wins + games.ties / 2, minlength=size)
    n = np.bincount(games.left, minlength=size) + np.bincount(games.right, minlength=size)
    reach = float(stats.norm.ppf(0.95))
    se = pl.Series("se", [None] * size, dtype=pl.Float64) if errors is None else pl.Series("se", errors)
    table = pl.DataFrame({"item": names, "strength": fit.at[:size] - mean[group], "se": se, "n": n, "wins": wins})
    return table.with_columns(
        (pl.col("strength") - reach * pl.col("se")).alias("low"),
        (pl.col("strength") + reach * pl.col("se")).alias("high"),
        pl.Series("group", group),
    ).with_columns(pl.col("strength").rank("min", descending=True).over("group").cast(pl.Int64).alias("rank"))


def _habits(fit: _Fit, n: int) -> tuple[Estimate, Estimate]:
    errors = _standard_errors(fit, np.zeros(fit.at.size - 2, np.int32))[1]
    reach = stats.norm.ppf(0.95) * errors
    reasons = _no_habits()
    found = []
    for place, free in enumerate(fit.free):
        value = float(fit.at[-2 + place])
        if not free:
            found.append(reasons[place])
        elif np.isnan(errors[place]):
            found.append(Estimate(value, None, None, n, "overlap", "maximum posterior"))
        else:
            ends = float(value - reach[place]), float(value + reach[place])
            found.append(Estimate(value, *ends, n, "overlap", "observed information"))
    return found[0], found[1]


def _no_habits() -> tuple[Estimate, Estimate]:
    return not_measured("overlap", "the order effect was not asked for"), not_measured("overlap", "there is no tie")


def _no_items(names: pl.Series) -> pl.DataFrame:
    numbers = dict.fromkeys(("strength", "se", "low", "high", "wins"), pl.Float64)
    return pl.DataFrame({"item": names}).with_columns(
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in numbers.items()),
        *(pl.lit(None, dtype=pl.Int64).alias(name) for name in ("n", "group", "rank")),
    )


def _raters(rows: pl.DataFrame, reliability: Floats) -> pl.DataFrame:
    if "rater" not in rows.columns:
        return pl.DataFrame(schema={"rater": pl.String, "n": pl.Int64, "reliability": pl.Float64})
    names, who = encode(rows["rater"])
    n = np.bincount(who, minlength=len(names))
    return pl.DataFrame({"rater": names, "n": n, "reliability": reliability})
