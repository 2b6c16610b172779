"""Who does better at the same work? Rates of persons as if each had done the whole mix, with the luck shrunk out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from smo.measure.people.mixed_logistic import MixedData, MixedFit, fit_over_spreads

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AdjustedRates:
    """`people`: `person, n, events, raw, value, low, high, chance_below, log_odds`, by person; how they differ beside.

    `value` is the rate the person would have over the mix of all cases, with its interval; `chance_below` the
    posterior chance that it lies below the target (null without one); `spread` the standard deviation of persons in
    log odds; `levels` the effects of the mix (`column, level, log_odds`), each against its column's commonest level.
    """

    people: pl.DataFrame
    levels: pl.DataFrame
    spread: float
    has_converged: bool


def adjusted_rates(
    frame: pl.DataFrame,
    *,
    person: str,
    mix: Sequence[str] = (),
    target: float | None = None,
    confidence: float = 0.90,
) -> AdjustedRates:
    """Mixed logistic model, fixed case mix and random persons; the rate is averaged over the mix of all cases.

    Shapes: `frame` has the person, the mix columns, `events` and `n` (cases, 1 if absent); rows of one cell are added
    up. Units: shares. The interval is the delta method on log odds, averaged over the posterior of the spread, so
    that it carries what is not known of mix and spread. Effects of the mix are taken to be the same for every person.
    With one person there is nobody to shrink to: the spread is put at 0.5. Errors: ValueError for missing columns,
    nulls in the person, broken counts or no case.
    Source: Breslow and Clayton 1993, JASA 88:9-25; standardisation: Lane and Nelder 1982, Biometrics 38:613-621.

    >>> rows = {"who": list("aabb"), "work": ["easy", "hard"] * 2, "n": [100, 300, 300, 100], "events": [2, 26, 9, 12]}
    >>> found = adjusted_rates(pl.DataFrame(rows), person="who", mix=["work"])
    >>> found.people.select("person", pl.col("raw", "value").round(3)).rows()
    [('a', 0.07, 0.056), ('b', 0.052, 0.072)]
    """
    if target is not None and not 0 < target < 1:
        raise ValueError(f"a target lies between 0 and 1, not {target}")
    cells = counted_cells(frame, [person, *mix])
    names = cells[person].unique().sort()
    who = cells[person].rank("dense").cast(pl.Int64).to_numpy() - 1
    fixed, levels = fixed_columns(cells, mix)
    events, n = cells["events"].to_numpy(), cells["n"].to_numpy()
    data = MixedData(events, n, who, np.column_stack([np.ones(n.size), fixed]))
    fits, weights = fit_over_spreads(data)
    linear, deviation = _over_spreads(fits, weights, mix_of_all=_mix_of_all(fixed, n))
    z = float(special.ndtri(0.5 + confidence / 2))
    total, hits = (np.bincount(who, weights=counts, minlength=len(names)) for counts in (n, events))
    below = None if target is None else special.ndtr((special.logit(target) - linear) / deviation)
    people = pl.DataFrame(
        {
            "person": names,
            "n": total.astype(np.int64),
            "events": hits,
            "raw": hits / total,
            "value": special.expit(linear),
            "low": special.expit(linear - z * deviation),
            "high": special.expit(linear + z * deviation),
            "chance_below": pl.Series([None] * len(names) if below is None else below, dtype=pl.Float64),
            "log_odds": weights @ np.array([fit.person for fit in fits]),
        }
    )
    effects = weights @ np.array([fit.dense[1:] for fit in fits])
    table = levels.with_columns(pl.Series("log_odds", effects, dtype=pl.Float64))
    spread = float(weights @ np.array([fit.person_spread for fit in fits]))
    return AdjustedRates(people, table, spread, all(fit.has_converged for fit in fits))


def counted_cells(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """`columns, events, n` with the rows of one cell added up, in the order of the columns; cells without cases go.

    Errors: ValueError for missing columns, nulls in the first column, or broken counts.

    >>> counted_cells(pl.DataFrame({"who": list("ab"), "events": [1, 0]}), ["who"])["n"].to_list()
    [1.0, 1.0]
    """
    missing = {*columns, "events"} - set(frame.columns)
    if missing:
        raise ValueError(f"missing columns: {', '.join(sorted(missing))}")
    if frame[columns[0]].null_count():
        raise ValueError(f"a row without {columns[0]} belongs to nobody; leave it out and say so")
    cases = pl.col("n") if "n" in frame.columns else pl.lit(1.0)
    whole = frame.select(*columns, pl.col("events").cast(pl.Float64), cases.cast(pl.Float64).alias("n"))
    events, n = whole["events"].to_numpy(), whole["n"].to_numpy()
    if not (np.isfinite(events).all() and np.isfinite(n).all()) or (events < 0).any() or (events > n).any():
        raise ValueError("events and n are finite numbers, and events lie between 0 and n")
    return whole.group_by(columns).agg(pl.col("events", "n").sum()).filter(pl.col("n") > 0).sort(columns)


def fixed_columns(cells: pl.DataFrame, mix: Sequence[str]) -> tuple[Floats, pl.DataFrame]:
    """An indicator for each level of each mix column but its commonest, and `column, level` of each indicator.

    >>> fixed_columns(pl.DataFrame({"work": ["x", "y", "y"], "n": [1, 1, 1]}), ["work"])[0].tolist()
    [[1.0], [0.0], [0.0]]
    """
    columns, rows = [np.zeros((cells.height, 0))], []
    for name in mix:
        text = cells[name].cast(pl.String).fill_null("(none)")
        sizes = cells.select(text.alias("level"), "n").group_by("level").agg(pl.col("n").sum())
        levels = sizes.sort("n", "level", descending=[True, False])["level"].to_list()
        columns.append(
            np.column_stack([(text == level).to_numpy() for level in levels[1:]] or [np.zeros((len(text), 0))])
        )
        rows += [(name, level) for level in levels[1:]]
    return np.column_stack(columns).astype(np.float64), pl.DataFrame(
        rows, schema={"column": pl.String, "level": pl.String}, orient="row"
    )


def _over_spreads(fits: list[MixedFit], weights: Floats, *, mix_of_all: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Posterior mean and standard deviation of each person's log odds, the spread not taken as known."""
    parts = [standardised(fit, mix_of_all=mix_of_all) for fit in fits]
    linear = np.array([special.logit(value) for value, _ in parts])
    variance = np.array([deviation**2 for _, deviation in parts])
    mean = weights @ linear
    return mean, np.sqrt(weights @ (variance + (linear - mean) ** 2))


def _mix_of_all(fixed: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The distinct rows of the mix, intercept first, and their share of all cases."""
    rows, place = np.unique(fixed, axis=0, return_inverse=True)
    share = np.bincount(place.ravel(), weights=n)
    return np.column_stack([np.ones(share.size), rows]), share / share.sum()


def standardised(fit: MixedFit, *, mix_of_all: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Each person's rate over the given mix (rows, shares), and the standard deviation of its log odds.

    >>> cells = MixedData(np.array([9.0, 5.0]), np.full(2, 10.0), np.arange(2), np.ones((2, 1)))
    >>> value, _ = standardised(fit_over_spreads(cells)[0][5], mix_of_all=(np.ones((1, 1)), np.ones(1)))
    >>> bool(value[0] > value[1])
    True
    """
    rows, share = mix_of_all
    chance = special.expit(fit.person[:, None] + rows @ fit.dense[: rows.shape[1]])
    value = chance @ share
    steep = chance * (1 - chance) * share
    slope_person = steep.sum(axis=1)
    slope_dense = np.zeros((value.size, fit.dense.size))
    slope_dense[:, : rows.shape[1]] = steep @ rows
    rest = slope_dense - slope_person[:, None] * fit.coupling / fit.person_weight[:, None]
    variance = slope_person**2 / fit.person_weight + np.einsum("iq,qr,ir->i", rest, fit.inverse, rest)
    return value, np.sqrt(variance) / (value * (1 - value))
