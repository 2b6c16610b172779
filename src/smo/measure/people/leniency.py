"""Strict and lenient auditors: the auditor's share in a score apart from the person's, where the design lets them part.

Persons and auditors are joined by the audits they share. Only within one connected part of that graph can a lenient
auditor be told from good work; across parts no model can, and none is asked to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse, special
from scipy.sparse import csgraph

from smo.measure.people.case_mix import counted_cells, fixed_columns
from smo.measure.people.mixed_logistic import MixedData, fit_mixed_logistic

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DISCONNECTED = "the audits fall into {parts} parts that share no person and no auditor: compare only within a part"
ALONE = "one auditor judged everything in a part: leniency and quality cannot be told apart there"


@dataclass(frozen=True, slots=True)
class Leniency:
    """`auditors`, `people`: `name, part, n, passed, raw, value, low, high, log_odds`; spreads in log odds; warnings.

    An auditor's `value` is the pass rate they would give to the work of the typical person of their part, a person's
    the one they would get from its typical auditor. In a part with a single auditor both are null.
    """

    auditors: pl.DataFrame
    people: pl.DataFrame
    auditor_spread: float
    person_spread: float
    is_connected: bool
    warnings: tuple[str, ...]


def leniency(
    frame: pl.DataFrame, *, person: str, auditor: str, mix: Sequence[str] = (), confidence: float = 0.90
) -> Leniency:
    """logit P(pass) = level of the part + case mix + person + auditor, both drawn from normal laws around 0.

    Shapes: `frame` has the person, the auditor, mix columns, `events` (passed) and `n` (cases, 1 if absent). Units:
    shares. Auditors should get cases by chance: one who is given the suspicious ones looks strict. Errors: ValueError
    for missing columns, nulls, broken counts or no case. Source: Breslow and Clayton 1993, JASA 88:9-25; connectedness:
    Searle 1987, Linear Models for Unbalanced Data, section 5.3; leniency: Saal, Downey and Lahey 1980, Psychological
    Bulletin 88:413-428.

    >>> audits = {"who": list("aabbcc"), "by": list("xyxyxy"), "n": [200] * 6, "events": [190, 170, 188, 168, 150, 110]}
    >>> found = leniency(pl.DataFrame(audits), person="who", auditor="by")
    >>> found.auditors.filter(name="x")["value"][0] > found.auditors.filter(name="y")["value"][0], found.is_connected
    (True, True)
    """
    cells = counted_cells(frame, [person, auditor, *mix])
    if cells[auditor].null_count():
        raise ValueError("a row without auditor was judged by nobody; leave it out and say so")
    if not cells.height:
        raise ValueError("no case: there is nothing to fit")
    who, judge = (cells[name].rank("dense").cast(pl.Int64).to_numpy() - 1 for name in (person, auditor))
    part = _parts(who, judge)
    n_parts = int(part.max()) + 1
    fixed, _ = fixed_columns(cells, mix)
    level = np.eye(n_parts)[part[who]]
    events, n = cells["events"].to_numpy(), cells["n"].to_numpy()
    data = MixedData(events, n, who, np.column_stack([level, fixed]), judge)
    fit = fit_mixed_logistic(data)
    centre = fit.dense[:n_parts] + _mean_mix(fixed, fit.dense[n_parts : fit.n_fixed], n=n, part=part[who])
    judges = fit.dense[fit.n_fixed :]
    part_of_judge = np.zeros(judges.size, np.int64)
    part_of_judge[judge] = part[who]
    is_alone = np.bincount(part_of_judge, minlength=n_parts) < 2
    z = float(special.ndtri(0.5 + confidence / 2))
    variance = np.diag(fit.inverse)[fit.n_fixed :]
    auditors = _table(cells, auditor, place=judge, part=part_of_judge, effect=judges, reach=z * np.sqrt(variance))
    people = _table(
        cells,
        person,
        place=who,
        part=part[: fit.person.size],
        effect=fit.person,
        reach=z * np.sqrt(fit.person_variance()),
    )
    warnings = ((DISCONNECTED.format(parts=n_parts),) if n_parts > 1 else ()) + ((ALONE,) if is_alone.any() else ())
    tables = [_on_shares(table, centre, is_alone=is_alone) for table in (auditors, people)]
    return Leniency(tables[0], tables[1], fit.judge_spread, fit.person_spread, n_parts == 1, warnings)


def _parts(who: Ints, judge: Ints) -> Ints:
    """The connected part of each person, then of each judge."""
    persons, judges = int(who.max()) + 1, int(judge.max()) + 1
    size = persons + judges
    graph = sparse.csr_array((np.ones(who.size), (who, persons + judge)), shape=(size, size))
    return np.asarray(csgraph.connected_components(graph, directed=False)[1], np.int64)


def _mean_mix(fixed: Floats, effects: Floats, *, n: Floats, part: Ints) -> Floats:
    """What the mix of a part adds to its level, in log odds."""
    total = np.bincount(part, weights=n)
    return np.asarray(np.bincount(part, weights=n * (fixed @ effects)) / total)


def _table(cells: pl.DataFrame, column: str, *, place: Ints, part: Ints, effect: Floats, reach: Floats) -> pl.DataFrame:
    n, passed = (np.bincount(place, weights=cells[name].to_numpy()) for name in ("n", "events"))
    return pl.DataFrame(
        {
            "name": cells[column].unique().sort(),
            "part": part,
            "n": n.astype(np.int64),
            "passed": passed,
            "raw": passed / n,
            "log_odds": effect,
            "reach": reach,
        }
    )


def _on_shares(table: pl.DataFrame, centre: Floats, *, is_alone: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """From log odds to shares around the level of the part; null where one auditor judged all."""
    part, effect, reach = (table[name].to_numpy() for name in ("part", "log_odds", "reach"))
    ends = {"value": effect, "low": effect - reach, "high": effect + reach}
    shares = [pl.Series(name, special.expit(centre[part] + end)) for name, end in ends.items()]
    known = pl.Series(~is_alone[part])
    return (
        table.with_columns(shares)
        .with_columns(pl.when(known).then(pl.col("value", "low", "high", "log_odds")))
        .select("name", "part", "n", "passed", "raw", "value", "low", "high", "log_odds")
    )
