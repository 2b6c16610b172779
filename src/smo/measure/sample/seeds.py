"""Seeds made from a seed: each draw of a plan has one of its own."""

import hashlib

_SEED_BYTES = 8


def seed_of(seed: int, part: str) -> int:
    """Another seed, bound to the first and a name: for the next draw of a plan, say.

    Units: 63 bits, so that it fits PostgreSQL's bigint.

    >>> seed_of(7, "draw 2") == seed_of(7, "draw 2"), seed_of(7, "draw 2") == seed_of(7, "draw 3")
    (True, False)
    """
    key = (seed % (1 << 64)).to_bytes(_SEED_BYTES, "big")
    return int.from_bytes(hashlib.sha256(key + part.encode()).digest()[:8], "big") >> 1
