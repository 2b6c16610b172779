"""Read what stands beside the labels: items with their metadata, gold, spans and model predictions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from smo.tables.columns import Columns, Guess, named, normalised
from smo.tables.labels import LabelTable, with_plain_labels
from smo.tables.problem import Problem, counted
from smo.tables.reading import Table, read_table
from smo.tables.source import Source, fault

_TEXTS = ("text", "sentence", "content", "body", "comment", "message", "prompt", "tweet", "post", "utterance")
_GOLDS = ("gold", "gold_label", "truth", "true_label", "ground_truth", "expected", "correct", "correct_label", "key")


@dataclass(frozen=True, slots=True)
class SideTable:
    """Rows beside the labels; `item` has the type that it has in the label table."""

    frame: pl.DataFrame
    guesses: tuple[Guess, ...] = ()
    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Side:
    """One file on its way to a SideTable."""

    table: Table
    labels: LabelTable
    frame: pl.DataFrame
    guesses: list[Guess] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, code: str, message: str, *, remedy: str, rows: pl.Series, column: str = "") -> None:
        """A warning about some rows, with the items of the first of them as examples."""
        examples = tuple(str(item) for item in rows.head(5))
        self.problems.append(
            Problem(code, message, remedy, rows.len(), "warning", self.table.name, None, column, "", examples)
        )

    def leave_out(self, bad: pl.Series, code: str, *, message: str, remedy: str, column: str = "") -> None:
        """Keep the rows that are not bad, and say how many were."""
        bad = bad.fill_null(value=True)
        if not bad.any():
            return
        if bad.all():
            row = self.table.row_of(0)
            raise fault(
                code,
                f"{counted(bad.len(), 'row')}, and for all of them: {message}.",
                remedy=remedy,
                file=self.table.name,
                row=row,
                column=column,
            )
        text = f"{counted(int(bad.sum()), 'row')} left out: {message}."
        is_whole = self.frame.height == self.table.source.rows
        row = self.table.row_of(int(bad.arg_true()[0])) if is_whole else None
        examples = tuple(str(item) for item in self.frame.get_column("item").filter(bad).head(5))
        self.problems.append(
            Problem(code, text, remedy, int(bad.sum()), "warning", self.table.name, row, column, "", examples)
        )
        self.frame = self.frame.filter(~bad)

    def done(self, *columns: str) -> SideTable:
        frame = self.frame.select(columns) if columns else self.frame
        return SideTable(frame, tuple(self.guesses), (self.table.source,), self.table.problems + tuple(self.problems))


def _open(path: str | Path, labels: LabelTable, *, item: str | None) -> _Side:
    table = read_table(path)
    column = _item_column(table, item)
    frame = table.frame if column == "item" else table.frame.rename({"item": "file.item"}, strict=False)
    side = _Side(table, labels, frame.rename({column: "item"}))
    side.guesses.append(Guess(f"item of {table.name}", column, "by its name"))
    _match_item_type(side)
    nameless = side.frame.get_column("item").is_null()
    side.leave_out(nameless, "no_item", message="no item is named", remedy="Give each row its item id.")
    return side


def _item_column(table: Table, item: str | None) -> str:
    names = table.columns
    said = item if item in names else ""
    column = said or named("item", names) or ("task" if "task" in names else "")
    if not column:
        remedy = f"Name it item or item_id. The columns are: {', '.join(names)}."
        raise fault("no_item_column", "No column looks like the item's id.", remedy=remedy, file=table.name)
    return column


def _match_item_type(side: _Side) -> None:
    """Ids are compared as the label table has them: text, or whole numbers where Parquet keeps numbers."""
    wanted = side.labels.frame.schema["item"]
    if side.frame.schema["item"] != wanted:
        side.frame = side.frame.with_columns(pl.col("item").cast(wanted, strict=False))


def read_items(path: str | Path, labels: LabelTable, *, item: str | None = None) -> SideTable:
    """Columns `item`, `text` (a conversation as `role: text` lines) and all metadata as in the file."""
    side = _open(path, labels, item=item)
    side.frame = _with_text(side.frame)
    _first_only(side, ["item"], what="item")
    known = side.frame.get_column("item")
    labelled = labels.frame.get_column("item").unique()
    strangers = labelled.filter(~labelled.is_in(known.implode()))
    if strangers.len():
        message = f"{strangers.len():,} of {labelled.len():,} labelled items not in this file; they have no metadata."
        side.problem("items_not_found", message, remedy=_nearest(strangers, known), rows=strangers.sort())
    return side.done("item", "text", *(name for name in side.frame.columns if name not in {"item", "text"}))


def _with_text(frame: pl.DataFrame) -> pl.DataFrame:
    by_name = {normalised(name): name for name in reversed(frame.columns)}
    column = next((by_name[name] for name in _TEXTS if name in by_name), "")
    if column:
        return frame.rename({column: "text"}) if column == "text" or "text" not in frame.columns else frame
    if "turns" in frame.columns:
        texts = [conversation(turns) for turns in frame.get_column("turns").cast(pl.String)]
        return frame.with_columns(pl.Series("text", texts, dtype=pl.String))
    return frame.with_columns(text=pl.lit(None, dtype=pl.String))


def conversation(turns: str | None) -> str | None:
    """Turns of a conversation as lines of text.

    >>> conversation('[{"role": "user", "text": "hi"}, {"role": "agent", "content": "hello"}]')
    'user: hi\\nagent: hello'
    """
    try:
        content = json.loads(turns or "")
    except json.JSONDecodeError:
        return turns
    if not isinstance(content, list):
        return turns
    return "\n".join(_turn(turn) for turn in content)


def _turn(turn: object) -> str:
    if not isinstance(turn, dict):
        return str(turn)
    text = turn.get("text", turn.get("content", ""))
    role = turn.get("role", turn.get("speaker", ""))
    return f"{role}: {text}" if role else str(text)


def _first_only(side: _Side, key: Sequence[str], *, what: str) -> None:
    again = ~side.frame.select(pl.struct(key).is_first_distinct()).to_series()
    if again.any():
        remedy = f"Keep one row for each {what}."
        side.leave_out(again, "doubled_rows", message=f"a second time the same {what}", remedy=remedy)


def _nearest(strangers: pl.Series, known: pl.Series) -> str:
    """Ids that do not meet are mostly written differently."""
    first, others = str(strangers[0]), [str(name) for name in known.head(2000)]
    near = get_close_matches(first, others, n=1, cutoff=0.6)
    hint = f' The labels say "{first}", the file says "{near[0]}".' if near else ""
    return f"Check that both files write the ids in the same way.{hint}"


def read_gold(path: str | Path, labels: LabelTable, *, columns: Columns | None = None) -> SideTable:
    """Columns `item`, `task`, `label`: one right answer per item and task."""
    said = columns or Columns()
    side = _open(path, labels, item=said.item)
    names = [name for name in side.frame.columns if name != "item"]
    tasks = labels.frame.get_column("task").unique().sort().to_list()
    wide = [name for name in names if name in tasks]
    if wide and "task" not in names and not _gold_column(names):
        side.frame = side.frame.unpivot(on=wide, index="item", variable_name="task", value_name="label")
    else:
        column = _gold_column(names) or _refuse_no_gold(side)
        side.guesses.append(Guess(f"label of {side.table.name}", column, "by its name"))
        side.frame = _as_label(side.frame, column)
        _add_task(side, tasks)
    return _gold(side)


def _gold_column(names: Sequence[str]) -> str:
    by_name = {normalised(name): name for name in reversed(names)}
    return next((by_name[name] for name in _GOLDS if name in by_name), "") or named("label", names)


def _as_label(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame if column == "label" else frame.drop("label", strict=False).rename({column: "label"})


def _refuse_no_gold(side: _Side) -> str:
    names = ", ".join(side.table.columns)
    message = "No column looks like the right answer."
    raise fault(
        "no_gold_column", message, remedy=f"Name it gold or label. The columns are: {names}.", file=side.table.name
    )


def _add_task(side: _Side, tasks: Sequence[str]) -> None:
    column = named("task", [name for name in side.frame.columns if name not in {"item", "label"}])
    if column:
        side.frame = side.frame.rename({column: "task"}) if column != "task" else side.frame
        side.frame = side.frame.with_columns(pl.col("task").cast(pl.String))
        unknown = ~side.frame.get_column("task").is_in(list(tasks))
        remedy = f"The label file has the tasks: {', '.join(tasks[:8])}."
        side.leave_out(
            unknown, "no_such_task", message="the task is not in the label file", remedy=remedy, column=column
        )
    elif len(tasks) == 1:
        side.frame = side.frame.with_columns(task=pl.lit(tasks[0]))
    else:
        message = f"The labels have {len(tasks)} tasks, and this file does not say which one a row belongs to."
        remedy = f"Add a column task with one of: {', '.join(tasks[:8])}."
        raise fault("no_task_column", message, remedy=remedy, file=side.table.name)


def gold_from_column(labels: LabelTable, column: str) -> SideTable:
    """Gold that stands in a column of the label file itself: one right answer per item and task."""
    if column not in labels.frame.columns:
        extra = [name for name in labels.frame.columns if name not in {"item", "rater", "task", "label"}]
        near = get_close_matches(column, extra, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        message = f'There is neither a file nor a column "{column}" (given as --gold).'
        raise fault("no_such_column", message, remedy=f"{meant}The other columns are: {', '.join(extra)}.", file="")
    frame = labels.frame.select("item", "task", label=pl.col(column)).unique(maintain_order=True)
    table = Table(frame, labels.sources[0], (), tuple(frame.columns))
    return _gold(_Side(table, labels, frame))


def _gold(side: _Side) -> SideTable:
    side.frame, problems = with_plain_labels(side.frame, side.table.name)
    side.problems.extend(problems)
    side.frame = side.frame.select("item", "task", "label").filter(pl.col("label").is_not_null())
    side.frame = side.frame.unique(maintain_order=True)
    if side.frame.height == 0:
        raise fault(
            "no_gold", "There is no gold label in it.", remedy="Fill in the right answers.", file=side.table.name
        )
    contradictory = side.frame.select(pl.struct("item", "task").is_duplicated()).to_series()
    remedy = "Decide which gold label holds."
    side.leave_out(contradictory, "contradictory_gold", message="the same item has several gold labels", remedy=remedy)
    _name_strange_gold(side)
    return side.done("item", "task", "label")


def _unlabelled(side: _Side, what: str) -> pl.Series:
    """Items that nobody labelled. A file with no others belongs to other labels, or writes its ids in another way."""
    labelled = side.labels.frame.select("item").unique()
    strangers = side.frame.join(labelled, on="item", how="anti").get_column("item")
    if strangers.len() and strangers.len() == side.frame.height:
        message = f"No {what} item is among the labelled items."
        remedy = _nearest(strangers, labelled.get_column("item"))
        raise fault(f"{what}_items_not_found", message, remedy=remedy, file=side.table.name)
    return strangers


def _name_strange_gold(side: _Side) -> None:
    """Gold that no rater ever gave, or for items that nobody labelled, cannot be compared."""
    pairs = side.labels.frame.select("task", "label").unique()
    strange = side.frame.join(pairs, on=["task", "label"], how="anti").get_column("label").unique().sort()
    if strange.len():
        message = f"{strange.len():,} gold labels were never given by anybody: check their spelling."
        side.problem(
            "gold_label_not_used",
            message,
            remedy="Write gold and labels in the same way.",
            rows=strange,
            column="label",
        )
    unlabelled = _unlabelled(side, "gold")
    if unlabelled.len():
        message = f"{unlabelled.len():,} gold items have no label; they count nowhere."
        side.problem(
            "gold_items_not_labelled", message, remedy="Check the ids if you expected labels.", rows=unlabelled.sort()
        )


def read_spans(path: str | Path, labels: LabelTable, *, columns: Columns | None = None) -> SideTable:
    """Columns `item`, `rater`, `start`, `end`, `type`: offsets in Unicode code points, the end not included."""
    said = columns or Columns()
    side = _open(path, labels, item=said.item)
    names = [name for name in side.frame.columns if name != "item"]
    found = {
        "rater": said.rater if said.rater in names else named("rater", names),
        "start": _first_named(names, ("start", "start_offset", "begin", "from", "start_char")),
        "end": _first_named(names, ("end", "end_offset", "stop", "to", "end_char")),
        "type": _first_named(names, ("type", "span_type", "label", "value", "tag", "category", "class")),
    }
    for role in ("start", "end"):
        if not found[role]:
            remedy = f"Name it {role}. The columns are: {', '.join(side.table.columns)}."
            raise fault("no_span_column", f"No column holds the {role} of a span.", remedy=remedy, file=side.table.name)
    side.frame = side.frame.select("item", **_span_columns(side, found))
    numberless = side.frame.get_column("start").is_null() | side.frame.get_column("end").is_null()
    remedy = "Offsets count characters from 0."
    side.leave_out(numberless, "span_not_a_number", message="start or end is no whole number", remedy=remedy)
    reversed_ = pl.Series(side.frame.get_column("end") <= side.frame.get_column("start"))
    negative = pl.Series(side.frame.get_column("start") < 0)
    remedy = "The end is the first character after the span."
    side.leave_out(
        reversed_ | negative, "span_reversed", message="the span is empty, reversed or starts before 0", remedy=remedy
    )
    return side.done()


def _span_columns(side: _Side, found: dict[str, str]) -> dict[str, pl.Expr]:
    raters = side.labels.frame.schema["rater"]
    nothing = pl.lit(None, dtype=pl.String)
    return {
        "rater": pl.col(found["rater"]).cast(raters, strict=False) if found["rater"] else nothing,
        "start": pl.col(found["start"]).cast(pl.Int64, strict=False),
        "end": pl.col(found["end"]).cast(pl.Int64, strict=False),
        "type": pl.col(found["type"]).cast(pl.String).fill_null("span") if found["type"] else pl.lit("span"),
    }


def _first_named(names: Sequence[str], wanted: Sequence[str]) -> str:
    by_name = {normalised(name): name for name in reversed(names)}
    return next((by_name[name] for name in wanted if name in by_name), "")


def read_predictions(path: str | Path, labels: LabelTable, *, columns: Columns | None = None) -> SideTable:
    """Columns `item`, `task`, `model`, `score` (null where none), `value` (null where none)."""
    side = _open(path, labels, item=(columns or Columns()).item)
    names = [name for name in side.frame.columns if name not in {"item", "task"}]
    model = _first_named(names, ("model", "model_name", "model_version", "judge", "classifier", "system"))
    score = _first_named(names, ("score", "probability", "prob", "confidence", "p"))
    value = _first_named(names, ("value", "label", "prediction", "predicted", "predicted_label", "class", "answer"))
    if not score and not value:
        remedy = f"Name one score or value. The columns are: {', '.join(side.table.columns)}."
        raise fault("no_prediction_column", "No column holds a score or a value.", remedy=remedy, file=side.table.name)
    _add_task(side, labels.frame.get_column("task").unique().sort().to_list())
    nothing = pl.lit(None, dtype=pl.String)
    stem = Path(side.table.source.path).name.split(".")[0]
    raw = pl.col(score) if score else nothing
    side.frame = side.frame.select(
        "item",
        "task",
        model=pl.col(model).cast(pl.String).fill_null(stem) if model else pl.lit(stem),
        raw_score=raw.cast(pl.String),
        score=raw.cast(pl.Float64, strict=False),
        value=pl.col(value).cast(pl.String) if value else nothing,
    )
    return _predictions(side)


def _predictions(side: _Side) -> SideTable:
    is_number = side.frame.get_column("score").is_finite().fill_null(value=False)
    lost = side.frame.get_column("raw_score").is_not_null() & ~is_number
    remedy = "A score is a number from 0 to 1, written with a point."
    side.leave_out(lost, "score_not_a_number", message="the score is no number", remedy=remedy, column="score")
    nothing = side.frame.get_column("score").is_null() & side.frame.get_column("value").is_null()
    side.leave_out(
        nothing, "empty_prediction", message="neither score nor value is given", remedy="Fill in one of them."
    )
    _first_only(side, ["item", "task", "model"], what="item, task and model")
    beside = _unlabelled(side, "prediction").unique()
    if beside.len():
        message = f"Predictions for {beside.len():,} items that nobody labelled; people are no measure of these."
        side.problem("predictions_not_labelled", message, remedy="Check the ids if you expected labels.", rows=beside)
    outside = side.frame.filter((pl.col("score") < 0) | (pl.col("score") > 1)).get_column("item")
    if outside.len():
        message = f"{outside.len():,} scores lie outside 0 to 1: ranking holds, calibration and threshold may not."
        side.problem("score_outside", message, remedy=remedy, rows=outside, column="score")
    return side.done("item", "task", "model", "score", "value")
