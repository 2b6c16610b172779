"""Rows of the catalog. Other rooms point to projects, schema versions and guideline versions; codes never change."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat

CODE = r"^[a-z0-9][a-z0-9-]*$"
SEVERITIES = ("S0", "S1", "S2", "S3", "S4")


class Product(models.Model):
    """What a client runs and moderates."""

    id = models.UUIDField(primary_key=True)
    code = models.SlugField(max_length=60, unique=True)
    name = models.TextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Market(models.Model):
    """A place with its own rules and audience, by its code (ISO 3166 or one's own)."""

    code = models.TextField(primary_key=True)
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class Language(models.Model):
    """A language by its BCP 47 tag."""

    code = models.TextField(primary_key=True)
    name = models.TextField()
    is_right_to_left = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """A set of rules under one name; its text lives in guideline versions."""

    id = models.UUIDField(primary_key=True)
    code = models.SlugField(max_length=60, unique=True)
    name = models.TextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class GuidelineVersion(models.Model):
    """One wording of a policy. Draft until approved; in force from `effective_at` until the next one is."""

    id = models.UUIDField(primary_key=True)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    introduction = models.TextField(default="", blank=True)
    change_note = models.TextField(default="", blank=True)
    is_retroactive = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)  # counts saves, so that two editors are told of each other
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    saved_by = models.UUIDField(null=True)  # who saved last, for the next one who saves; none since it was made
    saved_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="guideline_number_once"),
            models.UniqueConstraint(fields=["policy"], condition=Q(approved_at=None), name="guideline_one_draft"),
            models.UniqueConstraint(fields=["policy", "effective_at"], name="guideline_one_start_at_a_time"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, effective_at=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False, effective_at__isnull=False),
                name="guideline_approved_whole",
            ),
        )


class Rule(models.Model):
    """One rule in one guideline version; the code is what stays the same from version to version."""

    id = models.UUIDField(primary_key=True)
    version = models.ForeignKey(GuidelineVersion, on_delete=models.CASCADE, related_name="rules")
    code = models.TextField()
    parent_code = models.TextField(default="", blank=True)
    title = models.TextField()
    text = models.TextField(default="", blank=True)
    applies_when = models.TextField(default="", blank=True)  # one case a line
    does_not_apply_when = models.TextField(default="", blank=True)
    severity = models.TextField(default="S1")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "code"], name="rule_code_once"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="rule_severity_is_known"),
            models.CheckConstraint(condition=~Q(code=F("parent_code")), name="rule_is_not_its_own_parent"),
        )


class LabelSchema(models.Model):
    """A set of questions under one name; its questions live in schema versions."""

    id = models.UUIDField(primary_key=True)
    code = models.SlugField(max_length=60, unique=True)
    name = models.TextField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SchemaVersion(models.Model):
    """One wording of the questions (`definition`, see catalog.rules.schema). The newest published one is in force."""

    id = models.UUIDField(primary_key=True)
    schema = models.ForeignKey(LabelSchema, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    saved_by = models.UUIDField(null=True)  # who saved last, for the next one who saves; none since it was made
    saved_at = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["schema", "number"], name="schema_number_once"),
            models.UniqueConstraint(fields=["schema"], condition=Q(published_at=None), name="schema_one_draft"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="schema_published_whole",
            ),
        )


class ProjectState(models.TextChoices):
    """Where a project stands; only a live one hands out work."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    CLOSED = "closed"


class Project(models.Model):
    """One piece of work for a product: by which policy, with which questions, how often each item is decided."""

    id = models.UUIDField(primary_key=True)
    code = models.SlugField(max_length=60, unique=True)  # the scope of grants and the name in facts
    name = models.TextField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="projects")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="projects")
    schema = models.ForeignKey(LabelSchema, on_delete=models.PROTECT, null=True, related_name="projects")
    purpose = models.TextField(default="", blank=True)
    state = models.TextField(choices=ProjectState.choices, default=ProjectState.DRAFT)
    markets = ArrayField(models.TextField(), default=list, blank=True)
    languages = ArrayField(models.TextField(), default=list, blank=True)
    overlap = models.PositiveSmallIntegerField(default=1)
    lease_seconds = models.PositiveIntegerField(default=1800)
    shows_model_score = models.BooleanField(default=False)
    time_zone = models.TextField(default="UTC")
    severity_points = models.JSONField(default=dict, blank=True)
    dispute_hours = models.PositiveIntegerField(default=72)
    due_hours = models.PositiveIntegerField(default=24)  # an item is on time when it is final so soon
    revision = models.PositiveIntegerField(default=1)
    created_by = models.UUIDField()
    created_at = models.DateTimeField()
    saved_by = models.UUIDField(null=True)  # who saved last, for the next one who saves; none since it was made
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=CODE), name="project_code_is_plain"),
            models.CheckConstraint(condition=Q(state__in=ProjectState.values), name="project_state_is_known"),
            models.CheckConstraint(condition=Q(overlap__range=(1, 50)), name="project_overlap_is_sane"),
            models.CheckConstraint(condition=Q(lease_seconds__range=(60, 86400)), name="project_lease_is_sane"),
        )

    def __str__(self) -> str:
        return self.name


def _point(value: Func) -> Func:
    return Func(value, value, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _target_key() -> Func:
    parts = (F("project_id"), Value("/"), F("kpi"), Value("/"), F("market"))
    return Func(Concat(*parts, output_field=models.TextField()), Value(0), function="hashtextextended")


class Target(models.Model):
    """What a KPI of a project should reach, from a day to another (not included); an empty market means all."""

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="targets")
    kpi = models.TextField()
    market = models.TextField(default="", blank=True)
    value = models.FloatField()
    minimum_n = models.PositiveIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="target_has_a_day"),
            ExclusionConstraint(
                name="target_is_one_at_a_time",
                expressions=(
                    (_point(_target_key()), RangeOperators.OVERLAPS),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ),
            ),
        )
