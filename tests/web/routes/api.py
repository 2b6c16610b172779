"""The programmatic door: read from the table of endpoints, which tests/api tries with every role and every method."""

from smo.kernel.permissions import Verb
from tests.api import world
from tests.web.routes.kinds import ANYONE, HELD, LEADS, POST, PUBLIC


def _rule(path: str) -> str | Verb | frozenset[Verb]:
    """What a GET of this path shows, and to whom."""
    found = [one for one in world.ENDPOINTS if one.path == path and one.method == "GET"]
    if not found:
        return POST
    (endpoint,) = found
    if endpoint.is_held:
        return HELD
    if endpoint.is_list or endpoint.verb is None:
        return ANYONE
    return frozenset({endpoint.verb, *endpoint.also}) if endpoint.also else endpoint.verb


PAGES: dict[str, str | Verb | frozenset[Verb]] = {
    "api/v1/": LEADS,
    "api/v1/openapi.json": PUBLIC,
    "api/v1/health": PUBLIC,
} | {f"api/v1/{path}": _rule(path) for path in {one.path.split("?")[0] for one in world.ENDPOINTS}}
# Those that are one list for all, some of it for few:
PAGES["api/v1/people"] = ANYONE


def made(known: dict[str, str]) -> dict[str, str]:
    """One of everything that an endpoint names."""
    return world.made() | {"<uuidstr:person_id>": known["<uuidstr:person_id>"]}
