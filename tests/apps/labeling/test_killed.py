"""A server killed while it stores answers: what it had told is there, and what was sent again is there once."""

import os
import random
import subprocess
import sys
import time
from uuid import UUID

import pytest

from smo.kernel import audit
from smo.labeling import actions, queries
from smo.labeling.models import Assignment, Decision, Slot
from smo.labeling.rules import Submission
from tests.apps.labeling.conftest import ANSWERS, make_actor, make_work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SERVE = """
import sys
from uuid import UUID, uuid4
import django
django.setup()
from smo.kernel.permissions import Actor, Grant
from smo.labeling import actions
from smo.labeling.rules import Submission
by = Actor(UUID(sys.argv[1]), (Grant("annotator", frozenset({"label"})),))
claims = actions.claim_items(by=by, queue_id=UUID(sys.argv[2]))
while claims:
    (claim,), key = claims, uuid4()
    print("sent", claim.id, key, claim.schema_version_id, flush=True)
    sent = Submission(claim.id, key, claim.schema_version_id, answers={"violation": "no"})
    done = actions.submit_decision(by=by, submission=sent)
    print("told", done.decision_id, flush=True)
    claims = done.claims
"""


def killed_in_the_middle(person: UUID, queue: UUID, database: str, *, after: int, pause: float) -> list[list[str]]:
    """What a server said before it was killed, some milliseconds after so many answers were sent to it."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "smo.config.settings", "PYTHONPATH": "src"}
    environ |= {"DATABASE_URL": database, "SMO_APP_DATABASE_URL": database}
    command = [sys.executable, "-c", SERVE, str(person), str(queue)]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = []
    while len([line for line in said if line[0] == "sent"]) < after:
        said.append(server.stdout.readline().split())
    time.sleep(pause)
    server.kill()
    rest, _ = server.communicate()
    whole = rest if rest.endswith("\n") else rest.rpartition("\n")[0]
    return said + [line.split() for line in whole.splitlines()]


def test_peers_row_9_a_server_killed_in_mid_submit_loses_and_doubles_nothing(postgresql) -> None:
    work, person = make_work(), make_actor()
    queue = work.queue(400)
    draw, keys, told = random.Random(9), [], []
    for _round in range(4):
        said = killed_in_the_middle(
            person.id, queue, postgresql.app, after=draw.randint(3, 30), pause=draw.uniform(0, 0.008)
        )
        told += [UUID(line[1]) for line in said if line[0] == "told"]
        sent = [tuple(map(UUID, line[1:])) for line in said if line[0] == "sent"]
        keys += [key for _claim, key, _version in sent]
        claim, key, version = sent[-1]  # the client does not know what became of the last: it sends it again
        last = Submission(claim, key, version, answers=ANSWERS, claim_next=0)
        actions.submit_decision(by=person, submission=last)
        actions.release_claims(by=person)
    assert set(told) <= set(Decision.objects.values_list("id", flat=True)), "nothing that was told is lost"
    assert sorted(Decision.objects.values_list("submit_key", flat=True)) == sorted(keys), "each answer is there once"
    assert Slot.objects.filter(decided=1).count() == len(keys)
    assert not Slot.objects.exclude(taken=0).exists()
    assert len(audit.entries(verb="decision_made", limit=1000)) == len(keys)
    assert queries.open_claims(by=person) == ()
    assert Assignment.objects.filter(state="decided").count() == len(keys)
