"""Which column of a file is what: guessed from the names, said by people, checked before anything is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from smo.intake.rules.faults import ColumnMissing, ColumnUnknown, RoleUnknown
from smo.tables.columns import named, normalised
from smo.tables.wide import rater_columns

ITEM_ROLES: Final = (
    "key", "text", "turns", "language", "market", "surface", "source", "received_at", "score", "inclusion_probability",
)  # fmt: skip
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "items": ITEM_ROLES,
    "decisions": ("key", "rater", "question", "label", "at", "started_at", "seconds", "start", "end", "type"),
    "gold": ("key", "question", "label", "source"),
    "predictions": ("key", "rater", "question", "score", "label"),
}
NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {  # of each group one
    "items": (("text", "turns"),),
    "decisions": (("key",), ("label", "start")),
    "gold": (("key",), ("label",)),
    "predictions": (("key",), ("score", "label")),
}
# Normalised names, the surest first; what tables knows of items, raters, labels, tasks and times stands before them.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "key": ("item_key", "key"),
    "text": ("text", "body", "content", "sentence", "comment", "message", "prompt", "tweet", "post", "utterance"),
    "turns": ("turns", "messages", "conversation", "dialogue", "dialog"),
    "language": ("language", "lang", "locale", "language_code"),
    "market": ("market", "country", "region", "country_code"),
    "surface": ("surface", "placement", "channel"),
    "source": ("source", "origin", "platform"),
    "received_at": ("received_at", "created_at", "posted_at", "timestamp", "date", "time"),
    "score": ("model_score", "score", "probability", "prob", "confidence"),
    "inclusion_probability": ("inclusion_probability", "sampling_probability"),
    "start": ("start", "start_offset", "begin", "start_char"),
    "end": ("end", "end_offset", "stop", "end_char"),
    "type": ("type", "span_type", "tag", "label", "category"),
}
_BY_TABLES: Final = {
    "key": "item", "rater": "rater", "question": "task", "label": "label", "at": "time", "started_at": "started",
    "seconds": "seconds",
}  # fmt: skip
_NAME_SIGNS: Final = 60
_NAMES_TOLD: Final = 40
_OWN: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("gold", "label"): ("gold", "gold_label", "truth", "ground_truth", "expected", "correct", "value", "label"),
    ("predictions", "rater"): ("model", "model_name", "model_version", "judge", "classifier", "system"),
    ("predictions", "label"): ("value", "prediction", "predicted", "predicted_label", "class", "answer", "label"),
}


@dataclass(frozen=True, slots=True)
class ColumnRoles:
    """Which columns have which role. `labels` are one question each; `raters` hold one person's answers each."""

    kind: str
    roles: Mapping[str, str]
    labels: tuple[str, ...] = ()
    raters: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that has a role, once."""
        return tuple(dict.fromkeys((*self.roles.values(), *self.labels, *self.raters)))


def guessed(kind: str, head: pl.DataFrame) -> dict[str, str]:
    """Role and column, by the names of the columns; each column has one role."""
    found: dict[str, str] = {}
    for role in ROLES[kind]:
        free = [name for name in head.columns if name not in found.values()]
        column = _guess(kind, role, free=free)
        if column:
            found[role] = column
    if kind == "decisions":
        found = _guessed_decisions(found, head)
    if kind == "items" and "text" in found:
        found.pop("turns", None)
    return found


def _guess(kind: str, role: str, *, free: Sequence[str]) -> str:
    own = _OWN.get((kind, role), ())
    by_name = {normalised(name): name for name in reversed(free)}
    first = next((by_name[name] for name in own if name in by_name), "")
    if first or own:
        return first
    known = named(_BY_TABLES[role], free) if role in _BY_TABLES and not (kind == "items" and role != "key") else ""
    return known or next((by_name[name] for name in _NAMES.get(role, ()) if name in by_name), "")


def _guessed_decisions(found: dict[str, str], head: pl.DataFrame) -> dict[str, str]:
    """Spans have a start and an end; without both, a column called type is no span's."""
    if "start" not in found or "end" not in found:
        found = {role: column for role, column in found.items() if role not in {"start", "end", "type"}}
    free = head.drop([column for role, column in found.items() if role != "rater"], strict=False)
    raters = rater_columns(free, found.get("rater", "")) if "label" not in found and "start" not in found else ()
    return {**found, "label": ",".join(raters), "rater": "*"} if raters else found


def mapping_of(kind: str, said: Mapping[str, str], *, names: Sequence[str]) -> ColumnRoles:
    """The mapping that somebody said, checked. `label` may name several columns, one question each, parted by commas;
    with the rater `*` they are one person's answers each.

    Errors: RoleUnknown, ColumnUnknown, ColumnMissing.
    """
    said = {role: column.strip() for role, column in said.items() if column and column.strip()}
    for role in said:
        if role not in ROLES[kind]:
            raise RoleUnknown(role=role, roles=", ".join(ROLES[kind]))
    several = _several(said.get("label", ""), names)
    by_rater = said.get("rater") == "*"
    roles = {role: column for role, column in said.items() if not (role == "label" and several)}
    if by_rater:
        roles.pop("rater")
    for group in NEEDED[kind]:
        if not any(role in said for role in group):
            raise ColumnMissing(role=" / ".join(group), columns=_in_short(names))
    for column in (*roles.values(), *several):
        if column not in names:
            raise ColumnUnknown(column=column[:_NAME_SIGNS], columns=_in_short(names))
    return ColumnRoles(kind, roles, () if by_rater else several, several if by_rater else ())


def _several(label: str, names: Sequence[str]) -> tuple[str, ...]:
    if label in names or "," not in label:
        return ()
    return tuple(part.strip() for part in label.split(",") if part.strip())


def _in_short(names: Sequence[str]) -> str:
    """Columns as a sentence holds them: a file may have thousands, and names of megabytes."""
    told = [name if len(name) <= _NAME_SIGNS else f"{name[:_NAME_SIGNS]}…" for name in names[:_NAMES_TOLD]]
    return ", ".join(told if len(names) <= _NAMES_TOLD else [*told, "…"])
