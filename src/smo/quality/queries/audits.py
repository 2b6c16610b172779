"""Audits as the auditor meets them: what waits, what is in hand; never what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from smo.intake import queries as intake
from smo.intake.queries import Content
from smo.kernel.clock import now, today
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor
from smo.labeling import queries as labeling
from smo.people.models import Grant
from smo.quality import models
from smo.quality.queries.reach import LANGUAGE, audits_within, known_to
from smo.quality.rules.blindness import stratum_tells
from smo.quality.rules.refusals import AuditWithdrawn

OPEN = ("served", "locked", "revealed")
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class AuditTask:
    """One audit in hand. Stratum and chance are empty while they would tell what was decided, or by whom."""

    id: UUID
    project: str
    content: Content
    schema_version_id: UUID
    guideline_version_id: UUID | None
    state: str
    served_at: datetime | None
    expires_at: datetime | None
    plan_name: str
    plan_version: int
    purpose: str
    design: str
    seed: int
    stratum: str
    inclusion_probability: float | None
    position: int
    of: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """How many audits of one plan this auditor could be handed now."""

    project: str
    project_name: str
    plan_name: str
    waiting: int


@dataclass(frozen=True, slots=True)
class WaitingAudits:
    """What an auditor has in hand, and what waits."""

    open: AuditTask | None
    waiting: tuple[WaitingRow, ...]

    @property
    def total(self) -> int:
        """All that waits."""
        return sum(row.waiting for row in self.waiting)


def audit_task(*, by: Actor, audit_id: UUID) -> AuditTask:
    """One's own audit. Errors: NotFound, also for an audit of someone else; AuditWithdrawn."""
    row = _rows().filter(pk=audit_id, auditor=by.id).exclude(state="drawn").first()
    if row is None:
        raise NotFound(audit_id=audit_id)
    if row.state == "withdrawn":
        raise AuditWithdrawn(audit_id=audit_id)
    return _task(row)


def waiting_audits(*, by: Actor) -> WaitingAudits:
    """What I hold, and what waits for me by plan."""
    held = _rows().filter(auditor=by.id, state__in=OPEN).first()
    plan = ("project__code", "project__name", "draw__plan__name")
    counted = _for(by).values_list(*plan).annotate(waiting=Count("pk")).order_by(*plan)
    return WaitingAudits(_task(held) if held else None, tuple(WaitingRow(*row) for row in counted))


def claimable(*, by: Actor, project: str = "") -> Iterator[UUID]:
    """Audits that may be handed to this person, in their order: draws by time, within a draw at random."""
    rows = _for(by).order_by("draw_id", "position")
    rows = rows.filter(project__code=project) if project else rows
    last: tuple[UUID, int] | None = None
    while True:
        page = rows.filter(Q(draw__gt=last[0]) | Q(draw=last[0], position__gt=last[1])) if last else rows
        found = list(page.values_list("pk", "item_id", "draw_id", "position")[:_AT_ONCE])
        # who may still label the item is not shown another's answer by way of an audit
        blind = labeling.masked_items(by=by, item_ids=[item for _, item, _, _ in found])
        yield from (pk for pk, item, _, _ in found if item not in blind)
        if len(found) < _AT_ONCE:
            return
        last = found[-1][2:]


def _for(by: Actor) -> QuerySet[models.Audit]:
    """Audits that wait (or whose time ran out) in this person's reach, about others' work, of no item they know."""
    waits = Q(state="drawn") | Q(state="served", expires_at__lt=now())
    rows = models.Audit.objects.annotate(language=LANGUAGE).filter(waits, audits_within(by), draw__plan__state="active")
    for known in (*known_to(by), *_of_own_team(by)):
        rows = rows.filter(~known)  # one by one: joined by OR they would be looked up row by row
    return rows


def _of_own_team(by: Actor) -> tuple[Exists, ...]:
    """Decisions of those who hold a grant in a team of mine; nothing to ask for who is in none."""
    teams = {grant.scope.team for grant in by.person().grants if grant.scope.team}
    day = today("UTC")
    held = Grant.objects.filter(team__in=teams, person=OuterRef("decision__person__key"), ended_at=None)
    return (Exists(held.filter(starts_on__lte=day).exclude(ends_on__lt=day)),) if teams else ()


def _rows() -> QuerySet[models.Audit]:
    rows = models.Audit.objects.select_related("project", "draw__plan")
    return rows.annotate(strata_by=F("draw__plan__strata_by"))


def _task(row: models.Audit) -> AuditTask:
    plan = row.draw.plan
    hides = row.state == "served" and stratum_tells(tuple(plan.strata_by))
    assert row.schema_version_id is not None  # set when it was drawn
    return AuditTask(
        id=row.id,
        project=row.project.code,
        content=intake.content([row.item_id])[row.item_id],
        schema_version_id=row.schema_version_id,
        guideline_version_id=row.guideline_version_id,
        state=row.state,
        served_at=row.served_at,
        expires_at=row.expires_at,
        plan_name=plan.name,
        plan_version=plan.version,
        purpose=plan.purpose,
        design=plan.design,
        seed=row.draw.seed,
        stratum="" if hides else row.stratum,
        inclusion_probability=None if hides else row.inclusion_probability,
        position=row.position,
        of=models.Audit.objects.filter(draw=row.draw_id).exclude(state="withdrawn").count(),
    )
