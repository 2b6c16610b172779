"""Agreement between each two people: Cohen's kappa and the share of equal answers."""

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.agreement.alpha import MOST_LABELS, ONE_LABEL
from smo.measure.agreement.coincidence import Matrix
from smo.measure.agreement.intervals import BASIS, CONFIDENCE, few_items, interval_ends, skew_warning
from smo.measure.agreement.kappa import TOO_MANY, credit
from smo.measure.codes import Integers, Offsets, encode
from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import wilson
from smo.measure.ratings import Floats, Ratings

ANONYMOUS = "the ratings name no raters: people cannot be compared in pairs"
DIRECT = 1 << 24  # cells of a plain table: 64 MB of counts
ONE_RATER = 0.8  # the share of pairs with one person above which the mean is hardly about the others
UNWEIGHTED = "pairs of people count each shared item once: leave the weights out, or use alpha"
NO_SHARED = "no two named raters share an item"


@dataclass(frozen=True, slots=True)
class _Cells:
    """How often raters a < b gave labels i and j to the same item: one entry per (a, b, i, j) that occurs.

    Shapes: C entries; `pair` int64[C] = place of the pair among `pairs` int64[Q], which holds
    b(b-1)/2 + a, sorted. `slot` is the search table of `key`, empty where a plain table of cells was small enough.
    """

    key: Offsets
    slot: Offsets
    pairs: Offsets
    pair: Offsets
    mine: Offsets
    theirs: Offsets
    count: Offsets


def cohen_kappa(ratings: Ratings, weights: str | Matrix | None = None, *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean of Cohen's kappa over all pairs of people, weighted by the items they share.

    Shapes: `weights` None, linear, quadratic, or credits float64[K, K]; n = items that two named people rated.
    Pairs whose chance agreement is 1 have no kappa and are left out. Interval over items.
    Errors: ValueError for unknown weights, or for ratings with weights of their own: every shared item counts once
    here, and alpha takes weights of items. Anonymous ratings give an estimate without a value.
    Source: Cohen 1960, 1968; Conger 1980 for the mean over pairs.

    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "who": list("pqpq"), "y": list("aabb")})
    >>> cohen_kappa(Ratings.from_frame(frame, item="i", rater="who", label="y")).value
    1.0
    """
    if ratings.weight is not None:
        raise ValueError(UNWEIGHTED)
    if isinstance(weights, str) and len(ratings.labels) > MOST_LABELS:
        return not_measured(BASIS, TOO_MANY)
    apart = None if weights is None else 1 - credit(ratings.labels, weights)
    if ratings.raters is None:
        return not_measured(BASIS, ANONYMOUS)
    cells = _cells(ratings)
    if not len(cells.key):
        return not_measured(BASIS, NO_SHARED)
    kappa, shared, slope = _kappas(cells, len(ratings.labels), apart=apart)
    defined = np.isfinite(kappa)
    influence = _moved(cells, kappa=kappa, shared=shared, slope=slope)
    by_cell = influence if len(cells.slot) else _spread(influence, cells.key)
    items, total, squares = _item_sums(
        ratings.item_start, ratings.rater, ratings.label, cells.key, cells.slot, by_cell, len(ratings.labels)
    )
    if not defined.any():
        return not_measured(BASIS, ONE_LABEL, n=items)
    value = float(kappa[defined] @ shared[defined] / shared[defined].sum())
    variance = max(0.0, items / max(1, items - 1) * (squares - total * total / items))
    low, high = interval_ends(value, variance, items=items, dissent=_dissent(cells, items), confidence=confidence)
    warnings = (*_pair_warnings(ratings, cells, defined=defined), *few_items(items))
    return Estimate(value, low, high, items, BASIS, "cohen_pairs", confidence=confidence, warnings=warnings)


def pair_agreement(ratings: Ratings, at_least: int = 20, *, confidence: float = CONFIDENCE) -> pl.DataFrame:
    """For each two people with at least `at_least` shared items: the share of equal answers, and Cohen's kappa.

    Shapes: rater_a, rater_b, n, agreement, low, high (Wilson), kappa, kappa_low, kappa_high (Student's interval on
    Fisher's z scale; null where both used one label only); least agreement first, then names. Empty when anonymous.
    Errors: ValueError for ratings with weights of their own.
    Source: Cohen 1960; its large-sample variance is that of Fleiss, Cohen and Everitt 1969.

    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "who": list("pqpq"), "y": list("aaab")})
    >>> both = Ratings.from_frame(frame, item="i", rater="who", label="y")
    >>> pair_agreement(both, at_least=2).select("rater_a", "rater_b", "n", "agreement").row(0)
    ('p', 'q', 2, 0.5)
    """
    if ratings.weight is not None:
        raise ValueError(UNWEIGHTED)
    raters = pl.Series([], dtype=pl.String) if ratings.raters is None else ratings.raters
    cells = _cells(ratings)
    pairs = len(cells.pairs)
    kappa, shared, slope = _kappas(cells, len(ratings.labels), apart=None)
    equal = np.bincount(cells.pair, weights=cells.count * (cells.mine == cells.theirs), minlength=pairs)
    squares = np.bincount(cells.pair, weights=cells.count * slope**2, minlength=pairs).astype(np.float64)
    enough = shared >= max(1, at_least)
    a, b = _both(cells.pairs[enough])
    low, high = wilson(equal[enough], shared[enough], confidence=confidence)
    n, agreement = shared[enough].astype(np.int64), equal[enough] / shared[enough]
    ends = _kappa_ends(kappa[enough], squares[enough], n=n, agreement=agreement, confidence=confidence)
    figures = {"agreement": agreement, "low": low, "high": high, "kappa": kappa[enough]}
    figures |= {"kappa_low": ends[0], "kappa_high": ends[1]}
    found = pl.DataFrame({"rater_a": raters.gather(a), "rater_b": raters.gather(b), "n": n, **figures})
    return found.with_columns(pl.col("kappa", "kappa_low", "kappa_high").fill_nan(None)).sort(
        "agreement", "rater_a", "rater_b"
    )


def _kappa_ends(
    kappa: Floats, squares: Floats, *, n: Offsets, agreement: Floats, confidence: float
) -> tuple[Floats, Floats]:
    """Student's interval on Fisher's z scale; where nothing varies, what one hidden dissent would cost."""
    with np.errstate(divide="ignore", invalid="ignore"):
        width = stats.t.ppf(0.5 + confidence / 2, n - 1) * np.sqrt(squares * n / (n - 1)) / (1 - kappa**2)
        low, high = np.tanh(np.arctanh(kappa) - width), np.tanh(np.arctanh(kappa) + width)
        chance = (1 - agreement) / (1 - kappa)  # the disagreement that chance alone would give
        hidden = (1 - ((1 - confidence) / 2) ** (1 / n)) / np.where(np.isfinite(chance) & (chance > 0), chance, 0.5)
    still = (squares <= 0) | (np.abs(kappa) >= 1)
    low = np.where(still, np.maximum(-1.0, kappa - hidden), low)
    high = np.where(still, np.minimum(1.0, kappa + hidden), high)
    unknown = ~np.isfinite(kappa) | (n < 2)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def warm_pairs(ratings: Ratings) -> None:
    """Compile the kernels of both tables, the plain one and the one that is searched."""
    cohen_kappa(ratings)
    _count_pairs(ratings.item_start, ratings.rater, ratings.label, len(ratings.labels))


def _pair_warnings(ratings: Ratings, cells: _Cells, *, defined: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    found = []
    if not defined.all():
        found.append(f"{int((~defined).sum())} pairs of raters used one label only and have no kappa")
    count = cells.count.astype(np.float64)
    k = len(ratings.labels)
    used = np.bincount(cells.mine, weights=count, minlength=k) + np.bincount(cells.theirs, weights=count, minlength=k)
    found += skew_warning(used.astype(np.float64), ratings.labels)
    a, b = _both(cells.pairs)
    shared = np.bincount(cells.pair, weights=count, minlength=len(cells.pairs))
    by_rater = np.bincount(a, weights=shared, minlength=ratings.n_raters)
    by_rater += np.bincount(b, weights=shared, minlength=ratings.n_raters)
    part = by_rater / shared.sum()
    if (by_rater > 0).sum() >= 4 and part.max() > ONE_RATER:
        found.append(f"one person is in {part.max():.0%} of the pairs: the mean says little of the others")
    return tuple(found)


def _cells(ratings: Ratings) -> _Cells:
    k, r = len(ratings.labels), ratings.n_raters
    room = r * (r - 1) // 2 * k * k
    if room <= DIRECT:  # a plain table: one look into memory instead of a search
        table = _count_direct(ratings.item_start, ratings.rater, ratings.label, k, room)
        key, slot = np.flatnonzero(table), np.zeros(0, np.int64)
        count = table[key].astype(np.int64)
    else:
        key, count, slot = _count_pairs(ratings.item_start, ratings.rater, ratings.label, k)
    both, labels = np.divmod(key, max(1, k * k))
    pairs, pair = encode(pl.Series(both))
    mine, theirs = np.divmod(labels, max(1, k))
    return _Cells(key, slot, pairs.to_numpy(), pair.astype(np.int64), mine, theirs, count)


def _both(pair: Offsets) -> tuple[Offsets, Offsets]:
    """The raters a < b of pair b(b-1)/2 + a."""
    b = ((1 + np.sqrt(1 + 8 * pair.astype(np.float64))) / 2).astype(np.int64)
    return pair - b * (b - 1) // 2, b


def _spread(influence: Floats, key: Offsets) -> Floats:
    table = np.zeros(int(key[-1]) + 1)
    table[key] = influence
    return table


def _dissent(cells: _Cells, items: int) -> float:
    """What the mean kappa loses when one rating of each item dissents."""
    pairs_per_item = float(cells.count.sum()) / items
    ratings_per_item = (1 + math.sqrt(1 + 8 * pairs_per_item)) / 2
    k = int(max(cells.mine.max(), cells.theirs.max())) + 1
    used = np.bincount(cells.mine, weights=cells.count, minlength=k)
    used = used + np.bincount(cells.theirs, weights=cells.count, minlength=k)
    differ = 1 - float(((used / used.sum()) ** 2).sum())
    return 2 / ratings_per_item / differ if differ > 0 else math.inf


def _kappas(cells: _Cells, k: int, *, apart: Matrix | None) -> tuple[Floats, Floats, Floats]:
    """Kappa (nan where undefined) and shared items of each pair, and what one more item of a cell moves its kappa."""
    q, count = len(cells.pairs), cells.count.astype(np.float64)
    shared = np.bincount(cells.pair, weights=count, minlength=q).astype(np.float64)
    if apart is None:
        from_mine = shared[cells.pair] - _marginal(cells, k, of=cells.theirs, at=cells.mine)
        from_theirs = shared[cells.pair] - _marginal(cells, k, of=cells.mine, at=cells.theirs)
        miss = (cells.mine != cells.theirs).astype(np.float64)
    else:
        from_mine = (_table(cells, k, of=cells.theirs) @ apart)[cells.pair, cells.mine]
        from_theirs = (_table(cells, k, of=cells.mine) @ apart)[cells.pair, cells.theirs]
        miss = apart[cells.mine, cells.theirs]
    expected = np.bincount(cells.pair, weights=count * from_mine, minlength=q)
    observed = np.bincount(cells.pair, weights=count * miss, minlength=q)
    defined = expected > 0
    safe = np.where(defined, expected, 1.0)
    kappa = np.where(defined, 1 - shared * observed / safe, np.nan)
    slope = (shared * observed / safe**2)[cells.pair] * (from_mine + from_theirs)
    slope -= (observed / safe)[cells.pair] + (shared / safe)[cells.pair] * miss
    return kappa, shared, np.where(defined[cells.pair], slope, 0.0)


def _moved(cells: _Cells, *, kappa: Floats, shared: Floats, slope: Floats) -> Floats:
    """What one more item in each cell moves the mean over pairs, each weighing as many items as it shares."""
    defined = np.isfinite(kappa)
    total = float(shared[defined].sum())
    known = np.where(defined, kappa, 0.0)
    mean = float(known @ shared) / total if total else 0.0
    moved = known[cells.pair] - mean + shared[cells.pair] * slope
    return np.where(defined[cells.pair], moved, 0.0) / max(total, 1.0)


def _marginal(cells: _Cells, k: int, *, of: Offsets, at: Offsets) -> Floats:
    """How often one rater of the pair gave the label that the other gave in this cell."""
    if len(cells.pairs) * k <= DIRECT:
        return np.asarray(_table(cells, k, of=of)[cells.pair, at])
    names, codes = encode(pl.Series(cells.pair * k + of))
    sums = np.bincount(codes, weights=cells.count)
    wanted, keys = cells.pair * k + at, names.to_numpy()
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, sums[place], 0.0)


def _table(cells: _Cells, k: int, *, of: Offsets) -> Matrix:
    table = np.bincount(cells.pair * k + of, weights=cells.count, minlength=len(cells.pairs) * k)
    return table.reshape(len(cells.pairs), k).astype(np.float64)


@numba.njit(cache=True)
def _find(slot: Offsets, key: Offsets, wanted: np.int64) -> np.int64:
    h = np.uint64(wanted) * np.uint64(0x9E3779B97F4A7C15)
    place = np.int64((h ^ (h >> np.uint64(32))) & np.uint64(len(slot) - 1))
    while slot[place] >= 0 and key[slot[place]] != wanted:
        place = (place + 1) & (len(slot) - 1)
    return place


@numba.njit(cache=True)
def _cell(rater_a: np.int32, rater_b: np.int32, label_a: np.int32, label_b: np.int32, k: int) -> np.int64:
    pair = np.int64(rater_b) * (np.int64(rater_b) - 1) // 2 + rater_a
    return pair * k * k + np.int64(label_a) * k + label_b


@numba.njit(cache=True)
def _count_direct(start: Offsets, rater: Integers, label: Integers, k: int, room: int) -> Integers:
    """Count cells over all pairs within items; raters are sorted within an item, so a < b. Equal raters are no pair."""
    count = np.zeros(room, np.int32)
    for u in range(len(start) - 1):
        for x in range(start[u], start[u + 1]):
            for y in range(x + 1, start[u + 1]):
                if rater[x] >= 0 and rater[x] != rater[y]:
                    count[_cell(rater[x], rater[y], label[x], label[y], k)] += 1
    return count


@numba.njit(cache=True)
def _count_pairs(start: Offsets, rater: Integers, label: Integers, k: int):  # type: ignore[no-untyped-def]
    """As `_count_direct`, for cells too many for a plain table: open addressing, doubled when half full."""
    slot = np.full(1024, -1, np.int64)
    key = np.empty(1024, np.int64)
    count = np.zeros(1024, np.int64)
    used = 0
    for u in range(len(start) - 1):
        for x in range(start[u], start[u + 1]):
            for y in range(x + 1, start[u + 1]):
                if rater[x] < 0 or rater[x] == rater[y]:
                    continue
                cell = _cell(rater[x], rater[y], label[x], label[y], k)
                place = _find(slot, key, cell)
                if slot[place] < 0:
                    if 2 * used >= len(slot):
                        slot = np.full(2 * len(slot), -1, np.int64)
                        for c in range(used):
                            slot[_find(slot, key, key[c])] = c
                        key = np.concatenate((key, np.empty(len(key), np.int64)))
                        count = np.concatenate((count, np.zeros(len(count), np.int64)))
                        place = _find(slot, key, cell)
                    slot[place] = used
                    key[used] = cell
                    used += 1
                count[slot[place]] += 1
    return key[:used], count[:used], slot


@numba.njit(cache=True)
def _item_sums(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - the compiler takes flat arrays only
    start: Offsets, rater: Integers, label: Integers, key: Offsets, slot: Offsets, influence: Floats, k: int
):
    """Items with a pair, and the sum and sum of squares of what each item moves the mean kappa."""
    items = 0
    total = 0.0
    squares = 0.0
    for u in range(len(start) - 1):
        moved = 0.0
        paired = False
        for x in range(start[u], start[u + 1]):
            for y in range(x + 1, start[u + 1]):
                if rater[x] >= 0 and rater[x] != rater[y]:
                    paired = True
                    cell = _cell(rater[x], rater[y], label[x], label[y], k)
                    moved += influence[slot[_find(slot, key, cell)] if len(slot) else cell]
        items += paired
        total += moved
        squares += moved * moved
    return items, total, squares
