"""How a sample is shared among strata: proportional, equal, Neyman, power; with floors and caps."""

import math
from collections.abc import Mapping

from smo.measure.sample.ask import Ask

Counts = dict[str, int]


def allocate(sizes: Mapping[str, int], ask: Ask) -> Counts:
    """How many to draw of each stratum.

    Shapes: `sizes` maps a stratum to its units (1 or more). Every stratum gets its floor (at least one unit, or its
    units would have no chance at all) and never more than it has or the cap; the floors may need more than
    `ask.size`, then they win. What is left goes by `ask.allocation`, largest remainder first, ties by name.
    Errors: ValueError when Neyman's allocation lacks a stratum's spread.
    Source: Cochran 1977, ch. 5 (proportional, Neyman with costs); Bankier 1988 (power).

    >>> allocate({"DE": 900, "FR": 90, "IS": 10}, Ask(size=100, seed=1, minimum=5))
    {'DE': 86, 'FR': 9, 'IS': 5}
    >>> allocate({"DE": 900, "FR": 90, "IS": 10}, Ask(size=60, seed=1, allocation="equal"))
    {'DE': 25, 'FR': 25, 'IS': 10}
    >>> allocate({"DE": 900, "FR": 90, "IS": 10}, Ask(size=60, seed=1, allocation="power"))
    {'DE': 42, 'FR': 13, 'IS': 5}
    """
    return allocate_by(_shares(sizes, ask), sizes, ask=ask)


def allocate_by(share: Mapping[str, float], sizes: Mapping[str, int], *, ask: Ask) -> Counts:
    """As `allocate`, by shares of one's own in place of `ask.allocation`.

    >>> allocate_by({"DE": 1, "FR": 3}, {"DE": 900, "FR": 90}, ask=Ask(size=100, seed=1))
    {'DE': 25, 'FR': 75}
    """
    most = {name: min(size, ask.maximum or size) for name, size in sorted(sizes.items())}
    given = {name: min(max(ask.minimum, 1), top) for name, top in most.items()}
    if sum(given.values()) >= ask.size:
        return given
    return _filled(given, most=most, share=share, size=min(ask.size, sum(most.values())))


def neyman(
    weights: Mapping[str, float],
    spreads: Mapping[str, float],
    *,
    size: int,
    costs: Mapping[str, float] | None = None,
    minimum: int = 1,
    sizes: Mapping[str, int] | None = None,
) -> Counts:
    """The allocation with the smallest variance of a total for its size: n_h ~ W_h S_h / sqrt(c_h).

    Shapes: all by stratum. `weights` are shares or sizes, `spreads` standard deviations of a unit (of a share p:
    sqrt(p (1 - p))), `costs` of one audit; `sizes`, where known, cap each stratum.
    Errors: ValueError for a missing, negative or infinite number, a size below 1, or spreads that are all 0.
    Source: Neyman 1934; Cochran 1977, (5.20) and (5.26).

    >>> spread = {"a": 0.0224, "b": 0.0705, "c": 0.0995}
    >>> neyman({"a": 0.80, "b": 0.15, "c": 0.05}, spread, size=1000)
    {'a': 535, 'b': 316, 'c': 149}
    """
    if size < 1 or minimum < 0:
        raise ValueError("at least one unit is drawn, and a floor is not negative")
    share = dict(zip(sorted(weights), _neyman_shares(weights, spreads, costs=costs or {}), strict=True))
    if not sum(share.values()) > 0:
        raise ValueError("no stratum has both a weight and a spread above 0: nothing tells them apart")
    if sizes is not None and not all(sizes.get(name, -1) >= 0 for name in share):
        raise ValueError("sizes, where known, name each stratum, with 0 units or more")
    most = {name: size if sizes is None else sizes[name] for name in share}
    given = {name: min(minimum, top) for name, top in most.items()}
    if sum(given.values()) >= size:
        return given
    return _filled(given, most=most, share=share, size=min(size, sum(most.values())))


def standard_error(
    weights: Mapping[str, float],
    spreads: Mapping[str, float],
    *,
    counts: Mapping[str, int],
    sizes: Mapping[str, int] | None = None,
) -> float:
    """What a stratified share or mean will vary by: sqrt(sum W_h^2 S_h^2 (1/n_h - 1/N_h)), W as shares of the whole.

    Errors: ValueError when a stratum with weight and spread gets no unit: its part would go unmeasured.
    Source: Cochran 1977, (5.12).

    >>> round(standard_error({"a": 0.9, "b": 0.1}, {"a": 0.1, "b": 0.5}, counts={"a": 90, "b": 50}), 5)
    0.01183
    """
    whole = sum(weights.values())
    variance = 0.0
    for name, weight in weights.items():
        if weight * spreads[name] == 0:
            continue
        if not counts.get(name):
            raise ValueError(f"stratum {name!r} gets no unit")
        rest = 1 / counts[name] - (1 / sizes[name] if sizes else 0.0)
        variance += (weight / whole * spreads[name]) ** 2 * max(rest, 0.0)
    return math.sqrt(variance)


def _shares(sizes: Mapping[str, int], ask: Ask) -> dict[str, float]:
    names = sorted(sizes)
    if ask.allocation == "neyman":
        return dict(zip(names, _neyman_shares(sizes, ask.spreads, costs=ask.costs), strict=True))
    exponent = {"proportional": 1.0, "equal": 0.0, "power": ask.exponent}[ask.allocation]
    return {name: float(sizes[name]) ** exponent for name in names}


def _neyman_shares(
    weights: Mapping[str, float], spreads: Mapping[str, float], *, costs: Mapping[str, float]
) -> list[float]:
    lacking = sorted(set(weights) - set(spreads))
    if lacking:
        raise ValueError(f"Neyman's allocation needs the spread of {', '.join(map(repr, lacking[:5]))}")
    numbers = [(float(weights[name]), float(spreads[name]), float(costs.get(name, 1.0))) for name in sorted(weights)]
    if not all(0 <= w < math.inf and 0 <= s < math.inf and 0 < c < math.inf for w, s, c in numbers):
        raise ValueError("weights and spreads are 0 or more, costs above 0, and all finite")
    return [weight * spread / math.sqrt(cost) for weight, spread, cost in numbers]


def _filled(given: Mapping[str, int], *, most: Mapping[str, int], share: Mapping[str, float], size: int) -> Counts:
    """The level at which floors and caps leave exactly `size`: who would get less than the floor gets the floor."""
    fixed: Counts = {}
    while True:
        free = [name for name in given if name not in fixed]
        rest = size - sum(fixed.values())
        whole = sum(share[name] for name in free)
        if not whole > 0:  # only strata without spread are left: they share by what they hold
            share, whole = most, sum(most[name] for name in free)
        ideal = {name: rest * share[name] / whole for name in free}
        short = {name: given[name] for name in free if ideal[name] < given[name]}
        over = {name: most[name] for name in free if ideal[name] > most[name]}
        if not short and not over:
            return {**{name: fixed.get(name, 0) for name in given}, **_rounded(ideal, rest, most=most)}
        lacking = sum(given[name] - ideal[name] for name in short)
        exceeding = sum(ideal[name] - most[name] for name in over)
        fixed |= short if lacking >= exceeding else over


def _rounded(ideal: Mapping[str, float], rest: int, *, most: Mapping[str, int]) -> Counts:
    """Whole numbers with the same sum, by the largest remainder."""
    floor = {name: int(value) for name, value in ideal.items()}
    missing = rest - sum(floor.values())
    first = sorted((name for name in ideal if floor[name] < most[name]), key=lambda n: (floor[n] - ideal[n], n))
    picked = frozenset(first[:missing])
    return {name: count + (name in picked) for name, count in floor.items()}
