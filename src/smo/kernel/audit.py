"""The audit trail: entries written with the change they tell of, sealed into a chain, verified row by row."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.db.models import Max

from smo.kernel.chain import NO_ROOT, Break, Fault, Leaf, Link, Walk, break_at, read_anchors, root_of, write_anchor
from smo.kernel.clock import now
from smo.kernel.errors import DomainError
from smo.kernel.ids import new_id
from smo.kernel.models import AuditEntry, AuditEpoch, AuditPrivate, AuditSeal, SubjectKey
from smo.kernel.permissions import Actor

_SEALER_LOCK: Final = 7_301_977  # any number, as long as nobody else takes it
_NONCE_BYTES: Final = 12

# For statements that write an entry together with their change; the database sets the rest.
ENTRY_INSERT: Final = "INSERT INTO kernel_auditentry (id, at, done_by, verb, subject_kind, subject_id, details)"

# The content of an entry as one text: jsonb's own form and UTC, so that every PostgreSQL writes the same bytes.
# It stands here, not in a function of the database, so that whoever rewrites that function is found out.
_LEAVES = """
SELECT e.id, e.at, e.epoch, e.xid::text::bigint, e.hash, sha256(convert_to(jsonb_build_object(
    'id', e.id, 'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'done_by', e.done_by,
    'verb', e.verb, 'subject_kind', e.subject_kind, 'subject_id', e.subject_id, 'details', e.details,
    'personal_digest', encode(e.personal_digest, 'hex'), 'xid', e.xid::text, 'epoch', e.epoch)::text, 'UTF8'))
FROM kernel_auditentry e ORDER BY e.epoch, e.xid, e.id
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Personal:
    """Values that belong to a person and must be erasable; `of` is whose key they are kept under."""

    of: UUID
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a reader sees it; `personal` is empty when there was nothing or it was erased."""

    id: UUID
    at: datetime
    done_by: UUID
    verb: str
    subject: Subject
    details: Mapping[str, Any]
    personal: Mapping[str, str]
    is_erased: bool
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk over the whole trail found, as of `checked_at`."""

    checked_at: datetime
    entries: int
    head: Link | None
    unsealed: int
    oldest_unsealed_at: datetime | None
    erased: int
    breaks: tuple[Break, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Did nothing break? Entries that wait for their seal break nothing."""
        return not self.breaks

    @property
    def seal_lag_seconds(self) -> float:
        """How long the oldest entry has waited for its seal."""
        return (self.checked_at - self.oldest_unsealed_at).total_seconds() if self.oldest_unsealed_at else 0.0


def record(
    *,
    by: Actor,
    verb: str,
    subject: Subject,
    details: Mapping[str, Any] | None = None,
    personal: Personal | None = None,
) -> UUID:
    """Write one entry in the caller's transaction; without one there is nothing it could stand or fall with."""
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry is written in the transaction of its change.")
    text = _private_text(personal) if personal else b""
    entry = AuditEntry(id=new_id(), at=now(), done_by=by.id, verb=verb, details=dict(details or {}))
    entry.subject_kind, entry.subject_id = subject.kind, subject.id
    entry.personal_digest = hashlib.sha256(text).digest() if personal else None
    entry.save(force_insert=True)
    if personal:
        _keep_private(entry.id, of=personal.of, text=text)
    return entry.id


def record_bulk(*, by: Actor, verb: str, kind: str, rows: Iterable[str]) -> UUID:
    """One entry for many rows of one kind: how many, and a digest that binds exactly these in this order."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(hashlib.sha256(row.encode()).digest())
        count += 1
    bound = {"rows": count, "digest": digest.hexdigest()}
    return record(by=by, verb=verb, subject=Subject(kind, "*"), details=bound)


def erase(*, by: Actor, subject: UUID) -> bool:
    """Destroy the key to a person's values in the trail; the chain stays whole. False when there was none."""
    with transaction.atomic():
        erased = SubjectKey.objects.filter(subject=subject, key__isnull=False).update(key=None, erased_at=now())
        if erased:
            record(by=by, verb="audit_values_erased", subject=Subject("person", str(subject)))
        return bool(erased)


def seal() -> int:
    """Chain what is certain to be complete; how many entries. Zero also when another sealer is at work."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        link = _next_link(_head(), horizon=_transaction("xmin"))
        if link:
            AuditSeal.objects.create(**asdict(link))
        return link.entries if link else 0


def begin_epoch(*, by: Actor, reason: str) -> int:
    """Begin a new life of the database (after a restore), where transaction ids start again; its number."""
    with transaction.atomic():
        number = _epoch() + 1
        AuditEpoch.objects.create(number=number, began_at=now(), reason=reason)
        record(by=by, verb="audit_epoch_began", subject=Subject("audit_trail", str(number)), details={"reason": reason})
        return number


def anchor(folder: Path) -> Path | None:
    """Write the head of the chain to a file outside the database; None while nothing is sealed."""
    head = _head()
    return write_anchor(folder, head) if head else None


def verify(anchors: Path | None = None) -> Verification:
    """Walk the whole trail: every entry's content, every seal, the personal values, and the anchors in a folder."""
    with transaction.atomic():
        links = (_link(row) for row in AuditSeal.objects.order_by("number").iterator())
        walk = Walk(_leaves())
        unsealed = walk.along(links, read_anchors(anchors) if anchors else {})
        erased, unreadable = _check_private()
        oldest = min((leaf.at for leaf in unsealed), default=None)
        breaks = (*walk.breaks, *_misplaced(unsealed), *unreadable)
        return Verification(now(), walk.entries, walk.head, len(unsealed), oldest, erased, breaks)


def entries(
    *, subject: Subject | None = None, verb: str = "", before: UUID | None = None, limit: int = 50
) -> tuple[Entry, ...]:
    """The newest entries first; `before` continues a list after its last id."""
    wanted: dict[str, Any] = {"verb": verb, "id__lt": before}
    wanted |= {"subject_kind": subject.kind, "subject_id": subject.id} if subject else {}
    rows = AuditEntry.objects.filter(**{name: value for name, value in wanted.items() if value})
    rows = rows.select_related("private__subject").order_by("-id")
    head = _head()
    boundary = (head.epoch, head.below_xid) if head else (0, 0)
    return tuple(_entry(row, boundary) for row in rows[:limit])


def _entry(row: AuditEntry, boundary: tuple[int, int]) -> Entry:
    private = getattr(row, "private", None)
    values = _open_private(private) if private else None
    return Entry(
        id=row.id,
        at=row.at,
        done_by=row.done_by,
        verb=row.verb,
        subject=Subject(row.subject_kind, row.subject_id),
        details=row.details,
        personal=json.loads(values)["values"] if values else {},
        is_erased=private is not None and private.subject.key is None,
        is_sealed=(row.epoch, row.xid) < boundary,
    )


def _private_text(personal: Personal) -> bytes:
    """The values with a salt: whoever holds the digest alone cannot confirm a guess."""
    salted = {"salt": secrets.token_hex(16), "values": dict(personal.values)}
    return json.dumps(salted, sort_keys=True, ensure_ascii=False).encode()


def _keep_private(entry: UUID, *, of: UUID, text: bytes) -> None:
    holder, _ = SubjectKey.objects.get_or_create(subject=of, defaults={"key": AESGCM.generate_key(bit_length=256)})
    if holder.key is None:
        raise DomainError("subject_erased", subject=of)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed_text = nonce + AESGCM(bytes(holder.key)).encrypt(nonce, text, entry.bytes)
    AuditPrivate.objects.create(entry_id=entry, subject=holder, sealed_text=sealed_text)


def _open_private(row: AuditPrivate) -> bytes | None:
    """The salted text, or None when its key is erased or does not fit."""
    if row.subject.key is None:
        return None
    nonce, body = bytes(row.sealed_text[:_NONCE_BYTES]), bytes(row.sealed_text[_NONCE_BYTES:])
    try:
        return AESGCM(bytes(row.subject.key)).decrypt(nonce, body, row.entry_id.bytes)
    except InvalidTag:
        return None


def _check_private() -> tuple[int, list[Break]]:
    erased, breaks = 0, []
    rows = AuditEntry.objects.filter(personal_digest__isnull=False).select_related("private__subject").order_by("id")
    for row in rows.iterator():
        private = getattr(row, "private", None)
        text = _open_private(private) if private else None
        if private and private.subject.key is None:
            erased += 1
        elif text is None or hashlib.sha256(text).digest() != bytes(row.personal_digest or b""):
            breaks.append(break_at(Fault.UNREADABLE, entry=row.id, at=row.at))
    return erased, breaks


def _misplaced(unsealed: list[Leaf]) -> list[Break]:
    """Entries of an epoch or a transaction that has not been: no seal can ever take them."""
    end = (_epoch(), _transaction("xmax"))
    late = [leaf for leaf in unsealed if (leaf.epoch, leaf.xid) > end]
    return [break_at(Fault.FROM_THE_FUTURE, entry=leaf.id, at=leaf.at) for leaf in late]


def _transaction(end: str) -> int:
    """This moment's snapshot: below xmin nothing can change any more, from xmax on nothing has been."""
    with connection.cursor() as cursor:
        # one's own transaction may lie beyond xmax while older ones run; it is no stranger from the future
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text, greatest(pg_snapshot_xmax(s)::text::bigint,"
            " pg_current_xact_id_if_assigned()::text::bigint) FROM pg_current_snapshot() s"
        )
        xmin, xmax = cursor.fetchone()
        return int(xmin if end == "xmin" else xmax)


def _leaves() -> Iterator[Leaf]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LEAVES)
        while rows := cursor.fetchmany(5000):
            yield from (Leaf(*row) for row in rows)


def _epoch() -> int:
    return AuditEpoch.objects.aggregate(number=Max("number"))["number"] or 1


def _head() -> Link | None:
    row = AuditSeal.objects.order_by("-number").first()
    return _link(row) if row else None


def _next_link(head: Link | None, *, horizon: int) -> Link | None:
    """The next seal: of an older epoch all that is left, of the current one what lies below the horizon."""
    current = _epoch()
    for epoch in range(head.epoch if head else 1, current + 1):
        from_xid = head.below_xid if head and head.epoch == epoch else 0
        rows = AuditEntry.objects.filter(epoch=epoch, xid__gte=from_xid).order_by("xid", "id")
        if epoch == current:
            rows = rows.filter(xid__lt=horizon)
        found = list(rows.values_list("hash", "xid"))
        if found:
            below_xid = horizon if epoch == current else found[-1][1] + 1
            number, previous_root = (head.number + 1, head.root) if head else (1, NO_ROOT)
            link = Link(number, epoch, from_xid, below_xid, len(found), now(), previous_root)
            return replace(link, root=root_of(link, (bytes(row_hash) for row_hash, _ in found)))
    return None


def _link(row: AuditSeal) -> Link:
    values = {name: getattr(row, name) for name in Link.__slots__}
    return Link(**values | {"previous_root": bytes(row.previous_root), "root": bytes(row.root)})
