"""The report's values as chapters of blocks: what stands where, how much of it, and in which order."""

from dataclasses import dataclass

from smo.paper import figures
from smo.paper.report import data_chapter
from smo.paper.report.document import Block, Chapter, Document, Drawings, Facts, Point, Points, Prose, Section
from smo.paper.report.item_tables import adjudication_table, confusion_table, label_error_table
from smo.paper.report.measure_tables import (
    coefficient_table,
    consensus_blocks,
    intra_blocks,
    label_table,
    model_blocks,
    slice_table,
    span_blocks,
    times_blocks,
)
from smo.paper.report.model import QualityReport, TaskReport
from smo.paper.report.people_tables import look_points, people_table
from smo.paper.report.pictures import pictures

FRONT_WIDTH = 246  # px: three charts beside each other, as wide as a phone allows for one
TASK_WIDTH = 340
CHARTED = 25  # tasks; with more, the tables say it alone, because each chart takes time to draw and to scroll past
LEFT_OUT = {
    "missing_answers": "empty answers",
    "repeated_answers": "repeated answers: they count for agreement with oneself only",
    "single_label_items": "items with one answer only",
}


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of the lists a document shows, and whether item text may stand in it."""

    rows: int = 25
    has_content: bool = True


def _section(anchor: str, title: str, *blocks: Block | None) -> Section | None:
    found = tuple(block for block in blocks if block is not None)
    return Section(anchor, title, found) if found else None


def _drawings(report: QualityReport, task: TaskReport, *questions: str) -> Drawings | None:
    if len(report.tasks) > CHARTED:
        return None
    wanted = [finding for finding in task.findings if finding.question in questions]
    drawn = pictures(report, wanted, width=TASK_WIDTH)
    return Drawings(drawn) if drawn else None


def _title(task: TaskReport, question: str) -> str:
    """A finding whose rows a table draws itself, and which is therefore the table's title."""
    return next((finding.title for finding in task.findings if finding.question == question), "")


def _lead(task: TaskReport) -> str:
    people = (
        "without rater ids"
        if task.n_raters is None
        else f"by {figures.plural(task.n_raters, 'person', nouns='people')}"
    )
    counts = f"{figures.plural(task.n_ratings, 'label')} on {figures.plural(task.n_items, 'item')}, {people}"
    return f"{counts}. Level: {task.level} ({task.level_why})." if task.level_why else f"{counts}. Level: {task.level}."


def _left_out(task: TaskReport) -> Points | None:
    rows = [
        Point(f"{figures.count(many)} {LEFT_OUT.get(reason, reason.replace('_', ' '))}")
        for reason, many in task.excluded.items()
        if many
    ]
    return Points(tuple(rows), "Left out of agreement") if rows else None


def _verdicts(task: TaskReport) -> Points | None:
    rows = [Point(line.text, line.detail, line.state) for line in (*task.fails, *task.holds)]
    return Points(tuple(rows)) if rows else None


def _agreement(report: QualityReport, task: TaskReport, *, anchor: str) -> Section | None:
    return _section(
        f"{anchor}-agreement",
        "How far do people agree?",
        coefficient_table(task, report.agreement_target, finding=_title(task, "agreement")),
        label_table(task),
        _left_out(task),
    )


def _slices(report: QualityReport, task: TaskReport, *, anchor: str, extent: Extent) -> Section | None:
    columns = tuple(dict.fromkeys(row.column for row in task.slices))
    tables = [slice_table(report, task, column=column, at_most=extent.rows) for column in columns]
    return _section(f"{anchor}-slices", "Where does it hold?", _drawings(report, task, "slices"), *tables)


def _people(report: QualityReport, task: TaskReport, *, anchor: str, extent: Extent) -> Section | None:
    if not task.raters:
        said = Prose("Not measured: the labels carry no rater ids.") if task.n_raters is None else None
        return _section(f"{anchor}-people", "People", said)
    return _section(
        f"{anchor}-people",
        "People",
        _drawings(report, task, "raters"),
        look_points(task, extent.rows),
        people_table(task, extent.rows),
        *intra_blocks(task),
    )


def _items(report: QualityReport, task: TaskReport, *, anchor: str, extent: Extent) -> tuple[Section | None, ...]:
    shows = extent.has_content and report.has_content
    return (
        _section(
            f"{anchor}-confusion",
            "What is mixed up with what?",
            _drawings(report, task, "confusion"),
            confusion_table(task, extent.rows),
        ),
        _section(
            f"{anchor}-adjudicate",
            "Which items need a decision first?",
            adjudication_table(task, extent.rows, shows=shows),
        ),
        _section(
            f"{anchor}-errors", "Which labels are likely wrong?", label_error_table(task, extent.rows, shows=shows)
        ),
    )


def _chapter(report: QualityReport, task: TaskReport, *, place: int, extent: Extent) -> Chapter:
    anchor = f"task-{place}"
    sections = (
        _section(f"{anchor}-verdict", "What this task says", _verdicts(task)),
        _agreement(report, task, anchor=anchor),
        _slices(report, task, anchor=anchor, extent=extent),
        _section(
            f"{anchor}-consensus",
            "What do the votes decide?",
            *consensus_blocks(task),
            _drawings(report, task, "consensus"),
        ),
        _people(report, task, anchor=anchor, extent=extent),
        *_items(report, task, anchor=anchor, extent=extent),
        _section(
            f"{anchor}-models",
            "Models against people",
            _drawings(report, task, "models"),
            *model_blocks(task, extent.rows),
        ),
        _section(f"{anchor}-times", "How long does it take?", _drawings(report, task, "times"), *times_blocks(task)),
        _section(f"{anchor}-spans", "Do people mark the same characters?", *span_blocks(task)),
        _section(f"{anchor}-problems", "Problems of this task’s data", data_chapter.problem_table(task.problems)),
    )
    found = tuple(section for section in sections if section is not None)
    return Chapter(anchor, task.title or task.task, _lead(task), found)


def facts(report: QualityReport) -> Facts:
    """The strip under the headline: which file, how much, whose, and when."""
    labels = next((file for file in report.inputs if file.role == "labels"), None)
    keys = sum(file.rows for file in report.inputs if file.role == "gold")
    rows = [
        ("File", "" if labels is None else labels.path.replace("\\", "/").rsplit("/", 1)[-1]),
        ("Labels", f"{figures.count(report.n_ratings)} on {figures.plural(report.n_items, 'item')}"),
        ("People", "no rater ids" if report.n_raters is None else figures.count(report.n_raters)),
        ("Keys", figures.count(keys) if keys else ""),
        ("Tasks", figures.count(len(report.tasks)) if len(report.tasks) > 1 else ""),
        ("Period", report.period),
    ]
    return Facts(tuple((words, value) for words, value in rows if value))


def composed(report: QualityReport, extent: Extent | None = None) -> Document:
    """Everything that the report's pages show, charts drawn."""
    shown = extent or Extent()
    tasks = tuple(_chapter(report, task, place=place, extent=shown) for place, task in enumerate(report.tasks, start=1))
    return Document(
        charts=pictures(report, report.findings, width=FRONT_WIDTH),
        chapters=(data_chapter.data_chapter(report), *tasks, data_chapter.method_chapter(report)),
    )
