"""Findings: what audits found, filtered by the address, fifty at a time; one of them with its evidence."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from smo.catalog import queries as catalog
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, may
from smo.quality import queries
from smo.web.auditing.words import (
    CAUGHT_NAMES,
    CAUSES,
    COUNTS_FOR_NAMES,
    OUTCOMES,
    SEVERITIES,
    STATUS_NAMES,
    names,
)
from smo.web.render import id_from, is_swap, page, screen

FILTERS = ("project", "severity", "outcome_class")


@require_safe
@screen
def findings_list(request: HttpRequest, by: Actor) -> HttpResponse:
    """What audits found, newest first."""
    if Verb.VIEW_FINDINGS not in by.verbs():
        raise PermissionDenied(verb=str(Verb.VIEW_FINDINGS))
    chosen = {name: value for name in FILTERS if (value := request.GET.get(name, "").strip())}
    after = request.GET.get("after", "")
    found = queries.findings(by=by, **chosen, after=id_from(after), limit=50)
    here = reverse("auditing:findings")
    return page(
        request,
        "auditing/findings-rows.html" if is_swap(request) else "auditing/findings.html",
        rows=[_named(row) for row in found.rows],
        chosen=chosen,
        after=after,
        first_page=f"{here}?{urlencode(chosen)}",
        next_page=f"{here}?{urlencode(chosen | {'after': found.next})}" if found.next else "",
        projects=_projects(by),
        severities=SEVERITIES,
        outcomes=OUTCOMES,
        may_plan=Verb.DRAW_AUDITS in by.verbs(),
    )


@require_safe
@screen
def finding_page(request: HttpRequest, by: Actor, *, finding_id: UUID) -> HttpResponse:
    """One finding: what was decided, what it should have been, why it counts as it does."""
    found = queries.finding(by=by, finding_id=finding_id)
    schema = catalog.schema_version(found.schema_version_id).schema if found.schema_version_id else None
    return page(
        request,
        "auditing/finding.html",
        found=found,
        schema=schema,
        outcome=names(OUTCOMES).get(found.outcome_class, found.outcome_class),
        severity=names(SEVERITIES).get(found.severity, found.severity),
        severity_by_rule=names(SEVERITIES).get(found.severity_by_rule, found.severity_by_rule),
        means=next((choice.means for choice in SEVERITIES if choice.code == found.severity), ""),
        cause=names(CAUSES).get(found.cause, found.cause),
        caught=CAUGHT_NAMES.get(found.caught, found.caught),
        status=STATUS_NAMES.get(found.status, found.status),
        counts_for=[COUNTS_FOR_NAMES.get(code, code) for code in found.counts_for],
    )


def _named(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "outcome": names(OUTCOMES).get(row.outcome_class, row.outcome_class),
        "severity": names(SEVERITIES).get(row.severity, row.severity),
        "cause": names(CAUSES).get(row.cause, row.cause),
        "status": STATUS_NAMES.get(row.status, row.status),
    }


def _projects(by: Actor) -> dict[str, str]:
    rows = catalog.projects(by=by)
    return {row.code: row.name for row in rows if may(by, Verb.VIEW_FINDINGS, scope=Scope(project=row.code))}
