"""How often somebody says that the guideline is unclear: where this rises, the rules need words, not the people."""

from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Flag rate",
    question="How often is the guideline called unclear?",
    fact="decision",
    value=lambda t: t.is_flagged,
    counts=lambda t: ~t.is_imported,
    basis="system_log",
    higher_is_better=False,
    minimum_n=20,
    dimensions=("day", "project", "product", "market", "language"),
    is_of_answers=True,
)
