"""The command centre, projects, one project's numbers, and the items behind each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from smo.kernel.permissions import Actor, Scope, Verb, may, require
from smo.measure.state import State
from smo.reporting import queries as reporting
from smo.reporting.queries import BoardRow, Cell, Week
from smo.reporting.queries.evidence import Wanted
from smo.reporting.rules import ON_BOARD, URGENCY, Period, period_of
from smo.web.board import words
from smo.web.board.headline import board_headline, project_headline
from smo.web.board.next_step import next_step
from smo.web.numbers import Scale, against, count, decimals_for, scale_of
from smo.web.render import page, screen
from smo.web.words import SKIP_NAMES

CHART_WIDTH: Final = 46  # pixels of a week's column
WAITING_DOORS: Final = {"may_flags": Verb.ANSWER_FLAGS, "may_plan": Verb.DRAW_AUDITS, "may_import": Verb.IMPORT_DATA}
STATES: Final = tuple(str(state) for state in URGENCY)


@dataclass(frozen=True, slots=True)
class Column:
    """One KPI of the board: its words, its scale, the target that all projects share, if they do."""

    kpi: str
    words: words.KpiWords
    scale: Scale | None
    target: float | None
    higher_is_better: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter that lives in the address."""

    name: Any
    address: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One KPI on a project's page: its cell, words, scale, the step that is next, and its plain share, if weighted."""

    cell: Cell
    words: words.KpiWords
    scale: Scale | None
    why_not: Any
    needs_plan: bool
    naive: float | None
    percent: float | None
    mean: float | None


@require_safe
@screen
def command_centre(request: HttpRequest, by: Actor) -> HttpResponse:
    """Projects against their targets, the most urgent first."""
    require_somewhere(by, Verb.VIEW_NUMBERS)
    period = period_of(request.GET.get("period", ""))
    rows = reporting.board(by=by, period=period)
    title, why = board_headline(rows)
    states = Counter(str(cell.state) for row in rows for cell in row.cells if cell.state)
    return page(
        request,
        "board/board.html",
        rows=[(row, _with_words(row)) for row in rows],
        columns=[_column(place, kpi, rows=rows) for place, kpi in enumerate(ON_BOARD)],
        title=title,
        why=why,
        first=next((row for row in rows if any(cell.state is State.NOT_MET for cell in row.cells)), None),
        states=[(state, states[state]) for state in STATES],
        periods=_periods(request, period),
        waits=reporting.waiting(by=by),
        **{name: verb in by.verbs() for name, verb in WAITING_DOORS.items()},
        may_add=Verb.MANAGE_PROJECTS in by.verbs(),
        as_of=next((cell.as_of for row in rows for cell in row.cells if cell.as_of), None),
    )


@require_safe
@screen
def projects(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every project with how it stands."""
    require_somewhere(by, Verb.VIEW_NUMBERS)
    rows = sorted(
        reporting.board(by=by, kpis=("decision_accuracy", "backlog", "backlog_age")), key=lambda row: row.name
    )
    shown = [(row, words.state_name(row.state), row.cells) for row in rows]
    return page(request, "board/projects.html", rows=shown, may_add=Verb.MANAGE_PROJECTS in by.verbs())


@require_safe
@screen
def project(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    """One project: how it stands, why, and what to do."""
    period, market = period_of(request.GET.get("period", "")), request.GET.get("market", "")
    numbers = reporting.project_numbers(by=by, project=project, market=market, period=period)
    title, why = project_headline(numbers)
    weeks = reporting.weekly(by=by, project=project, kpi="decision_accuracy", market=market)
    target = next((cell.target for cell in numbers.cells if cell.kpi == "decision_accuracy"), None)
    doors = _links(by, project)
    is_whole = may(by, Verb.VIEW_NUMBERS, scope=Scope(project=project))
    return page(
        request,
        "board/project.html",
        numbers=numbers,
        state_name=words.state_name(numbers.state),
        title=title,
        why=why,
        shown=[_shown(cell) for cell in numbers.cells],
        periods=_periods(request, period),
        markets=_markets(request, market, markets=numbers.markets),
        market=market,
        query=urlencode({name: value for name, value in request.GET.items() if name in {"period", "market"}}),
        changes=[(one, words.CHANGES[one.what], words.IMPORT_KINDS.get(one.name)) for one in _changes(by, project)]
        if is_whole
        else [],
        waits=reporting.waiting(by=by, project=project),
        chart=_chart(weeks, target) if len(weeks) > 1 else None,
        next=next_step(numbers, doors),
        **doors,
    )


@require_safe
@screen
def evidence(request: HttpRequest, by: Actor, *, project: str, kpi: str) -> HttpResponse:
    """The items behind a number, 50 a page."""
    period, market = period_of(request.GET.get("period", "")), request.GET.get("market", "")
    is_against = request.GET.get("only") == "against"
    after = request.GET.get("after", "")
    wanted = Wanted(market=market, period=period, is_against=is_against, after=after)
    found = reporting.evidence(by=by, project=project, kpi=kpi, wanted=wanted)
    numbers = reporting.project_numbers(by=by, project=project, market=market, period=period, kpis=(kpi,))
    here = request.path
    return page(
        request,
        "board/evidence.html",
        numbers=numbers,
        shown=_shown(numbers.cells[0]),
        rows=[
            (
                row,
                words.VERDICTS.get(row.verdict, row.verdict),
                SKIP_NAMES.get(row.detail, row.detail),
                row.verdict in words.BAD,
            )
            for row in found.rows
        ],
        why_not=words.WHY_NOT.get(found.why_not or "", ""),
        detail_name=words.DETAILS.get(kpi),
        weight_name=words.WEIGHTS.get(kpi),
        filters=_filters(request, kpi, is_against=is_against),
        periods=_periods(request, period) if kpi not in {"backlog", "backlog_age"} else [],
        after=after,
        first_page=here + _query(request, after=None),
        next_page=here + _query(request, after=found.next) if found.next else "",
    )


def require_somewhere(by: Actor, verb: Verb) -> None:
    """A list of many projects is open to those who may see one of them; it holds no other."""
    if verb not in by.verbs():
        require(by, verb)


def _column(place: int, kpi: str, *, rows: Sequence[BoardRow]) -> Column:
    held = [row.cells[place] for row in rows]
    targets = {cell.target for cell in held if cell.target is not None}
    scale = scale_of((cell.estimate for cell in held), targets, unit=held[0].unit if held else "share")
    shared = targets.pop() if len(targets) == 1 else None
    first = held[0] if held else None
    return Column(
        kpi, words.KPIS[kpi], scale, shared, first.higher_is_better if first else True, first.unit if first else "share"
    )


def _with_words(row: BoardRow) -> list[tuple[Cell, Any]]:
    return [(cell, words.WHY_NOT.get(cell.why_not or "", "")) for cell in row.cells]


def _shown(cell: Cell) -> Shown:
    goals = [] if cell.target is None else [cell.target]
    return Shown(
        cell, words.KPIS[cell.kpi], scale_of([cell.estimate], goals, unit=cell.unit),
        words.WHY_NOT.get(cell.why_not or "", ""), cell.why_not == "no_plan",
        cell.beside.get("naive"), cell.beside.get("percent"), cell.beside.get("geometric_mean"),
    )  # fmt: skip


def _changes(by: Actor, project: str) -> tuple[reporting.Change, ...]:
    return reporting.changes(by=by, project=project)


def _links(by: Actor, project: str) -> dict[str, bool]:
    """Which doors to other rooms are shown."""
    scope = Scope(project=project)
    wanted = {
        "may_plan": Verb.DRAW_AUDITS,
        "may_target": Verb.SET_TARGETS,
        "may_manage": Verb.MANAGE_PROJECTS,
        "may_import": Verb.IMPORT_DATA,
        "may_queue": Verb.MANAGE_QUEUES,
        "may_findings": Verb.VIEW_FINDINGS,
        "may_flags": Verb.ANSWER_FLAGS,
    }
    return {name: may(by, verb, scope=scope) for name, verb in wanted.items()}


def _query(request: HttpRequest, **changed: str | None) -> str:
    """The address's filters with some of them changed; none is an empty text."""
    kept = {name: value for name, value in request.GET.items() if name in {"period", "market", "only", "after"}}
    held = {name: value for name, value in {**kept, **changed}.items() if value}
    return "?" + urlencode(held) if held else "?"


def _periods(request: HttpRequest, chosen: Period) -> list[Choice]:
    return [
        Choice(
            words.PERIODS[one],
            _query(request, period=None if one is Period.ALL else str(one), after=None),
            one is chosen,
        )
        for one in Period
    ]


def _markets(request: HttpRequest, chosen: str, *, markets: Sequence[str]) -> list[Choice]:
    return (
        [Choice(one, _query(request, market=one, after=None), one == chosen) for one in ("", *markets)]
        if markets
        else []
    )


def _filters(request: HttpRequest, kpi: str, *, is_against: bool) -> list[Choice]:
    if kpi not in words.AGAINST:
        return []
    every = Choice("", _query(request, only=None, after=None), not is_against)
    return [every, Choice(words.AGAINST[kpi], _query(request, only="against", after=None), is_against)]


def _chart(weeks: Sequence[Week], target: float | None) -> dict[str, Any]:
    """The weeks as columns of dots and whiskers, in pixels; drawn without a chart library."""
    height = 120
    scale = scale_of((week.estimate for week in weeks), [] if target is None else [target], unit="share")
    if scale is None:
        return {}
    points = []
    for place, week in enumerate(weeks):
        drawn = against(week.estimate, scale=scale, target=target, higher_is_better=True, width=height)
        if drawn is not None:
            left = 44 + CHART_WIDTH * place + CHART_WIDTH // 2
            ends = (height - drawn.dot, height - drawn.low, height - drawn.high)
            points.append({"x": left, "dot": ends[0], "low": ends[1], "high": ends[2], "week": week})
    line = None if target is None else height - scale.place(target, height)
    places = decimals_for(100 * (scale.high - scale.low))
    return {
        "points": points, "target": line, "height": height, "width": 44 + CHART_WIDTH * len(weeks),
        "ends": [(8, f"{100 * scale.high:.{places}f}"), (height, f"{100 * scale.low:.{places}f}")],
        "line": " ".join(f"{one['x']},{one['dot']}" for one in points),
        "weeks": count(len(weeks)),
    }  # fmt: skip
