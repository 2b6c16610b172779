"""How many of all decisions are right: audits of probability samples, each weighted by what it stands for."""

from smo.measure.families import WEIGHTED_SHARE
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Decision accuracy",
    question="How many of all decisions are right?",
    fact="audit",
    value=lambda t: t.is_correct,
    counts=lambda t: t.purpose == "estimate",  # what was drawn to find errors says nothing about how many there are
    basis="probability_audit",
    method="hajek_logit",
    family=WEIGHTED_SHARE,
    minimum_n=50,
    dimensions=("day", "project", "product", "market", "language"),
    is_of_answers=True,
)
