"""API tokens and second factors: what a key opens, for how long, and who takes it away."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import SYSTEM, Actor, PermissionDenied, Scope, Verb
from smo.people import actions, models, queries, rules

MONTH = timedelta(days=30)


@pytest.fixture
def lead(as_role) -> Actor:
    """Someone with a password of their own."""
    made = as_role("team_lead")
    models.Account.objects.filter(person_id=made.id).update(must_change_password=False)
    return made


def token_of(by: Actor, *verbs: Verb, scope: Scope | None = None) -> actions.NewToken:
    return actions.create_token(
        by=by, name="nightly export", verbs=verbs, expires_at=now() + MONTH, scope=scope or Scope()
    )


def test_token_acts_as_its_person_cut_down_to_verbs_and_scope(lead: Actor) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS, scope=Scope(project="p1"))
    found = queries.token_actor(made.secret)
    assert found is not None
    assert found.id == lead.id
    assert [(grant.verbs, grant.scope) for grant in found.grants] == [
        (frozenset({Verb.VIEW_NUMBERS}), Scope(project="p1"))
    ]


def test_token_of_a_scope_that_its_person_does_not_reach_opens_nothing(as_role, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        person = actions.add_member(by=SYSTEM, name="One", email="one@example.org", role="trainer", scope=Scope("p1"))
        models.Account.objects.update(must_change_password=False)
    by = queries.actor(person.account_id)
    with pytest.raises(rules.TokenBeyondOwn):
        token_of(by, Verb.VIEW_NUMBERS, scope=Scope(project="p2"))
    made = token_of(by, Verb.VIEW_NUMBERS)
    found = queries.token_actor(made.secret)
    assert found is not None
    assert [grant.scope for grant in found.grants] == [Scope(project="p1")]


def test_token_secret_is_not_kept(lead: Actor) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    row = models.ApiToken.objects.get()
    kept = " ".join(str(value) for value in vars(row).values()) + str(audit.entries(limit=10))
    assert made.secret.startswith(f"smo_{made.prefix}_")
    assert made.secret.removeprefix(f"smo_{made.prefix}_") not in kept
    assert len(made.secret.removeprefix(f"smo_{made.prefix}_")) >= 43  # 256 bits in base64


@pytest.mark.parametrize("wrong", ["", "smo_", "smo_abcdefgh_nothing", "x" * 10_000])
def test_token_that_nobody_made_is_nobody(lead: Actor, wrong: str) -> None:
    token_of(lead, Verb.VIEW_NUMBERS)
    assert queries.token_actor(wrong) is None


def test_token_is_dead_once_revoked_also_where_it_was_known(lead: Actor, django_capture_on_commit_callbacks) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    assert queries.token_actor(made.secret) is not None
    with django_capture_on_commit_callbacks(execute=True):
        actions.revoke_token(by=lead, token_id=made.id)
    assert queries.token_actor(made.secret) is None
    verbs = [entry.verb for entry in audit.entries(subject=audit.Subject("person", str(lead.id)))]
    assert verbs[:2] == ["token_revoked", "token_created"]
    actions.revoke_token(by=lead, token_id=made.id)
    assert len(audit.entries(subject=audit.Subject("person", str(lead.id)))) == len(verbs)


def test_token_is_dead_after_its_time(lead: Actor, monkeypatch) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    later = now() + MONTH + timedelta(seconds=1)
    monkeypatch.setattr("smo.people.queries.api_tokens.now", lambda: later)
    assert queries.token_actor(made.secret) is None
    assert queries.tokens(by=lead).rows[0].state is rules.TokenState.EXPIRED


def test_token_is_dead_with_its_account_and_waits_for_a_new_password(admin: Actor, lead: Actor) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    assert queries.token_actor(made.secret) is not None
    actions.reset_password(by=admin, person_id=lead.id)
    assert queries.token_actor(made.secret) is None
    models.Account.objects.filter(person_id=lead.id).update(must_change_password=False)
    actions.deactivate_account(by=admin, person_id=lead.id)
    assert queries.token_actor(made.secret) is None


def test_token_loses_what_its_person_loses(admin: Actor, lead: Actor, django_capture_on_commit_callbacks) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    held = queries.grants(by=admin, person_id=lead.id)[0]
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_grant(by=admin, grant_id=held.id)
    found = queries.token_actor(made.secret)
    assert found is not None
    assert found.grants == ()


def test_token_may_never_do_more_than_its_person(lead: Actor) -> None:
    with pytest.raises(rules.TokenBeyondOwn) as refusal:
        token_of(lead, Verb.VIEW_NUMBERS, Verb.GRANT_ROLES)
    assert refusal.value.parameters == {"verbs": "grant_roles"}
    with pytest.raises(rules.TokenVerbsMissing):
        token_of(lead)
    with pytest.raises(rules.TokenNameMissing):
        actions.create_token(by=lead, name=" \x00 ", verbs=[Verb.VIEW_NUMBERS], expires_at=now() + MONTH)
    assert not models.ApiToken.objects.exists()


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_token_ends_within_a_year(lead: Actor, days: int) -> None:
    with pytest.raises(rules.TokenEndNotValid):
        actions.create_token(by=lead, name="x", verbs=[Verb.VIEW_NUMBERS], expires_at=now() + timedelta(days=days))


def test_token_is_only_for_who_can_sign_in(someone) -> None:
    ghost = Actor(someone, SYSTEM.grants)
    with pytest.raises(rules.NoAccount):
        token_of(ghost, Verb.VIEW_NUMBERS)


def test_token_of_another_is_seen_and_revoked_by_who_manages_accounts_alone(
    admin: Actor, lead: Actor, annotator: Actor
) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    assert [row.id for row in queries.tokens(by=lead).rows] == [made.id]
    assert queries.tokens(by=annotator, everyone=True).rows == ()
    assert queries.tokens(by=annotator, person_id=lead.id).rows == ()
    assert queries.tokens(by=admin).rows == ()
    assert [row.person_name for row in queries.tokens(by=admin, everyone=True).rows] == ["Some team_lead"]
    with pytest.raises(NotFound):
        actions.revoke_token(by=annotator, token_id=made.id)
    with pytest.raises(NotFound):
        actions.revoke_token(by=annotator, token_id=uuid4())
    actions.revoke_token(by=admin, token_id=made.id)
    assert queries.tokens(by=lead).rows[0].state is rules.TokenState.REVOKED


def test_token_use_is_kept_once_a_day(lead: Actor) -> None:
    made = token_of(lead, Verb.VIEW_NUMBERS)
    found = queries.token_in_use(made.secret)
    assert found is not None
    assert not queries.used_today(found)
    actions.note_token_use(by=lead, token_id=made.id)
    first = queries.tokens(by=lead).rows[0].last_used_on
    assert first is not None


def test_tokens_come_page_by_page(lead: Actor) -> None:
    made = [token_of(lead, Verb.VIEW_NUMBERS).id for _ in range(5)]
    seen, after = [], None
    while True:
        page = queries.tokens(by=lead, after=after, limit=2)
        seen += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == made[::-1]


@pytest.mark.parametrize("broken", [{"verbs": []}, {"name": " "}, {"expires_at": now() - MONTH}])
def test_token_rows_refuse_what_makes_no_sense(lead: Actor, broken: dict[str, object]) -> None:
    token_of(lead, Verb.VIEW_NUMBERS)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.ApiToken.objects.update(**broken)


def test_second_factor_of_another_is_removed_with_an_entry_and_their_sessions_end(admin: Actor, lead: Actor) -> None:
    account = models.Account.objects.get(person_id=lead.id)
    Authenticator.objects.create(user=account, type="totp", data={})
    Authenticator.objects.create(user=account, type="recovery_codes", data={})
    before = account.get_session_auth_hash()
    actions.remove_second_factor(by=admin, person_id=lead.id)
    account.refresh_from_db()
    assert not Authenticator.objects.filter(user=account).exists()
    assert account.get_session_auth_hash() != before
    entry = audit.entries(subject=audit.Subject("person", str(lead.id)), limit=1)[0]
    assert (entry.verb, entry.done_by) == ("second_factor_removed", admin.id)
    with pytest.raises(rules.NoSecondFactor):
        actions.remove_second_factor(by=admin, person_id=lead.id)


def test_second_factor_is_not_removed_by_oneself_nor_by_who_may_less(
    admin: Actor, lead: Actor, make_manager: Callable[[], Actor]
) -> None:
    with pytest.raises(rules.OwnSecondFactor):
        actions.remove_second_factor(by=admin, person_id=admin.id)
    with pytest.raises(PermissionDenied):
        actions.remove_second_factor(by=lead, person_id=admin.id)
    with pytest.raises(rules.AccountBeyondOwn):
        actions.remove_second_factor(by=make_manager(), person_id=admin.id)


@pytest.fixture
def make_manager(someone) -> Callable[[], Actor]:
    """Someone who manages accounts and may do nothing else."""
    grant = type(SYSTEM.grants[0])(role="desk", verbs=frozenset({Verb.MANAGE_ACCOUNTS}))
    return lambda: Actor(someone, (grant,))
