"""How many items are done in time. Open ones past their time count as missed, or the number would flatter a backlog."""

from smo.measure.kpi import Kpi

KPI = Kpi(
    title="On time",
    question="How many items are done in time?",
    fact="item",
    value=lambda t: t.state == "on_time",
    counts=lambda t: t.state != "open",
    basis="system_log",
    method="census",
    minimum_n=20,
    dimensions=("day", "project", "product", "market", "language"),
)
