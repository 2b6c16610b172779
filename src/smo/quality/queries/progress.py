"""How far the audits of a plan are, draw by draw: counted, not estimated, as of the moment asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q

from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Verb
from smo.measure.estimate import Estimate, not_measured
from smo.quality import models
from smo.quality.queries.reach import projects_within


@dataclass(frozen=True, slots=True)
class DrawProgress:
    """One draw: its audits by where they stand, the share filed, and the median time from decision to filing."""

    draw_id: UUID
    number: int
    drawn_at: datetime
    as_of: datetime
    waiting: int
    in_work: int
    filed: int
    withdrawn: int
    coverage: Estimate
    lag: timedelta | None


class _Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def progress(*, by: Actor, plan_id: UUID) -> tuple[DrawProgress, ...]:
    """Every draw of one version of a plan, newest first. Errors: NotFound."""
    visible = models.Plan.objects.filter(projects_within(by, Verb.DRAW_AUDITS, Verb.VIEW_FINDINGS))
    if not visible.filter(pk=plan_id).exists():
        raise NotFound(plan_id=plan_id)
    at = now()
    rows = models.Draw.objects.filter(plan=plan_id).annotate(**_counts(at)).order_by("-number")
    return tuple(_row(row, at) for row in rows)


def _counts(at: datetime) -> dict[str, Any]:
    waits = Q(audits__state="drawn") | Q(audits__state="served", audits__expires_at__lt=at)
    busy = Q(audits__state__in=("served", "locked", "revealed"))
    took = ExpressionWrapper(F("audits__filed_at") - F("audits__decision__received_at"), output_field=DurationField())
    return {
        "waiting": Count("audits", filter=waits),
        "in_work": Count("audits", filter=busy & ~waits),
        "filed": Count("audits", filter=Q(audits__state="filed")),
        "withdrawn": Count("audits", filter=Q(audits__state="withdrawn")),
        "lag": _Median(took, output_field=DurationField()),
    }


def _row(row: Any, at: datetime) -> DrawProgress:
    standing = row.waiting + row.in_work + row.filed
    return DrawProgress(
        draw_id=row.id,
        number=row.number,
        drawn_at=row.drawn_at,
        as_of=at,
        waiting=row.waiting,
        in_work=row.in_work,
        filed=row.filed,
        withdrawn=row.withdrawn,
        coverage=_share(row.filed, standing),
        lag=row.lag,
    )


def _share(filed: int, standing: int) -> Estimate:
    if not standing:
        return not_measured("system_log", "no audit of this draw stands")
    share = filed / standing
    return Estimate(share, share, share, standing, "system_log", "census", successes=filed)
