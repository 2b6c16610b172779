"""How often signing in fails: measured from facts, shown with interval, n and the moment up to which it is true."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smo.kernel.clock import now
from smo.kernel.permissions import Actor, Verb, require
from smo.measure.estimate import Estimate, not_measured
from smo.warehouse import answers
from smo.web.numbers import FEW
from smo.web.render import page, screen

KPI: Final = "sign_in_failure"
DAYS: Final = 28
_CEILINGS: Final = (0.05, 0.1, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class Day:
    """One day's number."""

    day: date
    estimate: Estimate


@require_safe
@screen
def sign_ins(request: HttpRequest, by: Actor) -> HttpResponse:
    """The share of sign-ins that failed in four weeks, and on each day."""
    require(by, Verb.VIEW_SIGN_INS)
    last = now().date()  # facts are dated in UTC
    period = (last - timedelta(days=DAYS - 1), last)
    whole = answers.answer(KPI, lake=settings.LAKE_URL, period=period)
    daily = answers.answer(KPI, lake=settings.LAKE_URL, by=("day",), period=period)
    days = tuple(Day(row.group["day"], row.estimate) for row in reversed(daily.rows))
    total = whole.rows[0].estimate if whole.rows else not_measured(whole.kpi.basis, "no sign-in was measured yet")
    shown = [total, *(one.estimate for one in days)]
    return page(
        request,
        "office/sign-ins.html",
        total=total,
        days=days,
        as_of=whole.as_of,
        period=period,
        ceiling=_ceiling(shown),
    )


def _ceiling(estimates: list[Estimate]) -> float:
    """One scale for the page that shows every value and every interval of 20 attempts or more; others are cut."""
    ends = [one.high if one.n >= FEW else one.value for one in estimates]
    highest = max((end for end in ends if end is not None), default=1.0)
    return next((step for step in _CEILINGS if highest <= step), 1.0)
