"""The office: people, roles, audit trail, sign-ins."""

from smo.kernel.permissions import Verb
from tests.web.routes.kinds import ANYONE, POST

PAGES: dict[str, str | Verb] = {
    "office/people": ANYONE,
    "office/people/add": Verb.MANAGE_PEOPLE,
    "office/people/<uuid:person_id>": Verb.VIEW_PEOPLE,
    "office/people/<uuid:person_id>/grants/add": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/grants/<uuid:grant_id>/end": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/deactivate": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/activate": POST,
    "office/people/<uuid:person_id>/second-factor/remove": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/password": Verb.MANAGE_ACCOUNTS,
    "office/roles": Verb.VIEW_ROLES,
    "office/audit-trail": Verb.VIEW_AUDIT_TRAIL,
    "office/audit-trail/verification": Verb.VIEW_AUDIT_TRAIL,
    "office/sign-ins": Verb.VIEW_SIGN_INS,
}

# What POST changes, the verb without which nothing changes, and what the form would send.
CHANGES: dict[str, Verb] = {
    "office/people/add": Verb.MANAGE_PEOPLE,
    "office/people/<uuid:person_id>/grants/add": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/grants/<uuid:grant_id>/end": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/deactivate": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/activate": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/second-factor/remove": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/password": Verb.MANAGE_ACCOUNTS,
}
SENT = {"name": "New", "email": "new@example.org", "role": "annotator"}
