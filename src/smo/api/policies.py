"""Policies and their guideline versions: draft, approved, effective, superseded."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime

from smo.api.callers import caller
from smo.api.pages import Made, Revision, Rows, all_of, given
from smo.api.places import Named
from smo.catalog import actions, queries

router = Router(tags=["policies"])


class GuidelineIn(Schema):
    """The whole text of a draft, with the revision that it was made from."""

    revision: int
    introduction: str = ""
    change_note: str = ""
    is_retroactive: bool = False
    rules: tuple[actions.RuleText, ...] = ()


class Approval(Schema):
    """From when the version is in force; without a moment at once."""

    effective_at: AwareDatetime | None = None
    revision: int | None = None


class Approved(Schema):
    """From when the version is in force."""

    effective_at: datetime


@router.get("/policies", response=Rows[queries.PolicyRow], summary="All policies")
def policies(request: HttpRequest) -> object:
    """Each with its effective, upcoming and draft version."""
    return all_of(queries.policies(by=caller(request)))


@router.post("/policies", response={201: Made}, summary="Add a policy")
def create_policy(request: HttpRequest, sent: Named) -> dict[str, UUID]:
    """Its text comes with a guideline version."""
    return {"id": actions.create_policy(by=caller(request), code=sent.code, name=sent.name)}


@router.get("/policies/{slug:policy_code}", response=queries.PolicyDetail, summary="One policy with its versions")
def policy(request: HttpRequest, policy_code: str) -> queries.PolicyDetail:
    """Newest version first."""
    return queries.policy(by=caller(request), code=policy_code)


@router.post("/policies/{slug:policy_code}/versions", response={201: Made}, summary="Draft the next guideline version")
def draft_guideline(request: HttpRequest, policy_code: str) -> dict[str, UUID]:
    """A copy of the newest version; a policy has one draft at a time."""
    return {"id": actions.draft_guideline(by=caller(request), policy=policy_code)}


@router.get(
    "/guideline-versions/{uuid:guideline_version_id}", response=queries.GuidelineView, summary="One guideline version"
)
def guideline_version(request: HttpRequest, guideline_version_id: UUID) -> queries.GuidelineView:
    """Its rules in reading order."""
    found = queries.guideline_version(guideline_version_id)
    queries.policy(by=caller(request), code=found.policy_code)  # refuses whoever may not see it
    return found


@router.put("/guideline-versions/{uuid:guideline_version_id}", response=Revision, summary="Save a draft of a guideline")
def save_guideline(request: HttpRequest, *, guideline_version_id: UUID, sent: GuidelineIn) -> dict[str, int]:
    """Refused with `edited_meanwhile` when somebody else saved since that revision."""
    values = given(sent)
    revision = values.pop("revision")
    text = actions.GuidelineText(**values)
    saved = actions.save_guideline(by=caller(request), version_id=guideline_version_id, revision=revision, text=text)
    return {"revision": saved}


@router.post(
    "/guideline-versions/{uuid:guideline_version_id}/approval", response=Approved, summary="Approve a guideline"
)
def approve_guideline(request: HttpRequest, *, guideline_version_id: UUID, sent: Approval) -> dict[str, datetime]:
    """From then on it is bound to each item that is opened."""
    return {
        "effective_at": actions.approve_guideline(by=caller(request), version_id=guideline_version_id, **given(sent))
    }
