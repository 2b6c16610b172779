"""Codes of numbers in words: KPIs, why there is none, what ends that, verdicts, periods, changes."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from smo.reporting.rules import Period, WhyNot
from smo.web.words import KPI_NAMES, Words


@dataclass(frozen=True, slots=True)
class KpiWords:
    """A KPI's name, what it answers, and on what it rests."""

    name: Words
    question: Words
    basis: Words


KPIS: Final[dict[str, KpiWords]] = {
    "decision_accuracy": KpiWords(
        KPI_NAMES["decision_accuracy"], _("How many of all decisions are right?"), _("audits, weighted")
    ),
    "critical_error_accuracy": KpiWords(
        KPI_NAMES["critical_error_accuracy"],
        _("How many of all decisions bear no S3 or S4 error?"),
        _("audits, weighted"),
    ),
    "agreement": KpiWords(
        KPI_NAMES["agreement"], _("Do people who see the same item answer alike, beyond chance?"), _("alpha, overlap")
    ),
    "turnaround": KpiWords(KPI_NAMES["turnaround"], _("How many items are done in time?"), _("every case")),
    "backlog": KpiWords(KPI_NAMES["backlog"], _("How many items wait now?"), _("every case, live")),
    "backlog_age": KpiWords(KPI_NAMES["backlog_age"], _("How long has the oldest item waited?"), _("every case, live")),
    "throughput": KpiWords(
        KPI_NAMES["throughput"], _("How many decisions does an hour of work bring?"), _("every timed case")
    ),
    "handle_time": KpiWords(
        KPI_NAMES["handle_time"], _("How long does one decision take? The median."), _("every timed case")
    ),
    "skip_rate": KpiWords(KPI_NAMES["skip_rate"], _("How often is an item skipped?"), _("every case")),
    "flag_rate": KpiWords(KPI_NAMES["flag_rate"], _("How often is the guideline called unclear?"), _("every case")),
}

WHY_NOT: Final[dict[str, Words]] = {
    WhyNot.WITHHELD: _("Fewer than 20 items, and you label or audit here"),
    WhyNot.NO_PLAN: _("No audit plan"),
    WhyNot.NO_AUDIT: _("No audit filed yet"),
    WhyNot.NO_OVERLAP: _("No item answered by two people"),
    WhyNot.ONE_LABEL: _("Everyone gave the same answer"),
    WhyNot.NO_DECISION: _("No decision here yet"),
    WhyNot.NO_TIMING: _("No decision was timed"),
    WhyNot.NO_ITEM: _("No item was due yet"),
}

PERIODS: Final[dict[str, Words]] = {
    Period.ALL: _("All time"),
    Period.QUARTER: _("90 days"),
    Period.FOUR_WEEKS: _("4 weeks"),
    Period.WEEK: _("7 days"),
}

PROJECT_STATES: Final[dict[str, Words]] = {
    "draft": _("Draft"),
    "live": _("Live"),
    "paused": _("Paused"),
    "closed": _("Closed"),
}

VERDICTS: Final[dict[str, Words]] = {
    "right": _("Right"),
    "wrong": _("Wrong"),
    "critical": _("Critical error"),
    "not_critical": _("No critical error"),
    "agree": _("Agree"),
    "differ": _("Differ"),
    "decided": _("Decided"),
    "skipped": _("Skipped"),
    "unavailable": _("Content was gone"),
    "no_unique_answer": _("No unique answer"),
    "flagged": _("Guideline unclear"),
    "not_flagged": _("No flag"),
    "on_time": _("On time"),
    "late": _("Late"),
    "past_due": _("Past due, open"),
    "open": _("Open"),
}
BAD: Final = frozenset({"wrong", "critical", "differ", "late", "past_due", "skipped", "flagged"})

AGAINST: Final[dict[str, Words]] = {
    "decision_accuracy": _("Only wrong ones"),
    "critical_error_accuracy": _("Only critical errors"),
    "agreement": _("Only where people differ"),
    "skip_rate": _("Only skipped ones"),
    "flag_rate": _("Only flagged ones"),
    "turnaround": _("Only late ones"),
    "backlog": _("Only past due"),
    "backlog_age": _("Only past due"),
}

WEIGHTS: Final[dict[str, Words]] = {
    "decision_accuracy": _("Stands for"),
    "critical_error_accuracy": _("Stands for"),
    "throughput": _("Seconds"),
    "handle_time": _("Seconds"),
}
DETAILS: Final[dict[str, Words]] = {
    "decision_accuracy": _("Stratum"),
    "critical_error_accuracy": _("Stratum"),
    "skip_rate": _("Reason"),
    "turnaround": _("Queue"),
    "backlog": _("Queue"),
    "backlog_age": _("Queue"),
}

CHANGES: Final[dict[str, Words]] = {
    "import": _("Import published"),
    "guideline": _("Guideline in force"),
    "schema": _("Questions published"),
}
IMPORT_KINDS: Final[dict[str, Words]] = {
    "items": _("items"),
    "decisions": _("past decisions"),
    "gold": _("gold answers"),
    "predictions": _("predictions"),
}


def state_name(state: str) -> Words:
    """Where a project stands."""
    return PROJECT_STATES.get(state, state)
