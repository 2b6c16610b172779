"""What the database refuses, whoever asks and however."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smo.kernel.errors import DomainError
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM, Actor, Scope
from smo.people import actions, queries, rules


def run(statement: str, *parameters: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE people_person SET name = E' \\t'", "person_has_a_name"),
        ("UPDATE people_person SET kind = 'robot'", "person_kind_is_known"),
        ("UPDATE people_person SET key = 1", "people_person_key"),
        ("UPDATE people_account SET email = 'Mira@example.org'", "account_email_is_lower_case"),
        ("UPDATE people_account SET email = 'same@example.org'", "people_account_email"),
        ("UPDATE people_account SET is_superuser = true", "account_is_never_above_permissions"),
        ("UPDATE people_role SET name = 'Über Admin' WHERE name = 'admin'", "role_name_is_a_word"),
        ("UPDATE people_grant SET ends_on = starts_on - 1", "grant_ends_after_it_starts"),
        ("UPDATE people_attempt SET outcome = 'abducted'", "attempt_outcome_is_known"),
        ("DELETE FROM people_person", "foreign key"),
        ("DELETE FROM people_role", "foreign key"),
    ],
)
def test_constraints_hold(db, statement: str, constraint: str) -> None:
    for name in ("mira", "omar"):
        member = actions.add_member(by=SYSTEM, name=name, email=f"{name}@example.org", role="auditor")
    actions.record_attempt(by=SYSTEM, account_id=member.account_id, outcome="succeeded")
    with pytest.raises(Exception, match=constraint):
        run(statement)


def grant(person: int, *, starts: date, ends: date | None, language: str = "", ended: bool = False) -> None:
    run(
        "INSERT INTO people_grant (id, person_key, role_key, project, market, language, vendor, team, subject,"
        " starts_on, ends_on, granted_at, ended_at)"
        " VALUES (%s, %s, 1, '', '', %s, '', '', '', %s, %s, now(), CASE WHEN %s THEN now() END)",
        new_id(),
        person,
        language,
        starts,
        ends,
        ended,
    )


def key_of(person_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM people_person WHERE id = %s", [person_id])
        return int(cursor.fetchone()[0])


SPANS = st.lists(
    st.tuples(st.integers(1, 20), st.none() | st.integers(0, 9), st.sampled_from(["", "fr"]), st.booleans()),
    min_size=1,
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SPANS)
def test_constraints_a_role_is_never_held_twice_on_one_day(
    someone, spans: list[tuple[int, int | None, str, bool]]
) -> None:
    """Against a model: a set of days for each scope, ended grants apart."""
    taken: dict[str, set[int]] = {"": set(), "fr": set()}
    person = key_of(someone)
    for first, length, language, ended in spans:
        days = set(range(first, 400 if length is None else first + length + 1))
        starts, ends = date(2026, 1, first), None if length is None else date(2026, 1, first + length)
        write: Callable[[], Any] = lambda: grant(person, starts=starts, ends=ends, language=language, ended=ended)  # noqa: B023, E731
        if not ended and days & taken[language]:
            with pytest.raises(Exception, match="grant_is_held_once_at_a_time"):
                write()
        else:
            write()
            taken[language] |= set() if ended else days
    run("DELETE FROM people_grant")


SCOPES = st.builds(Scope, project=st.sampled_from(["", "p", "q"]), language=st.sampled_from(["", "fr"]))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "end", "close", "open"]), st.integers(0, 2), st.sampled_from(["admin", "auditor"])
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_constraints_no_order_of_steps_locks_everyone_out(db, steps: list[tuple[str, int, str]]) -> None:
    """A machine of three people who grant, end, close and open: someone always remains who can let others in."""
    with transaction.atomic():
        cache.clear()
        chief = actions.create_admin(by=SYSTEM, name="Chief", email="chief@example.org")
        staff = [actions.add_member(by=SYSTEM, name=f"P{n}", email=f"p{n}@example.org") for n in range(2)]
        everyone = [chief, *staff]
        for number, (step, whom, role) in enumerate(steps):
            by = Actor(everyone[number % 3].person_id, queries.held_by(everyone[number % 3].person_id))
            take_step(by, everyone[whom].person_id, step=step, role=role)
            assert queries.admins_remain()
            assert len({(g.role, g.scope) for g in held(everyone[whom].person_id)}) == len(
                held(everyone[whom].person_id)
            )
        transaction.set_rollback(True)


def held(person_id: UUID) -> list[queries.GrantRow]:
    return [
        grant for grant in queries.grants(by=SYSTEM, person_id=person_id) if grant.state == rules.GrantState.IN_FORCE
    ]


def take_step(by: Actor, person_id: UUID, *, step: str, role: str) -> None:
    try:
        if step == "grant":
            actions.grant_role(by=by, person_id=person_id, role=role)
        elif step == "end":
            for grant_row in held(person_id):
                actions.end_grant(by=by, grant_id=grant_row.id)
        elif step == "close":
            actions.deactivate_account(by=by, person_id=person_id)
        else:
            actions.activate_account(by=by, person_id=person_id)
    except DomainError:
        pass  # refused, as it should be when it would break what is asserted after each step


def test_constraints_two_admins_cannot_remove_each_other_at_once(transactional_db) -> None:
    members = [actions.create_admin(by=SYSTEM, name=f"A{n}", email=f"a{n}@example.org") for n in range(2)]
    ready, refused = Barrier(2), []

    def remove(mine: int, other: int) -> None:
        by = Actor(members[mine].person_id, queries.held_by(members[mine].person_id))
        ready.wait()
        try:
            actions.deactivate_account(by=by, person_id=members[other].person_id)
        except DomainError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=remove, args=pair) for pair in ((0, 1), (1, 0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last_admin"]
    assert queries.admins_remain()


def test_constraints_the_serving_role_cannot_change_what_was_migrated(postgresql) -> None:
    with psycopg.connect(postgresql.app) as serving, pytest.raises(psycopg.errors.InsufficientPrivilege):
        serving.execute("DELETE FROM django_migrations")


def test_constraints_models_and_migrations_agree(db) -> None:
    call_command("makemigrations", "kernel", "people", check=True, dry_run=True, verbosity=0)
