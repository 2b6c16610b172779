"""The lake: one Delta table for each kind of fact, a partition for each day, each rewritten whole or not at all."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from time import sleep
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from smo.measure.facts import FACTS, conforming

TRIES = 5
KEEP_HOURS = 24  # a reader that opened an older version has its files so long


def place(lake: str, kind: str) -> str:
    """Where a kind of fact lies. Errors: ValueError for an unknown kind."""
    if kind not in FACTS:
        raise ValueError(f"unknown kind of fact {kind!r}; one of {', '.join(FACTS)}")
    if _local(lake) and any(sign in lake for sign in "[]*?%"):
        raise ValueError(
            f"the lake's folder must not contain any of [ ] * ? %: {lake}. Set SMO_LAKE_URL to another one."
        )
    return f"{lake.rstrip('/')}/facts/{kind}"


def _local(lake: str) -> bool:
    return "://" not in lake


def opened(lake: str, kind: str) -> DeltaTable | None:
    """The table of a kind; None before its first fact."""
    try:
        return DeltaTable(place(lake, kind))
    except TableNotFoundError:
        return None


def write(kind: str, day: date, *, table: pa.Table, lake: str) -> bool:
    """Replace the facts of one day. False when they were the same already, and nothing was written.

    Errors: ValueError when the table does not fit the kind; nothing is written then.
    """
    return write_days(kind, [day], table=table, lake=lake) > 0


def write_days(kind: str, wanted: Collection[date], *, table: pa.Table, lake: str) -> int:
    """Replace the facts of these days at once; how many of them were not the same already.

    Errors: ValueError when the table does not fit the kind or holds another day; nothing is written then.
    """
    new = conforming(kind, table, days=wanted)
    for tried in range(TRIES):
        present = opened(lake, kind)
        changed = _changed(present, kind, wanted=wanted, table=new)
        if not changed:
            return 0
        part = new if len(changed) == len(set(wanted)) else new.filter(pc.is_in(new["day"], pa.array(changed)))
        try:
            _replace(lake, kind, wanted=changed, table=part, is_first=present is None)
            return len(changed)
        except CommitFailedError:  # another process wrote at the same time
            if tried + 1 == TRIES:
                raise
            sleep(0.2 * (tried + 1))
    raise AssertionError("unreachable")


def _changed(present: DeltaTable | None, kind: str, *, wanted: Collection[date], table: pa.Table) -> list[date]:
    """Those days whose facts are not the same as what is there."""
    known = FACTS[kind].empty_table() if present is None else _of_days(present, kind, wanted=wanted)
    if known.num_rows == 0:
        return sorted(set(table["day"].unique().to_pylist()))
    if len(set(wanted)) == 1:
        return [] if _same(known, table) else list(wanted)
    pairs = ((day, [one.filter(pc.equal(one["day"], day)) for one in (known, table)]) for day in sorted(set(wanted)))
    return [day for day, (old, new) in pairs if not _same(old, new)]


def _replace(lake: str, kind: str, *, wanted: Collection[date], table: pa.Table, is_first: bool) -> None:
    where = place(lake, kind)
    named = ", ".join(f"'{day.isoformat()}'" for day in wanted)
    if is_first and _local(lake):
        Path(where).mkdir(mode=0o700, parents=True, exist_ok=True)
    write_deltalake(
        where,
        table,
        mode="overwrite",
        partition_by=["day"],
        predicate=None if is_first else f"day in ({named})",
        configuration={"delta.logRetentionDuration": "interval 1 days"},
        commit_properties=CommitProperties(max_commit_retries=0),
    )


def _of_days(table: DeltaTable, kind: str, *, wanted: Collection[date]) -> pa.Table:
    found = table.to_pyarrow_table(filters=[("day", "in", sorted(wanted))])
    return found.select(FACTS[kind].names).cast(FACTS[kind])


def _same(present: pa.Table, new: pa.Table) -> bool:
    if present.num_rows != new.num_rows:
        return False
    order = [(name, "ascending") for name in new.schema.names]
    return bool(present.sort_by(order).equals(new.sort_by(order)))


def facts(kind: str, *, lake: str, since: date | None = None, until: date | None = None) -> pa.Table:
    """The facts of a kind from one day to another, both included."""
    table = opened(lake, kind)
    if table is None:
        return FACTS[kind].empty_table()
    ends = [("day", ">=", since), ("day", "<=", until)]
    chosen = [(name, sign, day) for name, sign, day in ends if day is not None]
    found: pa.Table = table.to_pyarrow_table(filters=chosen or None)
    return found.select(FACTS[kind].names).cast(FACTS[kind])


def days(kind: str, *, lake: str) -> tuple[date, ...]:
    """The days of which there are facts, in order."""
    table = opened(lake, kind)
    found = [] if table is None else [date.fromisoformat(part["day"]) for part in table.partitions() if part["day"]]
    return tuple(sorted(found))


def files(kind: str, *, lake: str) -> Sequence[str]:
    """The Parquet files that hold a kind's facts now; Delta writes their paths percent-encoded."""
    table = opened(lake, kind)
    return [] if table is None else [unquote(uri) for uri in table.file_uris()]


def erase(kind: str, column: str, *, values: Iterable[str], lake: str) -> int:
    """Take out every fact with one of these values, and its bytes with it; how many facts."""
    table, wanted = opened(lake, kind), sorted(set(values))
    if table is None or not wanted:
        return 0
    erased = 0
    for day in days(kind, lake=lake):
        found = _of_days(table, kind, wanted=[day])
        kept = found.filter(pc.invert(pc.fill_null(pc.is_in(found[column], pa.array(wanted)), False)))
        erased += found.num_rows - kept.num_rows
        if kept.num_rows < found.num_rows:
            _replace(lake, kind, wanted=[day], table=kept, is_first=False)
    tidy(kind, lake=lake, keep_hours=0)
    return erased


def tidy(kind: str, *, lake: str, keep_hours: int = KEEP_HOURS) -> None:
    """Delete the files of days that were rewritten, once no reader can still be at them."""
    table = opened(lake, kind)
    if table is not None:
        table.vacuum(retention_hours=keep_hours, dry_run=False, enforce_retention_duration=False)
        table.create_checkpoint()
        table.cleanup_metadata()
