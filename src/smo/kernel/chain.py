"""The arithmetic of the audit chain: links over windows of entries, and what their walk finds broken."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from uuid import UUID

from smo.kernel.ids import new_id

NO_ROOT: Final = bytes(32)


class Fault(StrEnum):
    """What a verification can find."""

    EDITED = "edited"  # an entry's content does not give its hash
    MISSING = "missing"  # a window holds fewer entries than were sealed
    ADDED = "added"  # a window holds more entries than were sealed, or one lies outside every window
    ALTERED = "altered"  # a window's entries or its seal are not those that were sealed
    UNLINKED = "unlinked"  # a seal does not follow from the one before
    CUT = "cut"  # an anchor outside the database names a seal that the chain no longer has
    UNREADABLE = "unreadable"  # personal values do not open, or are not those that were digested
    FROM_THE_FUTURE = "from_the_future"  # an entry names a transaction that has not been


@dataclass(frozen=True, slots=True)
class Link:
    """One seal: all entries of an epoch with from_xid <= xid < below_xid."""

    number: int
    epoch: int
    from_xid: int
    below_xid: int
    entries: int
    sealed_at: datetime
    previous_root: bytes
    root: bytes = NO_ROOT


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry: the hash that its row carries and the one that its content gives."""

    id: UUID
    at: datetime
    epoch: int
    xid: int
    hash: bytes
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """One finding with its window; `seal` or `entry` say where, `count` how many entries."""

    fault: Fault
    count: int = 1
    seal: int | None = None
    entry: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


# Heads of the chain as they were written down outside the database: number -> root and time.
Anchors = Mapping[int, tuple[bytes, datetime]]


def root_of(link: Link, hashes: Iterable[bytes]) -> bytes:
    """sha256 over the previous root, the seal's own facts and the entries' hashes in sealing order."""
    facts = (link.number, link.epoch, link.from_xid, link.below_xid, link.entries, link.sealed_at.timestamp())
    digest = hashlib.sha256(link.previous_root)
    digest.update("|".join(repr(fact) for fact in facts).encode())
    for row in hashes:
        digest.update(row)
    return digest.digest()


class Walk:
    """One pass over links and leaves, both in order; afterwards it knows the breaks and what is not sealed yet."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self.head: Link | None = None
        self.entries = 0
        self.breaks: list[Break] = []
        self._leaves = self._checked(leaves)
        self._next = next(self._leaves, None)

    def along(self, links: Iterable[Link], anchors: Anchors) -> list[Leaf]:
        """Walk; each leaf is looked at once and, when sealed, forgotten. The rest, not sealed yet, comes back."""
        missing = dict(anchors)
        for link in links:
            self._follow(link)
            if missing.get(link.number, (b"",))[0] == link.root:
                del missing[link.number]
        self.breaks += [Break(Fault.CUT, 0, number, until=at) for number, (_, at) in missing.items()]
        return list(self._until((math.inf, 0)))

    def _checked(self, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
        for leaf in leaves:
            self.entries += 1
            if leaf.hash != leaf.content_hash:
                self.breaks.append(break_at(Fault.EDITED, entry=leaf.id, at=leaf.at))
            yield leaf

    def _until(self, boundary: tuple[float, int]) -> Iterator[Leaf]:
        while self._next is not None and (self._next.epoch, self._next.xid) < boundary:
            yield self._next
            self._next = next(self._leaves, None)

    def _follow(self, link: Link) -> None:
        strays = len(list(self._until((link.epoch, link.from_xid))))
        found = [(Fault.ADDED, strays)] if strays else []
        found += [] if _follows(self.head, link) else [(Fault.UNLINKED, 0)]
        found += _window_faults(link, [leaf.hash for leaf in self._until((link.epoch, link.below_xid))])
        since = self.head.sealed_at if self.head else None
        self.breaks += [Break(fault, count, link.number, None, since, link.sealed_at) for fault, count in found]
        self.head = link


def break_at(fault: Fault, *, entry: UUID, at: datetime) -> Break:
    """A finding at one entry."""
    return Break(fault, entry=entry, since=at, until=at)


def _follows(previous: Link | None, link: Link) -> bool:
    if previous is None:
        return (link.number, link.from_xid, link.previous_root) == (1, 0, NO_ROOT)
    starts_at = previous.below_xid if link.epoch == previous.epoch else 0
    wanted = (previous.number + 1, starts_at, previous.root)
    return link.epoch >= previous.epoch and (link.number, link.from_xid, link.previous_root) == wanted


def _window_faults(link: Link, hashes: list[bytes]) -> list[tuple[Fault, int]]:
    if len(hashes) != link.entries:
        fault = Fault.MISSING if len(hashes) < link.entries else Fault.ADDED
        return [(fault, abs(link.entries - len(hashes)))]
    return [] if root_of(link, hashes) == link.root else [(Fault.ALTERED, len(hashes))]


def write_anchor(folder: Path, link: Link) -> Path:
    """Write the head down outside the database, once per seal; a file that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{link.sealed_at:%Y-%m-%d}-{link.number:012d}.json"
    facts = {"number": link.number, "root": link.root.hex(), "sealed_at": link.sealed_at.isoformat()}
    if not path.exists():
        fresh = folder / f".{new_id()}.tmp"
        fresh.write_text(json.dumps(facts) + "\n", encoding="ascii")
        fresh.replace(path)
    return path


def read_anchors(folder: Path) -> Anchors:
    """All heads that were written down. Errors: ValueError naming the file that cannot be read."""
    return dict(_anchor(path) for path in sorted(folder.glob("*.json")))


def _anchor(path: Path) -> tuple[int, tuple[bytes, datetime]]:
    try:
        facts = json.loads(path.read_text(encoding="ascii"))
        return facts["number"], (bytes.fromhex(facts["root"]), datetime.fromisoformat(facts["sealed_at"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise ValueError(f"{path} is not an anchor that this system wrote. Restore it from its copy.") from fault
