"""The database server killed in the middle: an import is there whole or not at all, each answer is there once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from smo.cli import database

pytestmark = pytest.mark.slow

ROWS = 300_000
BEGUN = {
    "staging": "SELECT FROM intake_import WHERE state = 'staging' AND rows_staged > 0",
    "publishing": "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%INSERT INTO intake_item (%'"
    " AND pid <> pg_backend_pid() AND clock_timestamp() - query_start > interval '0.3 seconds'",
}
ANSWER = """
import sys
from uuid import UUID, uuid4
import django
django.setup()
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions, queries
from smo.labeling.rules import Submission
from smo.people.queries import held_by
from smo.kernel.permissions import Actor
person, queue = UUID(sys.argv[1]), UUID(sys.argv[2])
by = Actor(person, held_by(person))
known = [UUID(word) for word in sys.argv[3:]]
def sent(claim, key, version, more):
    print("sent", claim, key, version, flush=True)
    one = Submission(claim, key, version, answers={"violation": "no"}, claim_next=more)
    done = actions.submit_decision(by=by, submission=one)
    print("told", done.decision_id, flush=True)
    return done.claims
if known:
    sent(*known, 0)
else:
    claims = queries.open_claims(by=by) or actions.claim_items(by=by, queue_id=queue)
    while claims:
        claims = sent(claims[0].id, uuid4(), claims[0].schema_version_id, 1)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Path]:
    """An installation of its own with the example department."""
    place = tmp_path_factory.mktemp("killed") / "home"
    made = smo(place, "migrate", "--demo")
    output, _ = made.communicate(timeout=300)
    assert made.returncode == 0, output
    yield place
    smo(place, "stop").communicate(timeout=60)


def smo(home: Path, *arguments: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SMO_", "DATABASE_", "DJANGO_"))}
    command = [sys.executable, "-P", "-m", "smo.cli.main", *arguments]
    return subprocess.Popen(
        command, env=kept | {"SMO_HOME": str(home)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def postmaster(home: Path) -> int:
    server = database.own(home).server
    assert server is not None
    return int((server.data / "postmaster.pid").read_text().split()[0])


def kill_server(pid: int) -> None:
    """As a power cut would: the server and all its children are gone at once."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    victims = [pid, *(int(child) for child in (children.read_text().split() if children.exists() else []))]
    for victim in victims:
        os.kill(victim, signal.SIGKILL)


def address(home: Path, role: str = "smo_app") -> str:
    """Where the server is, started again if it has to be."""
    server = database.own(home).server
    assert server is not None
    return server.url(role, "smo")


def asked(home: Path, question: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(address(home)) as connection:
        return connection.execute(question, values).fetchall()


def until(holds: Callable[[], bool], *, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def items(home: Path, project: str) -> int:
    of = "SELECT count(*) FROM intake_item i JOIN catalog_project p ON p.id = i.project_id WHERE p.code = %s"
    [(number,)] = asked(home, of, project)
    return int(str(number))


@pytest.mark.parametrize("moment", ["staging", "publishing"])
def test_an_import_survives_the_death_of_the_database(home, tmp_path, moment) -> None:
    project, table = f"cut-{moment}", tmp_path / "items.csv"
    table.write_text("item_id,text\n" + "".join(f"k{n},a harmless line {n}\n" for n in range(ROWS)), encoding="utf-8")
    running = smo(home, "import", str(table), "--project", project, "--create-project", "Cut off")
    started = "SELECT 1 FROM intake_import WHERE file_name = 'items.csv' AND state = %s"
    pid = postmaster(home)
    with psycopg.connect(address(home), autocommit=True) as watching:
        until(lambda: watching.execute(BEGUN[moment]).fetchone() is not None)
        kill_server(pid)
    output, _ = running.communicate(timeout=120)
    assert running.returncode != 0, output
    assert items(home, project) in {0, ROWS}, "nothing or all"
    [(import_id,)] = asked(
        home,
        "SELECT i.id FROM intake_import i JOIN catalog_project p ON p.id = i.project_id WHERE p.code = %s",
        project,
    )
    again = smo(home, "import", str(table), "--project", project, "--resume", str(import_id))
    output, _ = again.communicate(timeout=300)
    assert again.returncode == 0, output
    assert items(home, project) == ROWS
    assert asked(home, started, "published")


def answering(home: Path, person: UUID, queue: UUID, *known: str) -> subprocess.Popen[str]:
    place = address(home)
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "smo.config.settings", "SMO_HOME": str(home)}
    environ |= {"DATABASE_URL": place, "SMO_APP_DATABASE_URL": place}
    command = [sys.executable, "-c", ANSWER, str(person), str(queue), *known]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_answers_survive_the_death_of_the_database(home) -> None:
    [(person,)] = asked(home, "SELECT person_id FROM people_account WHERE email = 'annotator2@demo.example'")
    [(queue,)] = asked(home, "SELECT q.id FROM labeling_queue q WHERE q.name = 'Comments, Arabic'")
    person, queue = UUID(str(person)), UUID(str(queue))
    before = len(asked(home, "SELECT id FROM labeling_decision WHERE person_id = %s", person))
    told: set[str] = set()
    keys: list[str] = []
    for answers in (2, 5):
        client = answering(home, person, queue)
        pid = postmaster(home)
        assert client.stdout is not None
        said: list[list[str]] = []
        while len([line for line in said if line[:1] == ["sent"]]) < answers:
            said.append(client.stdout.readline().split())
        kill_server(pid)
        rest, _ = client.communicate(timeout=60)
        said += [line.split() for line in rest.splitlines()]
        told |= {line[1] for line in said if line[:1] == ["told"]}
        sent = [line[1:] for line in said if line[:1] == ["sent"]]
        keys += [key for _claim, key, _version in sent]
        once_more = answering(home, person, queue, *sent[-1])
        once_more.communicate(timeout=60)
        assert once_more.returncode == 0, "the last one is sent again"
    stored = asked(home, "SELECT id, submit_key FROM labeling_decision WHERE person_id = %s", person)
    assert len(stored) == before + len(keys), "each answer is there once"
    assert told <= {str(row[0]) for row in stored}, "nothing that was told is lost"
    assert set(keys) <= {str(row[1]) for row in stored}
    [(wrong,)] = asked(
        home,
        "SELECT count(*) FROM labeling_slot s WHERE s.decided <> (SELECT count(*) FROM labeling_assignment a"
        " WHERE a.slot_id = s.key AND a.state = 'decided')",
    )
    assert wrong == 0
