"""What there is to know about people, as far as whoever asks may know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from smo.kernel import audit
from smo.kernel.clock import today
from smo.kernel.errors import NotFound
from smo.kernel.permissions import ADMIN, Actor, Scope, Verb, may, require
from smo.measure.facts import SIGN_IN_ATTEMPT
from smo.people import models
from smo.people.queries.actors import in_force
from smo.people.rules import GrantState, grant_state

STATES: Final = ("active", "inactive", "no_account")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of people; `roles` are those in force today."""

    id: UUID
    name: str
    kind: str
    email: str
    state: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some lines in the order of names; `next` continues after the last one."""

    rows: tuple[PersonRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """One person with the account they sign in with, if any."""

    id: UUID
    name: str
    kind: str
    created_at: datetime
    state: str
    email: str
    is_demo: bool
    has_second_factor: bool
    must_change_password: bool
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role, what it may do and how many people hold it today."""

    name: str
    verbs: tuple[str, ...]
    holders: int


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One role that a person holds, held or will hold; no name means that the system did it."""

    id: UUID
    role: str
    scope: Scope
    starts_on: date
    ends_on: date | None
    state: GrantState
    granted_at: datetime
    granted_by_name: str
    ended_at: datetime | None
    ended_by_name: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry of the audit trail with the names of who did it and to whom; no name means the system."""

    entry: audit.Entry
    done_by_name: str
    subject_name: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, newest first; `next` continues after the last one."""

    rows: tuple[AuditRow, ...]
    next: UUID | None


def account_id_of(email: str) -> int | None:
    """The account that signs in with this address; for the door only, which tells nobody."""
    account: models.Account | None = models.Account.objects.filter(email=email.strip().lower()).first()
    return account.pk if account else None


def accounts_exist() -> bool:
    """Has anybody been given a login, open or closed?"""
    return bool(models.Account.objects.exists())


def demo_accounts_exist() -> bool:
    """Could someone sign in with a demo account?"""
    return bool(models.Account.objects.filter(is_demo=True, is_active=True).exists())


def admins_remain(*, without_grant: UUID | None = None, without_person: UUID | None = None) -> bool:
    """Would someone remain who can sign in and holds the admin role everywhere and without end?"""
    grants = models.Grant.objects.filter(
        in_force(),
        _everywhere(),
        role__name=ADMIN,
        ends_on__isnull=True,
        person__account__is_active=True,
    )
    left_out = Q(pk__in=[without_grant] if without_grant else []) | Q(
        person__id__in=[without_person] if without_person else []
    )
    return grants.exclude(left_out).exists()


def people(*, by: Actor, search: str = "", state: str = "", after: UUID | None = None, limit: int = 50) -> PeoplePage:
    """People in the order of their names, found by a part of name or address, of one state (see STATES) or all."""
    rows = _visible(by).select_related("account").prefetch_related(_rolesin_force())
    rows = rows.alias(sort_name=Lower("name")).order_by("sort_name", "id")
    if search.strip():
        rows = rows.filter(Q(name__icontains=search.strip()) | Q(account__email__icontains=search.strip()))
    if state:
        rows = rows.filter(_in_state(state))
    last = models.Person.objects.filter(pk=after).annotate(sort_name=Lower("name")).first() if after else None
    if last:
        rows = rows.filter(Q(sort_name__gt=last.sort_name) | Q(sort_name=last.sort_name, id__gt=last.id))
    found = list(rows[: limit + 1])
    page = tuple(_person_row(person) for person in found[:limit])
    return PeoplePage(page, page[-1].id if len(found) > limit else None)


def person(*, by: Actor, person_id: UUID) -> PersonDetail:
    """One person. Errors: NotFound, also when there is one whom this actor may not know of."""
    row = _visible(by).select_related("account").filter(pk=person_id).first()
    if row is None:
        raise NotFound(person_id=person_id)
    account: models.Account | None = getattr(row, "account", None)
    return PersonDetail(
        id=row.id,
        name=row.name,
        kind=row.kind,
        created_at=row.created_at,
        state=_state(account),
        email=account.email if account else "",
        is_demo=bool(account and account.is_demo),
        has_second_factor=bool(account and Authenticator.objects.filter(user=account).exists()),
        must_change_password=bool(account and account.must_change_password),
        last_sign_in_at=account.last_login if account else None,
    )


def roles(*, by: Actor) -> tuple[RoleRow, ...]:
    """Every role with its verbs; what a role may do is no secret to those who work here."""
    require(by, Verb.VIEW_ROLES)
    holders = Count("grants__person", filter=in_force("grants__"), distinct=True)
    rows = models.Role.objects.annotate(holders=holders).order_by("key")
    return tuple(RoleRow(row.name, tuple(row.verbs), row.holders) for row in rows)


def grants(*, by: Actor, person_id: UUID) -> tuple[GrantRow, ...]:
    """What a person may do and could do, newest first. Errors: NotFound as for `person`."""
    holder = _visible(by).filter(pk=person_id).first()
    if holder is None:
        raise NotFound(person_id=person_id)
    rows = holder.grants.select_related("role", "granted_by", "ended_by").order_by("-granted_at", "-id")
    return tuple(_grant_row(row) for row in rows)


def recent_audit(
    *, by: Actor, person_id: UUID | None = None, verb: str = "", before: UUID | None = None, limit: int = 50
) -> AuditPage:
    """The newest entries first, of all or about one person."""
    require(by, Verb.VIEW_AUDIT_TRAIL)
    subject = audit.Subject("person", str(person_id)) if person_id else None
    found = audit.entries(subject=subject, verb=verb, before=before, limit=limit + 1)
    page = found[:limit]
    known = _names(one for entry in page for one in (str(entry.done_by), entry.subject.id))
    rows = tuple(AuditRow(entry, known.get(str(entry.done_by), ""), known.get(entry.subject.id, "")) for entry in page)
    return AuditPage(rows, page[-1].id if len(found) > limit else None)


def audit_verification(*, by: Actor) -> audit.Verification:
    """A walk over the whole audit trail, now."""
    require(by, Verb.VIEW_AUDIT_TRAIL)
    return audit.verify(settings.ANCHOR_DIR)


def attempt_facts(day: date) -> pa.Table:
    """The attempts to sign in of one UTC day, as facts for the warehouse."""
    start = datetime.combine(day, time(), UTC)
    found = models.Attempt.objects.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by("at", "id")
    rows = found.values_list("at", "id", "account__person_id", "outcome")
    facts = [
        {"day": day, "at": at, "attempt": str(attempt), "person": str(person) if person else None, "outcome": outcome}
        for at, attempt, person, outcome in rows
    ]
    return pa.Table.from_pylist(facts, schema=SIGN_IN_ATTEMPT)


def _visible(by: Actor) -> QuerySet[models.Person]:
    """Everyone for those who may view people, else oneself and those whom a grant names."""
    if may(by, Verb.VIEW_PEOPLE):
        return models.Person.objects.all()
    named = {grant.scope.subject for grant in by.grants if grant.scope == Scope(subject=grant.scope.subject)}
    own = [str(by.id), *sorted(name for name in named if may(by, Verb.VIEW_PEOPLE, scope=Scope(subject=name)))]
    return models.Person.objects.filter(id__in=own)


def _everywhere() -> Q:
    return Q(**dict.fromkeys(models.SCOPE_FIELDS, ""))


def _rolesin_force() -> Prefetch:  # type: ignore[type-arg]
    held = models.Grant.objects.filter(in_force()).select_related("role").order_by("role__key")
    return Prefetch("grants", queryset=held, to_attr="held")


def _in_state(state: str) -> Q:
    if state == "no_account":
        return Q(account__isnull=True)
    return Q(account__is_active=state == "active")


def _state(account: models.Account | None) -> str:
    if account is None:
        return "no_account"
    return "active" if account.is_active else "inactive"


def _person_row(row: Any) -> PersonRow:
    account = getattr(row, "account", None)
    held = tuple(dict.fromkeys(grant.role.name for grant in row.held))
    return PersonRow(row.id, row.name, row.kind, account.email if account else "", _state(account), held)


def _grant_row(row: models.Grant) -> GrantRow:
    day = today(settings.TIME_ZONE)
    return GrantRow(
        id=row.id,
        role=row.role.name,
        scope=row.scope,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state=grant_state(starts_on=row.starts_on, ends_on=row.ends_on, ended_at=row.ended_at, today=day),
        granted_at=row.granted_at,
        granted_by_name=row.granted_by.name if row.granted_by else "",
        ended_at=row.ended_at,
        ended_by_name=row.ended_by.name if row.ended_by else "",
    )


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the people behind these ids are called; for pages whose rows whoever asks may see."""
    return dict(models.Person.objects.filter(pk__in=set(ids)).values_list("id", "name"))


def _names(ids: Iterable[str]) -> dict[str, str]:
    return {str(one): name for one, name in names(UUID(text) for text in ids if _is_uuid(text)).items()}


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
