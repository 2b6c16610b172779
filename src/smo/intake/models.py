"""Rows of intake: items, and imports with what they have staged."""

from django.db import models
from django.db.models import Q

from smo.catalog.models import Project


class ImportKind(models.TextChoices):
    """What a file holds."""

    ITEMS = "items"
    DECISIONS = "decisions"  # of other tools
    GOLD = "gold"
    PREDICTIONS = "predictions"


class ImportState(models.TextChoices):
    """received -> mapped -> staging -> staged -> publishing -> published; cancelled or failed from any before that."""

    RECEIVED = "received"
    MAPPED = "mapped"
    STAGING = "staging"
    STAGED = "staged"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Import(models.Model):
    """One file on its way in. Its rows are seen by nobody until it is published, whole."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports")
    kind = models.TextField(choices=ImportKind.choices)
    file_name = models.TextField()
    path = models.TextField()  # where the file lies, below the upload folder or given on the command line
    bytes = models.BigIntegerField(default=0)
    sha256 = models.TextField(default="", blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    state = models.TextField(choices=ImportState.choices, default=ImportState.RECEIVED)
    bytes_read = models.BigIntegerField(default=0)  # the byte offset from which staging goes on
    rows_read = models.BigIntegerField(default=0)
    rows_staged = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    rows_new = models.BigIntegerField(default=0)
    rows_known = models.BigIntegerField(default=0)
    faults = models.JSONField(default=list, blank=True)  # the first of them, with row, column and remedy
    fault = models.TextField(default="", blank=True)  # why it failed as a whole
    requested_by = models.UUIDField()
    created_at = models.DateTimeField()
    staged_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["project", "-created_at"], name="import_by_project"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="import_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
        )


class ItemKind(models.TextChoices):
    """What an item's content is."""

    TEXT = "text"
    CONVERSATION = "conversation"


class Item(models.Model):
    """One thing to decide about, with what cannot be filled in afterwards."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="items")
    item_key = models.TextField()  # the source's own id, once in a project
    kind = models.TextField(choices=ItemKind.choices, default=ItemKind.TEXT)
    text = models.TextField(default="", blank=True)
    turns = models.JSONField(null=True)  # [{"role": "user", "text": "..."}, ...] of a conversation
    meta = models.JSONField(default=dict, blank=True)  # what else the source says, as it says it
    language_declared = models.TextField(default="", blank=True)
    language_detected = models.TextField(default="", blank=True)
    market = models.TextField(default="", blank=True)
    surface = models.TextField(default="", blank=True)
    source = models.TextField(default="", blank=True)
    model_score = models.FloatField(null=True)  # at sampling
    inclusion_probability = models.FloatField(null=True)  # of the sampling that chose it
    received_at = models.DateTimeField()
    brought_by = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="items")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["project", "item_key"], name="item_key_once_in_a_project"),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="item_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="text", turns=None) | Q(kind="conversation", turns__isnull=False),
                name="item_has_turns_if_a_conversation",
            ),
            models.CheckConstraint(
                condition=Q(inclusion_probability=None) | Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="item_inclusion_probability_is_one",
            ),
        )
