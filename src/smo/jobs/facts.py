"""How the apps' rows become facts in the lake: a table of kinds and the queries that give a day of each."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

import pyarrow as pa

from smo.kernel.clock import now
from smo.people import queries as people
from smo.warehouse import cubes, lake

# Facts may change for some days after they happened (late truth); what is older is rewritten only on purpose.
STILL_CHANGING_DAYS = 2
LONGEST_GAP_DAYS = 400

FACTS: Mapping[str, Callable[[date], pa.Table]] = {
    "sign_in_attempt": people.attempt_facts,
}


def refresh(where: str) -> int:
    """Bring every kind of fact and the sums for pages up to now; how many days were rewritten."""
    today = now().date()
    written = sum(
        lake.write(kind, day, table=rows(day), lake=where)
        for kind, rows in FACTS.items()
        for day in _due(lake.days(kind, lake=where), today)
    )
    for kind in FACTS:
        lake.tidy(kind, lake=where)
    cubes.refresh(where)
    return written


def _due(known: tuple[date, ...], today: date) -> Iterator[date]:
    """Days to write again: those that still change, and all since the newest that is known, so that a gap fills up."""
    oldest = today - timedelta(days=LONGEST_GAP_DAYS if not known else STILL_CHANGING_DAYS)
    first = min([oldest, *known[-1:]])
    for back in range((today - first).days, -1, -1):
        yield today - timedelta(days=back)
