"""Why a rate moved: the part within segments, the part of the mix of segments, and both together, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from smo.measure.estimate import Estimate

Floats = npt.NDArray[np.float64]
Slopes = tuple[Floats, ...]  # in share before, rate before, share after, rate after

TERMS = ("total", "rate", "mix", "interaction")


@dataclass(frozen=True, slots=True)
class Decomposition:
    """total = rate + mix + interaction, in shares; `segments` adds up to them row by row.

    `segments`: the segment columns and `share_before, share_after, rate_before, rate_after, rate, mix, interaction`.
    With `is_order_free` the interaction is split evenly between rate and mix and is None.
    """

    total: Estimate
    rate: Estimate
    mix: Estimate
    interaction: Estimate | None
    segments: pl.DataFrame
    is_order_free: bool


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cases and events of each segment, before and after; shares of the mix, known or from the cases."""

    n: tuple[Floats, Floats]
    share: tuple[Floats, Floats]
    rate: tuple[Floats, Floats]
    is_mix_known: bool


def decompose(
    before: pl.DataFrame,
    after: pl.DataFrame,
    *,
    segments: Sequence[str],
    basis: str,
    is_order_free: bool = False,
    confidence: float = 0.90,
) -> Decomposition:
    """rate = sum w0 (r1 - r0), mix = sum (w1 - w0) r0, interaction = sum (w1 - w0)(r1 - r0) over the segments.

    Shapes: frames with the segment columns, `events` and `n` (cases), rows of one segment are added up; a column
    `volume`, if both have it, is the known size of each segment: then n is a sample within it and the mix has no
    sampling error. Units: shares. A segment seen at one time only has the rate of that time at both, so that its coming
    or going is mix. `is_order_free`: Shapley's values of the two factors, the same whichever is changed first.
    Intervals: delta method on multinomial shares and binomial rates. Per segment the mix is counted against the overall
    rate before, so that a growing segment that is worse than the whole adds to it. Errors: ValueError for missing
    columns, broken counts, a time without cases, or a segment with volume and no case at either time.
    Source: Kitagawa 1955, JASA 50:1168-1194; Shorrocks 2013, Journal of Economic Inequality 11:99-126.

    >>> old = pl.DataFrame({"site": list("abc"), "n": [5000, 3000, 2000], "events": [4800, 2760, 1800]})
    >>> new = pl.DataFrame({"site": list("abc"), "n": [4000, 3000, 3000], "events": [3820, 2775, 2700]})
    >>> found = decompose(old, new, segments=["site"], basis="gold")
    >>> [round(part.value, 4) for part in (found.total, found.rate, found.mix, found.interaction)]
    [-0.0065, -0.001, -0.006, 0.0005]
    """
    joined = _joined(before, after, segments=list(segments))
    cells = _cells(joined)
    terms, gradients = _terms(cells, is_order_free=is_order_free)
    n = int(cells.n[0].sum() + cells.n[1].sum())
    found: dict[str, Estimate] = {}
    for term in TERMS:
        value = float(terms[term].sum())
        reach = float(special.ndtri(0.5 + confidence / 2)) * float(np.sqrt(_variance(cells, gradients[term])))
        found[term] = Estimate(value, value - reach, value + reach, n, basis, "delta", confidence=confidence)
    columns = {"share_before": cells.share[0], "share_after": cells.share[1]}
    columns |= {"rate_before": cells.rate[0], "rate_after": cells.rate[1]}
    columns |= {term: terms[term] for term in TERMS[1:]}
    table = joined.select(segments).with_columns(pl.Series(name, column) for name, column in columns.items())
    interaction = None if is_order_free else found["interaction"]
    return Decomposition(found["total"], found["rate"], found["mix"], interaction, table, is_order_free)


def decompose_tree(
    before: pl.DataFrame, after: pl.DataFrame, *, tree: Sequence[str], basis: str, confidence: float = 0.90
) -> pl.DataFrame:
    """`level, term, value, low, high, n`: how much of the change each level of a declared tree explains as mix.

    `tree`: columns from the top down, declared before anybody looked, for example market, project, queue. "mix" of a
    level is what the mix of its segments adds to that of the levels above; "rate" stands once, at the bottom: what is
    left within the finest segments. Order-free terms, so that they add up to "total".
    Shapes: as `decompose`, and so the interval; with volumes, a level's rates weigh its finest segments by them.
    Units: shares. Errors: as there, and ValueError for a tree without a level. Source: as there, level by level.

    >>> old = pl.DataFrame({"site": list("aab"), "queue": list("xyx"), "n": [50, 50, 100], "events": [10, 20, 30]})
    >>> new = pl.DataFrame({"site": list("aab"), "queue": list("xyx"), "n": [20, 80, 100], "events": [4, 32, 30]})
    >>> tree = decompose_tree(old, new, tree=["site", "queue"], basis="gold")
    >>> [(level, term, round(value, 3)) for level, term, value in tree.select("level", "term", "value").rows()]
    [(None, 'total', 0.03), ('site', 'mix', 0.0), ('queue', 'mix', 0.03), ('queue', 'rate', 0.0)]
    """
    if not tree:
        raise ValueError("a tree has at least one level")
    joined = _joined(before, after, segments=list(tree))
    finest = _cells(joined)
    n = int(finest.n[0].sum() + finest.n[1].sum())
    z = float(special.ndtri(0.5 + confidence / 2))
    rows: list[tuple[str | None, str, float, float, float, int]] = []

    def add(level: str | None, term: str, *, value: float, slopes: Slopes) -> None:
        reach = z * float(np.sqrt(_variance(finest, slopes)))
        rows.append((level, term, value, value - reach, value + reach, n))

    above, above_slopes = 0.0, tuple(np.zeros(joined.height) for _ in range(4))
    for depth, level in enumerate(tree, start=1):
        group = joined.select(pl.struct(tree[:depth]).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
        terms, slopes = _terms(_coarse(finest, group), is_order_free=True)
        fine = {term: _on_finest(slopes[term], finest, group=group) for term in ("total", "rate", "mix")}
        if depth == 1:
            add(None, "total", value=float(terms["total"].sum()), slopes=fine["total"])
        mix = float(terms["mix"].sum())
        added = tuple(own - upper for own, upper in zip(fine["mix"], above_slopes, strict=True))
        add(level, "mix", value=mix - above, slopes=added)
        above, above_slopes = mix, fine["mix"]
        if depth == len(tree):
            add(level, "rate", value=float(terms["rate"].sum()), slopes=fine["rate"])
    return pl.DataFrame(rows, schema=["level", "term", "value", "low", "high", "n"], orient="row")


def _coarse(finest: _Cells, group: npt.NDArray[np.int64]) -> _Cells:
    """The cells of a level above: shares added up, rates weighed by them."""

    def added(values: Floats) -> Floats:
        return np.bincount(group, weights=values).astype(np.float64)

    n, share = [added(finest.n[at]) for at in (0, 1)], [added(finest.share[at]) for at in (0, 1)]
    rate = [_divided(added(finest.share[at] * finest.rate[at]), share[at]) for at in (0, 1)]
    filled = [np.where(share[at] > 0, rate[at], rate[1 - at]) for at in (0, 1)]
    return _Cells((n[0], n[1]), (share[0], share[1]), (filled[0], filled[1]), finest.is_mix_known)


def _on_finest(slopes: Slopes, finest: _Cells, *, group: npt.NDArray[np.int64]) -> Slopes:
    """Slopes of a coarse level carried to the finest cells by the chain rule: W = sum w, R = sum w r / W."""
    level = _coarse(finest, group)
    carried = []
    for at in (0, 1):
        by_share, by_rate = slopes[2 * at][group], slopes[2 * at + 1][group]
        part = _divided(finest.share[at], level.share[at][group])
        inner = _divided(finest.rate[at] - level.rate[at][group], level.share[at][group])
        carried += [by_share + by_rate * inner, by_rate * part]
    return tuple(carried)


def _divided(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _joined(before: pl.DataFrame, after: pl.DataFrame, *, segments: list[str]) -> pl.DataFrame:
    has_volume = "volume" in before.columns and "volume" in after.columns
    numbers = ["n", "events"] + (["volume"] if has_volume else [])
    for frame in (before, after):
        missing = set(segments) | {"n", "events"}
        missing -= set(frame.columns)
        if missing or not segments:
            raise ValueError(f"missing columns: {', '.join(sorted(missing)) or 'no segment is named'}")
        sums = frame.select(pl.col(numbers).cast(pl.Float64))
        if not all(np.isfinite(sums[name].to_numpy()).all() for name in numbers) or (sums["n"] < sums["events"]).any():
            raise ValueError("events and n are numbers, and events at most n")
        if any((sums[name] < 0).any() for name in numbers):
            raise ValueError("events, n and volume are at least 0")
    parts = [
        frame.group_by(segments).agg(pl.col(name).cast(pl.Float64).sum().alias(f"{name}_{at}") for name in numbers)
        for frame, at in ((before, 0), (after, 1))
    ]
    whole = parts[0].join(parts[1], on=segments, how="full", coalesce=True, nulls_equal=True)
    return whole.with_columns(pl.col(f"{name}_{at}").fill_null(0.0) for name in numbers for at in (0, 1)).sort(segments)


def _cells(joined: pl.DataFrame) -> _Cells:
    is_mix_known = "volume_0" in joined.columns
    n = joined["n_0"].to_numpy(), joined["n_1"].to_numpy()
    events = joined["events_0"].to_numpy(), joined["events_1"].to_numpy()
    size = (joined["volume_0"].to_numpy(), joined["volume_1"].to_numpy()) if is_mix_known else n
    if not (size[0].sum() > 0 and size[1].sum() > 0 and n[0].sum() > 0 and n[1].sum() > 0):
        raise ValueError("a time without cases: there is no change to explain")
    if ((size[0] > 0) & (n[0] == 0) & (n[1] == 0)).any() or ((size[1] > 0) & (n[1] == 0) & (n[0] == 0)).any():
        raise ValueError("a segment with volume has no case at either time: its rate is not known")
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = [events[at] / n[at] for at in (0, 1)]
    filled = [np.where(n[at] > 0, rate[at], np.where(n[1 - at] > 0, rate[1 - at], 0.0)) for at in (0, 1)]
    share = size[0] / size[0].sum(), size[1] / size[1].sum()
    return _Cells(n, share, (filled[0], filled[1]), is_mix_known)


def _terms(cells: _Cells, *, is_order_free: bool) -> tuple[dict[str, Floats], dict[str, Slopes]]:
    """Each term per segment, and its slopes in share before, rate before, share after, rate after."""
    (w0, w1), (r0, r1) = cells.share, cells.rate
    step, shift = r1 - r0, w1 - w0
    overall = float((w0 * r0).sum())
    terms = {"rate": w0 * step, "mix": shift * (r0 - overall), "interaction": shift * step}
    slopes: dict[str, Slopes] = {
        "total": (-r0, -w0, r1, w1),
        "rate": (step, -w0, np.zeros_like(w0), w0),
        "mix": (-r0, shift, r0, np.zeros_like(w0)),
        "interaction": (-step, -shift, step, shift),
    }
    terms["total"] = terms["rate"] + terms["mix"] + terms["interaction"]
    if is_order_free:
        half = terms["interaction"] / 2
        terms |= {"rate": terms["rate"] + half, "mix": terms["mix"] + half, "interaction": np.zeros_like(half)}
        both = slopes["interaction"]
        for term in ("rate", "mix"):
            slopes[term] = tuple(own + shared / 2 for own, shared in zip(slopes[term], both, strict=True))
    return terms, slopes


def _variance(cells: _Cells, slopes: Slopes) -> float:
    """Shares as of one multinomial a time, rates as binomials within the segments; they do not vary together."""
    total = 0.0
    for at in (0, 1):
        by_share, by_rate = slopes[2 * at], slopes[2 * at + 1]
        share, rate, n = cells.share[at], cells.rate[at], cells.n[at]
        if not cells.is_mix_known:
            total += float((share * by_share**2).sum() - (share * by_share).sum() ** 2) / float(n.sum())
        # a rate borrowed from the other time stands on that time's cases
        cases = np.where(n > 0, n, cells.n[1 - at])
        total += float((by_rate**2 * rate * (1 - rate) / np.maximum(cases, 1e-300))[cases > 0].sum())
    return max(0.0, total)
