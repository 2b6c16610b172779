"""Auditing: what waits, plans and draws, the blind audit, findings."""

from smo.kernel.permissions import Verb
from smo.quality import actions as quality
from tests.web.audited import a_finding, drawn, person
from tests.web.routes.kinds import HELD, POST

PAGES: dict[str, str | Verb] = {
    "audits/": Verb.AUDIT,
    "audits/next": POST,
    "audits/plans": Verb.DRAW_AUDITS,
    "audits/plans/add": Verb.DRAW_AUDITS,
    "audits/plans/<uuid:plan_id>": Verb.DRAW_AUDITS,
    "audits/plans/<uuid:plan_id>/draw": POST,
    "audits/plans/<uuid:plan_id>/close": Verb.DRAW_AUDITS,
    "audits/plans/<uuid:plan_id>/draws/<uuid:draw_id>/replay": Verb.DRAW_AUDITS,
    "audits/findings": Verb.VIEW_FINDINGS,
    "audits/findings/<uuid:finding_id>": Verb.VIEW_FINDINGS,
    "audits/<uuid:audit_id>": HELD,
    "audits/<uuid:audit_id>/label": POST,
    "audits/<uuid:audit_id>/compare": HELD,
    "audits/<uuid:audit_id>/findings": POST,
}

CHANGES: dict[str, Verb] = {
    "audits/next": Verb.AUDIT,
    "audits/plans/add": Verb.DRAW_AUDITS,
    "audits/plans/<uuid:plan_id>/draw": Verb.DRAW_AUDITS,
    "audits/plans/<uuid:plan_id>/close": Verb.DRAW_AUDITS,
    "audits/<uuid:audit_id>/label": Verb.AUDIT,
    "audits/<uuid:audit_id>/findings": Verb.AUDIT,
}
SENT = {"submit_key": "00000000-0000-7000-8000-000000000009", "answers": "{}", "clean": "1"}


def made(known: dict[str, str]) -> dict[str, str]:
    """A plan with a draw, a finding, and an audit in somebody else's hands."""
    del known
    work = drawn("audit-routes")
    finding_id = a_finding(work.project)
    held = quality.claim_audit(by=person("auditor", name="Other Auditor"), project=work.project)
    assert held is not None
    return {
        "<uuid:plan_id>": str(work.plan_id),
        "<uuid:draw_id>": str(work.draw_id),
        "<uuid:finding_id>": str(finding_id),
        "<uuid:audit_id>": str(held.id),
    }
