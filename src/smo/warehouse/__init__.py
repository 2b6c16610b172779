"""Facts on disk and the measured numbers made from them; knows no app."""

from smo.warehouse.answers import Answer, Row, UnknownKpi, answer
from smo.warehouse.lake import erase, facts, write

__all__ = ["Answer", "Row", "UnknownKpi", "answer", "erase", "facts", "write"]
