"""What is read from evaluation: which models spoke about a project's items."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from smo.evaluation.models import Prediction
from smo.kernel.permissions import Actor, Scope, Verb, require


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model in a project: about how many items it spoke, and when it was last brought."""

    id: UUID
    name: str
    predictions: int
    recorded_at: datetime


def models_of(*, by: Actor, project: str) -> tuple[ModelRow, ...]:
    """The models that spoke about a project's items; what each said of an item is told elsewhere."""
    require(by, Verb.VIEW_NUMBERS, scope=Scope(project=project))
    rows = Prediction.objects.filter(project__code=project).values("model_id", "model__name")
    found = rows.annotate(count=Count("id"), last=Max("recorded_at")).order_by("model__name")
    return tuple(ModelRow(row["model_id"], row["model__name"], row["count"], row["last"]) for row in found)
