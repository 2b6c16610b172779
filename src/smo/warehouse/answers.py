"""Answer a KPI: a number with its evidence for each group, from the sums kept ready or, for free slices, the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from smo.measure.estimate import Estimate
from smo.measure.kpi import Kpi
from smo.warehouse import cubes
from smo.warehouse.states import Period, states


class UnknownKpi(ValueError):
    """There is no KPI of this name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group and its number."""

    group: Mapping[str, Any]
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Answer:
    """A KPI by group, and the moment up to which it is true; None when nothing was measured yet."""

    name: str
    kpi: Kpi
    rows: tuple[Row, ...]
    as_of: datetime | None


def answer(
    name: str,
    *,
    lake: str,
    by: Sequence[str] = (),
    where: Mapping[str, object] | None = None,
    period: Period = (None, None),
) -> Answer:
    """The KPI's number for each group of `by` (columns of its facts), of those facts that `where` and `period` allow.

    `period` is from a day to a day, both included. Errors: UnknownKpi; ValueError for a column that the facts lack.
    """
    kpi = _known(name)
    asked = {*by, *(where or {}), *(("day",) if any(period) else ())}
    if asked <= set(kpi.dimensions):
        cube = cubes.read(lake, name) or cubes.nothing(kpi)
        sums = _merged(cube.sums, by, where=where or {}, period=period)
        return Answer(name, kpi, _rows(kpi, sums, by=by), cube.as_of)
    sums = states(lake, kpi, by=by, where=where, period=period)
    return Answer(name, kpi, _rows(kpi, sums, by=by), datetime.now(UTC))


def _known(name: str) -> Kpi:
    shelf = cubes.kpis()
    if name not in shelf:
        raise UnknownKpi(f"there is no KPI {name!r}; the shelf has {', '.join(shelf)}")
    return shelf[name]


def _merged(sums: pa.Table, by: Sequence[str], *, where: Mapping[str, object], period: Period) -> pa.Table:
    """The groups asked for, from finer ones: their sums add up."""
    for column, value in where.items():
        sums = sums.filter(pc.equal(sums[column], pa.scalar(value)))
    first, last = (pa.scalar(day, pa.date32()) for day in period)
    if first.is_valid:
        sums = sums.filter(pc.greater_equal(sums["day"], first))
    if last.is_valid:
        sums = sums.filter(pc.less_equal(sums["day"], last))
    added = sums.group_by(list(by)).aggregate([("n", "sum"), ("successes", "sum")])
    named = added.rename_columns({"n_sum": "n", "successes_sum": "successes"})
    return named.sort_by([(column, "ascending") for column in by]) if by else named


def _rows(kpi: Kpi, sums: pa.Table, *, by: Sequence[str]) -> tuple[Row, ...]:
    return tuple(
        Row({column: line[column] for column in by}, kpi.estimate(line["n"] or 0, line["successes"] or 0))
        for line in sums.to_pylist()
    )


def span(answer: Answer) -> tuple[date, date] | None:
    """From which day to which an answer by day reaches."""
    found = sorted(row.group["day"] for row in answer.rows if "day" in row.group)
    return (found[0], found[-1]) if found else None
