"""How many decisions an hour of active work brings; every timed decision counts."""

from smo.measure.families import PER_HOUR
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Throughput",
    question="How many decisions does an hour of work bring?",
    fact="decision",
    value=lambda t: t.active_seconds,
    counts=lambda t: t.active_seconds.notnull() & (t.active_seconds > 0) & (t.outcome != "skipped"),
    basis="system_log",
    unit="per_hour",
    method="census",
    family=PER_HOUR,
    minimum_n=20,
    dimensions=("day", "project", "product", "market", "language"),
)
