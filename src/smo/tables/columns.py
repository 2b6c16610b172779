"""Find out which column is the item, the rater, the label, the task and the time, and say why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches

import polars as pl

from smo.tables.source import fault
from smo.tables.wide import rater_columns

# Normalised names, the surest first.
_NAMES: dict[str, tuple[str, ...]] = {
    "item": (
        "item_id", "item", "unit_id", "unit", "task_id", "doc_id", "document_id", "doc", "document", "example_id",
        "example", "sample_id", "sample", "instance_id", "instance", "case_id", "case", "content_id", "post_id",
        "comment_id", "message_id", "msg_id", "tweet_id", "text_id", "sentence_id", "image_id", "video_id",
        "conversation_id", "conv_id", "record_id", "row_id", "hit_id", "object_id", "question_id", "uid", "uuid", "id",
    ),
    "rater": (
        "rater_id", "rater", "annotator_id", "annotator", "worker_id", "worker", "coder_id", "coder", "judge_id",
        "judge", "labeler_id", "labeler", "labeller_id", "labeller", "moderator_id", "moderator", "reviewer_id",
        "reviewer", "performer_id", "performer", "participant_id", "participant", "user_id", "user", "username",
        "completed_by", "annotated_by", "labeled_by", "created_by", "agent_id", "agent", "auditor", "expert",
        "annotator_name", "worker_name", "user_name", "person",
    ),
    "label": (
        "label", "value", "answer", "annotation", "rating", "judgment", "judgement", "response", "class", "category",
        "decision", "verdict", "vote", "choice", "labels", "answers", "label_value", "result", "output", "grade",
        "score",
    ),
    "task": ("task", "task_name", "question", "dimension", "attribute", "aspect", "criterion", "field", "label_name"),
    "time": (
        "submitted_at", "submitted", "completed_at", "completed", "finished_at", "answered_at", "submit_time",
        "end_time", "ended_at", "created_at", "labeled_at", "annotated_at", "timestamp", "datetime", "time", "date",
    ),
    "started": ("started_at", "started", "start_time", "accept_time", "accepted_at", "opened_at", "begin_time"),
    "seconds": (
        "seconds", "duration_seconds", "handle_seconds", "handle_time", "duration", "lead_time", "time_spent",
        "elapsed", "elapsed_seconds", "work_time_in_seconds", "time_taken", "seconds_spent", "annotation_time",
    ),
}  # fmt: skip
_TEXTS = ("text", "sentence", "comment", "prompt", "content", "body", "message", "tweet", "post", "utterance")
_OTHERS = ("rater", "task", "time", "started", "seconds")
_PREFIXES = ("assignment_", "output_", "input_", "gold_en_")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, as far as somebody said; None = to be guessed. `label` may name several: `hate,insult`."""

    item: str | None = None
    rater: str | None = None
    label: str | None = None
    task: str | None = None
    time: str | None = None
    started: str | None = None
    seconds: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """What was taken for what, and why: `rater` is the column `worker`, because of its name."""

    what: str
    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.column} ({self.why})"


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column is what. Wide form: `raters` are columns; several `labels` are one task each."""

    item: str
    labels: tuple[str, ...]
    rater: str = ""
    task: str = ""
    time: str = ""
    started: str = ""
    seconds: str = ""
    raters: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """All columns that have a role."""
        single = (self.item, self.rater, self.task, self.time, self.started, self.seconds)
        return tuple(name for name in (*single, *self.labels, *self.raters) if name)


def normalised(name: str) -> str:
    """A column name as it is compared: lower case, words joined by `_`, tool prefixes gone.

    >>> normalised("ASSIGNMENT:workerId"), normalised("_unit_id"), normalised("Annotator ID")
    ('worker_id', 'unit_id', 'annotator_id')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = re.sub(r"[^0-9a-z]+", "_", words.lower()).strip("_")
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    return plain


def named(role: str, columns: Sequence[str]) -> str:
    """The column whose name says that it has the role, or an empty string."""
    by_name = {normalised(column): column for column in reversed(columns)}
    return next((by_name[name] for name in _NAMES[role] if name in by_name), "")


def is_plain_name(role: str, column: str) -> bool:
    """Whether a column's name says no more than its role: `value` does, `hateful` does not."""
    return normalised(column) in _NAMES[role]


def find_roles(head: pl.DataFrame, said: Columns, *, file: str) -> tuple[Roles, tuple[Guess, ...]]:
    """Roles of the columns: what was said, else what names and values tell.

    Errors: TableFault when a named column does not exist, or no column can be the item or the label.
    """
    _refuse_unknown(head.columns, said, file=file)
    found = _by_name(head, said)
    stated = tuple(_split(said.rater))
    if len(stated) > 1:
        return _stated_wide(head, said, raters=stated, file=file)
    raters = () if said.rater or said.label else rater_columns(_free(head, found), found.get("rater", ""))
    if raters:
        return _wide(head, said, found=found, raters=raters, file=file)
    item = said.item or found.get("item") or _item_fallback(head, file)
    labels = tuple(_split(said.label)) or (
        found.get("label") or _label_fallback(head, {**found, "item": item}, file=file),
    )
    rater, task, time, started, seconds = (found.get(role, "") for role in _OTHERS)
    if task == item or len(labels) > 1:
        task = ""
    roles = Roles(item, labels, rater, task, time, started, seconds)
    return roles, _guesses(head, said, roles=roles)


def _by_name(head: pl.DataFrame, said: Columns) -> dict[str, str]:
    found: dict[str, str] = {}
    taken = {part for field in fields(said) for part in _split(getattr(said, field.name))}
    for role in _NAMES:
        stated = getattr(said, role)
        column = stated or named(role, [name for name in head.columns if name not in taken])
        if column:
            found[role] = column
            taken.add(column)
    return found


def _split(names: str | None) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()] if names else []


def _refuse_unknown(names: Sequence[str], said: Columns, *, file: str) -> None:
    for field in fields(said):
        for name in _split(getattr(said, field.name)):
            if name not in names:
                near = get_close_matches(name, names, n=1, cutoff=0.5)
                meant = f"Did you mean {near[0]}? " if near else ""
                message = f'There is no column "{name}" (given as --{field.name}).'
                remedy = f"{meant}The columns are: {', '.join(names)}."
                raise fault("no_such_column", message, remedy=remedy, file=file, column=name)


def _free(head: pl.DataFrame, found: dict[str, str]) -> pl.DataFrame:
    return head.drop(column for role, column in found.items() if role in {"item", "task", "time", "started"})


def _wide(
    head: pl.DataFrame, said: Columns, *, found: dict[str, str], raters: tuple[str, ...], file: str
) -> tuple[Roles, tuple[Guess, ...]]:
    item = found.get("item") or _item_fallback(head.drop(raters), file)
    task = found.get("task", "")
    roles = Roles(item, (), task="" if task == item else task, raters=raters)
    why = "a column per rater: alike names, the same answers"
    guess = Guess("raters", ", ".join(raters), why)
    return roles, (*_guesses(head, replace(said, rater="", label=""), roles=roles), guess)


def _stated_wide(
    head: pl.DataFrame, said: Columns, *, raters: tuple[str, ...], file: str
) -> tuple[Roles, tuple[Guess, ...]]:
    """Raters named one by one; the others' columns are looked for among the rest."""
    if said.label:
        message = "Several columns of raters (--rater) and a column of labels (--label) exclude each other."
        raise fault("two_forms", message, remedy="Give only one of the two.", file=file)
    rest = head.drop(raters)
    item = said.item or named("item", rest.columns) or _item_fallback(rest, file)
    task = said.task or named("task", rest.columns)
    roles = Roles(item, (), task="" if task == item else task, raters=raters)
    return roles, _guesses(head, said, roles=roles)


def _item_fallback(head: pl.DataFrame, file: str) -> str:
    by_name = {normalised(column): column for column in head.columns}
    for name in ("task", *_TEXTS):
        if name in by_name:
            return by_name[name]
    _refuse_headerless(head, file)
    remedy = f"Name it: --item COL. The columns are: {', '.join(head.columns)}."
    raise fault("no_item_column", "No column looks like the item's id.", remedy=remedy, file=file)


def _refuse_headerless(head: pl.DataFrame, file: str) -> None:
    """The header holds what the cells below hold: it is data."""
    cells = [set(head[name].cast(pl.String).to_list()) for name in head.columns]
    like_data = [name for name, below in zip(head.columns, cells, strict=True) if name in below or _is_number(name)]
    if like_data:
        message = f"The first row looks like data ({', '.join(head.columns[:4])}), not like column names."
        remedy = "Put a header above it, for example: item,rater,label."
        raise fault("no_header", message, remedy=remedy, file=file, row=1)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?\d+([.,]\d+)?", text) is not None


def _label_fallback(head: pl.DataFrame, found: dict[str, str], *, file: str) -> str:
    """The only other column with few different values."""
    others = [name for name in head.columns if name not in found.values() and normalised(name) not in _TEXTS]
    few = [name for name in others if 1 <= head[name].n_unique() <= max(2, min(50, head.height // 2))]
    if len(few) == 1:
        return few[0]
    _refuse_headerless(head, file)
    which = f"It may be one of: {', '.join(few)}. " if few else f"The columns are: {', '.join(head.columns)}. "
    remedy = (
        f"{which}Name it: --label COL. Several columns, one per question: --label A,B. "
        "One column per rater: --rater A,B."
    )
    raise fault("no_label_column", "No column is clearly the label.", remedy=remedy, file=file)


def _guesses(head: pl.DataFrame, said: Columns, *, roles: Roles) -> tuple[Guess, ...]:
    guesses = []
    for role in ("item", "rater", "label", "task", "time", "started", "seconds"):
        column = ", ".join(roles.labels) if role == "label" else getattr(roles, role)
        if column and getattr(said, role) is None:
            guesses.append(Guess(role, column, _why(role, column)))
    if not roles.rater and not roles.raters:
        guesses.append(Guess("rater", "none", "no column names the people; ratings are anonymous"))
    return tuple(guesses)


def _why(role: str, column: str) -> str:
    name = normalised(column)
    if name in _NAMES[role]:
        return "by its name"
    if role == "item" and name == "task":
        return "no other column is an item, and each task has several answers"
    if role == "item":
        return "the item's text stands for its id, as there is no id column"
    return "the only other column with few different values"
