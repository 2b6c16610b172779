"""Reads of numbers: the board, a project's numbers and what changed there, and the items behind a number."""

from smo.reporting.queries.board import BoardRow, board
from smo.reporting.queries.changes import Change, changes
from smo.reporting.queries.evidence import EvidencePage, EvidenceRow, evidence
from smo.reporting.queries.numbers import Cell
from smo.reporting.queries.project import ProjectNumbers, Week, project_numbers, weekly
from smo.reporting.queries.waiting import Waiting, WaitingRow, waiting

__all__ = [
    "BoardRow",
    "Cell",
    "Change",
    "EvidencePage",
    "EvidenceRow",
    "ProjectNumbers",
    "Waiting",
    "WaitingRow",
    "Week",
    "board",
    "changes",
    "evidence",
    "project_numbers",
    "waiting",
    "weekly",
]
