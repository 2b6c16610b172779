"""Projects: made, set, moved, and their targets."""

from smo.catalog import actions
from smo.catalog.actions import ProjectSettings
from smo.kernel.permissions import SYSTEM, Verb

PAGES: dict[str, str | Verb] = {
    "projects/add": Verb.MANAGE_PROJECTS,
    "projects/<slug:project>/settings": Verb.MANAGE_PROJECTS,
    "projects/<slug:project>/state": Verb.MANAGE_PROJECTS,
    "projects/<slug:project>/targets": Verb.VIEW_CATALOG,
}
CHANGES: dict[str, Verb] = {
    "projects/add": Verb.MANAGE_PROJECTS,
    "projects/<slug:project>/settings": Verb.MANAGE_PROJECTS,
    "projects/<slug:project>/state": Verb.MANAGE_PROJECTS,
    "projects/<slug:project>/targets": Verb.SET_TARGETS,
}
SENT = {"name": "New", "state": "live", "revision": "1"}


def made(known: dict[str, str]) -> dict[str, str]:
    """A project, unless another place has made one."""
    if "<slug:project>" in known:
        return {}
    code = "project-routes"
    actions.create_product(by=SYSTEM, code=code, name="Routes")
    actions.create_project(by=SYSTEM, settings=ProjectSettings(code, "Routes", code), template="violation")
    return {"<slug:project>": code}
