"""What is read from intake: items with their content, imports and how far they are."""

from smo.intake.queries.imports import (
    ImportRow,
    ImportState,
    Mapped,
    Refused,
    import_state,
    imports,
    rejected,
    staged_names,
    to_go_on,
    upload_of,
)
from smo.intake.queries.items import (
    Content,
    ItemDetail,
    ItemPage,
    ItemRow,
    ProjectRef,
    Turn,
    content,
    item,
    items,
    project_ref,
)

__all__ = [
    "Content",
    "ImportRow",
    "ImportState",
    "ItemDetail",
    "ItemPage",
    "ItemRow",
    "Mapped",
    "ProjectRef",
    "Refused",
    "Turn",
    "content",
    "import_state",
    "imports",
    "item",
    "items",
    "project_ref",
    "rejected",
    "staged_names",
    "to_go_on",
    "upload_of",
]
