"""Rows of quality: sampling plans, draws, audits, findings and gold keys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from smo.catalog.models import GuidelineVersion, Project, SchemaVersion
from smo.intake.models import Import, Item
from smo.labeling.models import Decision
from smo.people.models import Person


class Purpose(models.TextChoices):
    """What a sample is for; the three are never mixed."""

    ESTIMATE = "estimate"
    DETECT = "detect"
    DECIDE = "decide"


class PlanState(models.TextChoices):
    """Only an active plan is drawn."""

    DRAFT = "draft"
    ACTIVE = "active"
    CLOSED = "closed"


class Plan(models.Model):
    """How decisions of a project are sampled for audit; a change makes a new version."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="plans")
    name = models.TextField()
    version = models.PositiveIntegerField(default=1)
    purpose = models.TextField(choices=Purpose.choices, default=Purpose.ESTIMATE)
    design = models.TextField()  # one of the shelf smo.measure.sampling
    strata_by = ArrayField(models.TextField(), default=list, blank=True)  # market, language, person, answer:<question>
    sample_size = models.PositiveIntegerField()
    allocation = models.TextField(default="proportional")  # or equal
    minimum_per_stratum = models.PositiveIntegerField(default=0)
    maximum_per_stratum = models.PositiveIntegerField(default=0)  # 0: no cap
    blind_mode = models.TextField(default="single")  # single, double
    seed = models.BigIntegerField()
    state = models.TextField(choices=PlanState.choices, default=PlanState.ACTIVE)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["project", "name", "version"], name="plan_version_once"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="plan_purpose_is_known"),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_is_known"),
            models.CheckConstraint(condition=Q(sample_size__gte=1), name="plan_draws_something"),
        )

    def __str__(self) -> str:
        return self.name


class Draw(models.Model):
    """One sample from the decision log; with its seed and frame it can be drawn again, bit by bit."""

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    frame_from = models.DateTimeField()
    frame_to = models.DateTimeField()
    frame_size = models.PositiveIntegerField()
    frame_hash = models.BinaryField()  # the sum of its rows' 128-bit hashes; under algorithm 1 sha256 over its ids
    algorithm = models.PositiveSmallIntegerField(default=1, db_default=1)  # of smo.measure.sample
    strata = models.JSONField()  # [{"stratum": "DE", "size": 600, "drawn": 60}, ...]
    drawn_by = models.UUIDField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["plan", "number"], name="draw_number_once"),)


class AuditState(models.TextChoices):
    """drawn -> served -> locked (own label stored) -> revealed -> filed; withdrawn when its decision is gone."""

    DRAWN = "drawn"
    SERVED = "served"
    LOCKED = "locked"
    REVEALED = "revealed"
    FILED = "filed"
    WITHDRAWN = "withdrawn"


class Audit(models.Model):
    """One decision that was drawn, and what the auditor made of it. The own label stands before the reveal."""

    id = models.UUIDField(primary_key=True)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="audits", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="audits", db_index=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="audits")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="audits", db_index=False)
    stratum = models.TextField(default="", blank=True)
    inclusion_probability = models.FloatField()
    position = models.PositiveIntegerField()  # a random order
    state = models.TextField(choices=AuditState.choices, default=AuditState.DRAWN)
    auditor = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="audits", db_index=False)
    served_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    schema_version = models.ForeignKey(
        SchemaVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    guideline_version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # bound when the audited item was opened
    own_outcome = models.TextField(default="", blank=True)
    own_answers = models.JSONField(null=True)
    own_label_locked_at = models.DateTimeField(null=True)
    submit_key = models.UUIDField(null=True, unique=True)
    revealed_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True)
    is_correct = models.BooleanField(null=True)  # the decision, by the findings that count
    active_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["project", "draw", "position"], condition=Q(state="drawn"), name="audit_to_serve"),
            models.Index(fields=["expires_at"], condition=Q(state="served"), name="audit_expiry"),
            models.Index(fields=["auditor", "-served_at"], name="audit_of_auditor"),
            models.Index(fields=["filed_at"], name="audit_filed"),
            models.Index(fields=["project", "filed_at"], name="audit_of_project"),
            models.Index(fields=["item"], name="audit_of_item"),
        )
        constraints = (
            models.UniqueConstraint(fields=["draw", "decision"], name="audit_once_per_draw"),
            models.UniqueConstraint(
                fields=["auditor"],
                condition=Q(state__in=["served", "locked", "revealed"]),
                name="audit_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=AuditState.values), name="audit_state_is_known"),
            models.CheckConstraint(
                condition=Q(inclusion_probability__gt=0, inclusion_probability__lte=1),
                name="audit_inclusion_probability_is_one",
            ),
            models.CheckConstraint(
                condition=Q(revealed_at=None) | Q(own_label_locked_at__isnull=False),
                name="audit_own_label_before_reveal",
            ),
        )


class Finding(models.Model):
    """One thing wrong with an audited decision, on four axes; the coaching note never counts."""

    id = models.UUIDField(primary_key=True)
    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="findings")
    outcome_class = models.TextField()  # axis A, see quality.rules.taxonomy
    severity = models.TextField()  # axis B: S0 to S4
    severity_by_rule = models.TextField()
    severity_reason = models.TextField(default="", blank=True)  # due when the auditor moved it
    cause = models.TextField(default="", blank=True)  # axis C, preliminary
    caught = models.TextField(default="audit")  # axis D
    question = models.TextField(default="", blank=True)
    rule_code = models.TextField(default="", blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    comment = models.TextField(default="", blank=True)
    coaching_note = models.TextField(default="", blank=True)
    counts_for = ArrayField(models.TextField(), default=list, blank=True)  # person, product, guideline, tool
    status = models.TextField(default="open")
    disputable_until = models.DateTimeField()
    filed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="findings", db_index=False)
    filed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["filed_at"], name="finding_filed"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(severity__in=["S0", "S1", "S2", "S3", "S4"]), name="finding_severity_is_known"
            ),
        )


class GoldKey(models.Model):
    """The answers that count as right for one question about one item."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="gold_keys")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="gold_keys")
    question = models.TextField()
    answers = models.JSONField()  # a list: more than one may be right
    source = models.TextField(default="", blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    brought_by = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="gold_keys")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["item", "question"], condition=Q(is_active=True), name="gold_key_one_active_per_question"
            ),
        )
