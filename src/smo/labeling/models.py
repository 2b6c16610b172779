"""Rows of labeling: queues, an item's slot in one, who holds it, what was decided, and flags on the guideline.

A foreign key has an index of its own only where something is looked up by it: each index is written with each label.
"""

from django.db import models
from django.db.models import F, Q

from smo.catalog.models import GuidelineVersion, Project, SchemaVersion
from smo.intake.models import Import, Item
from smo.people.models import Person


class QueueState(models.TextChoices):
    """An open queue hands out work; a draining one takes no new items."""

    OPEN = "open"
    PAUSED = "paused"
    DRAINING = "draining"


class Queue(models.Model):
    """Work of a project that waits, for one market and language or, where empty, for all."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="queues")
    name = models.TextField()
    market = models.TextField(default="", blank=True)
    language = models.TextField(default="", blank=True)
    priority = models.SmallIntegerField(default=0)
    overlap = models.PositiveSmallIntegerField(default=1)
    state = models.TextField(choices=QueueState.choices, default=QueueState.OPEN)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["project", "name"], name="queue_name_once_in_a_project"),
            models.CheckConstraint(condition=Q(state__in=QueueState.values), name="queue_state_is_known"),
            models.CheckConstraint(condition=Q(overlap__range=(1, 50)), name="queue_overlap_is_sane"),
        )

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """An item's place in a queue, with counters: wanted decisions, live assignments, decisions made."""

    key = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="slots", db_index=False)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="slot")
    priority = models.SmallIntegerField(default=0)
    wanted = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    decided = models.PositiveSmallIntegerField(default=0)
    is_open = models.GeneratedField(
        expression=Q(wanted__gt=F("taken") + F("decided")),  # type: ignore[arg-type]  # the stubs know no Q here
        output_field=models.BooleanField(),
        db_persist=True,
    )
    received_at = models.DateTimeField()
    final_at = models.DateTimeField(null=True)  # when the last wanted decision came

    class Meta:
        indexes = (
            models.Index(fields=["queue", "-priority", "key"], condition=Q(is_open=True), name="slot_to_hand_out"),
            models.Index(fields=["queue", "received_at"], condition=Q(final_at=None), name="slot_backlog"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(wanted__gte=F("taken") + F("decided")), name="slot_is_never_overfull"),
        )


class AssignmentState(models.TextChoices):
    """How a claim stands."""

    LIVE = "live"
    DECIDED = "decided"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    RELEASED = "released"


class Assignment(models.Model):
    """One person's claim on one slot, with the schema and the guideline that are bound to it."""

    id = models.UUIDField(primary_key=True)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    state = models.TextField(choices=AssignmentState.choices, default=AssignmentState.LIVE)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    schema_version = models.ForeignKey(SchemaVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    guideline_version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = (
            models.Index(fields=["expires_at"], condition=Q(state="live"), name="assignment_expiry"),
            models.Index(fields=["person", "queue"], condition=Q(state="live"), name="assignment_live_of_person"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_is_known"),
            models.UniqueConstraint(
                fields=["person", "slot"],
                condition=Q(state__in=["live", "decided", "skipped"]),
                name="assignment_once_per_person_and_slot",
            ),
        )


class AnswersSeen(models.Model):
    """Who has seen what others answered about an item, by an audit for one: it is never handed to that person."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["item", "person"], name="answers_seen_once"),)


class Outcome(models.TextChoices):
    """How a person left an item."""

    DECIDED = "decided"
    SKIPPED = "skipped"
    UNAVAILABLE = "unavailable"  # the content was gone
    NO_UNIQUE_ANSWER = "no_unique_answer"  # under this guideline


class DecisionMode(models.TextChoices):
    """Who decided, and how."""

    HUMAN = "human"
    HUMAN_ASSISTED = "human_assisted"
    HUMAN_FANOUT = "human_fanout"
    AUTOMATED = "automated"


class Decision(models.Model):
    """What one person decided about one item; never changed, only retracted."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, related_name="decisions", db_index=False)
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, related_name="decisions", db_index=False
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    outcome = models.TextField(choices=Outcome.choices)
    answers = models.JSONField(default=dict, blank=True)  # {question: answer, or {turn: answer}}
    reason = models.TextField(default="", blank=True)  # of a skip: a code
    note = models.TextField(default="", blank=True)
    confidence = models.PositiveSmallIntegerField(null=True)
    submit_key = models.UUIDField(unique=True)
    submitted_digest = models.BinaryField(null=True)  # the same key with another answer is refused
    claimed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()  # by the server; of an imported one: when it was submitted there
    client_elapsed_ms = models.BigIntegerField(null=True)  # monotonic, since the claim
    client_at = models.DateTimeField(null=True)  # the raw clock over there
    active_ms = models.BigIntegerField(null=True)
    idle_ms = models.BigIntegerField(null=True)
    decision_mode = models.TextField(choices=DecisionMode.choices, default=DecisionMode.HUMAN)
    source_decision = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    translation_used = models.BooleanField(default=False)
    prelabel_shown = models.BooleanField(default=False)
    view_mode = models.TextField(default="full")  # full, blurred, greyscale
    tool_version = models.TextField(default="", blank=True)
    schema_version = models.ForeignKey(
        SchemaVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    guideline_version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # in force when the item was opened
    seen_guideline_version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # what the person had before their eyes
    is_late = models.BooleanField(default=False)  # came after its claim had expired
    brought_by = models.ForeignKey(
        Import, on_delete=models.PROTECT, null=True, related_name="decisions", db_index=False
    )
    retracted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["project", "received_at"], name="decision_by_project"),
            models.Index(fields=["person", "received_at"], name="decision_by_person"),
            models.Index(fields=["received_at"], name="decision_by_time"),
            models.Index(fields=["brought_by"], condition=Q(brought_by__isnull=False), name="decision_brought"),
            models.Index(fields=["retracted_at"], condition=Q(retracted_at__isnull=False), name="decision_retracted"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="decision_outcome_is_known"),
            models.CheckConstraint(condition=Q(decision_mode__in=DecisionMode.values), name="decision_mode_is_known"),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(retracted_at=None), name="decision_once_per_assignment"
            ),
        )


class Flag(models.Model):
    """Somebody says that the guideline is unclear here."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="flags", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="flags")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, related_name="flags")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="flags")
    guideline_version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    rule_code = models.TextField(default="", blank=True)
    text = models.TextField()
    raised_at = models.DateTimeField()
    answer = models.TextField(default="", blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["project", "raised_at"], name="flag_by_project"),
            models.Index(fields=["project"], condition=Q(answered_at=None), name="flag_open"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="flag_answered_whole",
            ),
        )
