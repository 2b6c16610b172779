"""Every endpoint under /api/v1. Its contract is /api/v1/openapi.json."""

from ninja import NinjaAPI

from smo.api import audit, health, me, people, problems, roles
from smo.api.session import OwnSession


def _api() -> NinjaAPI:
    """Signed in by session, with the token against forged requests; no page of documents loaded from elsewhere."""
    made = NinjaAPI(
        title="smo",
        version="1",
        urls_namespace="api",
        auth=OwnSession(csrf=True),
        docs_url=None,
        openapi_url="/openapi.json",
    )
    for room in (health, me, people, roles, audit):
        made.add_router("", room.router)
    problems.install(made)
    return made


api = _api()
