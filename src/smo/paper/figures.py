"""How a number is printed: one place, so that page, PDF, workbook and sentence say the same."""

import math

from smo.measure.estimate import Estimate
from smo.measure.estimation import rounding
from smo.measure.state import State

NARROW = "\u202f"  # narrow no-break space: before %, between number and unit
SPACE = "\u00a0"  # no-break space of full width: between a letter and its number
DASH = "–"
NOTHING = "–"

WORDS = {
    State.MET: "Met",
    State.NOT_MET: "Not met",
    State.NOT_ENOUGH: "Not enough evidence",
    State.NOT_MEASURED: "Not measured",
}

BASIS = {
    "gold": "gold",
    "consensus": "against the others",
    "overlap": "overlap",
    "probability_audit": "audits",
    "appeal_proxy": "appeals",
    "model_vs_human": "model against people",
    "system_log": "clock",
    "self_report": "self-report",
}

COEFFICIENTS = {
    "krippendorff_alpha": "Krippendorff’s alpha",
    "masi_alpha": "Alpha with MASI distance (sets)",
    "jaccard_alpha": "Alpha with Jaccard distance (sets)",
    "nominal_alpha": "Alpha, labels as plain names",
    "interval_alpha": "Alpha, equal steps",
    "fleiss_kappa": "Fleiss’ kappa",
    "cohen_kappa": "Cohen’s kappa (mean over pairs)",
    "weighted_kappa": "Cohen’s kappa, quadratic weights",
    "gwet_ac1": "Gwet’s AC1",
    "gwet_ac2": "Gwet’s AC2, quadratic weights",
    "percent_agreement": "Raw agreement",
}

SMALL_N = 20  # below it a percentage says more than is known: "k of n" is printed


def count(number: int) -> str:
    """A whole number with thousands set apart: "12,480"."""
    return f"{number:,}"


def plural(number: int, noun: str, *, nouns: str = "") -> str:
    """ "1 item", "214 items"."""
    return f"{count(number)} {noun if number == 1 else nouns or noun + 's'}"


def decimals(estimate: Estimate) -> int:
    """Decimals that the interval's width allows, for a share in percent: width over 5 points none, over 0.5 one."""
    if estimate.low is None or estimate.high is None:
        return 0
    points = 100 * (estimate.high - estimate.low)
    return rounding.decimals(points) if points else 1


def _fixed(number: float, places: int) -> str:
    text = f"{number:.{places}f}"
    return text[1:] if text.startswith("-") and float(text) == 0 else text


def number_share(number: float, places: int = 0) -> str:
    """0.97 -> "97 %", with a narrow no-break space."""
    return f"{_percent(number, places)}{NARROW}%"


def _percent(number: float, places: int) -> str:
    """Percent without the sign; 0 and 100 are exact and need no decimals."""
    return _fixed(100 * number, 0 if number in {0.0, 1.0} else places)


def _successes(estimate: Estimate) -> int | None:
    if estimate.n >= SMALL_N or estimate.value is None:
        return None
    if estimate.successes is not None:
        return estimate.successes
    whole = estimate.value * estimate.n
    return round(whole) if math.isclose(whole, round(whole), abs_tol=1e-9) else None


def share(estimate: Estimate | None) -> str:
    """The value alone: "97.0 %", or "k of n" below 20."""
    if estimate is None or estimate.value is None:
        return NOTHING
    k = _successes(estimate)
    if k is not None:
        return f"{k} of {estimate.n}"
    return number_share(estimate.value, decimals(estimate))


def interval_share(estimate: Estimate | None) -> str:
    """The interval alone, in percent without the sign: "95.6–98.0"."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return NOTHING
    places = decimals(estimate)
    return f"{_percent(estimate.low, places)}{DASH}{_percent(estimate.high, places)}"


def share_sentence(estimate: Estimate | None) -> str:
    """A share as a sentence prints it: "97.0 % (95.6–98.0, n 600, audits)"."""
    if estimate is None or estimate.value is None:
        return "not measured"
    basis = BASIS.get(estimate.basis, estimate.basis)
    if _successes(estimate) is not None:
        return f"{share(estimate)} ({interval_share(estimate)}{NARROW}%, {basis})"
    return f"{share(estimate)} ({interval_share(estimate)}, n{SPACE}{count(estimate.n)}, {basis})"


def _places(estimate: Estimate) -> int:
    return 2 if estimate.value in {0.0, 1.0} else min(2 + decimals(estimate), 3)


def coefficient(estimate: Estimate | None) -> str:
    """A coefficient between -1 and 1: "0.68"."""
    if estimate is None or estimate.value is None:
        return NOTHING
    return _fixed(estimate.value, _places(estimate))


def interval_coefficient(estimate: Estimate | None) -> str:
    """The interval of a coefficient: "0.65–0.71"; "to" stands between ends of which one is negative."""
    if estimate is None or estimate.low is None or estimate.high is None:
        return NOTHING
    places = _places(estimate)
    between = DASH if estimate.low >= 0 else " to "
    return f"{_fixed(estimate.low, places)}{between}{_fixed(estimate.high, places)}"


def coefficient_sentence(estimate: Estimate | None) -> str:
    """A coefficient as a sentence prints it: "0.68 (0.65–0.71, n 3,120)"."""
    if estimate is None or estimate.value is None:
        return "not measured"
    if estimate.low is None:
        return f"{coefficient(estimate)} (no interval, n{SPACE}{count(estimate.n)})"
    return f"{coefficient(estimate)} ({interval_coefficient(estimate)}, n{SPACE}{count(estimate.n)})"


def duration(seconds: float | None) -> str:
    """Time as people say it: "4 h 12 min", "12 min", "47 s", "8.4 s"."""
    if seconds is None:
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f}{NARROW}s"
    if seconds < 90 and seconds != 60:
        return f"{seconds:.0f}{NARROW}s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes}{NARROW}min"
    return f"{hours}{NARROW}h {rest}{NARROW}min" if rest else f"{hours}{NARROW}h"


def duration_sentence(estimate: Estimate | None) -> str:
    """A time with its interval: "14 s (13 s–15 s, n 3,966, clock)"."""
    if estimate is None or estimate.value is None:
        return "not measured"
    basis = BASIS.get(estimate.basis, estimate.basis)
    if estimate.low is None or estimate.high is None:
        return f"{duration(estimate.value)} (n{SPACE}{count(estimate.n)}, {basis})"
    ends = f"{duration(estimate.low)}{DASH}{duration(estimate.high)}"
    return f"{duration(estimate.value)} ({ends}, n{SPACE}{count(estimate.n)}, {basis})"


def quoted(label: str) -> str:
    """A label in a sentence: one line, in quotes, cut where it is long."""
    line = " ".join(label.split())
    return f"“{line}”" if len(line) <= 48 else f"“{line[:47]}…”"


def sentence_case(text: str) -> str:
    """The first letter large; names inside keep theirs.

    >>> sentence_case("all two values of Market")
    'All two values of Market'
    """
    return text[:1].upper() + text[1:]


def listed(names: tuple[str, ...] | list[str], at_most: int = 4) -> str:
    """Names in a sentence: "A, B and C"; longer lists end in "and N more"."""
    shown = list(names[: at_most if len(names) > at_most + 1 else at_most + 1])
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
