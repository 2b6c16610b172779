"""The arithmetic of the audit chain, against whatever may be done to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from smo.kernel.chain import NO_ROOT, Leaf, Link, Walk, root_of

START = datetime(2026, 3, 1, tzinfo=UTC)
WINDOWS = st.lists(st.integers(1, 4), min_size=1, max_size=5)


def chain(windows: list[int]) -> tuple[list[Link], list[Leaf]]:
    links: list[Link] = []
    leaves: list[Leaf] = []
    root, xid = NO_ROOT, 100
    for number, size in enumerate(windows, start=1):
        digests = [sha256(f"{number}.{place}".encode()).digest() for place in range(size)]
        own = [
            Leaf(UUID(int=xid + place), START, 1, xid + place, digest, digest) for place, digest in enumerate(digests)
        ]
        from_xid = links[-1].below_xid if links else 0
        sealed_at = START + timedelta(seconds=number)
        link = Link(number, 1, from_xid, xid + size, size, sealed_at, root)
        links.append(replace(link, root=root_of(link, digests)))
        leaves += own
        root, xid = links[-1].root, xid + size + 3
    return links, leaves


def is_intact(links: list[Link], leaves: list[Leaf]) -> bool:
    walk = Walk(leaves)
    unsealed = walk.along(links, {links[-1].number: (links[-1].root, START)} if links else {})
    return not walk.breaks and not unsealed


@given(WINDOWS)
def test_chain_what_nobody_touched_is_intact(windows: list[int]) -> None:
    assert is_intact(*chain(windows))


@given(WINDOWS, st.data())
def test_chain_no_leaf_can_be_taken_doubled_moved_or_changed(windows: list[int], data: st.DataObject) -> None:
    links, leaves = chain(windows)
    place = data.draw(st.integers(0, len(leaves) - 1))
    leaf = leaves[place]
    doubled = [*leaves[: place + 1], leaf, *leaves[place + 1 :]]
    changed = [*leaves[:place], replace(leaf, hash=b"y" * 32, content_hash=b"y" * 32), *leaves[place + 1 :]]
    edited = [*leaves[:place], replace(leaf, content_hash=b"y" * 32), *leaves[place + 1 :]]
    for wrong in (leaves[:place] + leaves[place + 1 :], doubled, changed, edited):
        assert not is_intact(links, wrong)


@given(WINDOWS, st.data())
def test_chain_no_seal_can_be_taken_or_changed(windows: list[int], data: st.DataObject) -> None:
    links, leaves = chain(windows)
    place = data.draw(st.integers(0, len(links) - 1))
    changes = {
        "number": links[place].number + 1,
        "epoch": 2,
        "from_xid": links[place].from_xid + 1,
        "below_xid": links[place].below_xid + 1,
        "entries": links[place].entries + 1,
        "sealed_at": links[place].sealed_at + timedelta(microseconds=1),
        "previous_root": b"z" * 32,
        "root": b"z" * 32,
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    wrong = [*links[:place], replace(links[place], **{name: changes[name]}), *links[place + 1 :]]
    walk = Walk(leaves)
    unsealed = walk.along(wrong, {})
    assert walk.breaks or unsealed
    walk = Walk(leaves)
    assert walk.along(links[:place] + links[place + 1 :], {links[-1].number: (links[-1].root, START)}) or walk.breaks


@given(WINDOWS, WINDOWS)
def test_chain_an_anchor_of_another_history_is_found(windows: list[int], others: list[int]) -> None:
    assume(windows != others)
    links, leaves = chain(windows)
    other = chain(others)[0][-1]
    assume(all(link.root != other.root for link in links))
    walk = Walk(leaves)
    walk.along(links, {other.number: (other.root, START)})
    assert [found.fault.value for found in walk.breaks] == ["cut"]
