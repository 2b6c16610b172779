"""The arithmetic of the audit chain: links over windows of entries, and what their walk finds broken."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head as it was written down outside the database."""

    number: int
    root: bytes
    sealed_at: datetime


def root_of(link: Link, hashes: Iterable[bytes]) -> bytes:
    """sha256 over the previous root, the seal's own facts and the entries' hashes in sealing order."""
    facts = (link.number, link.epoch, link.from_xid, link.below_xid, link.entries, link.sealed_at.timestamp())
    digest = hashlib.sha256(link.previous_root)
    digest.update("|".join(repr(fact) for fact in facts).encode())
    for row in hashes:
        digest.update(row)
    return digest.digest()


def sealed(link: Link, hashes: list[bytes]) -> Link:
    """The link with its count and root."""
    counted = replace(link, entries=len(hashes))
    return replace(counted, root=root_of(counted, hashes))


class Walk:
    """One pass over links and leaves, both in order; afterwards it knows the breaks and what is not sealed yet."""

    def __init__(self, links: Iterable[Link], anchors: Iterable[Anchor] = ()) -> None:
        self.links = links
        self.anchors = {anchor.number: anchor for anchor in anchors}
        self.head: Link | None = None
        self.entries = 0
        self.unsealed: list[Leaf] = []
        self.breaks: list[Break] = []

    def over(self, leaves: Iterable[Leaf]) -> "Walk":
        """Walk; each leaf is looked at once and, when sealed, forgotten."""
        stream = _Peek(self._checked(leaves))
        for link in self.links:
            self._follow(link, stream)
            self.head = link
        self.unsealed = list(stream.rest())
        self.breaks += [_cut(anchor) for anchor in self.anchors.values()]
        return self

    def _checked(self, leaves: Iterable[Leaf]) -> Iterator[Leaf]:
        for leaf in leaves:
            self.entries += 1
            if leaf.hash != leaf.content_hash:
                self.breaks.append(Break(Fault.EDITED, entry=leaf.id, since=leaf.at, until=leaf.at))
            yield leaf

    def _follow(self, link: Link, stream: "_Peek") -> None:
        since = self.head.sealed_at if self.head else None
        strays = stream.below((link.epoch, link.from_xid))
        window = stream.below((link.epoch, link.below_xid))
        if strays:
            self.breaks.append(Break(Fault.ADDED, len(strays), link.number, None, since, link.sealed_at))
        if not _follows(self.head, link):
            self.breaks.append(Break(Fault.UNLINKED, 0, link.number, None, since, link.sealed_at))
        fault = _window_fault(link, window)
        if fault:
            count = abs(link.entries - len(window)) or len(window)
            self.breaks.append(Break(fault, count, link.number, None, since, link.sealed_at))
        anchor = self.anchors.get(link.number)
        if anchor and anchor.root == link.root:
            del self.anchors[link.number]


class _Peek:
    """A stream that can be read up to a boundary."""

    def __init__(self, leaves: Iterator[Leaf]) -> None:
        self.leaves = leaves
        self.next = next(leaves, None)

    def below(self, boundary: tuple[int, int]) -> list[Leaf]:
        taken = []
        while self.next is not None and (self.next.epoch, self.next.xid) < boundary:
            taken.append(self.next)
            self.next = next(self.leaves, None)
        return taken

    def rest(self) -> Iterator[Leaf]:
        while self.next is not None:
            yield self.next
            self.next = next(self.leaves, None)


def _follows(previous: Link | None, link: Link) -> bool:
    if previous is None:
        return (link.number, link.from_xid, link.previous_root) == (1, 0, NO_ROOT)
    starts_at = previous.below_xid if link.epoch == previous.epoch else 0
    return (
        link.number == previous.number + 1
        and link.epoch >= previous.epoch
        and link.from_xid == starts_at
        and link.previous_root == previous.root
    )


def _window_fault(link: Link, window: list[Leaf]) -> Fault | None:
    if len(window) < link.entries:
        return Fault.MISSING
    if len(window) > link.entries:
        return Fault.ADDED
    return None if root_of(link, (leaf.hash for leaf in window)) == link.root else Fault.ALTERED


def _cut(anchor: Anchor) -> Break:
    return Break(Fault.CUT, 0, anchor.number, None, None, anchor.sealed_at)


def write_anchor(folder: Path, link: Link) -> Path:
    """Write the head down outside the database, once per seal; a file that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{link.sealed_at:%Y-%m-%d}-{link.number:012d}.json"
    facts = {"number": link.number, "root": link.root.hex(), "sealed_at": link.sealed_at.isoformat()}
    fresh = folder / f".{new_id()}.tmp"
    fresh.write_text(json.dumps(facts) + "\n", encoding="ascii")
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass  # written before; if it differs from the chain, the chain is what is wrong
    finally:
        fresh.unlink()
    return path


def read_anchors(folder: Path) -> list[Anchor]:
    """All heads that were written down. Errors: ValueError naming the file that cannot be read."""
    return [_anchor(path) for path in sorted(folder.glob("*.json"))]


def _anchor(path: Path) -> Anchor:
    try:
        facts = json.loads(path.read_text(encoding="ascii"))
        return Anchor(facts["number"], bytes.fromhex(facts["root"]), datetime.fromisoformat(facts["sealed_at"]))
    except (ValueError, KeyError, TypeError) as fault:
        raise ValueError(f"{path} is not an anchor that this system wrote. Restore it from its copy.") from fault
