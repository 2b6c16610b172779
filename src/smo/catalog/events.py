"""What happened in the catalog, for whoever wants to hear."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class GuidelineApproved:
    """A guideline version will be in force from a moment on."""

    policy: str
    version_id: UUID
    number: int
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class SchemaPublished:
    """New claims are asked these questions."""

    schema: str
    version_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ProjectStateChanged:
    """A project hands out work, or no longer does."""

    project: str
    state: str


@dataclass(frozen=True, slots=True)
class TargetSet:
    """A KPI of a project shall reach something else from a day on."""

    project: str
    kpi: str
    market: str
