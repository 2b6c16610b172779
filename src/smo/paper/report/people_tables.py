"""People by name: what their numbers allow to say, and where to look first. Nobody is ranked."""

import re
from collections.abc import Mapping

from smo.charts.whiskers import Scale
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report import cells
from smo.paper.report.document import Cell, Column, Point, Points, Row, Table
from smo.paper.report.model import RaterRow, TaskReport


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


def shown_people(task: TaskReport, at_most: int) -> list[RaterRow]:
    """As many people as fit, by name; where the list must be cut, those with something to look at stay in it."""
    everyone = _by_name(task)
    kept = {row.rater for row in sorted(everyone, key=lambda row: not row.reasons)[:at_most]}
    return [row for row in everyone if row.rater in kept]


def _cells(row: RaterRow, columns: Mapping[str, Column], *, scale: Scale) -> tuple[Cell, ...]:
    """One person's line; a figure from too few labels says so."""
    judged = State.NOT_ENOUGH if row.state is State.NOT_ENOUGH else None
    made = {
        "person": cells.name(row.rater, "see above" if row.reasons else ""),
        "labels": cells.number(row.n),
        "gold": cells.plain_share(row.against_gold),
        "others": cells.plain_share(row.against_consensus),
        "joined": cells.share(row.shrunk, scale, judged=judged if row.shrunk is not None else None),
        "group": cells.text(_letter(row.group)),
        "again": cells.plain_share(row.intra),
        "seconds": Cell("number", figures.duration(row.median_seconds)),
    }
    return tuple(made[key] for key in columns)


def people_table(task: TaskReport, at_most: int) -> Table:
    """Everyone's figures by name. There is no target line: a person's figure is no verdict."""
    everyone, shown = task.raters, shown_people(task, at_most)
    scale = cells.scale((row.shrunk for row in shown), is_share=True)
    columns = {
        "person": Column("Person"),
        "labels": Column("Labels", is_number=True),
        "gold": Column("Against gold"),
        "others": Column("Against the others"),
        "joined": Column("Joined with what is usual", axis=cells.axis(scale)),
        "again": Column("With oneself"),
        "group": Column("Cannot be separated", "same letter"),
        "seconds": Column("Median time", is_number=True),
    }
    absent = {
        "gold": all(row.against_gold is None for row in everyone),
        "others": all(row.against_consensus is None for row in everyone),
        "joined": all(row.shrunk is None for row in everyone),
        "again": all(row.intra is None for row in everyone),
        "group": all(row.group is None for row in everyone),
        "seconds": all(row.median_seconds is None for row in everyone),
    }
    columns = {key: column for key, column in columns.items() if not absent.get(key, False)}
    rows = tuple(Row(_cells(row, columns, scale=scale)) for row in shown)
    note = "by name; joined: own figures drawn towards what is usual, the more so the fewer labels there are"
    return Table("Everyone", tuple(columns.values()), rows, note, len(everyone) - len(shown))


def _letter(group: int | None) -> str:
    if group is None:
        return figures.NOTHING
    return chr(ord("A") + group) if 0 <= group < 26 else str(group + 1)
