"""What happened in labeling, for whoever wants to hear."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """A queue was made or changed, and more items wait for a place than are placed at once."""

    project_code: str


@dataclass(frozen=True, slots=True)
class DecisionRetracted:
    """Somebody took a decision back; what was built on it falls."""

    project_code: str
    decision_id: UUID
