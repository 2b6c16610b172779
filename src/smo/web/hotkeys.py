"""Which key stands for which option: one pure assignment for a whole schema, without conflict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# What the desk itself answers to; F, O and W stay free for options.
RESERVED: Final = frozenset("gkunzbm")
# One row of the keyboard for one question, so that the fingers learn places.
_ROWS: Final = ("1234567890", "qwertyio", "asdfhjl", "xcvp")


@dataclass(frozen=True, slots=True)
class Choices:
    """A question as its keys see it: its options in order; numbered ones would like their own digit."""

    question: str
    options: tuple[str, ...]
    is_numbered: bool = False


def assign_keys(choices: Sequence[Choices]) -> dict[tuple[str, str], str]:
    """A key for each (question, option), each key once; options beyond the last key have none.

    A scale whose points are digits takes those digits. Every other question takes the first row of the keyboard that
    has room for all of its options, else what is left.

    >>> assign_keys([Choices("rule", ("yes", "no")), Choices("severity", ("0", "1"), is_numbered=True)])
    {('severity', '0'): '0', ('severity', '1'): '1', ('rule', 'yes'): '2', ('rule', 'no'): '3'}
    """
    keys: dict[tuple[str, str], str] = {}
    free = [list(row) for row in _ROWS]
    by_digit = next((one for one in choices if one.is_numbered and _are_digits(one.options)), None)
    if by_digit is not None:
        keys |= _given(by_digit, by_digit.options, free=free)
    for one in choices:
        if one is not by_digit:
            keys |= _given(one, _row_for(len(one.options), free), free=free)
    return keys


def _are_digits(options: Sequence[str]) -> bool:
    return all(len(option) == 1 and option in _ROWS[0] for option in options)


def _row_for(size: int, free: Sequence[Sequence[str]]) -> list[str]:
    fitting = next((row for row in free if len(row) >= size), None)
    return list(fitting) if fitting is not None else [key for row in free for key in row]


def _given(one: Choices, wanted: Iterable[str], *, free: Sequence[list[str]]) -> Mapping[tuple[str, str], str]:
    pairs = dict(zip(((one.question, option) for option in one.options), wanted, strict=False))
    for row in free:
        row[:] = [key for key in row if key not in pairs.values()]
    return pairs
