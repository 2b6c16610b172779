"""How many digits of a number its interval can carry; the one rule for pages, papers and sentences."""

import math
from typing import Final

from smo.measure.estimate import Estimate

MOST_DECIMALS: Final = 2
LEAST_STEPS: Final = 5  # an interval no longer than so many steps of the last digit gets one digit more


def decimals(width: float, *, most: int = MOST_DECIMALS) -> int:
    """The fewest decimals with which the interval is longer than 5 steps of the last digit, at most `most`.

    Units: `width` in the units of the printed number (percentage points for a share in percent): over 5 none, over
    0.5 one, over 0.05 two. Errors: ValueError for a width that is negative or no number.

    >>> [decimals(width) for width in (12.0, 5.0, 0.6, 0.5, 0.01)]
    [0, 1, 1, 2, 2]
    """
    if not width >= 0:
        raise ValueError(f"a width is at least 0, not {width}")
    places = 0
    while places < most and width * 10**places <= LEAST_STEPS:
        places += 1
    return places


def rounded(estimate: Estimate, *, scale: float = 100.0, most: int = MOST_DECIMALS) -> tuple[str, str, str]:
    """Value, low and high as digits, times `scale`; an end that is missing is empty, and so is what was not measured.

    Units: `scale` 100 prints a share in percent, 1 prints the number itself. A number without an interval, or one
    that is known exactly, gets one decimal. Errors: as `decimals`. Source: the house rule of "decimals by the width of
    the interval".

    >>> rounded(Estimate(0.9034, 0.85, 0.94, 200, "gold", "wilson"))
    ('90', '85', '94')
    >>> rounded(Estimate(0.0123, 0.0121, 0.0125, 90_000, "gold", "wilson"))
    ('1.23', '1.21', '1.25')
    """
    if estimate.value is None:
        return "", "", ""
    places = min(1, most)
    if estimate.low is not None and estimate.high is not None and estimate.high > estimate.low:
        places = decimals(scale * (estimate.high - estimate.low), most=most)
    value, low, high = (
        _fixed(number, scale, places=places) for number in (estimate.value, estimate.low, estimate.high)
    )
    return value, low, high


def _fixed(number: float | None, scale: float, *, places: int) -> str:
    if number is None or math.isinf(number):
        return ""
    text = f"{scale * number:.{places}f}"
    return text[1:] if text.startswith("-") and float(text) == 0 else text
