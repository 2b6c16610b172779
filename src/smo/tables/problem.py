"""Say what is wrong with somebody's table: which file, row and column, how often, and what to do."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of fault in a table. Rows are lines of the file, counted from 1 (the header is line 1)."""

    code: str
    message: str
    remedy: str
    count: int
    level: Level
    file: str = ""
    row: int | None = None
    column: str = ""
    task: str = ""
    examples: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is: `labels.csv, row 7, column "label"`."""
        parts = [
            self.file,
            "" if self.row is None else f"row {self.row}",
            f'column "{self.column}"' if self.column else "",
            f'task "{self.task}"' if self.task else "",
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        start = f"{self.place}: " if self.place else ""
        return f"{start}{self.message} {self.remedy}".strip()


def counted(number: int, noun: str) -> str:
    """A count with its noun: `1 row`, `2,000 rows`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class TableFault(Exception):
    """A table that cannot be read at all; its problem says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return str(self.problem)
