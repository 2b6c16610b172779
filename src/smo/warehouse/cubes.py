"""Sums kept ready for pages: a small file for each KPI, and the moment up to which all of them are true."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import pyarrow as pa

from smo.measure.kpi import Kpi
from smo.shelf import things
from smo.warehouse import agreements, kept
from smo.warehouse.states import shape, states


@dataclass(frozen=True, slots=True)
class Cube:
    """A KPI's sums by its dimensions, as of a moment."""

    sums: pa.Table
    as_of: datetime | None


@cache
def kpis() -> dict[str, Kpi]:
    """Every KPI on the shelf, by name."""
    return things("smo.measure.kpis", "KPI")


def nothing(kpi: Kpi) -> Cube:
    """The sums before anything was measured."""
    return Cube(shape(kpi, kpi.dimensions).empty_table(), None)


def _name(kpi: str) -> str:
    return f"cubes/{kpi}.parquet"


def refresh(lake: str, *, as_of: datetime | None = None, of: Collection[str] | None = None) -> None:
    """Make the sums again from the facts: of every KPI, or of those over these kinds of facts and those without any."""
    moment = as_of or datetime.now(UTC)
    for name, kpi in kpis().items():
        if kpi.family.is_additive and (of is None or kpi.fact in of or not kept.exists(lake, _name(name))):
            kept.save(lake, _name(name), table=states(lake, kpi, by=kpi.dimensions))
    if of is None or "answer" in of or agreements.is_stale(lake, today=moment.date()):
        agreements.refresh(lake, today=moment.date())
    kept.stamp(lake, moment)


def read(lake: str, name: str) -> Cube | None:
    """The sums of a KPI; None before they were first made."""
    table = kept.read(lake, _name(name))
    return None if table is None else Cube(table, kept.stamped(lake))
