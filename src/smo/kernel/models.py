"""Rows of the kernel: the audit trail with its seals, and the outbox."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.expressions import RawSQL


class Xid8Field(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction id; it never wraps, so it orders entries within one cluster's life."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, *_: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class AuditEntry(models.Model):
    """Who did what to what. Append-only; the database sets xid, epoch and hash itself, whatever is sent."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    done_by = models.UUIDField()
    verb = models.TextField()
    subject_kind = models.TextField()
    subject_id = models.TextField()
    details = models.JSONField(default=dict)
    personal_digest = models.BinaryField(null=True)
    xid = Xid8Field(db_default=RawSQL("pg_current_xact_id()", ()))
    epoch = models.IntegerField(db_default=1)
    hash = models.BinaryField(db_default=RawSQL("''::bytea", ()))

    class Meta:
        indexes = (
            models.Index(fields=["epoch", "xid", "id"], name="audit_sealing_order"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_by_subject"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(verb="") & ~models.Q(subject_kind=""), name="audit_entry_says_what"
            ),
        )


class SubjectKey(models.Model):
    """The key to one person's values in the audit trail; without it they are noise, here and in every backup."""

    subject = models.UUIDField(primary_key=True)
    key = models.BinaryField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(key__isnull=True, erased_at__isnull=False)
                | models.Q(key__isnull=False, erased_at__isnull=True),
                name="subject_key_is_there_or_erased",
            ),
        )


class AuditPrivate(models.Model):
    """Personal values of one entry, outside the chain: salt and text, sealed with the subject's key."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, primary_key=True, related_name="private")
    subject = models.ForeignKey(SubjectKey, on_delete=models.PROTECT, related_name="+")
    sealed_text = models.BinaryField()


class AuditEpoch(models.Model):
    """One life of the database: a restore begins a new one, because transaction ids start again."""

    number = models.PositiveIntegerField(primary_key=True)
    began_at = models.DateTimeField()
    reason = models.TextField()


class AuditSeal(models.Model):
    """One link of the chain: all entries with from_xid <= xid < below_xid of an epoch, under one root."""

    number = models.PositiveBigIntegerField(primary_key=True)
    epoch = models.PositiveIntegerField()
    from_xid = Xid8Field()
    below_xid = Xid8Field()
    entries = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    previous_root = models.BinaryField()
    root = models.BinaryField()


class OutboxEvent(models.Model):
    """News that waits for the relay."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    published_at = models.DateTimeField()
