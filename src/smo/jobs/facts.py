"""How the apps' rows become facts in the lake: a table of kinds, how each tells its changed days and gives them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from smo.kernel.clock import now
from smo.labeling.queries import facts as labeling
from smo.measure.facts import SIGN_IN_ATTEMPT
from smo.people import queries as people
from smo.quality.queries import facts as quality
from smo.warehouse import cubes, kept, lake

# A transaction that was open while the last refresh looked commits later with an earlier time: look back that far.
OVERLAP = timedelta(minutes=10)
LONGEST_GAP_DAYS = 400
DAYS_AT_ONCE = 60  # of few facts each; one statement and one commit for all of them


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of fact is brought up to date: its days that changed since a moment, and the facts of some days."""

    changed: Callable[[datetime | None, datetime], Sequence[date]]
    facts: Callable[[Collection[date], datetime], pa.Table]


def _attempt_days(since: datetime | None, moment: datetime) -> tuple[date, ...]:
    first = (since or moment - timedelta(days=LONGEST_GAP_DAYS)).date()
    return tuple(first + timedelta(days=number) for number in range((moment.date() - first).days + 1))


def _attempts(days: Collection[date], moment: datetime) -> pa.Table:
    del moment
    return pa.concat_tables([SIGN_IN_ATTEMPT.empty_table(), *map(people.attempt_facts, sorted(days))])


def _kind(changed: Callable[..., Sequence[date]], facts: Callable[..., pa.Table]) -> Kind:
    return Kind(lambda since, moment: changed(since, now=moment), lambda days, moment: facts(days, now=moment))


KINDS = {
    "sign_in_attempt": Kind(_attempt_days, _attempts),
    "item": _kind(labeling.changed_items, labeling.item_facts),
    "decision": _kind(labeling.changed_decisions, labeling.decision_facts),
    "answer": _kind(labeling.changed_decisions, labeling.answer_facts),
    "flag": _kind(labeling.changed_flags, labeling.flag_facts),
    "audit": _kind(quality.changed_audits, quality.audit_facts),
    "finding": _kind(quality.changed_audits, quality.finding_facts),
}


def refresh(where: str, *, whole: bool = False) -> int:
    """Bring every kind of fact and the sums for pages up to now; how many days were rewritten.

    Only days on which something changed since the last time are looked at; `whole` looks at all of them.
    """
    moment = now()
    last = None if whole else kept.stamped(where)
    since = last - OVERLAP if last else None
    written = {name: _bring(where, name, since=since, moment=moment) for name in KINDS}
    changed = {name for name, days in written.items() if days}
    for name in changed:
        lake.tidy(name, lake=where)
    cubes.refresh(where, as_of=moment, of=None if whole else changed)
    return sum(written.values())


def _bring(where: str, name: str, *, since: datetime | None, moment: datetime) -> int:
    kind = KINDS[name]
    gone = set(lake.days(name, lake=where)) if since is None else set()  # days of which no row is left
    due = sorted({*kind.changed(since, moment), *gone})
    return sum(
        lake.write_days(name, days, table=kind.facts(days, moment), lake=where) for days in _parts(due, DAYS_AT_ONCE)
    )


def _parts(days: Sequence[date], most: int) -> Iterator[Sequence[date]]:
    for start in range(0, len(days), most):
        yield days[start : start + most]
