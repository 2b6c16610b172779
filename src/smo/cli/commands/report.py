"""Turn any table of labels into an honest quality report: one command, no server, no database."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from smo.measure.warm import is_compiled
from smo.paper.report.options import Options
from smo.paper.report.run import Made, make_report
from smo.tables.problem import TableFault

LEVELS = ("nominal", "ordinal", "interval", "ratio")

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Tables of labels: CSV, TSV, JSONL or Parquet, also .gz and .zst. Long form (a row for each item and "
        "rater, and task) or wide form (a column for each rater).",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the report; made where it does not exist.")]
Item = Annotated[str, typer.Option("--item", metavar="COL", help="Column with the item’s id.")]
Rater = Annotated[
    str,
    typer.Option(
        "--rater", metavar="COL", help="Column with the rater’s id; may be empty. COL,COL: a column for each rater."
    ),
]
Label = Annotated[str, typer.Option("--label", metavar="COL", help="Column with the answer.")]
Task = Annotated[str, typer.Option("--task", metavar="COL", help="Column with the question, where there are several.")]
Time = Annotated[str, typer.Option("--time", metavar="COL", help="Column with the time of the answer.")]
Gold = Annotated[str, typer.Option("--gold", metavar="FILE|COL", help="Keys: a file, or a column of the label file.")]
Items = Annotated[Path | None, typer.Option("--items", metavar="FILE", help="Texts and metadata by item.")]
Spans = Annotated[
    Path | None, typer.Option("--spans", metavar="FILE", help="Marked spans: item, rater, start, end, type.")
]
Predictions = Annotated[
    Path | None,
    typer.Option("--predictions", metavar="FILE", help="Models’ scores, values or both, of several models."),
]
By = Annotated[list[str], typer.Option("--by", metavar="COL,COL", help="Columns that cut the items into slices.")]
Level = Annotated[
    list[str], typer.Option("--level", metavar="TASK=LEVEL", help=f"Level of a task: {', '.join(LEVELS)}. Repeatable.")
]
Missing = Annotated[
    list[str], typer.Option("--missing", metavar="TASK=VALUE", help="A value that means “no answer”. Repeatable.")
]
Positive = Annotated[
    list[str], typer.Option("--positive", metavar="TASK=LABEL", help="The label that scores speak for. Repeatable.")
]
Threshold = Annotated[float, typer.Option("--threshold", help="From this score on a model says the positive label.")]
Target = Annotated[float, typer.Option("--target", help="Share of labels that must equal their keys.")]
AgreementTarget = Annotated[
    float,
    typer.Option("--agreement-target", help="Alpha to reach; 0.667 is Krippendorff’s bound for tentative conclusions."),
]
NoContent = Annotated[bool, typer.Option("--no-content", help="Leave item texts out of every file.")]


def command(
    files: Files,
    out: Out,
    *,
    item: Item = "",
    rater: Rater = "",
    label: Label = "",
    task: Task = "",
    time: Time = "",
    gold: Gold = "",
    items: Items = None,
    spans: Spans = None,
    predictions: Predictions = None,
    by: By = [],  # noqa: B006 - typer copies it
    level: Level = [],  # noqa: B006
    missing: Missing = [],  # noqa: B006
    positive: Positive = [],  # noqa: B006
    threshold: Threshold = 0.5,
    target: Target = 0.95,
    agreement_target: AgreementTarget = 0.667,
    no_content: NoContent = False,
) -> None:
    """Turn any table of labels into an honest quality report.

    Reads the labels, guesses which column is what (and says so), names what is wrong with the data, measures agreement,
    consensus, people and models with intervals, and writes report.html, report.pdf, report.xlsx, report.json and
    consensus.parquet. Nothing leaves this machine; no server and no database are needed.

    Start with: smo report labels.csv --out report

    With keys and metadata: smo report labels.csv --gold gold.csv --items items.jsonl --by lang --out report

    The exit code is 0 also where quality is bad, and 2 where a file cannot be read.
    """
    options = Options(
        files=tuple(files),
        out=out,
        item=item,
        rater=rater,
        label=label,
        task=task,
        time=time,
        gold=gold,
        items=items,
        spans=spans,
        predictions=predictions,
        by=tuple(name.strip() for entry in by for name in entry.split(",") if name.strip()),
        levels=_levels(level),
        missing=_several(missing, "--missing"),
        positive=_single(positive, "--positive"),
        threshold=_score(threshold),
        accuracy_target=_share(target, "--target"),
        agreement_target=agreement_target,
        content=not no_content,
        command=shlex.join(["smo", *map(_short, sys.argv[1:])]),
        version=version("smo"),
    )
    if not is_compiled():
        print("The first report compiles the statistics for this machine, about half a minute, once.", file=sys.stderr)
    try:
        with _progress() as step:
            made = make_report(options, step, now=datetime.now(UTC))
    except TableFault as fault:
        print(f"smo report: {fault}", file=sys.stderr)
        raise typer.Exit(2) from fault
    _say(made)


def _pairs(entries: Sequence[str], option: str) -> Iterator[tuple[str, str]]:
    """TASK=VALUE; a task's name may itself hold "=", a value may not."""
    for entry in entries:
        task, mark, value = entry.rpartition("=")
        if not mark or not task:
            raise typer.BadParameter(f"{entry!r} is not TASK=VALUE.", param_hint=option)
        yield task, value


def _single(entries: Sequence[str], option: str) -> dict[str, str]:
    return dict(_pairs(entries, option))


def _several(entries: Sequence[str], option: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for task, value in _pairs(entries, option):
        found[task] = (*found.get(task, ()), value)
    return found


def _levels(entries: Sequence[str]) -> dict[str, str]:
    found = _single(entries, "--level")
    for task, level in found.items():
        if level not in LEVELS:
            raise typer.BadParameter(f"{level!r} (task {task}) is none of {', '.join(LEVELS)}.", param_hint="--level")
    return found


def _share(value: float, option: str) -> float:
    if not 0 < value < 1:
        raise typer.BadParameter(f"{value} is not a share between 0 and 1, such as 0.95.", param_hint=option)
    return value


def _score(value: float) -> float:
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{value:g} is not a score between 0 and 1, such as 0.5.", param_hint="--threshold")
    return value


def _short(argument: str) -> str:
    """A path from the root by its name alone: the report is handed on, folders of this machine are nobody’s matter."""
    option, mark, path = argument.rpartition("=") if argument.startswith("--") else ("", "", argument)
    return f"{option}{mark}{Path(path).name}" if Path(path).is_absolute() else argument


@contextmanager
def _progress() -> Iterator:  # type: ignore[type-arg]
    """A bar on the error stream; nothing where nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        work = bar.add_task("start", total=1.0)
        yield lambda text, share: bar.update(work, description=text, completed=share)


def _say(made: Made) -> None:
    """The answer first, then where to read on."""
    report = made.report
    print(report.headline)
    print(report.summary)
    for sentence in report.fails[:3]:
        print(f"  - {sentence.text}")
    faults = sum(problem.level != "note" for problem in report.problems)
    if faults:
        print(f"Faults of the data: {faults}, each named in the report.")
    for guess in report.guesses:
        print(f"Guessed {guess}")
    print("Written:")
    for path in made.files:
        print(f"  {path}")
