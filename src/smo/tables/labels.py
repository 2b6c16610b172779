"""Read label files into one canonical table: item, rater, task, label and times, whatever form they were brought in."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from smo.tables.columns import Columns, Guess, Roles, find_roles, is_plain_name
from smo.tables.problem import Problem, counted
from smo.tables.reading import Table, read_table
from smo.tables.source import Source, fault
from smo.tables.times import parse_times
from smo.tables.wide import long_by_rater, long_by_task

CANONICAL = ("item", "rater", "task", "label", "started_at", "submitted_at", "seconds")
_KEEP_ALL_BYTES = 256 << 20  # larger files: extra columns only when asked for, so that memory stays bounded
_MAYBE_BLANK = {pl.String, pl.Null}
_NO_TASKS: Mapping[str, Collection[str]] = {}


@dataclass(frozen=True, slots=True)
class LabelTable:
    """A row per answer. `rater` is null where nobody is named, `label` is null where nothing was answered.

    Columns: item, rater, task, label, then started_at, submitted_at, seconds where given, then the kept ones.
    """

    frame: pl.DataFrame
    guesses: tuple[Guess, ...]
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]


def read_labels(
    paths: Sequence[str | Path],
    columns: Columns | None = None,
    *,
    missing: Mapping[str, Collection[str]] = _NO_TASKS,
    keep: Sequence[str] | None = None,
) -> LabelTable:
    """The answers of all files together.

    `missing` names by task the values that mean "no answer"; `keep` names the extra columns to hold (None: all, of
    files up to 256 MB). Errors: TableFault with file, row, column and remedy.
    """
    parts = _raters_by_file([_read_file(Path(path), columns or Columns(), keep=keep) for path in paths])
    frames = [part.frame for part in parts]
    frame = pl.concat(frames, how="diagonal_relaxed") if len(frames) > 1 else frames[0]
    frame = _without_missing(frame, missing)
    guesses = tuple(dict.fromkeys(guess for part in parts for guess in part.guesses))
    problems = tuple(problem for part in parts for problem in part.problems)
    return LabelTable(frame, guesses, tuple(source for part in parts for source in part.sources), problems)


def _read_file(path: Path, columns: Columns, *, keep: Sequence[str] | None) -> LabelTable:
    chosen: list[tuple[Roles, tuple[Guess, ...]]] = []
    large = path.is_file() and path.stat().st_size > _KEEP_ALL_BYTES
    extra = () if keep is None and large else keep

    def wanted(head: pl.DataFrame) -> list[str] | None:
        roles, guesses = find_roles(head, columns, file=path.name)
        chosen.append((roles, guesses))
        if extra is None:
            return None
        return list(dict.fromkeys((*roles.used, *(name for name in extra if name in head.columns))))

    table = read_table(path, columns=wanted)
    if not chosen:
        raise fault("no_rows", "The file has no rows.", remedy="Check the export that made it.", file=path.name)
    roles, guesses = chosen[0]
    _refuse_doubled(table, roles)
    guesses = _fulfilled(guesses, table.frame)
    frame, problems = _canonical(table, roles)
    unread = _unread(table, roles) if keep is None and large else ()
    return LabelTable(frame, guesses, (table.source,), table.problems + problems + unread)


def _raters_by_file(parts: list[LabelTable]) -> list[LabelTable]:
    """One file per person, as doccano writes them: nobody is named, and the files answer the same items once each."""
    nameless = all(part.frame.get_column("rater").null_count() == part.frame.height for part in parts)
    names = [Path(part.sources[0].path).name.split(".")[0] for part in parts]
    if len(parts) < 2 or not nameless or len(set(names)) < len(names):
        return parts
    answers = [part.frame.select(pl.col("item").cast(pl.String), "task") for part in parts]
    once_each = all(frame.n_unique() == frame.height for frame in answers)
    together = pl.concat(answers)
    if not once_each or together.n_unique() == together.height:
        return parts
    return [_of_one_rater(part, name) for part, name in zip(parts, names, strict=True)]


def _of_one_rater(part: LabelTable, name: str) -> LabelTable:
    why = "no column names people, and each file answers the same items once"
    guesses = (*(guess for guess in part.guesses if guess.what != "rater"), Guess("rater", "the file's name", why))
    return replace(part, frame=part.frame.with_columns(rater=pl.lit(name)), guesses=guesses)


def _refuse_doubled(table: Table, roles: Roles) -> None:
    for problem in table.problems:
        if problem.code == "doubled_column" and problem.column in roles.used:
            message = f'There are {problem.count} columns "{problem.column}" ({", ".join(problem.examples)}).'
            remedy = "It cannot be told which one is meant: rename one of them."
            raise fault("doubled_column", message, remedy=remedy, file=table.name, row=1, column=problem.column)


def _fulfilled(guesses: tuple[Guess, ...], frame: pl.DataFrame) -> tuple[Guess, ...]:
    """Guesses about columns that hold something; an empty rater column means anonymous ratings."""
    blank = {name for name in frame.columns if frame.schema[name] in _MAYBE_BLANK and _is_blank(frame.get_column(name))}
    kept = [guess for guess in guesses if guess.column not in blank or guess.what in {"item", "label"}]
    empty = [guess for guess in guesses if guess.what == "rater" and guess.column in blank]
    why = "it is the rater by its name, but empty; ratings are anonymous"
    return (*kept, *(Guess("rater", f"none ({guess.column})", why) for guess in empty))


def _is_blank(column: pl.Series) -> bool:
    return column.null_count() == column.len() or not (column.cast(pl.String).str.strip_chars() != "").any()


def _unread(table: Table, roles: Roles) -> tuple[Problem, ...]:
    names = [name for name in table.columns if name not in roles.used]
    if not names:
        return ()
    message = f"The file is large: {len(names)} columns without a role were not read ({', '.join(names[:8])})."
    remedy = "Name those that you need, for example with --by."
    return (Problem("columns_not_read", message, remedy, len(names), "note", table.name),)


def _canonical(table: Table, roles: Roles) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    frame = _with_free_names(table.frame, roles)
    frame = _long(frame, roles)
    problems: list[Problem] = []
    frame, lost = _without_nameless(frame, table, roles=roles)
    problems.extend(lost)
    frame, sets = with_plain_labels(frame, table.name)
    problems.extend(sets)
    frame, timed = _with_times(frame, roles, file=table.name)
    problems.extend(timed)
    first = [name for name in CANONICAL if name in frame.columns]
    return frame.select(*first, pl.exclude(first)), tuple(problems)


def _with_free_names(frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    """An extra column that has a canonical name makes room for the column that was said to have the role."""
    taken = {name: f"file.{name}" for name in frame.columns if name in CANONICAL and name not in roles.used}
    return frame.rename(taken)


def _long(frame: pl.DataFrame, roles: Roles) -> pl.DataFrame:
    names = {roles.item: "item", roles.rater: "rater", roles.task: "task"}
    if len(roles.labels) == 1:
        names[roles.labels[0]] = "label"
    frame = frame.rename({old: new for old, new in names.items() if old})
    if roles.raters:
        frame = long_by_rater(frame, roles.raters)
    if len(roles.labels) > 1:
        frame = long_by_task(frame, roles.labels)
    if "rater" not in frame.columns:
        frame = frame.with_columns(rater=pl.lit(None, dtype=pl.String))
    if "task" not in frame.columns:
        frame = frame.with_columns(task=pl.lit(_task_name(roles)))
    return frame.with_columns(pl.col("task").cast(pl.String).fill_null("label"))


def _task_name(roles: Roles) -> str:
    """The label column's own name where it says something, else `label`."""
    column = roles.labels[0] if roles.labels else "label"
    return "label" if is_plain_name("label", column) else column


def _without_nameless(frame: pl.DataFrame, table: Table, *, roles: Roles) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Rows without an item cannot be counted for any item; blank rater cells are anonymous."""
    frame = frame.with_columns(_blank_as_null(frame, name) for name in ("item", "rater"))
    lost = frame.get_column("item").is_null()
    if not lost.any():
        return frame, ()
    count = int(lost.sum())
    message = f"{counted(count, 'row')} left out: no item is named."
    row = None if roles.raters or len(roles.labels) > 1 else table.row_of(int(lost.arg_true()[0]))
    remedy = "Give each row the id of its item."
    if count == frame.height:
        raise fault("no_items", "No row names an item.", remedy=remedy, file=table.name, column=roles.item)
    return frame.filter(~lost), (Problem("no_item", message, remedy, count, "warning", table.name, row, roles.item),)


def _blank_as_null(frame: pl.DataFrame, name: str) -> pl.Expr:
    if frame.schema[name] != pl.String:
        return pl.col(name)
    return pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)).alias(name)


def with_plain_labels(frame: pl.DataFrame, file: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Labels as text: blank is null, numbers without a needless `.0`, sets (`a|b`, `["a","b"]`) in one order."""
    frame = frame.with_columns(_label_text(frame.schema["label"]))
    distinct = frame.get_column("label").unique().drop_nulls()
    changed = {old: new for old in distinct.to_list() if (new := plain_set(old)) != old}
    blank = {old: None for old in distinct.to_list() if not old.strip()}
    if not changed and not blank:
        return frame, ()
    frame = frame.with_columns(pl.col("label").replace({**changed, **blank}))
    lists = [old for old in changed if old.startswith("[")]
    return frame, tuple(_set_problems(lists, len(changed) - len(lists), file=file))


def _label_text(dtype: pl.DataType) -> pl.Expr:
    label = pl.col("label")
    if dtype.is_float():
        whole = label == label.round(0)
        return pl.when(whole).then(label.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(label.cast(pl.String))
    return label.cast(pl.String)


def plain_set(label: str) -> str:
    """A set of labels in one order: a set has none.

    >>> plain_set("b|a"), plain_set('["b","a"]'), plain_set("[]"), plain_set("a||b"), plain_set("plain")
    ('a|b', 'a|b', '[]', 'a||b', 'plain')
    """
    if label.startswith("[") and label.endswith("]"):
        parts = _json_list(label)
    else:
        parts = label.split("|") if "|" in label else []
    parts = [part for part in parts if isinstance(part, str)]
    return "|".join(sorted(set(parts))) if parts and all(part.strip() for part in parts) else label


def _json_list(label: str) -> list[str]:
    try:
        content = json.loads(label)
    except json.JSONDecodeError:
        return []
    return [part if isinstance(part, str) else json.dumps(part) for part in content]


def _set_problems(lists: list[str], reordered: int, *, file: str) -> Iterator[Problem]:
    if lists:
        message = f"{len(lists):,} different labels are JSON lists; each was read as a set joined by |."
        examples = tuple(lists[:3])
        yield Problem("list_labels", message, "Nothing to do.", len(lists), "note", file, None, "label", "", examples)
    if reordered:
        message = f"{reordered:,} different sets were written in another order; a set has none, so they count as one."
        yield Problem("set_order", message, "Nothing to do.", reordered, "note", file, None, "label")


def _with_times(frame: pl.DataFrame, roles: Roles, *, file: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    problems: list[Problem] = []
    for column, name in ((roles.started, "started_at"), (roles.time, "submitted_at")):
        if not column:
            continue
        times = parse_times(frame.get_column(column), file=file)
        frame = frame.drop(column)
        problems.extend(times.problems)
        if times.values.null_count() < times.values.len():
            frame = frame.with_columns(times.values.alias(name))
    frame, odd = _with_seconds(frame, roles, file=file)
    return frame, (*problems, *odd)


def _with_seconds(frame: pl.DataFrame, roles: Roles, *, file: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    if roles.seconds:
        seconds = frame.get_column(roles.seconds).cast(pl.Float64, strict=False)
        frame = frame.drop(roles.seconds)
    elif {"started_at", "submitted_at"} <= set(frame.columns):
        seconds = (frame.get_column("submitted_at") - frame.get_column("started_at")).dt.total_microseconds() / 1e6
    else:
        return frame, ()
    negative = (seconds < 0).fill_null(value=False)
    frame = frame.with_columns(seconds.set(negative, None).alias("seconds"))
    if not negative.any():
        return frame, ()
    message = f"{int(negative.sum()):,} answers end before they start; their duration counts as not given."
    remedy = "Check the clocks, or which column is the start."
    examples = tuple(str(item) for item in frame.get_column("item").filter(negative).head(3))
    count = int(negative.sum())
    return frame, (Problem("negative_seconds", message, remedy, count, "warning", file, examples=examples),)


def _without_missing(frame: pl.DataFrame, missing: Mapping[str, Collection[str]]) -> pl.DataFrame:
    tasks = frame.get_column("task").unique().sort().to_list() if missing else []
    for task, values in missing.items():
        if task not in tasks:
            message = f'There is no task "{task}" (given as --missing).'
            raise fault("no_such_task", message, remedy=f"The tasks are: {', '.join(tasks)}.", file="")
        is_missing = (pl.col("task") == task) & pl.col("label").is_in(list(values))
        frame = frame.with_columns(pl.when(~is_missing).then(pl.col("label")).alias("label"))
    return frame
