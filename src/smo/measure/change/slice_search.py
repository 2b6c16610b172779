"""Which slices stand out: every conjunction of conditions down to a depth, against the rest, false finds bounded.

The family of tests is fixed by sizes alone, before any outcome is looked at: values and conjunctions that are too small
are never tested, and where there are too many the largest are. So the false discovery rate holds for what is listed,
which it would not for a search that follows the worst outcomes down. Cells add up over days and shards, so the search
reads a merged table as well as rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.intervals import wilson
from smo.measure.multiplicity import benjamini_hochberg

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HIGHER, LOWER = "higher", "lower"
MOST_CELLS = 4_000_000  # of a dense count table; beyond it codes are sorted
NONE = "(none)"
COLUMNS = ("depth", "n", "events", "value", "low", "high", "rest", "excess", "p_value", "adjusted", "beyond_parents")
OTHER = 0  # the code of all values that are too rare to be looked at


@dataclass(frozen=True, slots=True)
class SearchRules:
    """How deep to look, at slices of how many cases, in which direction, at most how many per depth, at which FDR."""

    depth: int = 2
    least: int = 50
    direction: str = HIGHER
    most_slices: int = 100_000
    level: float = 0.05
    confidence: float = 0.90

    def __post_init__(self) -> None:
        if self.depth < 1 or self.least < 1 or self.most_slices < 1:
            raise ValueError("depth, least and most_slices are at least 1")
        if self.direction not in (HIGHER, LOWER):
            raise ValueError(f"unknown direction {self.direction!r}; one of {HIGHER}, {LOWER}")


@dataclass(frozen=True, slots=True)
class SliceSearch:
    """`slices`: one row per find, surest first; `n_tested` the size of the family, `rate` that of all cases.

    Columns: each dimension (its value as text, null = any), `depth, n, events, value, low, high, rest` (the rate
    outside the slice), `excess` (events beyond what the rest's rate would give), `p_value`, `adjusted`, and
    `beyond_parents`: the largest p-value against the remainder of a parent slice; where it is large, the parent
    already says it all (null at depth 1).
    """

    slices: pl.DataFrame
    n_tested: int
    n_cases: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class _Counted:
    """The slices of one set of dimensions that are large enough."""

    at: tuple[int, ...]
    code: Ints
    n: Floats
    events: Floats


def slice_search(frame: pl.DataFrame, dimensions: Sequence[str], *, rules: SearchRules | None = None) -> SliceSearch:
    """Slices whose share of events is higher (or lower) than outside them: Fisher's exact test, Benjamini-Hochberg.

    Shapes: `frame` has the dimensions and `events`, with `n` cases a row, or without `n` one case a row and events 0
    or 1; rows of one cell are added up. A null is a value of its own, "(none)". Errors: ValueError for missing columns
    or counts that are not whole, negative, or more events than n. No case, or nothing large enough: no slice.
    Source: Chung et al. 2020, IEEE TKDE 32:2284-2296 (slice finding); Benjamini and Hochberg 1995.

    >>> rows = pl.DataFrame({"site": list("ab") * 200, "queue": list("xxyy") * 100, "events": [0] * 396 + [1] * 4})
    >>> bad = rows.with_columns(events=pl.when(site="b", queue="y").then(1).otherwise("events"))
    >>> slice_search(bad, ["site", "queue"]).slices.select("site", "queue", "n", "events").row(0)
    ('b', 'y', 100, 100)
    """
    settings = rules or SearchRules()
    n, events = _checked(frame, dimensions)
    codes, names = _coded(frame, dimensions, n=n, least=settings.least)
    counted: list[_Counted] = []
    for depth in range(1, min(settings.depth, len(dimensions)) + 1):
        sets = combinations(range(len(dimensions)), depth)
        radix = [len(values) for values in names]
        found = [_count(codes, at, radix=radix, counts=(n, events), least=settings.least) for at in sets]
        counted += _largest(found, settings.most_slices)
    whole = float(events.sum()), float(n.sum())
    all_n, all_events = (
        np.concatenate([np.zeros(0), *(getattr(c, name) for c in counted)]) for name in ("n", "events")
    )
    p = _fisher(all_events, all_n, whole=whole, direction=settings.direction)
    verdicts = benjamini_hochberg(p, level=settings.level)
    p_values = np.column_stack([p, verdicts.adjusted])[verdicts.is_rejected]
    table = _named(counted, verdicts.is_rejected, names=names, dimensions=dimensions)
    beyond = _beyond_parents(counted, verdicts.is_rejected, radix=radix, direction=settings.direction)
    table = table.with_columns(
        pl.Series("p_value", p_values[:, 0]), pl.Series("adjusted", p_values[:, 1]), pl.Series("beyond_parents", beyond)
    )
    slices = _measured(table, whole, confidence=settings.confidence).select(*dimensions, *COLUMNS)
    rate = whole[0] / whole[1] if whole[1] else None
    return SliceSearch(slices.sort("p_value", "depth", *dimensions, nulls_last=True), p.size, int(whole[1]), rate)


def _checked(frame: pl.DataFrame, dimensions: Sequence[str]) -> tuple[Floats, Floats]:
    missing = ({*dimensions, "events"} - set(frame.columns)) | (set() if dimensions else {"a dimension"})
    if missing:
        raise ValueError(f"missing: {', '.join(sorted(missing))}")
    if set(dimensions) & {*COLUMNS}:
        raise ValueError(f"a dimension may not be called {', '.join(sorted(set(dimensions) & {*COLUMNS}))}")
    events = frame["events"].cast(pl.Float64).to_numpy()
    n = frame["n"].cast(pl.Float64).to_numpy() if "n" in frame.columns else np.ones(frame.height)
    if not (np.isfinite(events).all() and np.isfinite(n).all()) or (events < 0).any() or (events > n).any():
        raise ValueError("events and n are numbers, and events lie between 0 and n")
    if (events != np.floor(events)).any() or (n != np.floor(n)).any():
        raise ValueError("slices are tested on whole counts; give cases, not weights")
    return n, events


def _coded(
    frame: pl.DataFrame, dimensions: Sequence[str], *, n: Floats, least: int
) -> tuple[list[Ints], list[list[str | None]]]:
    """Codes of the values with enough cases, from 1 on by name; all others share the code 0."""
    codes, names = [], []
    for dimension in dimensions:
        column = frame[dimension].cast(pl.String).fill_null(NONE)
        values = column.unique().sort()
        raw = column.cast(pl.Enum(values)).to_physical().to_numpy().astype(np.int64)
        is_kept = np.bincount(raw, weights=n, minlength=len(values)) >= least
        renamed = np.where(is_kept, np.cumsum(is_kept), OTHER)
        codes.append(renamed[raw] if raw.size else raw)
        names.append([None, *values.filter(pl.Series(is_kept, dtype=pl.Boolean)).to_list()])
    return codes, names


def _count(
    codes: list[Ints], at: tuple[int, ...], *, radix: list[int], counts: tuple[Floats, Floats], least: int
) -> _Counted:
    """Cases and events of every slice over these dimensions that is large enough, rare values left out."""
    joint = codes[at[0]]
    for dimension in at[1:]:
        joint = joint * radix[dimension] + codes[dimension]
    cells = int(np.prod([float(radix[dimension]) for dimension in at]))
    if cells <= MOST_CELLS:
        labels = np.arange(cells)
        n, events = (np.bincount(joint, weights=count, minlength=cells) for count in counts)
    else:
        labels, place = np.unique(joint, return_inverse=True)
        n, events = (np.bincount(place, weights=count, minlength=labels.size) for count in counts)
    is_kept = n >= least
    for part in _digits(labels, at, radix=radix):
        is_kept &= part != OTHER
    return _Counted(at, labels[is_kept], n[is_kept].astype(np.float64), events[is_kept].astype(np.float64))


def _digits(code: Ints, at: tuple[int, ...], *, radix: list[int]) -> list[Ints]:
    """The value code of each dimension in a joint code."""
    parts: list[Ints] = []
    for dimension in reversed(at):
        parts.append(code % radix[dimension])
        code = code // radix[dimension]
    return parts[::-1]


def _largest(found: list[_Counted], most: int) -> list[_Counted]:
    """At most so many slices of a depth: the largest, for their size says nothing about their outcome."""
    sizes = np.concatenate([part.n for part in found])
    if sizes.size <= most:
        return found
    bar = np.partition(sizes, sizes.size - most - 1)[sizes.size - most - 1]
    return [_Counted(c.at, c.code[c.n > bar], c.n[c.n > bar], c.events[c.n > bar]) for c in found]


def _fisher(k: Floats, n: Floats, *, whole: tuple[float, float], direction: str) -> Floats:
    """One-sided chance of as many (as few) events in the slice, events and sizes given; 1 where there is no rest."""
    if not k.size:
        return np.zeros(0)
    return _within(k, n, whole=(np.full(k.size, whole[0]), np.full(k.size, whole[1])), direction=direction)


def _named(
    counted: list[_Counted], is_find: npt.NDArray[np.bool_], *, names: list[list[str | None]], dimensions: Sequence[str]
) -> pl.DataFrame:
    """The finds with their values by name."""
    radix = [len(values) for values in names]
    schema = dict.fromkeys(dimensions, pl.String()) | {"depth": pl.Int64(), "n": pl.Int64(), "events": pl.Int64()}
    parts = [pl.DataFrame(schema=schema)]
    for part, kept in _finds(counted, is_find):
        values = dict(zip(part.at, _digits(part.code[kept], part.at, radix=radix), strict=True))
        columns = {
            name: pl.Series(names[d], dtype=pl.String).gather(values[d])
            if d in values
            else pl.Series([None] * kept.size, dtype=pl.String)
            for d, name in enumerate(dimensions)
        }
        counts = {"n": part.n[kept].astype(np.int64), "events": part.events[kept].astype(np.int64)}
        parts.append(pl.DataFrame(columns | {"depth": np.full(kept.size, len(part.at))} | counts, schema=schema))
    return pl.concat(parts)


def _finds(counted: list[_Counted], is_find: npt.NDArray[np.bool_]) -> list[tuple[_Counted, Ints]]:
    """Each set of dimensions with the places of its finds."""
    ends = np.cumsum([part.n.size for part in counted])
    flags = np.split(is_find, ends[:-1]) if counted else []
    return [(part, np.flatnonzero(flag)) for part, flag in zip(counted, flags, strict=True) if flag.any()]


def _beyond_parents(
    counted: list[_Counted], is_find: npt.NDArray[np.bool_], *, radix: list[int], direction: str
) -> list[float | None]:
    """Per find the largest p-value against what is left of a parent without it."""
    sizes = {part.at: part for part in counted}
    beyond: list[float | None] = []
    for part, kept in _finds(counted, is_find):
        if len(part.at) == 1:
            beyond += [None] * kept.size
            continue
        digits = _digits(part.code[kept], part.at, radix=radix)
        worst = np.zeros(kept.size)
        for left_out in range(len(part.at)):
            at = part.at[:left_out] + part.at[left_out + 1 :]
            code = np.zeros(kept.size, np.int64)
            for dimension, digit in zip(at, digits[:left_out] + digits[left_out + 1 :], strict=True):
                code = code * radix[dimension] + digit
            parent = sizes[at]
            place = np.clip(np.searchsorted(parent.code, code), 0, max(0, parent.code.size - 1))
            is_there = parent.code[place] == code
            whole = np.where(is_there, parent.events[place], 0), np.where(is_there, parent.n[place], 0)
            p = _within(part.events[kept], part.n[kept], whole=whole, direction=direction)
            worst = np.maximum(worst, np.where(is_there, p, 0.0))
        beyond += worst.tolist()
    return beyond


def _within(k: Floats, n: Floats, *, whole: tuple[Floats, Floats], direction: str) -> Floats:
    events, size = np.maximum(whole[0], k), np.maximum(whole[1], n)
    law = stats.hypergeom(size, events, n)
    p = law.sf(k - 1) if direction == HIGHER else law.cdf(k)
    return np.clip(np.where(n < size, p, 1.0), 0.0, 1.0)


def _measured(table: pl.DataFrame, whole: tuple[float, float], *, confidence: float) -> pl.DataFrame:
    """Rates with intervals, the rest's rate, and the events beyond it."""
    events, n = table["events"].cast(pl.Float64).to_numpy(), table["n"].cast(pl.Float64).to_numpy()
    low, high = wilson(events, n, confidence=confidence)
    rest = (whole[0] - events) / np.maximum(whole[1] - n, 1.0)
    columns = {
        "value": events / np.maximum(n, 1.0),
        "low": low,
        "high": high,
        "rest": rest,
        "excess": events - n * rest,
    }
    return table.with_columns(pl.Series(name, column, dtype=pl.Float64) for name, column in columns.items())
