"""What a planned sample buys and what it cannot say, as the sentences that stand beside the form."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from smo.measure.sizes.bound import cannot_exclude, expected_interval, size_to_show
from smo.web.numbers import THIN, count, decimals_for


@dataclass(frozen=True, slots=True)
class Bought:
    """One sample size, said before it is drawn; `low` and `high` are shares for the drawing."""

    size: int
    assumed: str
    interval: str
    low: float
    high: float
    says: tuple[str, ...]
    cannot: tuple[str, ...]


def bought(size: int, *, accuracy: float, target: float | None, smallest: int = 0) -> Bought:
    """What `size` audits say when the true accuracy is the assumed one."""
    low, high = expected_interval(accuracy, size)
    says, cannot = _against(target, size=size, accuracy=accuracy, low=low, high=high)
    cannot += (
        _("No error among %(n)s audits still leaves up to %(share)s of decisions possibly wrong.")
        % {"n": count(size), "share": _share(cannot_exclude(size))},
    )
    if smallest:
        part_low, part_high = expected_interval(accuracy, smallest)
        cannot += (
            _("A part with %(n)s audits is known only to %(interval)s.")
            % {"n": count(smallest), "interval": _range(part_low, part_high)},
        )
    return Bought(size, _share(accuracy), _range(low, high), low, high, says, cannot)


def _against(
    target: float | None, *, size: int, accuracy: float, low: float, high: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What it says about the target, or how many audits would."""
    if target is None:
        return (), ()
    goal = _share(target)
    if low >= target:
        return (_("It would show that the target of %(target)s is met.") % {"target": goal},), ()
    if high < target:
        return (_("It would show that the target of %(target)s is not met.") % {"target": goal},), ()
    needed = size_to_show(target, share=accuracy)
    if needed is None:
        return (), (_("No size shows a target of %(target)s when the truth lies exactly on it.") % {"target": goal},)
    said = _("It cannot decide the target of %(target)s. About %(n)s audits would, four times in five.")
    return (), (said % {"target": goal, "n": count(max(needed, size + 1))},)


def _share(share: float) -> str:
    text = f"{100 * share:.2f}".rstrip("0").rstrip(".")
    return f"{text}{THIN}%"


def _range(low: float, high: float) -> str:
    places = decimals_for(100 * (high - low))
    return f"{100 * low:.{places}f}–{100 * high:.{places}f}{THIN}%"
