"""CPU milliseconds per label over web server and database, through HTTP with sign-in, audit and the next item.

Run: python bench/serving/label.py [--items 10000 1000000] [--clients 20] [--labels 4000] [--port 8390] [--home DIR]

Each client answers an item and gets the next one in the same answer, as the desk does. The load generator is this
process; its CPU is counted apart. What the database does in the background (autovacuum, checkpoints) is counted in.
"""

# ruff: noqa: PLC0415 - the apps can be imported only after their settings are known
import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
CSRF = "b" * 32
DEFINITION = {
    "questions": [
        {"key": "violation", "type": "choice", "title": "Does it break a rule?", "config": {"labels": ["yes", "no"]}}
    ]
}


@dataclass(frozen=True)
class Seat:
    """One signed-in person in one queue."""

    session: str
    owner: str
    queue_id: str


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return []


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _stat(int(entry.name))[1:2] == [str(pid)]:
            yield from _tree(int(entry.name))


def cpu_seconds(pid: int) -> float:
    """What a process and all below it have used, the dead ones included."""
    return sum(sum(map(int, _stat(one)[11:15])) for one in _tree(pid) if _stat(one)) / TICKS


def fill(items: int, clients: int) -> list[Seat]:
    """A live project with so many items in one queue, and people who are signed in."""
    from django.db import connection
    from django.test import Client

    from smo.kernel.permissions import SYSTEM
    from smo.labeling import actions as labeling
    from smo.people import actions as people
    from smo.people.models import Account
    from smo.web.unsent import owner_of

    code = f"bench-{items}"
    project_id = _project(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_item (id, project_id, item_key, kind, text, meta, language_declared,"
            " language_detected, market, surface, source, received_at)"
            " SELECT gen_random_uuid(), %s, 'n' || n, 'text', repeat('some words of text ', 10) || n, '{}', 'en',"
            " '', 'DE', '', '', now() FROM generate_series(1, %s) n",
            [project_id, items],
        )
    settings = labeling.QueueSettings("Bench")
    queue_id = labeling.create_queue(by=SYSTEM, project=code, settings=settings)
    labeling.fill_queues(by=SYSTEM, project=code)
    seats = []
    for number in range(clients):
        email = f"bench-{items}-{number}@example.org"
        member = people.add_member(by=SYSTEM, name=f"Person {number}", email=email, role="annotator")
        Account.objects.filter(pk=member.account_id).update(must_change_password=False)
        client = Client()
        client.force_login(
            Account.objects.get(pk=member.account_id), "allauth.account.auth_backends.AuthenticationBackend"
        )
        seats.append(Seat(client.cookies["smo_session"].value, owner_of(member.account_id), str(queue_id)))
    return seats


def _project(code: str) -> uuid.UUID:
    from smo.catalog import models
    from smo.kernel.clock import now
    from smo.kernel.ids import new_id
    from smo.kernel.permissions import SYSTEM

    made = {"created_at": now()}
    product = models.Product.objects.create(id=new_id(), code=code, name=code, **made)
    policy = models.Policy.objects.create(id=new_id(), code=code, name=code, **made)
    schema = models.LabelSchema.objects.create(id=new_id(), code=code, name=code, **made)
    made |= {"created_by": SYSTEM.id, "number": 1}
    approved = {"approved_by": SYSTEM.id, "approved_at": now(), "effective_at": now()}
    published = {"published_by": SYSTEM.id, "published_at": now()}
    models.GuidelineVersion.objects.create(id=new_id(), policy=policy, **made, **approved)
    models.SchemaVersion.objects.create(id=new_id(), schema=schema, definition=DEFINITION, **made, **published)
    del made["number"]
    parts = {"product": product, "policy": policy, "schema": schema, "state": "live"}
    return models.Project.objects.create(id=new_id(), code=code, name=code, **parts, **made).id


class Browser:
    """One connection that is kept open, as a browser keeps it."""

    def __init__(self, seat: Seat, port: int) -> None:
        self._seat = seat
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {
            "Content-Type": "application/json",
            "Cookie": f"smo_session={seat.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }

    def post(self, path: str, sent: dict[str, Any]) -> list[dict[str, Any]]:
        """The claims that come back."""
        self._connection.request("POST", path, json.dumps(sent), self._headers)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == 200, (response.status, body[:500])
        return json.loads(body)["claims"]

    def begin(self) -> dict[str, Any]:
        """The first item."""
        return self.post(f"/desk/queue/{self._seat.queue_id}/claims", {"how_many": 1})[0]["claim"]

    def label(self, claim: dict[str, Any]) -> dict[str, Any]:
        """Answers one item and gives the next."""
        sent = {"owner": self._seat.owner, "claim_id": claim["id"], "submit_key": str(uuid.uuid4())}
        sent |= {"schema_version_id": claim["schema_version_id"], "answers": {"violation": "no"}}
        sent |= {"elapsed_ms": 20, "active_ms": 900, "idle_ms": 0, "claim_next": 1, "tool_version": "bench"}
        return self.post("/desk/decisions", sent)[0]["claim"]


def drive(browsers: list[Browser], claims: list[dict[str, Any]], labels: int) -> tuple[list[float], list[Any]]:
    """So many labels by all of them together; milliseconds of each, and what they hold afterwards."""

    def work(pair: tuple[Browser, dict[str, Any]]) -> tuple[list[float], dict[str, Any]]:
        browser, claim = pair
        took = []
        for _ in range(labels // len(browsers)):
            begun = time.perf_counter()
            claim = browser.label(claim)
            took.append(1000 * (time.perf_counter() - begun))
        return took, claim

    with ThreadPoolExecutor(len(browsers)) as pool:
        told = list(pool.map(work, zip(browsers, claims, strict=True)))
    return [one for took, _ in told for one in took], [claim for _, claim in told]


def measure(said: argparse.Namespace, items: int, server: int, database: int) -> None:
    """One size: warm up, then count."""
    seats = fill(items, said.clients)
    browsers = [Browser(seat, said.port) for seat in seats]
    claims = [browser.begin() for browser in browsers]
    _, claims = drive(browsers, claims, said.labels // 4)
    before = [cpu_seconds(server), cpu_seconds(database), time.process_time(), time.monotonic()]
    took, _ = drive(browsers, claims, said.labels)
    after = [cpu_seconds(server), cpu_seconds(database), time.process_time(), time.monotonic()]
    web, data, load, wall = ((late - early) for early, late in zip(before, after, strict=True))
    each = 1000 / len(took)
    print(
        f"{items:>9,} items, {said.clients} clients, {len(took):,} labels, load of the machine {os.getloadavg()[0]:.1f}"
    )
    print(f"  CPU per label: {(web + data) * each:.2f} ms (web {web * each:.2f}, database {data * each:.2f});"
          f" the load generator used {load * each:.2f} ms")  # fmt: skip
    cuts = statistics.quantiles(took, n=20)
    print(
        f"  answered in: median {statistics.median(took):.0f} ms, 95 % {cuts[-1]:.0f} ms;"
        f" {len(took) / wall:.0f} labels/s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--labels", type=int, default=4000)
    parser.add_argument("--port", type=int, default=8390)
    parser.add_argument("--home", default="")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="smo-label-") as made:
        home = Path(said.home or f"{made}/home")
        os.environ |= {"SMO_HOME": str(home), "SMO_PORT": str(said.port)}
        smo = Path(sys.executable).with_name("smo")
        subprocess.run([smo, "migrate"], check=True, stdout=subprocess.DEVNULL)
        from smo.cli.boot import boot

        boot()
        web = subprocess.Popen([smo, "web", "--threads", "8"])
        try:
            database = _database()
            _await(said.port)
            for items in said.items:
                measure(said, items, web.pid, database)
        finally:
            web.terminate()
            web.wait()
            subprocess.run([smo, "stop"], check=False, stdout=subprocess.DEVNULL)


def _database() -> int:
    """The database server: whose child our connection's backend is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(_stat(cursor.fetchone()[0])[1])


def _await(port: int) -> None:
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/api/v1/health")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The pages did not come up.")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
