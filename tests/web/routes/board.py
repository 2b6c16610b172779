"""The command centre, projects, and the items behind numbers."""

from smo.kernel.permissions import Verb
from tests.apps.reporting.department import Department

PAGES: dict[str, str | Verb] = {
    "board": Verb.VIEW_NUMBERS,
    "projects/": Verb.VIEW_NUMBERS,
    "projects/<slug:project>": Verb.VIEW_NUMBERS,
    "projects/<slug:project>/evidence/<slug:kpi>": Verb.VIEW_NUMBERS,
}


def made(known: dict[str, str]) -> dict[str, str]:
    """A project, unless another place has made one, and a number of it."""
    parts = {"<slug:kpi>": "backlog"}
    if "<slug:project>" not in known:
        parts["<slug:project>"] = Department("board-routes").code
    return parts
