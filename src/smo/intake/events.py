"""What happened to imports, for whoever wants to hear."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ImportRequested:
    """Someone wants an import's next step done: its file staged, or what is staged published."""

    import_id: UUID


@dataclass(frozen=True, slots=True)
class ItemsPublished:
    """New items may be seen and worked on."""

    project_code: str
    import_id: UUID


@dataclass(frozen=True, slots=True)
class AnswersPublished:
    """Past decisions, gold keys or predictions came in; `kind` says which."""

    project_code: str
    import_id: UUID
    kind: str
