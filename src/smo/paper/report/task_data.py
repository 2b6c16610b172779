"""One task's answers, ready to be measured: canonical ratings, repeats, keys and metadata."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from smo.measure.canonical import canonical, guess_level
from smo.measure.ratings import Ratings
from smo.paper.report.gather import Inputs
from smo.paper.report.options import Options

TIME_COLUMNS = ("submitted_at", "started_at")


@dataclass(frozen=True, slots=True)
class TaskData:
    """The answers to one question."""

    task: str
    rows: pl.DataFrame  # every answer that is not missing
    first: pl.DataFrame  # canonical: one answer per item and rater
    repeats: pl.DataFrame
    ratings: Ratings
    level: str
    level_why: str
    excluded: Mapping[str, int]
    gold: pl.DataFrame | None  # item, label
    predictions: pl.DataFrame | None
    is_only: bool  # the file has no other task

    def name(self, label: object) -> str:
        """A label as it was written: 1.0, which numbers become on the way, is "1"."""
        return f"{label:.15g}" if isinstance(label, float) else self._names.get(str(label), str(label))

    @property
    def _names(self) -> dict[str, str]:
        return {str(label): name for label, name in zip(self.ratings.labels, self.ratings.label_names, strict=True)}

    @property
    def is_anonymous(self) -> bool:
        return self.ratings.raters is None


def tasks_of(labels: pl.DataFrame) -> list[str]:
    """The tasks in the order in which they first occur."""
    return [str(task) for task in labels.get_column("task").unique(maintain_order=True)]


def _of_task(frame: pl.DataFrame | None, task: str, *, n_tasks: int) -> pl.DataFrame | None:
    """Rows of one task; a file without task names belongs to the only task."""
    if frame is None:
        return None
    names = frame.get_column("task")
    if n_tasks == 1 and (names.null_count() == len(names) or task not in set(names.unique().cast(pl.String))):
        return frame
    return frame.filter(pl.col("task").cast(pl.String) == task)


def _some(frame: pl.DataFrame | None) -> pl.DataFrame | None:
    return frame if frame is not None and frame.height else None


def _level(task: str, ratings: Ratings, *, options: Options) -> tuple[str, str]:
    asked = options.levels.get(task)
    if asked:
        return asked, "as asked with --level"
    guessed = guess_level(ratings.labels)
    why = "all labels are numbers" if guessed == "ordinal" else "labels are names"
    return guessed, f"guessed: {why}; --level {task}=... changes it"


def _timed(rows: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    for column in TIME_COLUMNS:
        if column in rows.columns and rows.get_column(column).null_count() < rows.height:
            return rows.with_columns(at=pl.col(column)), True
    return rows, False


def task_data(task: str, inputs: Inputs, *, options: Options) -> TaskData:
    """The answers to one task, with every row that is left out counted by reason."""
    n_tasks = inputs.labels.get_column("task").n_unique()
    rows = inputs.labels if n_tasks == 1 else inputs.labels.filter(pl.col("task") == task)
    answered = rows.filter(pl.col("label").is_not_null() & pl.col("item").is_not_null())
    timed, has_time = _timed(answered)
    table = canonical(timed, time=has_time)
    is_anonymous = answered.get_column("rater").null_count() == answered.height
    ratings = Ratings.from_frame(
        table.ratings_frame, item="item", rater=None if is_anonymous else "rater", label="label"
    )
    level, why = _level(task, ratings, options=options)
    gold = _some(_of_task(inputs.gold, task, n_tasks=n_tasks))
    return TaskData(
        task=task,
        rows=answered,
        first=table.ratings_frame,
        repeats=table.repeats_frame,
        ratings=ratings,
        level=level,
        level_why=why,
        excluded=_excluded(rows, answered, repeats=table.repeats_frame, ratings=ratings),
        gold=None if gold is None else gold.select("item", "label").drop_nulls(),
        predictions=_some(_of_task(inputs.predictions, task, n_tasks=n_tasks)),
        is_only=n_tasks == 1,
    )


def _excluded(rows: pl.DataFrame, answered: pl.DataFrame, *, repeats: pl.DataFrame, ratings: Ratings) -> dict[str, int]:
    single = int((pl.Series(ratings.item_start).diff().drop_nulls() == 1).sum())
    return {
        "missing_answers": rows.height - answered.height,
        "repeated_answers": repeats.height,
        "single_label_items": single,
    }
