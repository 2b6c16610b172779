"""One's own API tokens."""

from tests.web.routes.kinds import ANYONE, POST

PAGES: dict[str, str] = {
    "tokens/": ANYONE,
    "tokens/make": ANYONE,
    "tokens/<uuid:token_id>/revoke": POST,
}


def made(known: dict[str, str]) -> dict[str, str]:
    """The id of a token that is nobody's."""
    del known
    return {
        "<uuid:token_id>": "00000000-0000-7000-8000-000000000003",
        "<uuidstr:token_id>": "00000000-0000-7000-8000-000000000003",
    }
