"""Home, the door, and what belongs to one's own account."""

from tests.web.routes.kinds import ANYONE, DOOR, LEADS, OWN, POST, PUBLIC

PAGES: dict[str, str] = {
    "": ANYONE,
    "theme": POST,
    "i18n/setlang/": LEADS,
    "accounts/login/": DOOR,
    "accounts/logout/": OWN,
    "accounts/inactive/": PUBLIC,
    "accounts/reauthenticate/": OWN,
    "accounts/password/change/": OWN,
    "accounts/2fa/": OWN,
    "accounts/2fa/authenticate/": LEADS,
    "accounts/2fa/reauthenticate/": OWN,
    "accounts/2fa/totp/activate/": OWN,
    "accounts/2fa/totp/deactivate/": OWN,
    "accounts/2fa/recovery-codes/": OWN,
    "accounts/2fa/recovery-codes/generate/": OWN,
    "accounts/2fa/recovery-codes/download/": OWN,
}
