"""How often an item is left undecided: skips show where a rule, a language or a tool gives people no way on."""

from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Skip rate",
    question="How often is an item skipped?",
    fact="decision",
    value=lambda t: t.outcome == "skipped",
    counts=lambda t: ~t.is_imported,
    basis="system_log",
    higher_is_better=False,
    minimum_n=20,
    dimensions=("day", "project", "product", "market", "language"),
    is_of_answers=True,
)
