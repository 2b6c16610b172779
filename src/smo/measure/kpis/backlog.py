"""How many items wait for a decision now: counted in the database at the moment of asking, not in the facts."""

from smo.measure.families import LIVE
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Backlog",
    question="How many items wait now?",
    fact="item",
    value=lambda t: t.final_at.isnull(),
    basis="system_log",
    unit="items",
    higher_is_better=False,
    method="census",
    family=LIVE,
    minimum_n=0,  # none waiting is a number too
    dimensions=("project",),
)
