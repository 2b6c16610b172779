"""The programmatic door."""

from smo.kernel.permissions import Verb
from tests.web.routes.kinds import ANYONE, LEADS, POST, PUBLIC

PAGES: dict[str, str | Verb] = {
    "api/v1/": LEADS,
    "api/v1/openapi.json": PUBLIC,
    "api/v1/health": PUBLIC,
    "api/v1/me": ANYONE,
    "api/v1/tokens": ANYONE,
    "api/v1/tokens/<uuidstr:token_id>": POST,
    "api/v1/people": ANYONE,
    "api/v1/people/<uuidstr:person_id>": Verb.VIEW_PEOPLE,
    "api/v1/roles": Verb.VIEW_ROLES,
    "api/v1/audit-entries": Verb.VIEW_AUDIT_TRAIL,
    "api/v1/audit-verification": Verb.VIEW_AUDIT_TRAIL,
}
