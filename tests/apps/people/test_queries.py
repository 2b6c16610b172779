"""What there is to know about people, and for whom."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pyarrow as pa
import pytest
from django.test import override_settings

from smo.kernel import audit
from smo.kernel.errors import NotFound
from smo.kernel.permissions import SYSTEM, Actor, Grant, PermissionDenied, Scope, Verb
from smo.measure.facts import conforming
from smo.people import actions, queries
from smo.people.rules import ROLES


def names(page: queries.PeoplePage) -> list[str]:
    return [row.name for row in page.rows]


@pytest.mark.parametrize("role", ROLES)
def test_queries_people_are_seen_by_those_who_may_and_by_themselves(as_role, someone, role: str) -> None:
    by = as_role(role)
    seen = {row.id for row in queries.people(by=by).rows}
    if Verb.VIEW_PEOPLE in ROLES[role]:
        assert seen == {by.id, someone}
        assert queries.grants(by=by, person_id=someone) == ()
    else:
        assert seen == {by.id}
        for ask in (queries.person, queries.grants):
            with pytest.raises(NotFound):
                ask(by=by, person_id=someone)
    assert [grant.role for grant in queries.grants(by=by, person_id=by.id)] == [role]
    assert queries.person(by=by, person_id=by.id).state == "active"


@pytest.mark.parametrize("role", ROLES)
def test_queries_the_audit_trail_is_read_by_those_who_may(as_role, role: str) -> None:
    by = as_role(role)
    for ask in (queries.recent_audit, queries.audit_verification):
        if Verb.VIEW_AUDIT_TRAIL in ROLES[role]:
            assert ask(by=by)
        else:
            with pytest.raises(PermissionDenied):
                ask(by=by)


def test_queries_a_grant_about_one_person_shows_that_person_only(as_role, someone) -> None:
    other = as_role("annotator")
    scope = Scope(subject=str(someone))
    by = Actor(uuid4(), (Grant("mentor", frozenset({Verb.VIEW_PEOPLE}), scope),))
    assert {row.id for row in queries.people(by=by).rows} == {someone}
    with pytest.raises(NotFound):
        queries.person(by=by, person_id=other.id)


@pytest.mark.parametrize("scope", [Scope(team="a"), Scope(project="p", subject="x")])
def test_queries_a_scope_that_says_nothing_about_persons_shows_none(someone, scope: Scope) -> None:
    by = Actor(uuid4(), (Grant("lead", frozenset({Verb.VIEW_PEOPLE}), scope),))
    assert queries.people(by=by).rows == ()


def test_queries_a_stranger_without_grants_may_nothing(someone) -> None:
    by = Actor(uuid4())
    assert queries.people(by=by).rows == ()
    with pytest.raises(PermissionDenied):
        queries.roles(by=by)


def test_queries_people_come_by_name_page_by_page_without_gap_or_repeat(db) -> None:
    given = ["Émile", "anna", "Zoë", "Anna", "bob", "Bob", "李雷", "عمر", "Anna"]
    for name in given:
        actions.create_person(by=SYSTEM, name=name)
    seen: list[str] = []
    after: UUID | None = None
    while True:
        page = queries.people(by=SYSTEM, after=after, limit=2)
        seen += names(page)
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(given)
    assert [name.lower() for name in seen] == sorted(name.lower() for name in given)


def test_queries_people_are_found_by_name_address_and_state(db) -> None:
    mira = actions.add_member(by=SYSTEM, name="Mira Sol", email="m.sol@example.org", role="auditor")
    actions.add_member(by=SYSTEM, name="Omar", email="omar@mirabel.example")
    actions.create_person(by=SYSTEM, name="Model 7", kind="model")
    actions.deactivate_account(by=SYSTEM, person_id=mira.person_id)
    assert names(queries.people(by=SYSTEM, search=" MIRA ")) == ["Mira Sol", "Omar"]
    assert names(queries.people(by=SYSTEM, search="100%_")) == []
    assert {state: names(queries.people(by=SYSTEM, state=state)) for state in queries.STATES} == {
        "active": ["Omar"],
        "inactive": ["Mira Sol"],
        "no_account": ["Model 7"],
    }
    row = queries.people(by=SYSTEM, search="sol").rows[0]
    assert (row.email, row.state, row.roles) == ("m.sol@example.org", "inactive", ("auditor",))


def test_queries_a_page_of_people_takes_a_fixed_number_of_questions(as_role, django_assert_num_queries) -> None:
    for role in list(ROLES)[:6]:
        as_role(role)
    with django_assert_num_queries(2):
        queries.people(by=SYSTEM)


def test_queries_roles_come_with_verbs_and_holders(as_role) -> None:
    admin = as_role("admin")
    rows = queries.roles(by=admin)
    assert [row.name for row in rows] == list(ROLES)
    assert {row.name: set(row.verbs) for row in rows} == {name: set(verbs) for name, verbs in ROLES.items()}
    assert {row.name: row.holders for row in rows if row.holders} == {"admin": 1}


def test_queries_a_grant_says_who_gave_and_who_took_it(admin, someone) -> None:
    grant = actions.grant_role(by=SYSTEM, person_id=someone, role="auditor", scope=Scope(language="fr"))
    actions.end_grant(by=admin, grant_id=grant)
    row = queries.grants(by=admin, person_id=someone)[0]
    assert (row.granted_by_name, row.ended_by_name, row.state) == ("", "Some admin", "ended")
    assert row.scope == Scope(language="fr")


def test_queries_the_trail_of_one_person_comes_with_names_page_by_page(admin, someone) -> None:
    actions.create_account(by=admin, person_id=someone, email="mira@example.org")
    first = queries.recent_audit(by=admin, person_id=someone, limit=1)
    second = queries.recent_audit(by=admin, person_id=someone, limit=1, before=first.next)
    assert [row.entry.verb for row in (*first.rows, *second.rows)] == ["account_created", "person_created"]
    assert second.next is None
    assert first.rows[0].done_by_name == "Some admin"
    assert first.rows[0].subject_name == "Mira Sol"
    assert second.rows[0].done_by_name == ""
    assert queries.recent_audit(by=admin, verb="account_created").rows[0] == first.rows[0]


def test_queries_entries_about_something_else_than_a_person_have_no_name(admin) -> None:
    actions.record_attempt(by=SYSTEM, account_id=None, outcome="unknown_account")
    assert queries.recent_audit(by=admin, limit=1).rows[0].subject_name == ""


def test_queries_an_actor_is_kept_for_a_while_and_forgotten_with_a_change(
    admin, someone, django_capture_on_commit_callbacks, django_assert_num_queries
) -> None:
    account = actions.create_account(by=admin, person_id=someone, email="mira@example.org").account_id
    assert queries.actor(account).grants == ()
    with django_assert_num_queries(0):
        queries.actor(account)
    with django_capture_on_commit_callbacks(execute=True):
        grant = actions.grant_role(by=admin, person_id=someone, role="auditor")
    assert [held.role for held in queries.actor(account).grants] == ["auditor"]
    with django_capture_on_commit_callbacks(execute=True):
        actions.end_grant(by=admin, grant_id=grant)
    assert queries.actor(account).grants == ()
    with django_capture_on_commit_callbacks(execute=True):
        actions.grant_role(by=admin, person_id=someone, role="auditor")
        actions.deactivate_account(by=admin, person_id=someone)
    assert queries.actor(account) == queries.NOBODY


def test_queries_nobody_is_nobody(db) -> None:
    assert queries.actor(10**9) == queries.NOBODY
    assert queries.NOBODY.id != SYSTEM.id
    with pytest.raises(NotFound):
        queries.signed_in(10**9)


def test_queries_who_is_signed_in_has_the_name_of_the_person(db) -> None:
    member = actions.add_member(by=SYSTEM, name="Mira Sol", email="mira@example.org")
    seen = queries.signed_in(member.account_id)
    assert (seen.name, seen.email, seen.person_id) == ("Mira Sol", "mira@example.org", member.person_id)
    assert seen.must_change_password
    assert queries.account_id_of(" MIRA@example.org ") == member.account_id
    assert queries.account_id_of("nobody@example.org") is None


def test_queries_attempts_become_facts_of_their_utc_day(db) -> None:
    member = actions.add_member(by=SYSTEM, name="Mira", email="mira@example.org")
    actions.record_attempt(by=SYSTEM, account_id=member.account_id, outcome="succeeded")
    actions.record_attempt(by=SYSTEM, account_id=None, outcome="unknown_account")
    day = datetime.now(UTC).date()
    with override_settings(TIME_ZONE="Asia/Tokyo"):
        facts = conforming("sign_in_attempt", queries.attempt_facts(day), days=[day])
    assert isinstance(facts, pa.Table)
    assert facts["outcome"].to_pylist() == ["succeeded", "unknown_account"]
    assert facts["person"].to_pylist() == [str(member.person_id), None]
    assert queries.attempt_facts(day - timedelta(days=1)).num_rows == 0


def test_queries_verification_looks_into_the_folder_of_anchors(admin, settings, tmp_path) -> None:
    settings.ANCHOR_DIR = tmp_path
    (tmp_path / "2026-01-01-000000000009.json").write_text(
        '{"number": 9, "root": "00", "sealed_at": "2026-01-01T00:00:00+00:00"}'
    )
    found = queries.audit_verification(by=admin)
    assert [(b.fault.value, b.seal) for b in found.breaks] == [("cut", 9)]
    assert found.entries == len(audit.entries(limit=100))
