"""What was read, what is wrong with it, and how the numbers are made."""

from collections.abc import Sequence

from smo.paper import figures
from smo.paper.report import cells
from smo.paper.report.document import Block, Cell, Chapter, Column, Point, Points, Row, Section, Table
from smo.paper.report.model import QualityReport
from smo.tables.problem import Problem

LEVELS = {"error": "Error", "warning": "Warning", "note": "Note"}
ROLES = {"labels": "Labels", "gold": "Keys", "items": "Items", "spans": "Spans", "predictions": "Predictions"}


def problem_table(problems: Sequence[Problem]) -> Table | None:
    """Each kind of problem with its place, its count and its remedy; the worst first."""
    if not problems:
        return None
    order = list(LEVELS)
    rows = tuple(
        Row(
            (
                cells.text(LEVELS[problem.level]),
                Cell("words", cells.cut(problem.message), cells.cut(", ".join(problem.examples[:5]))),
                cells.number(problem.count),
                cells.name(problem.place),
                Cell("words", problem.remedy),
            ),
            problem.level == "error",
        )
        for problem in sorted(problems, key=lambda problem: order.index(problem.level))
    )
    columns = (Column("Kind"), Column("What"), Column("Times", is_number=True), Column("Where"), Column("What to do"))
    return Table("Problems found", columns, rows, "nothing was dropped silently")


def _files(report: QualityReport) -> Table:
    rows = tuple(
        Row(
            (
                cells.text(ROLES.get(file.role, file.role)),
                cells.name(file.path.replace("\\", "/").rsplit("/", 1)[-1], file.encoding),
                cells.number(file.rows),
                Cell("code", file.sha256),
            )
        )
        for file in report.inputs
    )
    columns = (Column("Holds"), Column("File"), Column("Rows", is_number=True), Column("SHA-256"))
    return Table("Files read", columns, rows)


def data_chapter(report: QualityReport) -> Chapter:
    """What is wrong with the data comes before any number."""
    table = problem_table(report.problems)
    fine: Block = Points((Point("No problem was found in the files."),))
    sections = [Section("data-problems", "What is wrong with the data", (table or fine,))]
    if report.guesses:
        said = Points(tuple(Point(guess) for guess in report.guesses))
        sections.append(Section("data-guesses", "What was guessed", (said,)))
    sections.append(Section("data-files", "Which files", (_files(report),)))
    found = figures.plural(len(report.problems), "kind of problem", nouns="kinds of problem")
    lead = f"{found} in {figures.plural(len(report.inputs), 'file')}." if report.problems else ""
    return Chapter("data", "The data", lead, tuple(sections))


def method_chapter(report: QualityReport) -> Chapter:
    """How to read the numbers."""
    accuracy = figures.number_share(report.accuracy_target)
    narrow = figures.NARROW
    notes = (
        Point(
            f"Intervals are 90{narrow}% intervals; their ends are one-sided 95{narrow}% bounds and decide the state.",
            "Met: the whole interval is at or above the target. Not met: it is wholly below. Between: not enough "
            "evidence.",
        ),
        Point(
            f"Targets: agreement at least {report.agreement_target:g} (Krippendorff’s alpha), accuracy at least "
            f"{accuracy}.",
            "Krippendorff 2004: below 0.667 no conclusions should be drawn, not even tentative ones.",
        ),
        Point(
            "Agreement counts each person’s first answer to an item; repeats only measure agreement with oneself.",
            "Empty cells are missing. Every other value is a label, also “empty” or “contradictory”.",
        ),
        Point(
            "Shares: Wilson intervals. Agreement: intervals from the spread between items.",
            "AC1 and kappa stand beside alpha because they part where one label dominates; so does prevalence.",
        ),
        Point(
            "People’s figures are drawn towards what is usual, the more so the fewer labels there are.",
            "Empirical Bayes. Compared with the others, a person’s own vote is left out. People who share a letter "
            "cannot be told apart.",
        ),
        Point(
            "Excess: how often two labels meet beyond what their frequencies alone would give.",
            "A large count of two frequent labels need not be a confusion; a large excess is one.",
        ),
        Point(
            "A likely label error is a question, not a verdict.",
            "Have someone decide who has not seen the votes.",
        ),
    )
    section = Section("method-notes", "How to read the numbers", (Points(notes),))
    return Chapter("method", "Method", "", (section,))
