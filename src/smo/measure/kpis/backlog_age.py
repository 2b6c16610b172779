"""How old the oldest waiting item is now: counted in the database at the moment of asking, not in the facts."""

from smo.measure.families import LIVE
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Oldest waiting item",
    question="How long has the oldest item waited?",
    fact="item",
    value=lambda t: t.at,
    basis="system_log",
    unit="seconds",
    higher_is_better=False,
    method="census",
    family=LIVE,
    minimum_n=0,  # none waiting is a number too
    dimensions=("project",),
)
