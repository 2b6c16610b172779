"""How far people agree on a project's first question, beyond chance: Krippendorff's alpha."""

from smo.measure.families import AGREEMENT
from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Agreement",
    question="Do people who see the same item answer alike?",
    fact="answer",
    value=lambda t: t.label,
    counts=lambda t: t.is_main,
    basis="overlap",
    unit="alpha",
    method="krippendorff",
    family=AGREEMENT,
    minimum_n=50,
    dimensions=("project", "market", "language"),
    is_of_answers=True,
)
