"""Rows of people: persons, the accounts they sign in with, roles, grants and attempts to sign in."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.crypto import salted_hmac

from smo.kernel.permissions import Scope

SCOPE_FIELDS = Scope.__slots__


class PersonKind(models.TextChoices):
    """A person is whoever decides about an item."""

    HUMAN = "human"
    MODEL = "model"
    IMPORTED = "imported"  # a rater known only from someone else's table


class Person(models.Model):
    """Who every record points to; signing in is the account's business."""

    id = models.UUIDField(primary_key=True)
    key = models.BigIntegerField(
        unique=True, editable=False, db_default=Func(Value("people_person_key"), function="nextval")
    )
    name = models.TextField()
    kind = models.TextField(choices=PersonKind.choices, default=PersonKind.HUMAN)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(Lower("name"), "id", name="person_by_name"),)
        constraints = (
            models.CheckConstraint(condition=~Q(name__regex=r"^\s*$"), name="person_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=PersonKind.values), name="person_kind_is_known"),
        )

    def __str__(self) -> str:
        return self.name


class AccountManager(UserManager["Account"]):
    """Finds accounts for signing in; they are made by people.actions alone."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """E-mail addresses are told apart regardless of case."""
        return self.get(email__iexact=username)


class Account(AbstractUser):
    """A way to sign in, and nothing else."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="account")
    is_demo = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    session_generation = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = AccountManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="account_email_is_lower_case"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="account_is_never_above_permissions"),
        )

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        """What a session must bear: a new password or a closed account ends every session opened before."""
        told = f"{self.password}|{self.session_generation}"
        return salted_hmac("smo.people.account.session", told, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """The person's name; the account itself has none."""
        return self.person.name if self.person else self.email


class Role(models.Model):
    """A named set of verbs."""

    name = models.TextField(primary_key=True)
    key = models.BigIntegerField(
        unique=True, editable=False, db_default=Func(Value("people_role_key"), function="nextval")
    )
    verbs = ArrayField(models.TextField())

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(name__regex=r"^[a-z][a-z_]*$"), name="role_name_is_a_word"),)

    def __str__(self) -> str:
        return self.name


def _point(value: Any) -> Func:
    """A number as a range of itself: ranges know && in every PostgreSQL, without an extension."""
    return Func(value, value, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _scope_key() -> Func:
    """One number for the scope's six fields; equal scopes give equal numbers."""
    parts = [part for name in SCOPE_FIELDS for part in (F(name), Value("/"))]
    return Func(Concat(*parts, output_field=models.TextField()), Value(0), function="hashtextextended")


class Scoped(models.Model):
    """Something that holds within a scope; an empty field means everywhere."""

    project = models.TextField(default="", blank=True)
    market = models.TextField(default="", blank=True)
    language = models.TextField(default="", blank=True)
    vendor = models.TextField(default="", blank=True)
    team = models.TextField(default="", blank=True)
    subject = models.TextField(default="", blank=True)

    class Meta:
        abstract = True

    @property
    def scope(self) -> Scope:
        """The six fields as one value."""
        return Scope(**{name: getattr(self, name) for name in SCOPE_FIELDS})

    def set_scope(self, scope: Scope) -> None:
        """Spread one value over the six fields."""
        for name, value in asdict(scope).items():
            setattr(self, name, value)


class Grant(Scoped):
    """One role of one person within one scope from one day to another."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, to_field="key", db_column="person_key", related_name="grants"
    )
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, to_field="key", db_column="role_key", related_name="grants"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="grant_ends_after_it_starts"),
            ExclusionConstraint(
                name="grant_is_held_once_at_a_time",
                expressions=(
                    (_point(F("person")), RangeOperators.OVERLAPS),
                    (_point(F("role")), RangeOperators.OVERLAPS),
                    (_point(_scope_key()), RangeOperators.OVERLAPS),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ),
                condition=Q(ended_at__isnull=True),
            ),
        )


class ApiToken(Scoped):
    """A key with which a program acts as a person, for less than the person may; its secret is not kept."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="tokens")
    name = models.TextField()
    prefix = models.TextField()  # of the secret, so that the holder knows which one it is
    digest = models.BinaryField(unique=True)  # sha256 of the whole secret
    verbs = ArrayField(models.TextField())
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(verbs=[]), name="token_may_something"),
            models.CheckConstraint(condition=~Q(name__regex=r"^\s*$"), name="token_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    """How an attempt to sign in ended."""

    SUCCEEDED = "succeeded"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - an outcome, not a secret
    UNKNOWN_ACCOUNT = "unknown_account"
    INACTIVE_ACCOUNT = "inactive_account"
    TOO_MANY = "too_many"


class Attempt(models.Model):
    """One attempt to sign in. What was typed for a name is not kept: people type passwords there."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="attempts")
    outcome = models.TextField(choices=Outcome.choices)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="attempt_outcome_is_known"),
        )
