"""Many people at once, servers killed in the middle, and what the claim path reads."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from smo.kernel import audit
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions, queries, rules
from smo.labeling.actions import statements
from smo.labeling.models import Assignment, Decision, Slot
from tests.apps.labeling.conftest import answer, make_actor, make_work

pytestmark = pytest.mark.django_db(transaction=True)
DATABASE_CONNECTIONS = 20  # as many as web servers keep; more people take turns on them


def _all_done(queue, person) -> int:
    """One person works until nothing is left; how many answers."""
    answered, claims = 0, list(actions.claim_items(by=person, queue_id=queue, how_many=2))
    while claims:
        claim = claims.pop(0)
        done = actions.submit_decision(by=person, submission=answer(claim, claim_next=1))
        answered += 1
        claims += [one for one in done.claims if one.id not in {held.id for held in claims}]
        if not claims:
            claims += actions.claim_items(by=person, queue_id=queue)
    return answered


def _in_threads(work, things, most: int) -> list:
    def one(thing):
        try:
            return work(thing)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(most) as pool:
        return list(pool.map(one, things))


def _everyone_works(people: int, *, items: int, overlap: int) -> None:
    """Never more answers than wanted, never two of one person, and nothing left over."""
    work = make_work()
    queue = work.queue(items, overlap=overlap)
    staff = [make_actor(f"Person {number}") for number in range(people)]
    _in_threads(lambda person: _all_done(queue, person), staff, min(people, DATABASE_CONNECTIONS))
    given = Counter(Decision.objects.values_list("item_id", "person_id"))
    assert max(given.values()) == 1, "nobody twice on one item"
    assert set(Counter(item for item, _ in given).values()) == {overlap}
    assert len(given) == items * overlap, "nothing is left while somebody could still do it"
    assert set(Slot.objects.values_list("taken", "decided")) == {(0, overlap)}
    assert not Assignment.objects.filter(state="live").exists()


def test_peers_row_2_twenty_people_at_once_never_too_many_and_nothing_left() -> None:
    _everyone_works(20, items=40, overlap=3)


@pytest.mark.slow
def test_peers_row_2_two_hundred_people_at_once_never_too_many_and_nothing_left() -> None:
    _everyone_works(200, items=600, overlap=5)


def _leases_end(stop: threading.Event) -> None:
    while not stop.is_set():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE labeling_assignment SET expires_at = now() - interval '1 s' WHERE state = 'live'"
                " AND random() < 0.3"
            )
        actions.expire_claims(by=SYSTEM)


def _labels(queue, person) -> None:
    """Until nothing is left, or long enough."""
    for _ in range(400):
        held = actions.claim_items(by=person, queue_id=queue)
        if not held and not Slot.objects.filter(queue_id=queue, final_at=None).exists():
            return
        for claim in held:
            with suppress(rules.ClaimExpired, rules.AlreadyDecided):
                actions.submit_decision(by=person, submission=answer(claim, claim_next=0))


def test_peers_row_2_leases_that_run_out_meanwhile_lose_and_double_nothing() -> None:
    work = make_work()
    queue = work.queue(30, overlap=2)
    staff = [make_actor(f"Person {number}") for number in range(5)]
    stop = threading.Event()

    def works(person) -> None:
        try:
            _labels(queue, person)
        finally:
            stop.set()

    _in_threads(lambda person: works(person) if person else _leases_end(stop), [None, *staff], 6)
    given = Counter(Decision.objects.values_list("item_id", "person_id"))
    assert max(given.values()) == 1
    assert max(Counter(item for item, _ in given).values()) <= 2
    for slot in Slot.objects.all():
        live = Assignment.objects.filter(slot=slot, state="live").count()
        assert (slot.taken, slot.decided) == (live, Decision.objects.filter(item_id=slot.item_id).count())


def test_peers_row_9_the_same_submit_ten_times_at_once_is_one_decision() -> None:
    work, person = make_work(), make_actor()
    (claim,) = actions.claim_items(by=person, queue_id=work.queue(5))
    sent = answer(claim)
    told = _in_threads(lambda _: actions.submit_decision(by=person, submission=sent), range(10), 10)
    assert len({one.decision_id for one in told}) == 1
    assert sorted(one.is_repeat for one in told) == [False] + [True] * 9
    assert Decision.objects.count() == 1
    assert len(audit.entries(verb="decision_made")) == 1
    assert {one.claims[0].id for one in told if one.claims} == {queries.open_claims(by=person)[0].id}


def test_peers_row_9_a_server_that_dies_after_storing_stores_nothing_twice() -> None:
    """The answer is lost on its way back: the client sends the same key again."""
    work, person = make_work(), make_actor()
    (claim,) = actions.claim_items(by=person, queue_id=work.queue(3))
    sent = answer(claim)
    actions.submit_decision(by=person, submission=sent)
    connections.close_all()  # nothing of the first server is left
    again = actions.submit_decision(by=person, submission=sent)
    assert again.is_repeat
    assert [one.id for one in again.claims] == [one.id for one in queries.open_claims(by=person)]
    assert Decision.objects.count() == 1


def test_peers_row_9_a_server_that_dies_before_the_end_leaves_nothing_half_done(monkeypatch) -> None:
    work, person = make_work(), make_actor()
    (claim,) = actions.claim_items(by=person, queue_id=work.queue(3))
    sent = answer(claim)

    def dies(**_: object) -> tuple[()]:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("smo.labeling.actions.decisions.next_claims", dies)
        with pytest.raises(SystemExit):
            actions.submit_decision(by=person, submission=sent)
    assert Decision.objects.count() == 0
    assert audit.entries(verb="decision_made") == ()
    assert queries.open_claims(by=person)[0].id == claim.id
    assert not actions.submit_decision(by=person, submission=sent).is_repeat


def _submitted_and_dropped(person, sent, admin: str) -> None:
    """All was written, nothing was committed, and the database goes away."""
    with transaction.atomic():
        actions.submit_decision(by=person, submission=sent)
        with psycopg.connect(admin, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        Decision.objects.count()


def test_peers_row_9_a_database_that_drops_everyone_in_the_middle_loses_nothing(postgresql) -> None:
    work, person = make_work(), make_actor()
    (claim,) = actions.claim_items(by=person, queue_id=work.queue(3))
    sent = answer(claim)
    with pytest.raises(DatabaseError):
        _submitted_and_dropped(person, sent, postgresql.admin)
    connection.close()
    assert Decision.objects.count() == 0
    stored = actions.submit_decision(by=person, submission=sent)
    assert not stored.is_repeat
    assert Decision.objects.count() == 1


def test_two_tabs_of_one_person_never_get_the_same_item() -> None:
    work, person = make_work(), make_actor()
    queue = work.queue(20, overlap=3)
    told = _in_threads(lambda _: actions.claim_items(by=person, queue_id=queue, how_many=2), range(8), 8)
    items = [claim.item_id for claims in told for claim in claims]
    assert len(items) == len(set(items))
    assert all(told), "work is left, so no tab is told that there is none"


def _many_slots(work, queue, many: int) -> None:
    """So many items with places, made by the database itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO intake_item (id, project_id, item_key, kind, text, meta, language_declared,"
            " language_detected, market, surface, source, received_at)"
            " SELECT gen_random_uuid(), %s, 'n' || n, 'text', 'Text ' || n, '{}', '', '', '', '', '', now()"
            " FROM generate_series(1, %s) n RETURNING id)"
            " INSERT INTO labeling_slot (queue_id, item_id, priority, wanted, taken, decided, received_at)"
            " SELECT %s, id, 0, 2, 0, 0, now() FROM made",
            [work.project.id, many, queue],
        )


@pytest.mark.slow
@pytest.mark.parametrize("is_analysed", [False, True])
def test_peers_row_1_a_claim_reads_a_few_rows_of_a_hundred_thousand(is_analysed, postgresql) -> None:
    work, person = make_work(), make_actor()
    queue = work.queue()
    _many_slots(work, queue, 100_000)
    if is_analysed:
        with psycopg.connect(postgresql.owner, autocommit=True) as owner:
            owner.execute("ANALYZE labeling_slot, labeling_assignment, intake_item")
    first = Slot.objects.order_by("key").first()
    parameters = {"queue": queue, "person": person.id, "how_many": 1, "ids": [uuid4()], "at": "2026-03-01T00:00:00Z"}
    places = ((32767, 0), (0, first.key + 50_000))
    for statement in (statements.CLAIM, statements.CLAIM_WAITING):
        for priority, key in places:
            told = parameters | {"after_priority": priority, "after_key": key}
            plan = _plan(statement, told)
            assert "Seq Scan on labeling_slot" not in plan, plan
            assert "Seq Scan on intake_item" not in plan, plan
            assert _rows_read(plan) < 400, plan


def _plan(statement: str, parameters: dict) -> str:
    connection.ensure_connection()
    used = {name: value for name, value in parameters.items() if f"%({name})s" in statement}
    with psycopg.Cursor(connection.connection) as cursor, transaction.atomic():
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, TIMING off) " + statement, used)
        plan = "\n".join(str(row[0]) for row in cursor.fetchall())
        transaction.set_rollback(True)
    return plan


def _rows_read(plan: str) -> int:
    """The blocks that the whole statement touched."""
    line = next(line for line in plan.splitlines() if "Buffers: shared" in line)
    return sum(int(part.split("=")[1]) for part in line.split() if part.startswith(("hit=", "read=")))
