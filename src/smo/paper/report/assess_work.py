"""How the work was done: handle time, rushed answers, and whether people mark the same characters."""

import numpy as np
import polars as pl

from smo.measure.agreement.spans import span_agreement, span_problems
from smo.measure.people.timing import HandleTimes, handle_times, speeders
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.model import RaterRow, Spans, TaskReport, Times
from smo.paper.report.task_data import TaskData
from smo.tables.problem import Problem

BINS = 24
NOTES = {
    "no_times": "no answer has a start and an end",
    "page_level": "a start and an end belong to a page of several items, not to one answer",
    "page_size_unknown": "times belong to pages, and without rater ids a page cannot be divided by its answers",
    "no_zone": "times name no zone",
    "minutes_only": "times are given to the minute",
    "mixed_precision": "some times are given to the minute, others to the second",
    "zeros": "some answers took no time at all by the clock",
    "negative": "some answers end before they start; they are left out",
}


def _has_times(frame: pl.DataFrame) -> bool:
    if "seconds" in frame.columns:
        return frame.get_column("seconds").null_count() < frame.height
    return {"started_at", "submitted_at"} <= set(frame.columns)


def times(data: TaskData) -> Times | None:
    """Handle time of the task; None where no times are given."""
    if not _has_times(data.rows):
        return None
    found = handle_times(data.rows)
    return Times(
        median_seconds=found.median_seconds,
        p90_seconds=found.p90_seconds,
        n_timed=found.n_timed,
        notes=tuple(NOTES.get(note, note) for note in found.notes),
        histogram=histogram(found),
        speeders=_speeders(data) if found.n_timed else (),
    )


def histogram(found: HandleTimes) -> tuple[tuple[float, int], ...]:
    """Counts by upper edge, in equal steps of the logarithm up to the slowest of a hundred."""
    seconds = found.seconds.filter(found.seconds > 0).to_numpy()
    if len(seconds) < 2:
        return ()
    low, high = np.quantile(seconds, (0.005, 0.99))
    edges = np.geomspace(max(low, 0.1), max(high, low * 1.5, 0.2), BINS + 1)
    counts, _ = np.histogram(np.clip(seconds, edges[0], edges[-1]), edges)
    return tuple((float(edge), int(n)) for edge, n in zip(edges[1:], counts, strict=True))


def _speeders(data: TaskData) -> tuple[RaterRow, ...]:
    found = speeders(data.rows).filter("flagged").sort("rater")
    return tuple(
        RaterRow(
            rater=str(row["rater"]),
            n=row["n"],
            state=State.NOT_MET,
            median_seconds=row["median_seconds"],
            reasons=(_pace(row),),
        )
        for row in found.to_dicts()
    )


def _pace(row: dict[str, float]) -> str:
    share = figures.number_share(row["ratio"])
    return f"takes {share} of the usual time ({figures.duration(row['median_seconds'])} in the middle)"


def spans(data: TaskData, marked: pl.DataFrame | None, *, items: pl.DataFrame | None) -> Spans | None:
    """Agreement on characters among everyone who answered the task."""
    if marked is None:
        return None
    texts = None if items is None or "text" not in items.columns else items.select("item", "text").drop_nulls()
    found = span_agreement(marked, data.first.select("item", "rater"), texts=texts)
    agreement = {
        "character_f1": found.character_f1,
        "character_f1_marked": found.character_f1_marked,
        "exact_match": found.exact_match,
        "both_empty": found.both_empty,
        "character_alpha": found.character_alpha,
    }
    return Spans(
        agreement={name: measured for name, measured in agreement.items() if measured.value is not None},
        per_type=dict(found.per_type),
        n_spans=found.n_spans,
    )


def page_times(task: TaskReport) -> tuple[Problem, ...]:
    """Times that belong to pages are named as a fault of the data: they say nothing about one answer."""
    if task.times is None or NOTES["page_level"] not in task.times.notes:
        return ()
    divided = "each was divided by the items of its page" if task.times.n_timed else "nothing was measured from them"
    return (
        Problem(
            code="page_level_times",
            message=f"Starts and ends belong to pages of several items, not to single answers; {divided}.",
            remedy="Export a start and an end for each answer.",
            count=task.n_ratings,
            level="warning",
            task=task.task,
        ),
    )


SPAN_WORDS = {
    "outside_text": (
        "lie outside their text",
        "Check whether offsets count bytes or UTF-16 units; code points are expected.",
    ),
    "no_text": ("belong to items without text", "Give the texts with --items."),
    "negative_start": ("start before the text", "Offsets count code points from 0."),
    "empty_or_reversed": ("are empty or end before they start", "The end stands one after the last character."),
    "not_a_number": ("have no number as start or end", "Offsets are whole numbers."),
}  # fmt: skip


def faulty_spans(marked: pl.DataFrame | None, items: pl.DataFrame | None) -> tuple[Problem, ...]:
    """Spans that cannot be right, by kind; none is dropped silently."""
    if marked is None or items is None or "text" not in items.columns:
        return ()
    found = span_problems(marked, items.select("item", "text").drop_nulls())
    kinds = found.group_by("problem").agg(pl.len().alias("n"), pl.col("item").cast(pl.String).unique().sort().head(3))
    return tuple(
        Problem(
            code=f"span_{kind}",
            message=f"{figures.plural(n, 'span')} {SPAN_WORDS[kind][0]}.",
            remedy=SPAN_WORDS[kind][1],
            count=n,
            level="warning",
            examples=tuple(examples),
        )
        for kind, n, examples in kinds.sort("n", "problem", descending=[True, False]).rows()
        if kind in SPAN_WORDS
    )


def unused_spans(spans: pl.DataFrame | None, n_tasks: int) -> tuple[Problem, ...]:
    """Spans name no task: among several nobody can tell to which they belong, and silence would look like agreement."""
    if spans is None or n_tasks < 2:
        return ()
    message = f"{figures.plural(spans.height, 'span')} not measured: the labels have {n_tasks} tasks, spans name none."
    remedy = "Make a report of the one task that the spans belong to."
    return (Problem("spans_not_used", message, remedy, spans.height, "warning"),)
