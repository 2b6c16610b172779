"""Measured numbers: the board, one project, and the items behind a number."""

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from smo.api.callers import caller
from smo.api.pages import Rows, all_of
from smo.reporting import queries
from smo.reporting.queries.evidence import Wanted as EvidenceWanted
from smo.reporting.rules import WhyNot, period_of

router = Router(tags=["numbers"])


class NumbersWanted(Schema):
    """Of which market, and of which time; empty means of all."""

    market: str = ""
    period: str = "all"


class ItemsWanted(NumbersWanted):
    """Which items behind a number: all, or only those that speak against it."""

    is_against: bool = False
    after: str = ""
    limit: int = Field(50, ge=1, le=200)


class EvidenceOut(Rows[queries.EvidenceRow]):
    """The items behind a number; `why_not` says why there are none to show."""

    why_not: WhyNot | None = None


@router.get("/board", response=Rows[queries.BoardRow], summary="Every project against its targets")
def board(request: HttpRequest, period: str = "all") -> object:
    """Each number an estimate with interval, n and basis; each state one of four."""
    return all_of(queries.board(by=caller(request), period=period_of(period)))


@router.get("/projects/{slug:project}/numbers", response=queries.ProjectNumbers, summary="One project's numbers")
def project_numbers(request: HttpRequest, *, project: str, wanted: Query[NumbersWanted]) -> queries.ProjectNumbers:
    """With the moment up to which they are true."""
    period = period_of(wanted.period)
    return queries.project_numbers(by=caller(request), project=project, market=wanted.market, period=period)


@router.get(
    "/projects/{slug:project}/numbers/{slug:kpi_code}/weeks", response=Rows[queries.Week], summary="A number by week"
)
def weekly(request: HttpRequest, *, project: str, kpi_code: str, market: str = "") -> object:
    """Oldest first."""
    return all_of(queries.weekly(by=caller(request), project=project, kpi=kpi_code, market=market))


@router.get(
    "/projects/{slug:project}/numbers/{slug:kpi_code}/items", response=EvidenceOut, summary="The items behind a number"
)
def evidence(request: HttpRequest, *, project: str, kpi_code: str, wanted: Query[ItemsWanted]) -> queries.EvidencePage:
    """What one is blind to is masked."""
    asked = EvidenceWanted(
        market=wanted.market,
        period=period_of(wanted.period),
        is_against=wanted.is_against,
        after=wanted.after,
        limit=wanted.limit,
    )
    return queries.evidence(by=caller(request), project=project, kpi=kpi_code, wanted=asked)


@router.get("/projects/{slug:project}/changes", response=Rows[queries.Change], summary="What changed in a project")
def changes(request: HttpRequest, project: str) -> object:
    """Guideline versions, targets and the like, newest first."""
    return all_of(queries.changes(by=caller(request), project=project))


@router.get("/waiting", response=queries.Waiting, summary="What waits for a decision")
def waiting(request: HttpRequest, project: str = "") -> queries.Waiting:
    """Flags, audits and imports that need a person."""
    return queries.waiting(by=caller(request), project=project)
