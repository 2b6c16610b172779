"""Labeling goes on while a file is being published: a writer waits for no other."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from smo.intake import actions as intake
from smo.intake.models import Item
from smo.jobs import imports
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions
from smo.labeling.models import Decision
from tests.apps.labeling.conftest import Work, answer, make_actor, make_work

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 3000


@pytest.fixture
def being_published(settings, tmp_path: Path) -> Iterator[Work]:
    """An import whose rows are all written, in a transaction that does not end before the test says so."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    work = make_work()
    content = [b"id,text\n", *(f"f{n},text {n}\n".encode() for n in range(ROWS))]
    import_id = intake.receive_import(by=SYSTEM, project=work.code, kind="items", file_name="f.csv", content=content)
    intake.map_import(by=SYSTEM, import_id=import_id, mapping={"key": "id", "text": "text"})
    intake.stage_import(by=SYSTEM, import_id=import_id)
    written, go_on, faults = threading.Event(), threading.Event(), []

    def publish() -> None:
        try:
            with transaction.atomic():
                imports.publish(by=SYSTEM, import_id=import_id)
                written.set()
                assert go_on.wait(60)
        except BaseException as fault:
            faults.append(fault)
            written.set()
        finally:
            connections.close_all()

    publisher = threading.Thread(target=publish)
    publisher.start()
    assert written.wait(60)
    yield work
    go_on.set()
    publisher.join()
    assert faults == []
    assert Item.objects.filter(item_key__startswith="f").count() == ROWS


def test_peers_row_10_answers_are_stored_at_once_while_an_import_is_published(being_published) -> None:
    work, person = being_published, make_actor()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    (claim,) = actions.claim_items(by=person, queue_id=work.queue(20))
    for _item in range(20):
        claims = actions.submit_decision(by=person, submission=answer(claim)).claims
        claim = claims[0] if claims else None
    assert Decision.objects.count() == 20
    assert not Item.objects.filter(item_key__startswith="f").exists(), "nothing of the import is seen before its end"
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
