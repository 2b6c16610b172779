"""Decisions about labeling that need no database: what a submit must hold, when an item was opened, what is refused."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from smo.kernel.errors import DomainError

OUTCOMES: Final = ("decided", "skipped", "unavailable", "no_unique_answer")
SKIP_REASONS: Final = ("not_my_language", "too_hard", "harmful_to_me", "technical", "other")
VIEW_MODES: Final = ("full", "blurred", "greyscale")
QUEUE_STATES: Final = ("open", "paused", "draining")

MOST_HELD: Final = 20  # live claims of one person in one queue: prefetching, not hoarding
MOST_AT_ONCE: Final = 10  # items handed out in one answer
UNDO_WINDOW: Final = timedelta(minutes=10)
LONGEST_TEXT: Final = 4000
LONGEST_ANSWERS: Final = 200_000
LONGEST_MS: Final = 7 * 24 * 3600 * 1000
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes it, unless somebody typed these letters


class ProjectNotLive(DomainError):
    """Only a live project hands out work."""

    code = "project_not_live"


class ProjectHasNoSchema(DomainError):
    """Without published questions there is nothing to answer."""

    code = "project_has_no_schema"


class QueueNameTaken(DomainError):
    """The project has a queue of this name."""

    code = "queue_name_taken"


class QueueNotValid(DomainError):
    """A queue needs a name and an overlap from 1 to 50."""

    code = "queue_not_valid"


class QueueOutside(DomainError):
    """The project has no such market or language."""

    code = "queue_outside"


class QueueNotOpen(DomainError):
    """A paused queue hands out nothing."""

    code = "queue_not_open"


class TooManyClaims(DomainError):
    """Nobody holds more than a few items of one queue at once."""

    code = "too_many_claims"


class ClaimExpired(DomainError):
    """The claim has run out, and others have answered meanwhile: this answer is not needed any more."""

    code = "claim_expired"


class AlreadyDecided(DomainError):
    """This claim has its answer, sent from elsewhere."""

    code = "already_decided"


class SubmitKeyReused(DomainError):
    """The key of a submit names one answer for ever; another answer came under it."""

    code = "submit_key_reused"


class SchemaChanged(DomainError):
    """The questions have another version; `schema_version_id` names the one to load."""

    code = "schema_changed"


class AnswersNotValid(DomainError):
    """The answers do not fit the questions; `faults` says where."""

    code = "answers_not_valid"


class SubmissionNotValid(DomainError):
    """A part of the submit is not of its kind; `part` says which."""

    code = "submission_not_valid"


class ReasonMissing(DomainError):
    """A skip needs one of the reasons, and "other" needs a note."""

    code = "reason_missing"


class UndoTooLate(DomainError):
    """A decision can be taken back for some minutes only."""

    code = "undo_too_late"


class UndoNoRoom(DomainError):
    """The skipped item went to somebody else meanwhile."""

    code = "undo_no_room"


class FlagEmpty(DomainError):
    """A flag, and an answer to one, needs words."""

    code = "flag_empty"


class FlagAnswered(DomainError):
    """Somebody has answered this flag already."""

    code = "flag_answered"


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """What a lead decides about a queue; an empty market or language means all, no overlap the project's."""

    name: str
    market: str = ""
    language: str = ""
    priority: int = 0
    overlap: int | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One answer on its way in, as the client sends it."""

    claim_id: UUID
    submit_key: UUID
    schema_version_id: UUID
    outcome: str = "decided"
    answers: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    confidence: int | None = None
    elapsed_ms: int | None = None  # on a monotonic clock, from the claim until the item was opened
    active_ms: int | None = None  # from then on until the submit
    idle_ms: int | None = None
    client_at: datetime | None = None
    seen_guideline_version_id: UUID | None = None
    view_mode: str = "full"
    translation_used: bool = False
    prelabel_shown: bool = False
    tool_version: str = ""
    claim_next: int = 1


def checked_queue(settings: QueueSettings) -> QueueSettings:
    """The settings in the form in which they are kept. Errors: QueueNotValid."""
    name = " ".join(settings.name.split())
    is_sane = settings.overlap is None or 1 <= settings.overlap <= 50
    if not name or len(name) > 200 or not name.isprintable() or not is_sane or not -1000 <= settings.priority <= 1000:
        raise QueueNotValid(name=settings.name)
    return QueueSettings(name, settings.market, settings.language, settings.priority, settings.overlap)


def check_place(settings: QueueSettings, *, markets: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """A queue lies within its project, as far as that names markets and languages. Errors: QueueOutside."""
    for chosen, known in ((settings.market, markets), (settings.language, languages)):
        if chosen and known and chosen not in known:
            raise QueueOutside(place=chosen)


def check_submission(sent: Submission) -> None:
    """Refuse what no client of ours sends. Errors: SubmissionNotValid, ReasonMissing."""
    if sent.outcome not in OUTCOMES:
        raise SubmissionNotValid(part="outcome")
    if sent.view_mode not in VIEW_MODES:
        raise SubmissionNotValid(part="view_mode")
    if sent.outcome != "decided" and sent.answers:
        raise SubmissionNotValid(part="answers")
    if sent.confidence is not None and not 0 <= sent.confidence <= 100:
        raise SubmissionNotValid(part="confidence")
    _check_times(sent)
    _check_texts(sent)
    if sent.outcome == "skipped" and not _is_reason(sent):
        raise ReasonMissing


def _is_reason(sent: Submission) -> bool:
    return sent.reason in SKIP_REASONS and (sent.reason != "other" or bool(sent.note.strip()))


def _check_times(sent: Submission) -> None:
    for part in ("elapsed_ms", "active_ms", "idle_ms"):
        value = getattr(sent, part)
        if value is not None and not 0 <= value <= LONGEST_MS:
            raise SubmissionNotValid(part=part)
    if sent.client_at is not None and sent.client_at.tzinfo is None:
        raise SubmissionNotValid(part="client_at")


def _check_texts(sent: Submission) -> None:
    """PostgreSQL keeps no NUL and no half of a surrogate pair; the rest of what people type is theirs."""
    for part in ("reason", "note", "tool_version"):
        if not _is_kept(getattr(sent, part)) or len(getattr(sent, part)) > LONGEST_TEXT:
            raise SubmissionNotValid(part=part)
    try:
        text = json.dumps(sent.answers, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as fault:
        raise SubmissionNotValid(part="answers") from fault
    if len(text) > LONGEST_ANSWERS or _NUL.search(text) or not _is_kept(text):
        raise SubmissionNotValid(part="answers")


def _is_kept(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def digest_of(sent: Submission) -> bytes:
    """What binds a submit key to its content; times are left out, because a second try has its own.

    >>> from uuid import UUID
    >>> first = Submission(UUID(int=1), UUID(int=2), UUID(int=3), answers={"a": "x", "b": 1})
    >>> second = Submission(UUID(int=1), UUID(int=2), UUID(int=3), answers={"b": 1, "a": "x"}, active_ms=900)
    >>> digest_of(first) == digest_of(second)
    True
    """
    parts = [str(sent.claim_id), str(sent.schema_version_id), sent.outcome, dict(sent.answers)]
    text = json.dumps([*parts, sent.reason, sent.note, sent.confidence], sort_keys=True)
    return hashlib.sha256(text.encode()).digest()


def opened_at(*, claimed_at: datetime, elapsed_ms: int | None, received_at: datetime) -> datetime:
    """When the item came before the person's eyes: by the server's clock, never before the claim or after the answer.

    Without a word from the client it is the claim: a judge then uses the older of two guidelines, which is the
    kinder error.

    >>> from datetime import UTC
    >>> claimed, received = datetime(2026, 3, 1, 23, 50, tzinfo=UTC), datetime(2026, 3, 2, 0, 3, tzinfo=UTC)
    >>> opened_at(claimed_at=claimed, elapsed_ms=480_000, received_at=received).isoformat()
    '2026-03-01T23:58:00+00:00'
    >>> opened_at(claimed_at=claimed, elapsed_ms=9_000_000, received_at=received) == received
    True
    """
    opened = claimed_at + timedelta(milliseconds=elapsed_ms or 0)
    return max(claimed_at, min(opened, received_at))


def retractable_until(received_at: datetime) -> datetime:
    """Until when its maker may take a decision back."""
    return received_at + UNDO_WINDOW


def required_text(text: str) -> str:
    """What somebody wrote, without the space around it. Errors: FlagEmpty, SubmissionNotValid."""
    plain = text.strip()
    if not plain:
        raise FlagEmpty
    if len(plain) > LONGEST_TEXT or not _is_kept(plain):
        raise SubmissionNotValid(part="text")
    return plain


def short_code(text: str) -> str:
    """A rule's code as somebody named it, or nothing."""
    code = text.strip()
    return code if len(code) <= 100 and _is_kept(code) else ""
