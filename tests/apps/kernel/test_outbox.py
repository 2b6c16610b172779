"""News waits in the outbox and is taken once, with the change or not at all."""

from dataclasses import dataclass
from datetime import date
from threading import Thread
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from smo.kernel import outbox
from smo.kernel.ids import new_id
from smo.kernel.permissions import Verb


@dataclass(frozen=True, slots=True)
class Happened:
    """Something did."""

    thing_id: UUID
    on: date
    verb: Verb


NEWS = Happened(new_id(), date(2026, 3, 1), Verb.VIEW_ROLES)


def publish() -> None:
    with transaction.atomic():
        outbox.publish(NEWS)


def take() -> list[dict[str, object]]:
    with transaction.atomic():
        return [envelope.payload for envelope in outbox.take()]


def test_outbox_carries_plain_values_under_the_name_of_the_class(transactional_db) -> None:
    publish()
    with transaction.atomic():
        (envelope,) = outbox.take()
    assert envelope.name == outbox.event_name(Happened) == f"{__name__}.Happened"
    assert envelope.payload == {"thing_id": str(NEWS.thing_id), "on": "2026-03-01", "verb": "view_roles"}


def test_outbox_gives_each_event_once_in_order(transactional_db) -> None:
    for _ in range(3):
        publish()
    with transaction.atomic():
        first = outbox.take(limit=2)
    with transaction.atomic():
        second = outbox.take()
    assert [envelope.id for envelope in (*first, *second)] == sorted(envelope.id for envelope in (*first, *second))
    assert (len(first), len(second), take()) == (2, 1, [])


def test_outbox_takes_back_what_a_failing_relay_took(transactional_db) -> None:
    publish()

    def fail() -> None:
        with transaction.atomic():
            assert outbox.take()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(take()) == 1


def test_outbox_forgets_the_news_of_a_change_that_failed(transactional_db) -> None:
    def fail() -> None:
        with transaction.atomic():
            outbox.publish(NEWS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert take() == []


def test_outbox_needs_a_transaction(transactional_db) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.publish(NEWS)


def test_outbox_skips_what_another_relay_holds(transactional_db, postgresql) -> None:
    publish()
    with psycopg.connect(postgresql.app) as other:
        other.execute("SELECT 1 FROM kernel_outboxevent FOR UPDATE")
        assert take() == []
    assert len(take()) == 1


def test_outbox_wakes_up_whoever_waits(transactional_db) -> None:
    assert not outbox.wait(0.01)

    def tell() -> None:
        publish()
        connection.close()

    teller = Thread(target=tell)
    teller.start()
    assert outbox.wait(10)
    teller.join()
