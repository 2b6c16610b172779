"""How many of all decisions bear no critical error (severity S3 or S4): apart from all others, never averaged away."""

from smo.measure.families import WEIGHTED_SHARE
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Critical-error accuracy",
    question="How many of all decisions are free of a critical error?",
    fact="audit",
    value=lambda t: ~t.is_critical,
    counts=lambda t: t.purpose == "estimate",
    basis="probability_audit",
    method="hajek_logit",
    family=WEIGHTED_SHARE,
    minimum_n=50,
    dimensions=("day", "project", "product", "market", "language"),
    is_of_answers=True,
)
