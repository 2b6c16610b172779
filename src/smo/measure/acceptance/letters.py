"""Sample sizes by lot size and inspection level, as in ISO 2859-1; what such a plan does is computed, not looked up."""

from bisect import bisect_left

LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
SIZES = {
    "A": 2, "B": 3, "C": 5, "D": 8, "E": 13, "F": 20, "G": 32, "H": 50,
    "J": 80, "K": 125, "L": 200, "M": 315, "N": 500, "P": 800, "Q": 1250, "R": 2000,
}  # fmt: skip
_UP_TO = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
_BY_LEVEL = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}


def code_letter(lot_size: int, level: str = "II") -> str:
    """The code letter of a lot.

    Errors: ValueError for a lot of fewer than 2 units or an unknown level. Source: ISO 2859-1:1999, table 1.

    >>> code_letter(1000), code_letter(1000, "S-2")
    ('J', 'C')
    """
    if level not in LEVELS:
        raise ValueError(f"unknown inspection level {level!r}; one of {', '.join(LEVELS)}")
    if lot_size < 2:
        raise ValueError("a lot that is sampled has at least 2 units")
    return _BY_LEVEL[level][bisect_left(_UP_TO, lot_size)]


def lettered_size(lot_size: int, level: str = "II") -> int:
    """The sample size of a lot: that of its code letter, or the whole lot where it is smaller.

    Errors: ValueError as `code_letter`. Source: ISO 2859-1:1999, table 2-A (sizes alone).

    >>> lettered_size(1000), lettered_size(2, "III")
    (80, 2)
    """
    return min(SIZES[code_letter(lot_size, level)], lot_size)
