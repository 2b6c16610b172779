"""Rows of intake: items, imports, and what an import has staged and turned away."""

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
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="imports", db_index=False)
    kind = models.TextField(choices=ImportKind.choices)
    file_name = models.TextField()
    path = models.TextField()  # where the file lies, below the upload folder or given on the command line
    bytes = models.BigIntegerField(default=0)
    sha256 = models.TextField(default="", blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    state = models.TextField(choices=ImportState.choices, default=ImportState.RECEIVED)
    bytes_read = models.BigIntegerField(default=0)  # the byte offset from which staging goes on
    lines_read = models.BigIntegerField(default=0)
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
    # The indexes below begin with the project; who reads an import's items reads the project's newest.
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="items", db_index=False)
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
    # Imports are never deleted, and checking a million times that this one is there took a fifth of publishing.
    brought_by = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, related_name="items", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = (models.Index(fields=["project", "id"], name="item_by_project"),)
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


class Staged(models.Model):
    """One row of a file that is not published: nobody's queries read it, and publishing or cancelling empties it."""

    # Without constraints to other tables: a million rows arrive in one stream, checked by publishing.
    pk = models.CompositePrimaryKey("brought_by_id", "row")
    brought_by = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    row = models.BigIntegerField()  # counted from 1, in the order of the file
    line = models.BigIntegerField(null=True)  # where it begins in the file, where that can be told
    new_id = models.UUIDField()  # what the row will be called when it is published
    item_id = models.UUIDField(null=True)  # of an answer: whose it is, once found
    item_key = models.TextField()
    kind = models.TextField(null=True)
    text = models.TextField(null=True)
    turns = models.JSONField(null=True)
    meta = models.JSONField(null=True)
    language = models.TextField(null=True)
    market = models.TextField(null=True)
    surface = models.TextField(null=True)
    source = models.TextField(null=True)
    score = models.FloatField(null=True)
    inclusion_probability = models.FloatField(null=True)
    rater = models.TextField(null=True)  # or the model
    question = models.TextField(null=True)
    label = models.TextField(null=True)
    answer = models.JSONField(null=True)  # the label as the question's type understands it
    at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    elapsed_ms = models.BigIntegerField(null=True)


class Rejected(models.Model):
    """One row that was turned away, and why; kept with its import, so that the file can be mended."""

    id = models.BigAutoField(primary_key=True)
    brought_by = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False)
    row = models.BigIntegerField()
    line = models.BigIntegerField(null=True)
    column = models.TextField(default="", blank=True)
    value = models.TextField(default="", blank=True)  # the first signs of what stands there
    code = models.TextField()  # see intake.rules.faults

    class Meta:
        indexes = (models.Index(fields=["brought_by", "row"], name="rejected_by_import"),)
