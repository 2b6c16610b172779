"""Lists of pairs and items: what is mixed up, what to decide first, which labels to doubt."""

from collections.abc import Mapping

from smo.paper import figures
from smo.paper.report import cells
from smo.paper.report.document import Cell, Column, Row, Table
from smo.paper.report.model import TaskReport

LETTERS = 600  # of an item's text in a list


def _votes(votes: Mapping[str, int]) -> str:
    ordered = sorted(votes.items(), key=lambda pair: -pair[1])
    shown = ", ".join(f"{label} {many}" for label, many in ordered[:4])
    return f"{shown} and {len(ordered) - 4} more" if len(ordered) > 4 else shown


def confusion_table(task: TaskReport, at_most: int) -> Table | None:
    """Pairs of labels, with how much of their meeting the base rates do not explain."""
    pairs = sorted(task.confusion, key=lambda pair: -pair.excess)
    if not pairs:
        return None
    truth = pairs[0].truth
    heads = ("Given", "Given by another")
    if truth:
        heads = ("Gold says" if truth == "gold" else "Consensus says", "People say")
    scale = cells.scale((pair.share for pair in pairs), is_share=True)
    columns = (
        Column(heads[0]),
        Column(heads[1]),
        Column("Times", is_number=True),
        Column("Share", axis=cells.axis(scale)),
        Column("By base rates", is_number=True),
        Column("More than that", is_number=True),
    )
    rows = tuple(
        Row(
            (
                cells.name(pair.label_a),
                cells.name(pair.label_b),
                cells.number(pair.n),
                cells.share(pair.share, scale),
                Cell("number", f"{pair.expected:,.0f}"),
                Cell("number", f"{pair.excess:+,.0f}".replace("-", "−")),
            )
        )
        for pair in pairs[:at_most]
    )
    return Table("Pairs of labels", columns, rows, "largest excess first", max(len(pairs) - at_most, 0))


def adjudication_table(task: TaskReport, at_most: int, *, shows: bool) -> Table | None:
    """Items that the votes do not decide."""
    found = task.adjudicate
    if not found:
        return None
    columns = [Column("Item"), Column("Why"), Column("Votes"), Column("Surest label has", is_number=True)]
    columns += [Column("Text")] if shows else []
    rows = []
    for row in found[:at_most]:
        parts = ", ".join(row.slices.values())
        line = [cells.name(row.item, parts), cells.text(row.reason), cells.name(_votes(row.votes))]
        line.append(Cell("number", figures.number_share(row.posterior)))
        line += [cells.content(cells.cut(row.text, LETTERS))] if shows else []
        rows.append(Row(tuple(line)))
    left_out = max(len(found) - at_most, 0)
    return Table("Items to adjudicate", tuple(columns), tuple(rows), "least decided first", left_out)


def label_error_table(task: TaskReport, at_most: int, *, shows: bool) -> Table | None:
    """Labels that the votes contradict."""
    found = task.label_errors
    if not found:
        return None
    columns = [Column("Item"), Column("Stands as"), Column("Probably"), Column("Probability", is_number=True)]
    columns += [Column("Votes")] + ([Column("Text")] if shows else [])
    rows = []
    for row in found[:at_most]:
        source = "the key" if row.kind == "gold" else "one answer"
        line = [cells.name(row.item), cells.name(row.given, source), cells.name(row.suggested)]
        line += [Cell("number", figures.number_share(row.probability)), cells.name(_votes(row.votes))]
        line += [cells.content(cells.cut(row.text, LETTERS))] if shows else []
        rows.append(Row(tuple(line)))
    left_out = max(len(found) - at_most, 0)
    return Table("Labels to look at again", tuple(columns), tuple(rows), "most certain first", left_out)
