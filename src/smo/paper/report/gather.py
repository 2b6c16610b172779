"""From the files a person named to the frames a report is made from; says what was guessed and what is wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from smo.paper.report.model import Input
from smo.paper.report.options import Options
from smo.tables.columns import Columns, Guess
from smo.tables.labels import LabelTable, read_labels
from smo.tables.problem import Problem, TableFault
from smo.tables.problems import find_problems
from smo.tables.side import SideTable, gold_from_column, read_gold, read_items, read_predictions, read_spans
from smo.tables.source import Source

Progress = Callable[[str, float], None]  # what goes on now, and the share of the work that is done


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that was read; `item` has one type in all frames."""

    labels: pl.DataFrame  # item, rater, task, label[, started_at, submitted_at, seconds, ...]
    files: tuple[Input, ...]
    guesses: tuple[str, ...]
    problems: tuple[Problem, ...]
    items: pl.DataFrame | None = None  # item, text, metadata
    gold: pl.DataFrame | None = None  # item, task, label
    spans: pl.DataFrame | None = None  # item, rater, start, end, type
    predictions: pl.DataFrame | None = None  # item, task, model, score, value


def _columns(options: Options) -> Columns:
    return Columns(
        item=options.item or None,
        rater=options.rater or None,
        label=options.label or None,
        task=options.task or None,
        time=options.time or None,
    )


def _keep(options: Options) -> tuple[str, ...] | None:
    """Extra columns of the label file that are needed; None leaves the choice to the reader."""
    column = (options.gold,) if options.gold and not Path(options.gold).exists() else ()
    return (*options.by, *column) or None


def _gold(options: Options, table: LabelTable) -> SideTable | None:
    if not options.gold:
        return None
    if Path(options.gold).exists():
        return read_gold(Path(options.gold), table, columns=_columns(options))
    return gold_from_column(table, options.gold)


def _inputs(role: str, sources: Iterable[Source]) -> tuple[Input, ...]:
    return tuple(Input(Path(s.path).name, role, s.rows, s.sha256, s.encoding) for s in sources)


def _sides(options: Options, table: LabelTable, *, progress: Progress) -> dict[str, SideTable]:
    readers: dict[str, Callable[[], SideTable | None]] = {
        "items": lambda: None if options.items is None else read_items(options.items, table, item=options.item or None),
        "gold": lambda: _gold(options, table),
        "spans": lambda: None if options.spans is None else read_spans(options.spans, table, columns=_columns(options)),
        "predictions": lambda: (
            None
            if options.predictions is None
            else read_predictions(options.predictions, table, columns=_columns(options))
        ),
    }
    found: dict[str, SideTable] = {}
    for role, reader in readers.items():
        side = reader()
        if side is not None:
            progress(f"read {role}", 0.15)
            found[role] = side
    return found


def _words(guesses: Sequence[Guess]) -> tuple[str, ...]:
    """One line for each reason: "item is item_id, rater is worker (by its name)"."""
    by_why: dict[str, dict[str, None]] = {}
    for guess in guesses:
        by_why.setdefault(guess.why, {})[f"{guess.what} is {guess.column}"] = None
    return tuple(f"{', '.join(said)} ({why})" for why, said in by_why.items())


def _with_extras(items: pl.DataFrame | None, labels: pl.DataFrame) -> pl.DataFrame | None:
    """Metadata by item: from the items file, else from extra columns of the label file."""
    known = {"rater", "task", "label", "started_at", "submitted_at", "seconds"}
    extra = [name for name in labels.columns if name not in known and (items is None or name not in items.columns)]
    if "item" not in extra:
        extra.insert(0, "item")
    if len(extra) == 1:
        return items
    own = labels.select(extra).unique("item", keep="first", maintain_order=True)
    return own if items is None else items.join(own, on="item", how="full", coalesce=True, maintain_order="left_right")


def gather(options: Options, progress: Progress) -> Inputs:
    """Read every file; TableFault names file, row, column and remedy where one cannot be read."""
    progress("read labels", 0.0)
    table = read_labels(options.files, _columns(options), missing=options.missing, keep=_keep(options))
    sides = _sides(options, table, progress=progress)
    frames = {role: side.frame for role, side in sides.items()}
    progress("look for faults in the data", 0.2)
    found = find_problems(table.frame)
    order = {"error": 0, "warning": 1, "note": 2}
    every = table.problems + tuple(p for side in sides.values() for p in side.problems) + found
    inputs = Inputs(
        labels=table.frame,
        files=_inputs("labels", table.sources) + _files(sides),
        guesses=_words([*table.guesses, *(guess for side in sides.values() for guess in side.guesses)]),
        problems=tuple(sorted(every, key=lambda problem: order[problem.level])),
        items=_with_extras(frames.get("items"), table.frame.drop(options.gold, strict=False)),
        gold=frames.get("gold"),
        spans=frames.get("spans"),
        predictions=frames.get("predictions"),
    )
    _refuse_unknown(options, inputs)
    return inputs


def _files(sides: dict[str, SideTable]) -> tuple[Input, ...]:
    """The side files; a key that is a column of the label file is not a file of its own."""
    return tuple(entry for role, side in sides.items() for entry in _inputs(role, side.sources))


def _refuse_unknown(options: Options, inputs: Inputs) -> None:
    """Names of tasks and columns that do not exist are errors, not silence."""
    tasks = inputs.labels.get_column("task").unique().sort().to_list()
    for option, values in (("--level", options.levels), ("--positive", options.positive)):
        for task in values:
            if task not in tasks:
                raise _fault(
                    "no_such_task", f'There is no task "{task}" ({option}).', remedy=f"Tasks: {', '.join(tasks)}."
                )
    columns = [] if inputs.items is None else [name for name in inputs.items.columns if name not in {"item", "text"}]
    for column in options.by:
        if column not in columns and f"meta.{column}" not in columns:
            remedy = f"Columns with metadata: {', '.join(columns) or 'none; name a file with --items'}."
            raise _fault("no_such_column", f'There is no column "{column}" (--by).', remedy=remedy)


def _fault(code: str, message: str, *, remedy: str) -> TableFault:
    return TableFault(Problem(code=code, message=message, remedy=remedy, count=1, level="error"))
