"""Template tags: icons, states, estimates, fields, times and the words for codes. Built in to every template."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smo.kernel.audit import Entry
from smo.kernel.permissions import Scope
from smo.measure.estimate import Estimate
from smo.measure.state import State
from smo.web import numbers, words

register = template.Library()

# Icons that point along the line of reading turn with it.
TURNING: Final = frozenset({"chevron-left", "chevron-right", "arrow-back-up", "logout", "login-2"})


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture beside words; a screen reader hears only the words."""
    turns = " s-icon-turns" if name in TURNING else ""
    address = static("icons.svg")
    return format_html('<svg class="s-icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', turns, address, name)


@register.inclusion_tag("state.html")
def state(value: State | str, *, box: bool = False) -> dict[str, Any]:
    """A state as shape, word and colour; `box` once per page, for the hero."""
    return {"state": str(value), "name": words.STATE_NAMES[str(value)], "box": box}


@register.inclusion_tag("estimate.html")
def estimate(value: Estimate, unit: str = "share") -> dict[str, Any]:
    """An estimate within a sentence or a table cell."""
    figures = numbers.figures(value, unit)
    is_census = value.method == "census" and value.basis == "system_log"
    basis = words.EVERY_CASE if is_census else words.BASIS_NAMES.get(value.basis, value.basis)
    return {"figures": figures, "evidence": _evidence(figures, basis)}


@register.inclusion_tag("against.html")
def against(cell: Any, scale: numbers.Scale | None, *, width: int = 68) -> dict[str, Any]:
    """A KPI's estimate drawn against its target, on the scale of its column."""
    drawn = scale and numbers.against(
        cell.estimate, scale=scale, target=cell.target, higher_is_better=cell.higher_is_better, width=width
    )
    state = str(cell.state) if cell.state else "none"
    return {"drawn": drawn, "state": state, "width": width, "figures": numbers.figures(cell.estimate, cell.unit)}


@register.inclusion_tag("figure.html")
def figure(value: Estimate, unit: str = "share") -> dict[str, Any]:
    """An estimate in a narrow cell: value and n; its interval is drawn beside."""
    return {"figures": numbers.figures(value, unit)}


@register.filter
def at(things: Sequence[Any], place: int) -> Any:
    """What stands at a place of a list."""
    return things[place]


@register.filter
def scale_end(value: float, unit: str) -> str:
    """The end of a scale, short."""
    return f"{100 * value:.3g}" if unit == "share" else numbers.amount(value, unit)


@register.filter
def amount(value: float, unit: str) -> str:
    """A bare value in its unit, for targets and the ends of scales."""
    return numbers.amount(value, unit)


def _evidence(figures: numbers.Figures, basis: words.Words) -> SafeString:
    """Interval, n and basis; figures run from left to right in every language."""
    ranges = [figures.interval, f"n {figures.n}" if figures.n else ""]
    pieces = [format_html('<bdi dir="ltr" class="s-nowrap">{}</bdi>', text) for text in ranges if text]
    return format_html_join(", ", "{}", [(piece,) for piece in (*pieces, basis)])


@register.inclusion_tag("whisker.html")
def whisker(value: Estimate, *, ceiling: float = 1.0, width: int = 124) -> dict[str, Any]:
    """An estimate drawn: its interval as a line, its value as a dot, on a scale from 0."""
    drawn = numbers.whisker(value, ceiling=ceiling, width=width)
    return {"figures": numbers.figures(value), "whisker": drawn, "width": width}


@register.inclusion_tag("hero.html")
def hero(value: Estimate, *, ceiling: float = 1.0) -> dict[str, Any]:
    """The estimate that a page is about: figures large, the interval drawn below."""
    return estimate(value) | whisker(value, ceiling=ceiling, width=360) | {"end": numbers.percent(ceiling)}


@register.filter
def percent(share: float) -> str:
    """The end of a scale."""
    return numbers.percent(share)


@register.inclusion_tag("field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """One form field with its label, help and faults, tied together for screen readers."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    bound_id = bound.auto_id
    described = [f"{bound_id}_help"] if bound.help_text else []
    described += [f"{bound_id}_fault"] if bound.errors else []
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    attributes |= {"aria-invalid": "true"} if bound.errors else {}
    return {"field": bound, "is_check": kind == "checkbox", "control": bound.as_widget(attrs=attributes)}


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A moment in the reader's zone, with the zone named on hover."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    zone = f"{date_format(local, _('j F Y, H:i:s'))} {local.tzname()}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), zone, date_format(local, _("j M Y, H:i"))
    )


@register.filter
def when_short(moment: datetime | None) -> SafeString | str:
    """A moment in a narrow place: the hour today, else the day, with the year only when it is another."""
    if moment is None:
        return ""
    local, now = timezone.localtime(moment), timezone.localtime()
    zone = f"{date_format(local, _('j F Y, H:i:s'))} {local.tzname()}"
    if local.date() == now.date():
        text = _("today, %(hour)s") % {"hour": date_format(local, "H:i")}
    else:
        text = date_format(local, "j M" if local.year == now.year else "j M Y")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), zone, text)


@register.filter
def breakable(address: str) -> SafeString:
    """An email address that breaks after its @ where a line is too short."""
    name, at, host = address.partition("@")
    return format_html("{}{}<wbr>{}", name, at, host)


@register.filter
def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    parts = [part for part in name.replace("@", " ").split() if part[:1].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()


@register.filter
def role_name(code: str) -> str | Promise:
    """A role in words."""
    return words.ROLE_NAMES.get(code, code)


@register.filter
def role_duty(code: str) -> str | Promise:
    """What a role is there for."""
    return words.ROLE_DUTIES.get(code, "")


@register.filter
def verb_name(code: str) -> str | Promise:
    """What is allowed, in words."""
    return words.VERB_NAMES.get(str(code), str(code))


@register.filter
def account_state(code: str) -> str | Promise:
    """Whether someone can sign in."""
    return words.ACCOUNT_STATES[code]


@register.filter
def deed(code: str) -> str | Promise:
    """What an entry of the audit trail tells."""
    return words.DEEDS.get(code, code.replace("_", " "))


@register.filter
def fault_name(code: str) -> str | Promise:
    """What a verification found."""
    return words.FAULT_NAMES.get(str(code), str(code))


@register.filter
def details(entry: Entry) -> list[tuple[str | Promise, str]]:
    """An entry's details that people read, as pairs of name and value; ids stay in the export."""
    kept = [(name, value) for name, value in entry.details.items() if name in words.DETAIL_NAMES and value]
    return [(words.DETAIL_NAMES[name], _detail(name, value)) for name, value in kept]


def _detail(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{words.SCOPE_NAMES.get(part, part)} {inside}" for part, inside in value.items())
    if name == "role":
        return str(role_name(str(value)))
    return str(words.DETAIL_VALUES.get(str(value), value))


@register.filter
def scope_parts(scope: Scope) -> list[tuple[str | Promise, str]]:
    """Where a grant holds, as pairs of name and value; none means everywhere."""
    names = (entry.name for entry in fields(scope))
    return [(words.SCOPE_NAMES[name], value) for name in names if (value := getattr(scope, name))]


@register.filter
def thousands(number: int) -> str:
    """A count with its thousands apart."""
    return numbers.count(number)


@register.simple_tag(takes_context=True)
def is_here(context: Mapping[str, Any], route: str) -> bool:
    """Does the page belong to this entry of the navigation?"""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    return bool(match and (match.view_name == route or match.view_name.startswith(f"{route}-")))
