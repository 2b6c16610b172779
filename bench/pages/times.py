"""How long the server takes for the pages of numbers, with a realistic department behind them.

Run: python bench/pages/times.py [--rows 200000] [--home DIR] [--keep]

Prints the median and the 95th percentile of 20 requests for each page, with the middleware, templates and database,
without the network; and how long the facts take, all of them and after one change.
"""

# ruff: noqa: PLC0415 - the apps can be imported only after their settings are known
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGES = (
    "/board",
    "/board?period=28d",
    "/projects/",
    "/projects/short-video",
    "/projects/short-video?period=28d&market=FR",
    "/projects/short-video/evidence/decision_accuracy",
    "/projects/short-video/evidence/agreement",
    "/projects/short-video/evidence/handle_time",
    "/projects/short-video/evidence/backlog",
)
TRIES = 20


def measure(rows: int) -> None:
    from smo.cli.boot import boot

    boot()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from bench.pages.department import fill
    from smo.jobs import facts
    from smo.kernel.permissions import SYSTEM
    from smo.people import actions as people
    from smo.people.models import Account

    settings.ALLOWED_HOSTS = ["testserver"]
    begun = time.monotonic()
    with connection.cursor() as cursor:
        fill(cursor, rows=rows)
    print(f"{rows:,} items in the largest project; filled in {time.monotonic() - begun:.1f} s")
    for words in ("all facts", "facts with nothing new"):
        begun, cpu = time.monotonic(), time.process_time()
        days = facts.refresh(settings.LAKE_URL)
        print(f"{words}: {days} days in {time.monotonic() - begun:.1f} s ({time.process_time() - cpu:.1f} CPU s here)")
    email = f"bench{int(time.time())}@example.org"
    member = people.add_member(by=SYSTEM, name="Bench", email=email, role="delivery_manager")
    account = Account.objects.get(pk=member.account_id)
    Account.objects.filter(pk=account.pk).update(must_change_password=False)
    client = Client()
    client.force_login(account)
    for page in PAGES:
        took = []
        for _ in range(TRIES):
            begun = time.perf_counter()
            response = client.get(page)
            took.append(1000 * (time.perf_counter() - begun))
            assert response.status_code == 200, (page, response.status_code)
        worst = statistics.quantiles(took, n=20)[-1]
        print(f"{page:<55} median {statistics.median(took):6.0f} ms   95 % {worst:6.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--home", default="")
    parser.add_argument("--keep", action="store_true", help="leave the database running, to look at the pages")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="smo-pages-") as made:
        os.environ["SMO_HOME"] = said.home or f"{made}/home"
        smo = Path(sys.executable).with_name("smo")
        subprocess.run([smo, "migrate"], check=True, stdout=subprocess.DEVNULL)
        try:
            measure(said.rows)
        finally:
            if not said.keep:
                subprocess.run([smo, "stop"], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    main()
