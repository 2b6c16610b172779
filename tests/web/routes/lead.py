"""The team lead's place: queues and flags."""

from datetime import UTC, datetime
from uuid import UUID

from smo.catalog import models as catalog
from smo.intake import models as intake
from smo.kernel.permissions import SYSTEM, Verb
from smo.labeling import models as labeling
from tests.web.routes.kinds import POST

PAGES: dict[str, str | Verb] = {
    "queues/": Verb.MANAGE_QUEUES,
    "queues/add": Verb.MANAGE_QUEUES,
    "queues/<uuid:queue_id>": Verb.MANAGE_QUEUES,
    "queues/<uuid:queue_id>/state": POST,
    "flags/": Verb.ANSWER_FLAGS,
    "flags/<uuid:flag_id>": Verb.ANSWER_FLAGS,
}
CHANGES: dict[str, Verb] = {
    "queues/add": Verb.MANAGE_QUEUES,
    "queues/<uuid:queue_id>": Verb.MANAGE_QUEUES,
    "queues/<uuid:queue_id>/state": Verb.MANAGE_QUEUES,
    "flags/<uuid:flag_id>": Verb.ANSWER_FLAGS,
}
SENT = {"name": "New", "project": "led", "state": "paused", "answer": "Read it so."}
AT = datetime(2026, 3, 1, tzinfo=UTC)


def made(known: dict[str, str]) -> dict[str, str]:
    """A project with a queue, and a flag on one of its items."""
    ids = [UUID(int=0x1EAD << 64 | number) for number in range(5)]
    product = catalog.Product.objects.create(id=ids[0], code="led-app", name="App", created_at=AT)
    whose = {"product": product, "created_by": SYSTEM.id, "created_at": AT}
    project = catalog.Project.objects.create(id=ids[1], code="led", name="Led", **whose)
    whose = {"created_by": SYSTEM.id, "created_at": AT}
    queue = labeling.Queue.objects.create(id=ids[2], project=project, name="All", **whose)
    item = intake.Item.objects.create(id=ids[3], project=project, item_key="1", text="Hello", received_at=AT)
    person_id = UUID(known["<uuid:person_id>"])
    flag = labeling.Flag.objects.create(
        id=ids[4], project=project, item=item, person_id=person_id, text="Unclear", raised_at=AT
    )
    return {"<uuid:queue_id>": str(queue.id), "<uuid:flag_id>": str(flag.id)}
