"""Addresses of auditing: what waits for an auditor, plans and their draws, findings."""

from django.urls import path

from smo.web.auditing import audits, findings, plans

app_name = "auditing"
urlpatterns = [
    path("", audits.waiting, name="audits"),
    path("next", audits.claim_next, name="audits-next"),
    path("plans", plans.plans_list, name="plans"),
    path("plans/add", plans.add_plan, name="plans-add"),
    path("plans/<uuid:plan_id>", plans.plan_page, name="plans-plan"),
    path("plans/<uuid:plan_id>/draw", plans.draw, name="plans-draw"),
    path("plans/<uuid:plan_id>/close", plans.close, name="plans-close"),
    path("plans/<uuid:plan_id>/draws/<uuid:draw_id>/replay", plans.replay, name="plans-replay"),
    path("findings", findings.findings_list, name="findings"),
    path("findings/<uuid:finding_id>", findings.finding_page, name="findings-finding"),
    path("<uuid:audit_id>", audits.own_label, name="audits-audit"),
    path("<uuid:audit_id>/label", audits.lock, name="audits-lock"),
    path("<uuid:audit_id>/compare", audits.compare, name="audits-compare"),
    path("<uuid:audit_id>/findings", audits.file, name="audits-file"),
]
