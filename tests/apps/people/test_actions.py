"""Changes to people: allowed to whom, whole or not at all, each with its entry and its news."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.db import transaction

from smo.kernel import audit, outbox
from smo.kernel.clock import today
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import ADMIN, EVERYWHERE, SYSTEM, Actor, Grant, PermissionDenied, Scope, Verb
from smo.people import actions, events, queries, rules
from smo.people.rules import ROLES

TODAY = today("UTC")
NEEDS = {
    "create_person": {Verb.MANAGE_PEOPLE},
    "create_account": {Verb.MANAGE_ACCOUNTS},
    "add_member": {Verb.MANAGE_PEOPLE, Verb.MANAGE_ACCOUNTS, Verb.GRANT_ROLES},
    "grant_role": {Verb.GRANT_ROLES},
    "end_grant": {Verb.GRANT_ROLES},
    "deactivate_account": {Verb.MANAGE_ACCOUNTS},
    "activate_account": {Verb.MANAGE_ACCOUNTS},
    "reset_password": {Verb.MANAGE_ACCOUNTS},
    "ensure_raters": {Verb.IMPORT_DATA},
    "create_admin": {Verb.MANAGE_PEOPLE, Verb.MANAGE_ACCOUNTS, Verb.GRANT_ROLES},
    "create_demo_accounts": {Verb.MANAGE_ACCOUNTS},
    "deactivate_demo_accounts": {Verb.MANAGE_ACCOUNTS},
    "remove_second_factor": {Verb.MANAGE_ACCOUNTS},
}


def verbs_written(person_id: UUID) -> list[str]:
    return [entry.verb for entry in audit.entries(subject=audit.Subject("person", str(person_id)))]


def news() -> list[str]:
    with transaction.atomic():
        return [envelope.name for envelope in outbox.take()]


def current(by: Actor, person_id: UUID) -> list[tuple[str, str]]:
    return [(grant.role, grant.state.value) for grant in queries.grants(by=by, person_id=person_id)]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", NEEDS)
def test_actions_are_open_to_exactly_those_roles_that_hold_the_verbs(db, name: str, role: str) -> None:
    member = actions.add_member(by=SYSTEM, name="Mira Sol", email="mira@example.org", role="annotator")
    spare = actions.create_person(by=SYSTEM, name="Spare")
    held = queries.grants(by=SYSTEM, person_id=member.person_id)[0].id
    arguments = {
        "create_person": {"name": "New"},
        "create_account": {"person_id": spare, "email": "new@example.org"},
        "add_member": {"name": "New", "email": "new@example.org", "role": "annotator"},
        "grant_role": {"person_id": spare, "role": "annotator"},
        "end_grant": {"grant_id": held},
        "deactivate_account": {"person_id": member.person_id},
        "activate_account": {"person_id": member.person_id},
        "reset_password": {"person_id": member.person_id},
        "ensure_raters": {"names": ["a01"], "kind": "imported", "project": "safety"},
        "create_admin": {"name": "New", "email": "new@example.org"},
        "create_demo_accounts": {},
        "deactivate_demo_accounts": {},
        "remove_second_factor": {"person_id": member.person_id},
    }[name]
    Authenticator.objects.create(user_id=member.account_id, type="totp", data={})
    by = Actor(spare, (Grant(role, ROLES[role], EVERYWHERE),))
    act = getattr(actions, name)
    if NEEDS[name] <= ROLES[role]:
        act(by=by, **arguments)
    else:
        before = len(audit.entries(limit=100))
        with pytest.raises(PermissionDenied):
            act(by=by, **arguments)
        assert len(audit.entries(limit=100)) == before


def test_actions_every_public_action_is_in_the_table_of_permissions() -> None:
    functions = {name for name in actions.__all__ if name[0].islower()}
    own_doings = {"record_attempt", "record_sign_out", "note_password_change"}
    own_doings |= {"create_token", "note_token_use", "revoke_token"}
    assert functions - own_doings == set(NEEDS)


def test_actions_a_member_comes_with_account_role_entries_and_news(admin) -> None:
    news()
    added = actions.add_member(by=admin, name="  Mira \t Sol ", email=" Mira@Example.ORG ", role="auditor")
    assert added.email == "mira@example.org"
    assert authenticate(None, email="mira@example.org", password=added.password) is not None
    assert verbs_written(added.person_id) == ["role_granted", "account_created", "person_created"]
    wanted = [events.PersonCreated, events.AccountCreated, events.RoleGranted]
    assert news() == [outbox.event_name(event) for event in wanted]
    assert queries.person(by=admin, person_id=added.person_id).name == "Mira Sol"
    assert [grant.role for grant in queries.actor(added.account_id).grants] == ["auditor"]


def test_actions_who_did_it_is_in_the_entry_and_names_are_only_in_its_erasable_part(admin) -> None:
    added = actions.add_member(by=admin, name="Mira Sol", email="mira@example.org")
    account, person = audit.entries(subject=audit.Subject("person", str(added.person_id)))
    assert {account.done_by, person.done_by} == {admin.id}
    assert (person.personal, account.personal) == ({"name": "Mira Sol"}, {"email": "mira@example.org"})
    assert "Mira" not in str(person.details)


def test_actions_a_failure_in_the_middle_leaves_nothing(admin) -> None:
    news()
    before = audit.entries(limit=100)
    with pytest.raises(NotFound):
        actions.add_member(by=admin, name="Mira Sol", email="mira@example.org", role="astronaut")
    assert queries.people(by=admin, search="Mira").rows == ()
    assert audit.entries(limit=100) == before
    assert news() == []


@pytest.mark.parametrize("name", ["", "  \t", "\x00\x07"])
def test_actions_a_person_needs_a_name(admin, name: str) -> None:
    with pytest.raises(rules.NameMissing):
        actions.create_person(by=admin, name=name)


@pytest.mark.parametrize("email", ["", "mira", "mira@", "mira@example", "a b@example.org", "x" * 250 + "@example.org"])
def test_actions_an_account_needs_an_address(admin, someone, email: str) -> None:
    with pytest.raises(rules.EmailNotValid):
        actions.create_account(by=admin, person_id=someone, email=email)


def test_actions_an_address_and_a_person_have_one_account(admin, someone) -> None:
    actions.create_account(by=admin, person_id=someone, email="mira@example.org")
    with pytest.raises(rules.AccountExists):
        actions.create_account(by=admin, person_id=someone, email="other@example.org")
    with pytest.raises(rules.EmailTaken):
        actions.add_member(by=admin, name="Another", email="MIRA@example.org")
    assert len(queries.people(by=admin, search="another").rows) == 0


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_actions_a_weak_password_is_refused_with_reasons(admin, someone, password: str) -> None:
    with pytest.raises(rules.PasswordTooWeak) as refused:
        actions.create_account(by=admin, person_id=someone, email="mira@example.org", password=password)
    assert refused.value.parameters["reasons"]


def test_actions_a_given_password_is_not_returned_and_need_not_change(admin, someone) -> None:
    made = actions.create_account(by=admin, person_id=someone, email="m@example.org", password="correct horse battery")
    assert made.password == ""
    assert not queries.signed_in(made.account_id).must_change_password


def test_actions_a_role_is_held_once_at_a_time(admin, someone) -> None:
    first = actions.grant_role(by=admin, person_id=someone, role="auditor")
    with pytest.raises(rules.RoleHeldAlready):
        actions.grant_role(by=admin, person_id=someone, role="auditor", starts_on=TODAY + timedelta(days=30))
    actions.grant_role(by=admin, person_id=someone, role="auditor", scope=Scope(language="fr"))
    actions.end_grant(by=admin, grant_id=first)
    actions.grant_role(by=admin, person_id=someone, role="auditor")
    assert sorted(current(admin, someone)) == [("auditor", "ended"), ("auditor", "in_force"), ("auditor", "in_force")]


def test_actions_grants_begin_and_end_on_their_days(admin, someone) -> None:
    added = actions.create_account(by=admin, person_id=someone, email="mira@example.org")
    day = timedelta(days=1)
    actions.grant_role(by=admin, person_id=someone, role="trainer", starts_on=TODAY + day)
    actions.grant_role(by=admin, person_id=someone, role="planner", starts_on=TODAY - 2 * day, ends_on=TODAY - day)
    actions.grant_role(by=admin, person_id=someone, role="auditor", starts_on=TODAY - day, ends_on=TODAY)
    assert [grant.role for grant in queries.actor(added.account_id).grants] == ["auditor"]
    assert dict(current(admin, someone)) == {"auditor": "in_force", "planner": "ended", "trainer": "upcoming"}
    with pytest.raises(rules.DatesReversed):
        actions.grant_role(by=admin, person_id=someone, role="auditor", starts_on=TODAY, ends_on=TODAY - day)


def test_actions_what_has_ended_does_not_end_again(admin, someone) -> None:
    grant = actions.grant_role(by=admin, person_id=someone, role="auditor")
    actions.end_grant(by=admin, grant_id=grant)
    with pytest.raises(rules.GrantHasEnded):
        actions.end_grant(by=admin, grant_id=grant)


def test_actions_nobody_gives_takes_or_closes_what_they_do_not_hold(db, someone) -> None:
    some_verbs = frozenset({Verb.GRANT_ROLES, Verb.MANAGE_ACCOUNTS, Verb.VIEW_ROLES, Verb.VIEW_CATALOG})
    lesser = Actor(someone, (Grant("desk", some_verbs, EVERYWHERE),))
    chief = actions.create_admin(by=SYSTEM, name="Chief", email="chief@example.org")
    grant = queries.grants(by=SYSTEM, person_id=chief.person_id)[0].id
    actions.grant_role(by=lesser, person_id=someone, role="adjudicator")
    with pytest.raises(rules.GrantBeyondOwn):
        actions.grant_role(by=lesser, person_id=someone, role=ADMIN)
    with pytest.raises(rules.GrantBeyondOwn):
        actions.end_grant(by=lesser, grant_id=grant)
    for act in (actions.reset_password, actions.deactivate_account):
        with pytest.raises(rules.AccountBeyondOwn):
            act(by=lesser, person_id=chief.person_id)


def test_actions_a_scoped_grant_reaches_no_further(db, someone) -> None:
    french = Scope(project="p1", language="fr")
    lead = Actor(someone, (Grant("lead", frozenset(Verb), Scope(project="p1")),))
    actions.grant_role(by=lead, person_id=someone, role="annotator", scope=french)
    for beyond in (EVERYWHERE, Scope(language="fr"), Scope(project="p2")):
        with pytest.raises(PermissionDenied):
            actions.grant_role(by=lead, person_id=someone, role="annotator", scope=beyond)


def test_actions_nobody_takes_their_own_admin_role_or_account(admin, as_role) -> None:
    actions.create_admin(by=SYSTEM, name="Second", email="second@example.org")
    own = queries.grants(by=admin, person_id=admin.id)[0].id
    with pytest.raises(rules.OwnAdminRole):
        actions.end_grant(by=admin, grant_id=own)
    with pytest.raises(rules.OwnAccount):
        actions.deactivate_account(by=admin, person_id=admin.id)


def test_actions_the_last_admin_stays(admin) -> None:
    own = queries.grants(by=admin, person_id=admin.id)[0].id
    with pytest.raises(rules.LastAdmin):
        actions.end_grant(by=SYSTEM, grant_id=own)
    with pytest.raises(rules.LastAdmin):
        actions.deactivate_account(by=SYSTEM, person_id=admin.id)
    second = actions.create_admin(by=admin, name="Second", email="second@example.org")
    actions.end_grant(by=Actor(second.person_id, SYSTEM.grants), grant_id=own)
    assert queries.admins_remain()


def test_actions_an_admin_who_will_end_does_not_count_as_the_one_who_stays(admin, someone) -> None:
    actions.create_account(by=admin, person_id=someone, email="mira@example.org")
    actions.grant_role(by=admin, person_id=someone, role=ADMIN, ends_on=TODAY + timedelta(days=9))
    with pytest.raises(rules.LastAdmin):
        actions.deactivate_account(by=SYSTEM, person_id=admin.id)


def test_actions_a_closed_account_has_no_power_and_gets_it_back(admin, db) -> None:
    auditor = actions.add_member(by=admin, name="Aino", email="aino@example.org", role="auditor")
    actions.deactivate_account(by=admin, person_id=auditor.person_id)
    actions.deactivate_account(by=admin, person_id=auditor.person_id)
    assert authenticate(None, email="aino@example.org", password=auditor.password) is None
    assert queries.actor(auditor.account_id).grants == ()
    actions.activate_account(by=admin, person_id=auditor.person_id)
    actions.activate_account(by=admin, person_id=auditor.person_id)
    assert authenticate(None, email="aino@example.org", password=auditor.password) is not None
    assert verbs_written(auditor.person_id)[:2] == ["account_activated", "account_deactivated"]


def test_actions_a_reset_password_replaces_the_old_one(admin, annotator) -> None:
    reset = actions.reset_password(by=admin, person_id=annotator.id)
    assert authenticate(None, email=reset.email, password=reset.password) is not None
    assert queries.person(by=admin, person_id=annotator.id).must_change_password
    actions.note_password_change(by=annotator, account_id=reset.account_id)
    assert not queries.person(by=admin, person_id=annotator.id).must_change_password


def test_actions_nobody_can_note_a_change_for_another(admin, annotator) -> None:
    reset = actions.reset_password(by=admin, person_id=annotator.id)
    actions.note_password_change(by=admin, account_id=reset.account_id)
    assert queries.person(by=admin, person_id=annotator.id).must_change_password


@pytest.mark.parametrize(
    ("outcome", "verb"),
    [("succeeded", "signed_in"), ("wrong_password", "sign_in_failed"), ("too_many", "sign_in_failed")],
)
def test_actions_an_attempt_is_kept_and_told(admin, outcome: str, verb: str) -> None:
    member = actions.add_member(by=admin, name="Mira", email="mira@example.org")
    actions.record_attempt(by=SYSTEM, account_id=member.account_id, outcome=outcome)
    assert verbs_written(member.person_id)[0] == verb


def test_actions_an_unknown_address_leaves_no_address_behind(db) -> None:
    actions.record_attempt(by=SYSTEM, account_id=None, outcome="unknown_account")
    entry = audit.entries()[0]
    assert (entry.subject, entry.personal) == (audit.Subject("account", "unknown"), {})


def test_actions_an_outcome_that_nobody_knows_is_refused(db) -> None:
    with pytest.raises(ValueError, match="abducted"):
        actions.record_attempt(by=SYSTEM, account_id=None, outcome="abducted")


def test_actions_demo_accounts_come_once_and_go_together(db) -> None:
    logins = actions.create_demo_accounts(by=SYSTEM)
    assert {login.role for login in logins} == set(actions.DEMO_ROLES)
    assert len({login.password for login in logins}) == len(logins)
    assert all(authenticate(None, email=login.email, password=login.password) for login in logins)
    assert queries.demo_accounts_exist()
    assert actions.create_demo_accounts(by=SYSTEM) == ()
    assert actions.deactivate_demo_accounts(by=SYSTEM) == len(logins)
    assert not queries.demo_accounts_exist()
    assert actions.create_demo_accounts(by=SYSTEM) == ()


def test_actions_no_demo_accounts_where_people_work_already(admin) -> None:
    assert actions.create_demo_accounts(by=SYSTEM) == ()


@pytest.mark.parametrize("missing", [actions.deactivate_account, actions.activate_account, actions.reset_password])
def test_actions_nobody_can_be_changed_who_is_not_there(admin, someone, missing) -> None:
    for person_id in (uuid4(), someone):
        with pytest.raises(NotFound):
            missing(by=admin, person_id=person_id)


def test_actions_refusals_carry_a_code(admin) -> None:
    with pytest.raises(DomainError) as refused:
        actions.end_grant(by=admin, grant_id=uuid4())
    assert refused.value.code == "not_found"
    assert "grant_id" in str(refused.value)


def test_actions_the_day_is_that_of_the_installation(admin, someone, settings, monkeypatch) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    monkeypatch.setattr("smo.kernel.clock.now", lambda: datetime(2026, 3, 1, 23, tzinfo=UTC))
    actions.grant_role(by=admin, person_id=someone, role="auditor")
    assert queries.grants(by=SYSTEM, person_id=someone)[0].starts_on == date(2026, 3, 2)
