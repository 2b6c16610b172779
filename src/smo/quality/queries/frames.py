"""What can be drawn: the decision log between two moments, as it stood at a third; and a draw drawn again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Aggregate, BinaryField, Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.labeling.models import Decision
from smo.measure.sample import FIRST_ALGORITHM, Ask, Frame, Sample, draw_by_first_algorithm
from smo.quality import models
from smo.quality.queries.reach import LANGUAGE
from smo.quality.rules.refusals import FrameIsEmpty
from smo.shelf import things

DRAWS: Mapping[str, Any] = things("smo.measure.sampling", "draw")
IN_ORDER_OF_TIME = "systematic"
COUNTED_OUTCOMES = ("decided", "no_unique_answer")
BY_PEOPLE = ("human", "human_assisted")  # one answer spread over many items (fan-out) would count as many
_COLUMNS: Mapping[str, Any] = {
    "market": F("item__market"),
    "language": LANGUAGE,
    "person": Cast("person_id", TextField()),
    "queue": Cast("queue_id", TextField()),
}


class _Joined(Aggregate):
    """The bytes of all rows of a group, one after the other."""

    function = "string_agg"
    template = "%(function)s(%(expressions)s, ''::bytea)"
    output_field = BinaryField()


_ID = Func(F("id"), function="uuid_send", output_field=BinaryField())
_MOMENT = Func(
    F("received_at"),
    template="float8send(extract(epoch from %(expressions)s)::float8)",
    output_field=BinaryField(),
)


@dataclass(frozen=True, slots=True)
class Window:
    """Decisions received from a moment to another (not included), as the log stood at `at`."""

    start: datetime
    end: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class FoundFrame:
    """A frame, and how many decisions of its days stay out because this plan drew them before."""

    frame: Frame
    drawn_before: int


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored draw drawn again from the log: the same frame, the same units, the same probabilities?

    `missing` counts stored units that the log no longer draws; `frame_hash` and `frame_size` are the log's of today.
    """

    is_same: bool
    is_same_frame: bool
    frame_hash: str
    frame_size: int
    chosen: int
    missing: int


@dataclass(frozen=True, slots=True)
class Bound:
    """Of a drawn decision: its item, and the questions and guideline under which it was made."""

    item_id: UUID
    schema_version_id: UUID | None
    guideline_version_id: UUID | None


def frame(plan: models.Plan, window: Window) -> FoundFrame:
    """What a draw at that moment can draw; the caller has checked who asks."""
    log = _log(plan, window)
    drawn = models.Audit.objects.filter(
        decision=OuterRef("pk"),
        draw__plan__project=plan.project_id,
        draw__plan__name=plan.name,
        draw__drawn_at__lt=window.at,
    )
    fresh = log.exclude(Exists(drawn))
    columns = {f"stratum_{place}": _column(name) for place, name in enumerate(plan.strata_by)}
    found = _joined(fresh, columns, with_moments=plan.design == IN_ORDER_OF_TIME)
    return FoundFrame(found, log.count() - len(found))


def _joined(rows: QuerySet[Decision], columns: Mapping[str, Any], *, with_moments: bool) -> Frame:
    """The frame of the rows: one answer for each stratum, its ids as bytes, and not one for each decision."""
    wanted = {"ids": _Joined(_ID)} | ({"moments": _Joined(_MOMENT)} if with_moments else {})
    groups = list(rows.order_by().annotate(**columns).values(*columns).annotate(**wanted)) if columns else []
    if not columns:
        groups = [one for one in (rows.order_by().aggregate(**wanted),) if one["ids"]]
    parts = [np.frombuffer(group["ids"], ">u8").astype(np.uint64).reshape(-1, 2) for group in groups]
    named = [stratum_name([group[name] for name in columns]) for group in groups]
    names = tuple(sorted(set(named)))
    codes = [np.full(len(part), names.index(name), np.int32) for part, name in zip(parts, named, strict=True)]
    moments = [np.frombuffer(group["moments"], ">f8").astype(np.float64) for group in groups] if with_moments else []
    return Frame(
        np.concatenate([np.empty((0, 2), np.uint64), *parts]),
        np.concatenate([np.empty(0, np.int32), *codes]),
        names,
        at=np.concatenate([np.empty(0), *moments]) if with_moments else None,
    )


def sample(plan: models.Plan, frame: Frame, *, seed: int, algorithm: int) -> Sample:
    """What a plan draws of a frame. Errors: FrameIsEmpty."""
    if not len(frame):
        raise FrameIsEmpty(plan=plan.name)
    ask = Ask(plan.sample_size, seed, plan.allocation, plan.minimum_per_stratum, plan.maximum_per_stratum)
    if algorithm == FIRST_ALGORITHM:
        return draw_by_first_algorithm(frame, ask, design=plan.design)
    drawn: Sample = DRAWS[plan.design](frame, ask)
    return drawn


def bindings(decision_ids: Sequence[UUID]) -> dict[UUID, Bound]:
    """What each decision was made about and under."""
    rows = Decision.objects.filter(pk__in=decision_ids)
    columns = ("id", "item_id", "schema_version_id", "guideline_version_id")
    return {row[0]: Bound(*row[1:]) for row in rows.values_list(*columns)}


def stratum_name(parts: Sequence[Any]) -> str:
    """The values of a unit's dimensions as one name; what has no value is said as a dash.

    >>> stratum_name(["DE", "de"]), stratum_name([["hate", "abuse"]]), stratum_name([None])
    ('DE / de', 'abuse|hate', '-')
    """
    return " / ".join(_part(part) for part in parts)


def replay(*, by: Actor, draw_id: UUID) -> Replay:
    """Draw again from the log, and compare with what was stored. Errors: NotFound."""
    row = models.Draw.objects.select_related("plan__project").filter(pk=draw_id).first()
    if row is None:
        raise NotFound(draw_id=draw_id)
    require(by, Verb.DRAW_AUDITS, scope=Scope(project=row.plan.project.code))
    window = Window(row.frame_from, row.frame_to, row.drawn_at)
    found = frame(row.plan, window).frame
    again = sample(row.plan, found, seed=row.seed, algorithm=row.algorithm) if len(found) else None
    stored = models.Audit.objects.filter(draw=row)
    kept = {
        pk: (name, chance) for pk, name, chance in stored.values_list("decision", "stratum", "inclusion_probability")
    }
    now = {unit.id: (unit.stratum, unit.inclusion_probability) for unit in again.chosen} if again else {}
    is_same_frame = again is not None and again.record.frame_hash == bytes(row.frame_hash)
    return Replay(
        is_same=is_same_frame and now == kept,
        is_same_frame=is_same_frame,
        frame_hash=again.record.frame_hash.hex() if again else "",
        frame_size=len(found),
        chosen=len(now),
        missing=len(kept.keys() - now.keys()),
    )


def _log(plan: models.Plan, window: Window) -> QuerySet[Decision]:
    """Decisions of people about the project's items that stood at the moment, whatever was taken back since."""
    stood = Q(retracted_at=None) | Q(retracted_at__gt=window.at)
    was_there = Q(brought_by=None) | Q(brought_by__published_at__lte=window.at)
    return Decision.objects.filter(
        stood,
        was_there,
        project=plan.project_id,
        received_at__gte=window.start,
        received_at__lt=window.end,
        outcome__in=COUNTED_OUTCOMES,
        decision_mode__in=BY_PEOPLE,
    )


def _column(name: str) -> Any:
    return KeyTransform(name.removeprefix("answer:"), "answers") if name.startswith("answer:") else _COLUMNS[name]


def _part(value: Any) -> str:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "|".join(sorted(str(one) for one in values)) or "-"
