"""The whole report: tasks measured, put into words, and joined with what was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from smo.paper import figures
from smo.paper.report import words_findings, words_page, words_steps, words_task
from smo.paper.report.assess import Assessed, assess, guessed_columns
from smo.paper.report.assess_models import positive_guesses, reversed_scores
from smo.paper.report.assess_work import faulty_spans, page_times, unused_spans
from smo.paper.report.consensus_file import Joined
from smo.paper.report.gather import Inputs, Progress
from smo.paper.report.model import QualityReport, TaskReport
from smo.paper.report.options import Options
from smo.paper.report.verdicts import Verdicts, verdicts
from smo.paper.report.words_care import care


@dataclass(frozen=True, slots=True)
class Whole:
    """The report, and each task's consensus for the Parquet file."""

    report: QualityReport
    joined: tuple[Joined, ...]


def _period(labels: pl.DataFrame) -> str:
    """First and last day of work, where times are given."""
    column = next((name for name in ("submitted_at", "started_at") if name in labels.columns), None)
    if column is None:
        return ""
    days = labels.get_column(column).drop_nulls()
    if not len(days):
        return ""
    first, last = days.min(), days.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return ""
    start, end = f"{first.day} {first:%b %Y}", f"{last.day} {last:%b %Y}"
    return start if start == end else f"{start}{figures.DASH}{end}"


def _worded(one: Assessed, found: Verdicts) -> TaskReport:
    said = sorted(words_task.sentences(found), key=lambda sentence: -sentence.weight)
    return replace(
        one.report,
        holds=tuple(sentence for sentence in said if sentence.state == "met"),
        fails=tuple(sentence for sentence in said if sentence.state != "met"),
        findings=words_findings.findings(found),
    )


def _people(labels: pl.DataFrame) -> int | None:
    named = labels.get_column("rater").drop_nulls()
    return named.n_unique() if len(named) else None


def make(inputs: Inputs, options: Options, *, progress: Progress, now: datetime) -> Whole:
    """Measure all tasks, then put the first page into words."""
    assessed, columns = assess(inputs, options, progress=progress)
    clocks = tuple(problem for one in assessed for problem in (*page_times(one.report), *reversed_scores(one.report)))
    found_late = faulty_spans(inputs.spans, inputs.items) + clocks
    inputs = replace(inputs, problems=found_late + unused_spans(inputs.spans, len(assessed)) + inputs.problems)
    progress("put it into words", 0.76)
    found = [verdicts(one.report, options) for one in assessed if one.report.n_ratings]
    tasks = tuple(_worded(one, verdicts(one.report, options)) for one in assessed)
    report = _report(tasks, found, inputs=inputs, options=options, now=now)
    guesses = inputs.guesses + guessed_columns(inputs, options, columns=columns) + positive_guesses(tasks, options)
    return Whole(replace(report, guesses=guesses), tuple(one.joined for one in assessed))


def _report(
    tasks: Sequence[TaskReport], found: Sequence[Verdicts], *, inputs: Inputs, options: Options, now: datetime
) -> QualityReport:
    said = [sentence for task in tasks for sentence in (*task.holds, *task.fails)]
    said.extend(words_page.faults(inputs.problems))
    first = words_page.first_page(found, said)
    return QualityReport(
        headline=first.headline,
        summary=first.summary,
        holds=first.holds,
        fails=first.fails,
        steps=words_steps.steps(found, inputs.problems),
        care=care(found, sum(problem.level != "note" for problem in inputs.problems)),
        inputs=inputs.files,
        guesses=(),
        problems=inputs.problems,
        tasks=tuple(tasks),
        n_ratings=sum(task.n_ratings for task in tasks),
        n_items=inputs.labels.get_column("item").n_unique(),
        n_raters=_people(inputs.labels),
        period=_period(inputs.labels),
        agreement_target=options.agreement_target,
        accuracy_target=options.accuracy_target,
        has_content=options.content and inputs.items is not None,
        made_at=now,
        command=options.command,
        version=options.version,
        findings=words_findings.on_page_one(found),
    )
