"""A project's imports: files come in parts, are mapped, checked, published or cancelled."""

from smo.catalog import actions as catalog
from smo.catalog import queries
from smo.catalog.rules.projects import ProjectSettings
from smo.intake import actions as intake
from smo.kernel.permissions import SYSTEM, Verb
from tests.web.routes.kinds import POST

PAGES: dict[str, str | Verb] = {
    "projects/<slug:project>/imports": Verb.IMPORT_DATA,
    "projects/<slug:project>/imports/begin": POST,
    "projects/<slug:project>/imports/<uuid:import_id>": Verb.IMPORT_DATA,
    "projects/<slug:project>/imports/<uuid:import_id>/part": POST,
    "projects/<slug:project>/imports/<uuid:import_id>/end": POST,
    "projects/<slug:project>/imports/<uuid:import_id>/mapping": POST,
    "projects/<slug:project>/imports/<uuid:import_id>/step": POST,
    "projects/<slug:project>/imports/<uuid:import_id>/cancel": Verb.IMPORT_DATA,
    "projects/<slug:project>/imports/<uuid:import_id>/rejected": Verb.IMPORT_DATA,
}
CHANGES: dict[str, Verb] = {
    route: Verb.IMPORT_DATA for route, rule in PAGES.items() if rule == POST or route.endswith("/cancel")
}
SENT = {"kind": "items", "file_name": "new.csv", "size": "10", "text": "text"}


def made(known: dict[str, str]) -> dict[str, str]:
    """A project with an import that waits for its columns."""
    code = known.get("<slug:project>", "")
    if not code:
        code = "imported"
        catalog.create_product(by=SYSTEM, code=code, name="Imported")
        catalog.create_project(by=SYSTEM, settings=ProjectSettings(code, "Imported", code))
    assert queries.project(by=SYSTEM, code=code)
    content = [b"id,text\n1,one\n"]
    import_id = intake.receive_import(by=SYSTEM, project=code, kind="items", file_name="items.csv", content=content)
    return {"<slug:project>": code, "<uuid:import_id>": str(import_id), "<uuidstr:import_id>": str(import_id)}
