"""Answer a KPI: a number with its evidence for each group, from the sums kept ready or, for free slices, the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from smo.measure.estimate import Estimate, not_measured
from smo.measure.families import AGREEMENT, DURATION, LIVE, WEIGHTED_SHARE, Sums, lengths_of, naive_share
from smo.measure.kpi import Kpi
from smo.warehouse import agreements, cubes, kept
from smo.warehouse.states import Period, states


class UnknownKpi(ValueError):
    """There is no KPI of this name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group, its number, and what is shown beside it: the plain share of a weighted one, the mean of durations."""

    group: Mapping[str, Any]
    estimate: Estimate
    beside: Mapping[str, float] = field(default_factory=dict)


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

    `period` is from a day to a day, both included. What is counted live in the database is not measured here.
    Errors: UnknownKpi; ValueError for a column that the facts lack.
    """
    kpi = _known(name)
    if kpi.family is LIVE:
        return Answer(name, kpi, (Row({}, not_measured(kpi.basis, "counted in the database, not in the facts")),), None)
    if kpi.family is AGREEMENT:
        return _agreement(name, kpi, lake=lake, by=by, where=where or {}, period=period)
    asked = {*by, *(where or {}), *(("day",) if any(period) else ())}
    if asked <= set(kpi.dimensions):
        cube = cubes.read(lake, name) or cubes.nothing(kpi)
        chosen = _chosen(cube.sums, where=where or {}, period=period)
        return Answer(name, kpi, _rows(kpi, chosen, by=by), cube.as_of)
    sums = states(lake, kpi, by=by, where=where, period=period)
    return Answer(name, kpi, _rows(kpi, sums, by=by), datetime.now(UTC))


def _known(name: str) -> Kpi:
    shelf = cubes.kpis()
    if name not in shelf:
        raise UnknownKpi(f"there is no KPI {name!r}; the shelf has {', '.join(shelf)}")
    return shelf[name]


def _agreement(
    name: str, kpi: Kpi, *, lake: str, by: Sequence[str], where: Mapping[str, object], period: Period
) -> Answer:
    found = agreements.find(lake, by=by, where=where, period=period)
    as_of = kept.stamped(lake)
    if found is None:
        found, as_of = agreements.made(lake, by=by, where=where, period=period), datetime.now(UTC)
    rows = tuple(Row(group, alpha, {} if share is None else {"percent": share}) for group, alpha, share in found)
    nothing = () if by else (Row({}, not_measured(kpi.basis, "no item was answered by two people")),)
    return Answer(name, kpi, rows or nothing, as_of)


def _chosen(sums: pa.Table, *, where: Mapping[str, object], period: Period) -> pa.Table:
    for column, value in where.items():
        sums = sums.filter(pc.equal(sums[column], pa.scalar(value)))
    first, last = (pa.scalar(day, pa.date32()) for day in period)
    if first.is_valid:
        sums = sums.filter(pc.greater_equal(sums["day"], first))
    if last.is_valid:
        sums = sums.filter(pc.less_equal(sums["day"], last))
    return sums


def _rows(kpi: Kpi, sums: pa.Table, *, by: Sequence[str]) -> tuple[Row, ...]:
    """The groups asked for, from finer ones: their sums add up, cells apart."""
    keys = [*by, *kpi.family.cells]
    added = sums.group_by(keys).aggregate([(name, "sum") for name in kpi.family.sums])
    added = added.rename_columns([name.removesuffix("_sum") for name in added.column_names])
    if not by:
        return (_row(kpi, {}, sums=_columns(kpi, added)),)
    added = added.sort_by([(column, "ascending") for column in by])
    labels = list(zip(*(added[column].to_pylist() for column in by), strict=True))
    columns = _columns(kpi, added)
    starts = [place for place, label in enumerate(labels) if place == 0 or label != labels[place - 1]]
    ends = [*starts[1:], len(labels)][: len(starts)]
    return tuple(
        _row(kpi, dict(zip(by, labels[low], strict=True)), sums={name: one[low:high] for name, one in columns.items()})
        for low, high in zip(starts, ends, strict=True)
    )


def _columns(kpi: Kpi, added: pa.Table) -> dict[str, Any]:
    """The sums, and those cells that are numbers, as arrays."""
    numbers = {name for name in kpi.family.cells if pa.types.is_integer(added.schema.field(name).type)}
    return {
        name: added[name].fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
        for name in (*kpi.family.sums, *numbers)
    }


def _row(kpi: Kpi, group: Mapping[str, Any], *, sums: Sums) -> Row:
    return Row(group, kpi.estimate_of(sums), _beside(kpi, sums))


def _beside(kpi: Kpi, sums: Sums) -> dict[str, float]:
    if kpi.family is WEIGHTED_SHARE:
        share = naive_share(sums)
        return {} if share is None else {"naive": share}
    found = lengths_of(sums) if kpi.family is DURATION else None
    return {"mean": found.mean, "geometric_mean": found.geometric_mean, "p90": found.p90} if found else {}


def span(answer: Answer) -> tuple[date, date] | None:
    """From which day to which an answer by day reaches."""
    found = sorted(row.group["day"] for row in answer.rows if "day" in row.group)
    return (found[0], found[-1]) if found else None
