"""Run rules beside the limits: patterns that chance makes seldom, each rule for the price of more false alarms."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: One false alarm in 92 normal periods, against 370 of the limits alone (Champ and Woodall 1987, Technometrics 29).
WESTERN_ELECTRIC = ("beyond_3", "two_of_three_beyond_2", "four_of_five_beyond_1", "eight_on_one_side")
NELSON = (
    "beyond_3",
    "nine_on_one_side",
    "six_in_one_direction",
    "fourteen_alternating",
    "two_of_three_beyond_2",
    "four_of_five_beyond_1",
    "fifteen_within_1",
    "eight_beyond_1",
)


def run_rules(z: npt.ArrayLike | pl.Series, *, rules: Sequence[str] = WESTERN_ELECTRIC) -> pl.DataFrame:
    """One boolean column per rule: does its pattern end in this period? And `is_signal`: does any?

    Shapes: z (periods,), standard deviations off the middle line, as a chart gives it; nan or None is a period without
    cases, passed over by every pattern. Errors: ValueError for an unknown rule.
    Source: Western Electric 1956, Statistical Quality Control Handbook; Nelson 1984, Journal of Quality Technology 16.

    >>> run_rules([0.5, 2.1, 0.4, 2.2])["two_of_three_beyond_2"].to_list()
    [False, False, False, True]
    """
    unknown = set(rules) - set(RULES)
    if unknown:
        raise ValueError(f"unknown rule {', '.join(sorted(unknown))}; one of {', '.join(RULES)}")
    values = np.asarray(z.to_numpy() if isinstance(z, pl.Series) else z, np.float64)
    known = np.flatnonzero(~np.isnan(values))
    columns: dict[str, Flags] = {}
    for rule in rules:
        columns[rule] = np.zeros(values.size, np.bool_)
        columns[rule][known] = RULES[rule](values[known])
    frame = pl.DataFrame(columns, schema=dict.fromkeys(rules, pl.Boolean))
    return frame.with_columns(pl.any_horizontal(*rules).alias("is_signal"))


def _full(flag: Flags, *, least: int, window: int) -> Flags:
    """Whether the last `window` values up to here, this one among them, hold at least so many flags."""
    if flag.size < window:
        return np.zeros(flag.size, np.bool_)
    total = np.concatenate([[0], np.cumsum(flag)])
    enough = np.zeros(flag.size, np.bool_)
    enough[window - 1 :] = total[window:] - total[:-window] >= least
    return enough & flag


def _one_side(z: Floats, *, beyond: float, least: int, window: int) -> Flags:
    return _full(z > beyond, least=least, window=window) | _full(z < -beyond, least=least, window=window)


def _one_direction(z: Floats) -> Flags:
    """Six values, each above the one before, or each below it."""
    step = np.diff(z, prepend=z[:1])
    return _full(step > 0, least=5, window=5) | _full(step < 0, least=5, window=5)


def _alternating(z: Floats) -> Flags:
    """Fourteen values that go up and down by turns: thirteen steps, twelve turns."""
    step = np.diff(z, prepend=z[:1])
    turn = np.concatenate([[False], step[1:] * step[:-1] < 0]) if z.size else np.zeros(0, np.bool_)
    return _full(turn, least=12, window=12)


RULES: dict[str, Callable[[Floats], Flags]] = {
    "beyond_3": lambda z: np.abs(z) > 3,
    "two_of_three_beyond_2": lambda z: _early(z, beyond=2.0, least=2, window=3),
    "four_of_five_beyond_1": lambda z: _early(z, beyond=1.0, least=4, window=5),
    "eight_on_one_side": lambda z: _one_side(z, beyond=0.0, least=8, window=8),
    "nine_on_one_side": lambda z: _one_side(z, beyond=0.0, least=9, window=9),
    "six_in_one_direction": _one_direction,
    "fourteen_alternating": _alternating,
    "fifteen_within_1": lambda z: _full(np.abs(z) < 1, least=15, window=15),
    "eight_beyond_1": lambda z: _full(np.abs(z) > 1, least=8, window=8),
}


def _early(z: Floats, *, beyond: float, least: int, window: int) -> Flags:
    """A pattern of some of the last values may be complete before there are as many values as the window holds."""
    padded = np.concatenate([np.zeros(window - 1), z])
    return _one_side(padded, beyond=beyond, least=least, window=window)[window - 1 :]
