"""Every endpoint under /api/v1. Its contract is /api/v1/openapi.json."""

from typing import Any

from smo.api import (
    audit,
    audits,
    claims,
    flags,
    health,
    imports,
    items,
    me,
    numbers,
    people,
    places,
    plans,
    policies,
    problems,
    projects,
    queues,
    roles,
    schemas,
    tokens,
)
from smo.api.bodies import StrictJson
from smo.api.callers import OwnSession, OwnToken
from smo.api.contract import Contract


def _api() -> Contract:
    """By token, or by session with the token against forged requests; no page of documents loaded from elsewhere."""
    made = Contract(
        title="smo",
        version="1",
        description="Import, label, audit, measure. Whatever a page does, an endpoint does with the same rights.",
        urls_namespace="api",
        auth=[OwnToken(), OwnSession(csrf=True)],
        parser=StrictJson(),
        docs_url=None,
        openapi_url="/openapi.json",
    )
    account = (health, me, tokens, people, roles, audit)
    catalog = (places, policies, schemas, projects)
    work = (imports, items, queues, claims, flags)
    quality = (plans, audits, numbers)
    for room in (*account, *catalog, *work, *quality):
        made.add_router("", room.router)
    problems.install(made)
    return made


def _in_one_shape(urls: tuple[Any, ...]) -> tuple[Any, ...]:
    """The addresses, each refusing in the one shape."""
    patterns, *names = urls
    for pattern in patterns:
        pattern.callback = problems.in_one_shape(pattern.callback)
    return (patterns, *names)


api = _api()
urls = _in_one_shape(api.urls)
