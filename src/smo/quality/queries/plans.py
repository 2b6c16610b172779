"""Sampling plans, their draws, and how far the audits of each are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Verb
from smo.labeling.models import Queue
from smo.people.models import Person
from smo.quality import models
from smo.quality.queries.reach import projects_within, works_in
from smo.quality.rules.blindness import is_withheld, stratum_tells

_BUSY = ("served", "locked", "revealed")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan in a list; `drawn` counts audits of all its draws that still stand, `served` those in work."""

    id: UUID
    project: str
    project_name: str
    name: str
    version: int
    purpose: str
    design: str
    strata_by: tuple[str, ...]
    sample_size: int
    state: str
    drawn: int
    served: int
    filed: int
    last_drawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a plan of the same name."""

    id: UUID
    version: int
    created_at: datetime
    sample_size: int


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """One plan with all its settings; `versions` are all of the same name, newest first."""

    id: UUID
    project: str
    project_name: str
    name: str
    version: int
    purpose: str
    design: str
    strata_by: tuple[str, ...]
    sample_size: int
    state: str
    drawn: int
    served: int
    filed: int
    last_drawn_at: datetime | None
    allocation: str
    minimum_per_stratum: int
    maximum_per_stratum: int
    blind_mode: str
    seed: int
    created_at: datetime
    created_by_name: str
    versions: tuple[PlanVersion, ...]


@dataclass(frozen=True, slots=True)
class StratumRow:
    """One stratum of a draw; of a small one that would tell what people answered, the numbers are withheld."""

    stratum: str
    size: int | None
    drawn: int | None
    inclusion_probability: float | None

    @property
    def is_withheld(self) -> bool:
        """Are the numbers kept from whoever asked?"""
        return self.size is None


@dataclass(frozen=True, slots=True)
class DrawRow:
    """One draw with what proves it, and how far its audits are."""

    id: UUID
    number: int
    seed: int
    frame_from: datetime
    frame_to: datetime
    frame_size: int
    frame_hash: str
    strata: tuple[StratumRow, ...]
    drawn_by_name: str
    drawn_at: datetime
    drawn: int
    served: int
    filed: int
    withdrawn: int


def plans(*, by: Actor, project: str = "") -> tuple[PlanRow, ...]:
    """The newest version of each plan within one's reach, of one project or all, those drawn last first."""
    newest = models.Plan.objects.filter(projects_within(by, Verb.DRAW_AUDITS, Verb.VIEW_FINDINGS))
    newest = newest.order_by("project", "name", "-version").distinct("project", "name")
    rows = _counted(models.Plan.objects.filter(pk__in=newest.values("pk"))).order_by("-last_drawn_at", "-id")
    rows = rows.filter(project__code=project) if project else rows
    return tuple(PlanRow(**_row(row)) for row in rows)


def plan(*, by: Actor, plan_id: UUID) -> PlanDetail:
    """One version of a plan. Errors: NotFound, also when there is one beyond one's reach."""
    row = _counted(_visible(by)).filter(pk=plan_id).first()
    if row is None:
        raise NotFound(plan_id=plan_id)
    versions = models.Plan.objects.filter(project=row.project_id, name=row.name).order_by("-version")
    return PlanDetail(
        **_row(row),
        allocation=row.allocation,
        minimum_per_stratum=row.minimum_per_stratum,
        maximum_per_stratum=row.maximum_per_stratum,
        blind_mode=row.blind_mode,
        seed=row.seed,
        created_at=row.created_at,
        created_by_name=_names({row.created_by}).get(row.created_by, ""),
        versions=tuple(PlanVersion(v.id, v.version, v.created_at, v.sample_size) for v in versions),
    )


def draws(*, by: Actor, plan_id: UUID) -> tuple[DrawRow, ...]:
    """The draws of one version of a plan, newest first. Errors: NotFound."""
    row = _visible(by).select_related("project").filter(pk=plan_id).first()
    if row is None:
        raise NotFound(plan_id=plan_id)
    found = list(row.draws.annotate(**_counts("audits")).order_by("-number"))
    names = _names({draw.drawn_by for draw in found})
    labels = _stratum_labels(row, found)
    hides = works_in(by, row.project.code) and stratum_tells(tuple(row.strata_by))
    return tuple(_draw_row(draw, names=names, labels=labels, hides=hides) for draw in found)


def _visible(by: Actor) -> QuerySet[models.Plan]:
    return models.Plan.objects.filter(projects_within(by, Verb.DRAW_AUDITS, Verb.VIEW_FINDINGS))


def _counts(path: str) -> dict[str, Any]:
    state = f"{path}__state"
    return {
        "drawn": Count(path, filter=~Q(**{state: "withdrawn"})),
        "served": Count(path, filter=Q(**{f"{state}__in": _BUSY})),
        "filed": Count(path, filter=Q(**{state: "filed"})),
        "withdrawn": Count(path, filter=Q(**{state: "withdrawn"})),
    }


def _counted(rows: QuerySet[models.Plan]) -> QuerySet[Any]:
    last = Max("draws__drawn_at")
    return rows.select_related("project").annotate(**_counts("draws__audits"), last_drawn_at=last)


def _row(row: Any) -> dict[str, Any]:
    same = ("id", "name", "version", "purpose", "design", "sample_size", "state")
    counted = ("drawn", "served", "filed", "last_drawn_at")
    values = {name: getattr(row, name) for name in (*same, *counted)}
    project = {"project": row.project.code, "project_name": row.project.name}
    return values | project | {"strata_by": tuple(row.strata_by)}


def _draw_row(draw: Any, *, names: dict[UUID, str], labels: dict[str, str], hides: bool) -> DrawRow:
    same = ("id", "number", "seed", "frame_from", "frame_to", "frame_size", "drawn_at")
    counted = ("drawn", "served", "filed", "withdrawn")
    return DrawRow(
        **{name: getattr(draw, name) for name in (*same, *counted)},
        frame_hash=bytes(draw.frame_hash).hex(),
        drawn_by_name=names.get(draw.drawn_by, ""),
        strata=tuple(_stratum_row(stratum, labels=labels, hides=hides) for stratum in draw.strata),
    )


def _stratum_row(stratum: dict[str, Any], *, labels: dict[str, str], hides: bool) -> StratumRow:
    name, size, drawn = stratum["stratum"], stratum["size"], stratum["drawn"]
    label = " / ".join(labels.get(part, part) for part in name.split(" / "))
    if is_withheld(size, works_here=hides):
        return StratumRow(label, None, None, None)
    return StratumRow(label, size, drawn, drawn / size)


def _stratum_labels(row: models.Plan, found: list[Any]) -> dict[str, str]:
    """Names for the ids that stand in strata by person or queue."""
    if not {"person", "queue"} & set(row.strata_by):
        return {}
    parts = {part for draw in found for stratum in draw.strata for part in stratum["stratum"].split(" / ")}
    ids = [part for part in parts if len(part) == len(str(UUID(int=0))) and part.count("-") == 4]
    people = Person.objects.filter(pk__in=ids if "person" in row.strata_by else ())
    queues = Queue.objects.filter(pk__in=ids if "queue" in row.strata_by else ())
    return {str(pk): name for rows in (people, queues) for pk, name in rows.values_list("id", "name")}


def _names(ids: set[UUID]) -> dict[UUID, str]:
    return dict(Person.objects.filter(pk__in=ids).values_list("id", "name"))
