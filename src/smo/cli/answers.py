"""An answer of a command as a plain table for people, or as JSON for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from smo.cli.faults import CommandFault

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence that answers, a table, and what to bear in mind; `data` holds the same numbers unrounded."""

    says: str
    data: Mapping[str, Any]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer."""
    if as_json:
        print(json.dumps(answer.data, indent=1))
        return
    console = Console(width=_WIDTH, highlight=False, markup=False, soft_wrap=True)
    console.print(answer.says)
    if answer.rows:
        table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
        for place, column in enumerate(answer.columns):
            table.add_column(column, justify="left" if place == 0 else "right", overflow="fold")
        for row in answer.rows:
            table.add_row(*row)
        console.print()
        console.print(table)
    if answer.notes:
        console.print()
        for note in answer.notes:
            console.print(note)


@contextmanager
def faults_in_words() -> Iterator[None]:
    """What the statistics refuse is a fault of the command: its words, without a trace."""
    try:
        yield
    except ValueError as fault:
        text = str(fault)
        raise CommandFault(f"{text[:1].upper()}{text[1:]}.") from fault


def percent(share: float) -> str:
    """A share for a table: 3 significant digits.

    >>> percent(0.05), percent(0.12345), percent(0.99995), percent(0.0)
    ('5 %', '12.3 %', '99.995 %', '0 %')
    """
    near = min(share, 1 - share) * 100
    digits = 3 if near <= 0 else max(0, 3 - len(str(int(near))) if near >= 1 else 4)
    text = f"{100 * share:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " %"


def count(number: float) -> str:
    """A count for a table.

    >>> count(1825)
    '1,825'
    """
    return f"{number:,.0f}"
