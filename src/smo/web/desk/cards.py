"""A claim as the desk gets it: what the script must know, and the item with its questions as a piece of page."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import get_language_info

from smo.catalog import queries as catalog
from smo.kernel.clock import now
from smo.labeling.queries import Claim

READY: Final = 3  # items that wait in the browser beside the one that is being looked at


def card(request: HttpRequest, claim: Claim, *, answers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """One claim with its page."""
    return {"claim": facts(claim), "html": html(request, claim, answers=answers)}


def facts(claim: Claim) -> dict[str, Any]:
    """What the script must know of a claim; times as spans, since the clock over there may be off."""
    moment = now()
    return {
        "id": str(claim.id),
        "item_key": claim.content.item_key,
        "schema_version_id": str(claim.schema_version_id),
        "guideline_version_id": str(claim.guideline_version_id) if claim.guideline_version_id else None,
        "age_ms": max(0, round((moment - claim.claimed_at).total_seconds() * 1000)),
        "expires_in_ms": round((claim.expires_at - moment).total_seconds() * 1000),
    }


def html(request: HttpRequest, claim: Claim, *, answers: Mapping[str, Any] | None = None) -> str:
    """The item and its questions, filled in where it was answered before."""
    known = catalog.schema_version(claim.schema_version_id)
    content = {"claim": claim, "content": claim.content, "schema": known.schema, "answers": answers or {}}
    return render_to_string("desk/card.html", content | {"language": language_name(claim.content.language)}, request)


def language_name(code: str) -> str:
    """A language in the reader's words, its code where Django does not know it.

    >>> language_name("x-none")
    'x-none'
    """
    try:
        return str(get_language_info(code)["name_translated"]) if code else ""
    except KeyError:
        return code
