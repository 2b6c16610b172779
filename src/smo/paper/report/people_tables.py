"""People by name: what their numbers allow to say, and where to look first. Nobody is ranked."""

import re

from smo.measure.state import State
from smo.paper import figures
from smo.paper.report import cells
from smo.paper.report.document import Cell, Column, Point, Points, Row, Table
from smo.paper.report.model import QualityReport, RaterRow, TaskReport


def by_name(rater: str) -> tuple[tuple[int, str], ...]:
    """The order of names in which "rater 2" comes before "rater 10"."""
    parts = re.split(r"([0-9]+)", rater.casefold())
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def _by_name(task: TaskReport) -> list[RaterRow]:
    return sorted(task.raters, key=lambda row: by_name(row.rater))


def look_points(task: TaskReport, at_most: int) -> Points | None:
    """Whom to talk to, and why, in words."""
    rows = [Point(row.rater, "; ".join(row.reasons)) for row in _by_name(task) if row.reasons]
    if not rows:
        return None
    shown = rows[:at_most]
    if len(rows) > at_most:
        shown.append(Point(f"and {len(rows) - at_most} more in report.xlsx"))
    return Points(tuple(shown), "Where to look, and why")


def people_table(report: QualityReport, task: TaskReport, at_most: int) -> Table:
    """Everyone's figures by name; those with reasons are kept when the list is cut."""
    everyone = _by_name(task)
    kept = sorted(everyone, key=lambda row: not row.reasons)[:at_most]
    shown = [row for row in everyone if row in kept]
    has_gold = any(row.against_gold is not None for row in everyone)
    has_target = any(row.state is not State.NOT_MEASURED for row in everyone)
    target = report.accuracy_target if has_target else None
    scale = cells.scale(
        [e for row in everyone for e in (row.against_gold, row.against_consensus, row.shrunk)], target, is_share=True
    )
    axis = cells.axis(scale)
    has_group = any(row.group is not None for row in everyone)
    has_times = any(row.median_seconds is not None for row in everyone)
    columns = [Column("Person"), Column("Labels", is_number=True)]
    aim = f"at least {figures.number_share(report.accuracy_target)}" if has_target else ""
    columns += [Column("Against gold", axis=axis)] if has_gold else []
    columns += [Column("Against the others", axis=axis), Column("Joined with what is usual", aim, axis=axis)]
    columns += [Column("Cannot be separated", "same letter")] if has_group else []
    columns += [Column("Median time", is_number=True)] if has_times else []
    rows = []
    for row in shown:
        line: list[Cell] = [cells.name(row.rater), cells.number(row.n)]
        line += [cells.share(row.against_gold, scale)] if has_gold else []
        joined = cells.share(row.shrunk, scale, row.state if has_target else None)
        line += [cells.share(row.against_consensus, scale), joined]
        line += [cells.text(_letter(row.group))] if has_group else []
        line += [Cell("number", figures.duration(row.median_seconds))] if has_times else []
        rows.append(Row(tuple(line)))
    note = "by name; joined: own figures drawn towards what is usual, the more so the fewer labels there are"
    return Table("Everyone", tuple(columns), tuple(rows), note, max(len(everyone) - at_most, 0))


def _letter(group: int | None) -> str:
    if group is None:
        return figures.NOTHING
    return chr(ord("A") + group) if 0 <= group < 26 else str(group + 1)
