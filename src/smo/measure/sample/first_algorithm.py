"""The first algorithm of draws, kept so that draws stored under it can be drawn again: SHA-256 over seed and id."""

import hashlib

import numpy as np

from smo.measure.sample.allocation import allocate
from smo.measure.sample.ask import Ask
from smo.measure.sample.choice import Sample, order_of
from smo.measure.sample.frame import Frame
from smo.measure.sample.record import FIRST_ALGORITHM, Record, Stratum
from smo.measure.sample.siphash import Words

_SEED_BYTES = 8


def draw_by_first_algorithm(frame: Frame, ask: Ask, *, design: str) -> Sample:
    """The sample that the first algorithm draws: the smallest SHA-256 numbers in each stratum.

    Shapes: as the shelf's designs; only `simple_random` and `stratified` existed. The order of its units is that of
    their numbers. Errors: ValueError for an empty frame or another design.

    >>> from uuid import UUID
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(10)])
    >>> [unit.id.int for unit in draw_by_first_algorithm(frame, Ask(size=3, seed=7), design="simple_random").chosen]
    [1, 6, 5]
    """
    if design not in ("simple_random", "stratified"):
        raise ValueError(f"the first algorithm knew no design {design!r}")
    if not len(frame):
        raise ValueError("an empty frame has nothing to draw")
    is_simple = design == "simple_random"
    names = ("",) if is_simple else frame.names
    codes = np.zeros(len(frame), np.int32) if is_simple else frame.codes
    sizes = {"": len(frame)} if is_simple else frame.sizes()
    counts = {"": min(ask.size, len(frame))} if is_simple else allocate(sizes, ask)
    numbers = _numbers(frame.ids, ask.seed)
    order = order_of(numbers, frame.ids)
    picked = np.concatenate([order[codes[order] == code][: counts[name]] for code, name in enumerate(names)])
    picked = picked[order_of(numbers[picked], frame.ids[picked])]
    strata = tuple(Stratum(name, size, counts[name]) for name, size in sizes.items())
    chances = np.array([one.drawn / one.size for one in strata])[codes[picked]]
    record = Record(design, ask.seed, len(frame), _frame_hash(frame.ids), strata, algorithm=FIRST_ALGORITHM)
    return Sample(picked, frame.ids[picked], tuple(names[code] for code in codes[picked]), chances, record)


def _numbers(ids: Words, seed: int) -> Words:
    key = hashlib.sha256((seed % (1 << 64)).to_bytes(_SEED_BYTES, "big"))
    raw = ids.astype(">u8").tobytes()
    found = bytearray()
    for start in range(0, len(raw), 16):
        digest = key.copy()
        digest.update(raw[start : start + 16])
        found += digest.digest()[:8]
    return np.frombuffer(bytes(found), ">u8").astype(np.uint64)


def _frame_hash(ids: Words) -> bytes:
    in_order = ids[np.lexsort((ids[:, 1], ids[:, 0]))]
    return hashlib.sha256(in_order.astype(">u8").tobytes()).digest()
