"""How long one decision takes: the median of active time, so that one long pause does not move it."""

from smo.measure.families import DURATION
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Handle time",
    question="How long does one decision take?",
    fact="decision",
    value=lambda t: t.active_seconds,
    counts=lambda t: t.active_seconds.notnull() & (t.active_seconds > 0) & (t.outcome != "skipped"),
    basis="system_log",
    unit="seconds",
    higher_is_better=False,
    method="census",
    family=DURATION,
    minimum_n=20,
    dimensions=("day", "project", "product", "market", "language"),
)
