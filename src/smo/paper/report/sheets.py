"""The workbook's sheets as plain rows: what a delivery manager filters and sorts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from smo.measure.estimate import Estimate
from smo.paper.figures import COEFFICIENTS, WORDS
from smo.paper.report.model import Agreement, QualityReport, RaterRow, Slice, TaskReport

Kind = Literal["text", "wide", "count", "share", "number", "long"]
Cell = str | float | int | None
Row = tuple[Cell, ...]

METRICS = {
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "false_positive_rate": "False positive rate",
    "auc": "AUC",
    "human_model_alpha": "Alpha, people and model",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and how its cells are printed."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a name, its columns, its rows."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[QualityReport], Iterator[Row]]


def _four(estimate: Estimate | None) -> Row:
    """Value, ends and n; the basis stands in its own column where it varies."""
    if estimate is None:
        return (None, None, None, None)
    return (estimate.value, estimate.low, estimate.high, estimate.n)


def _columns(*titles: str | tuple[str, Kind]) -> tuple[Column, ...]:
    return tuple(Column(title) if isinstance(title, str) else Column(*title) for title in titles)


def _interval(title: str, kind: Kind) -> tuple[tuple[str, Kind], ...]:
    return ((title, kind), ("low", kind), ("high", kind), ("n", "count"))


def _votes(votes: Mapping[str, int]) -> str:
    return ", ".join(f"{label}: {n}" for label, n in votes.items())


def _summary(report: QualityReport) -> Iterator[Row]:
    yield "Headline", "", report.headline, ""
    yield "Summary", "", report.summary, ""
    for sentence in report.holds:
        yield "What holds", WORDS[sentence.state], sentence.text, sentence.detail
    for sentence in report.fails:
        yield "What does not", WORDS[sentence.state], sentence.text, sentence.detail
    for place, step in enumerate(report.steps, start=1):
        yield f"To do {place}", step.effort, step.text, step.detail
    for line in report.care:
        yield "Read with care", "", line, ""
    for line in report.guesses:
        yield "Guessed", "", line, ""


def _agreement_rows(task: str, where: Row, *, found: Agreement) -> Iterator[Row]:
    for name, coefficient in found.coefficients.items():
        state = WORDS[found.state] if name == "krippendorff_alpha" else ""
        yield (task, *where, COEFFICIENTS.get(name, name), *_four(coefficient), state)


def _agreement(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        yield from _agreement_rows(task.task, (), found=task.agreement)


def _slice(task: TaskReport, part: Slice) -> Row:
    alpha = part.agreement.coefficients.get("krippendorff_alpha")
    raw = part.agreement.coefficients.get("percent_agreement")
    return (
        task.task,
        part.column,
        part.value,
        part.n_items,
        part.n_ratings,
        *_four(part.accuracy),
        WORDS[part.accuracy_state],
        *_four(alpha),
        WORDS[part.agreement.state],
        raw.value if raw else None,
        part.note,
    )


def _slices(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        yield from (_slice(task, part) for part in task.slices)


def _labels(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        found = task.agreement
        for label, shared in found.prevalence.items():
            yield (
                task.task,
                label,
                *_four(shared),
                *_four(found.specific.get(label)),
                *_four(found.per_label.get(label)),
            )


def _rater(task: TaskReport, row: RaterRow) -> Row:
    return (
        task.task,
        row.rater,
        row.n,
        *_four(row.against_gold),
        *_four(row.against_consensus),
        *_four(row.shrunk)[:3],
        WORDS[row.state],
        row.group,
        *_four(row.intra),
        row.median_seconds,
        "; ".join(row.reasons),
    )


def _raters(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        yield from (_rater(task, row) for row in task.raters)


def _confusion(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        for pair in task.confusion:
            yield (
                task.task, pair.truth or "no key", pair.label_a, pair.label_b, pair.n,
                *_four(pair.share)[:3], pair.expected, pair.excess,
            )  # fmt: skip


def _adjudicate(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        for item in task.adjudicate:
            places = ", ".join(f"{column}={value}" for column, value in item.slices.items())
            yield task.task, item.item, item.reason, item.posterior, _votes(item.votes), places, item.text


def _errors(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        for item in task.label_errors:
            yield (
                task.task, item.item, item.kind, item.given, item.suggested, item.probability, _votes(item.votes),
                item.text,
            )  # fmt: skip


def _models(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        for row in task.models:
            for name, metric in row.metrics.items():
                yield task.task, row.model, row.reference, "", "", METRICS.get(name, name), *_four(metric)
            for part in row.slices:
                for name, metric in part.metrics.items():
                    yield (
                        task.task, row.model, row.reference, part.column, part.value, METRICS.get(name, name),
                        *_four(metric),
                    )  # fmt: skip


def _times(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        if task.times is not None:
            yield task.task, "median", *_four(task.times.median_seconds)
            yield task.task, "90 of 100 are faster", *_four(task.times.p90_seconds)


def _spans(report: QualityReport) -> Iterator[Row]:
    for task in report.tasks:
        if task.spans is not None:
            for name, measured in task.spans.agreement.items():
                yield task.task, "all", name.replace("_", " "), *_four(measured)
            for kind, measured in task.spans.per_type.items():
                yield task.task, kind, "character F1", *_four(measured)


def _problems(report: QualityReport) -> Iterator[Row]:
    for problem in report.problems:
        yield (
            problem.level, problem.file, problem.row, problem.column, problem.task, problem.message, problem.count,
            problem.remedy, ", ".join(problem.examples),
        )  # fmt: skip


def _inputs(report: QualityReport) -> Iterator[Row]:
    for source in report.inputs:
        yield source.path, source.role, source.rows, source.encoding, source.sha256
    yield report.command, "command", None, "", ""


SHEETS: tuple[Sheet, ...] = (
    Sheet("Summary", _columns("Part", "State or effort", ("Sentence", "long"), ("Detail", "long")), _summary),
    Sheet(
        "Agreement",
        _columns("Task", ("Coefficient", "wide"), *_interval("Value", "number"), "State"),
        _agreement,
    ),
    Sheet(
        "Slices",
        _columns(
            "Task", "Column", ("Value", "wide"), ("Items", "count"), ("Labels", "count"),
            *_interval("Accuracy against keys", "share"), "Accuracy state",
            *_interval("Krippendorff’s alpha", "number"), "Agreement state", ("Raw agreement", "share"),
            ("Note", "wide"),
        ),
        _slices,
    ),
    Sheet(
        "Labels",
        _columns(
            "Task", ("Label", "wide"), *_interval("Share of labels", "share"),
            *_interval("Specific agreement", "share"), *_interval("Alpha, label or not", "number"),
        ),
        _labels,
    ),
    Sheet(
        "People",
        _columns(
            "Task", "Name", ("Labels", "count"), *_interval("Against keys", "share"),
            *_interval("Against the others", "share"), ("Shrunk", "share"), ("low", "share"), ("high", "share"),
            "State", ("Group", "count"), *_interval("With themselves", "share"), ("Median seconds", "number"),
            ("Why to look here", "long"),
        ),
        _raters,
    ),
    Sheet(
        "Confusion",
        _columns(
            "Task", "Against", ("Label", "wide"), ("Given or paired", "wide"), ("Times", "count"),
            ("Share", "share"), ("low", "share"), ("high", "share"), ("Expected by base rates", "number"),
            ("Excess", "number"),
        ),
        _confusion,
    ),
    Sheet(
        "Adjudicate",
        _columns(
            "Task", ("Item", "wide"), ("Why", "wide"), ("Posterior", "share"), ("Votes", "wide"),
            ("Slices", "wide"), ("Text", "long"),
        ),
        _adjudicate,
    ),
    Sheet(
        "Label errors",
        _columns(
            "Task", ("Item", "wide"), "Kind", ("Given", "wide"), ("Suggested", "wide"), ("Probability", "share"),
            ("Votes", "wide"), ("Text", "long"),
        ),
        _errors,
    ),
    Sheet(
        "Models",
        _columns(
            "Task", ("Model", "wide"), "Against", "Column", "Value", ("Measure", "wide"),
            *_interval("Value", "number"),
        ),
        _models,
    ),
    Sheet("Times", _columns("Task", ("Measure", "wide"), *_interval("Seconds", "number")), _times),
    Sheet("Spans", _columns("Task", "Type", ("Measure", "wide"), *_interval("Value", "number")), _spans),
    Sheet(
        "Data problems",
        _columns(
            "Level", ("File", "wide"), ("Row", "count"), "Column", "Task", ("What", "long"), ("Times", "count"),
            ("What to do", "long"), ("Examples", "wide"),
        ),
        _problems,
    ),
    Sheet("Files", _columns(("File", "wide"), "Role", ("Rows", "count"), "Encoding", ("sha256", "wide")), _inputs),
)  # fmt: skip


def cut(rows: Iterable[Row], at_most: int) -> tuple[list[Row], int]:
    """The first rows, and how many more there were."""
    kept: list[Row] = []
    more = 0
    for row in rows:
        if len(kept) < at_most:
            kept.append(row)
        else:
            more += 1
    return kept, more
