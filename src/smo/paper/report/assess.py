"""From what was read to the figures of each task."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from smo.paper.report import assess_items, assess_people, assess_work
from smo.paper.report.assess_agreement import agreement
from smo.paper.report.assess_confusion import pairs
from smo.paper.report.assess_models import models
from smo.paper.report.assess_slices import hits, slices
from smo.paper.report.consensus_file import Joined
from smo.paper.report.gather import Inputs, Progress
from smo.paper.report.languages import short
from smo.paper.report.model import Spans, TaskReport
from smo.paper.report.options import Options
from smo.paper.report.slicing import Cut, cuts, guess_columns
from smo.paper.report.task_data import TaskData, task_data, tasks_of
from smo.tables.problem import Problem

TYPES = {"ordinal": "scale", "interval": "scale", "ratio": "scale"}


@dataclass(frozen=True, slots=True)
class Assessed:
    """A task's report, and the consensus that the Parquet file needs."""

    report: TaskReport
    joined: Joined


def slice_columns(inputs: Inputs, options: Options) -> tuple[str, ...]:
    """The columns asked for with --by, else guessed ones."""
    if inputs.items is None:
        return ()
    if not options.by:
        return guess_columns(inputs.items)
    known = set(inputs.items.columns)
    return tuple(column if column in known else f"meta.{column}" for column in options.by)


def _labeltype(data: TaskData) -> str:
    if data.level != "nominal":
        return TYPES.get(data.level, "choice")
    return "multichoice" if any("|" in name for name in data.ratings.label_names) else "choice"


def _listed(
    data: TaskData, decided: assess_items.Decided, *, inputs: Inputs, options: Options, columns: tuple[str, ...]
) -> dict[str, Any]:
    """The two lists of items, with what they are shown with."""
    queue = assess_items.open_items(data, decided)
    doubts, n_keys = assess_items.doubtful_labels(data, decided)
    ids = pl.concat([queue.get_column("item"), doubts.get_column("item")])
    look = assess_items.shown(ids, data, items=inputs.items, columns=columns)
    return {
        "adjudicate": assess_items.adjudicate(queue, look, content=options.content),
        "n_doubtful_keys": n_keys,
        "label_errors": assess_items.errors(doubts, data, look=look, content=options.content),
    }


def assess_task(
    task: str, inputs: Inputs, *, options: Options, columns: tuple[str, ...], step: Callable[[str, float], None]
) -> Assessed:
    """Everything about one task; `step` hears what goes on, from 0 to 1 of this task."""
    data = task_data(task, inputs, options=options)
    step("agreement", 0.2)
    agreed = agreement(data.ratings, data.level, target=options.agreement_target)
    step("consensus", 0.4)
    decided = assess_items.decide(data)
    right = hits(decided.best_items, data.gold)
    cut_by = _cuts(inputs, data, columns=columns)
    step("slices and people", 0.6)
    everyone = assess_people.people(data)
    sliced = slices(data, cut_by, right=right, options=options)
    step("items and models", 0.8)
    report = TaskReport(
        task=task,
        labeltype=_labeltype(data),
        level=data.level,
        level_why=data.level_why,
        labels=data.ratings.label_names,
        n_items=data.ratings.n_items,
        n_ratings=data.ratings.n_ratings,
        n_raters=None if data.is_anonymous else data.ratings.n_raters,
        excluded=data.excluded,
        agreement=agreed,
        consensus=assess_items.consensus(decided, data.gold),
        slices=sliced,
        raters=everyone.rows,
        confusion=pairs(data.ratings, data),
        models=models(data, decided.best_items, cut_by=cut_by, options=options),
        intra=everyone.intra,
        times=assess_work.times(data),
        spans=_spans(data, inputs),
        problems=_problems_of(task, inputs.problems),
        title=task,
        repeats=data.repeats.height,
        **_listed(data, decided, inputs=inputs, options=options, columns=columns),
    )
    return Assessed(report, Joined(task, decided.best, decided.best_items))


def _cuts(inputs: Inputs, data: TaskData, *, columns: tuple[str, ...]) -> tuple[Cut, ...]:
    return () if inputs.items is None else cuts(inputs.items, data.ratings.items, columns=columns)


def _spans(data: TaskData, inputs: Inputs) -> Spans | None:
    """Spans name no task: they belong to the only one."""
    return assess_work.spans(data, inputs.spans, items=inputs.items) if data.is_only else None


def _problems_of(task: str, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.task == task)


def assess(inputs: Inputs, options: Options, *, progress: Progress) -> tuple[list[Assessed], tuple[str, ...]]:
    """All tasks, and the columns that they were cut by."""
    names = tasks_of(inputs.labels)
    columns = slice_columns(inputs, options)
    made = []
    for place, name in enumerate(names):

        def step(what: str, share: float, *, place: int = place, name: str = name) -> None:
            progress(f"{name}: {what}", 0.25 + 0.5 * (place + share) / len(names))

        made.append(assess_task(name, inputs, options=options, columns=columns, step=step))
    return made, columns


def guessed_columns(inputs: Inputs, options: Options, *, columns: tuple[str, ...]) -> tuple[str, ...]:
    """What was guessed about slices, in words."""
    if options.by or not columns:
        return ()
    names = ", ".join(short(column) for column in columns)
    return (f"cut by: {names} (columns of few values; --by names others)",)
