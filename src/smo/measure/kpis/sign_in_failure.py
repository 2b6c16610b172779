"""How often an attempt to sign in fails: rising numbers mean guessing from outside or a door that is too hard."""

from smo.measure.kpi import Kpi

KPI = Kpi(
    title="Sign-ins that failed",
    fact="sign_in_attempt",
    value=lambda t: t.outcome != "succeeded",
    basis="system_log",
    higher_is_better=False,
    minimum_n=20,
    dimensions=("day",),
)
