"""The desk: queues to label in, and what its script exchanges."""

from smo.kernel.permissions import Verb
from tests.web.routes.kinds import POST
from tests.web.work import labeled_project

PAGES: dict[str, str | Verb] = {
    "desk/": Verb.LABEL,
    "desk/queue/<uuid:desk_queue>": Verb.LABEL,
    "desk/queue/<uuid:desk_queue>/guideline/<uuid:guideline_id>": Verb.LABEL,
    "desk/queue/<uuid:desk_queue>/claims": POST,
    "desk/decisions": POST,
    "desk/decisions/<uuid:decision_id>/retract": POST,
    "desk/claims/extend": POST,
    "desk/claims/release": POST,
    "desk/claims/<uuid:claim_id>/flag": POST,
}

CHANGES: dict[str, Verb] = {
    "desk/": Verb.LABEL,
    "desk/queue/<uuid:desk_queue>/claims": Verb.LABEL,
}


def made(known: dict[str, str]) -> dict[str, str]:
    """A live project with a queue and a guideline."""
    work = labeled_project("desk-routes")
    nothing = "00000000-0000-7000-8000-000000000009"
    parts = {"<uuid:desk_queue>": str(work.queue_id), "<uuid:guideline_id>": str(work.guideline_id)}
    return {"<uuid:decision_id>": nothing, "<uuid:claim_id>": nothing} | known | parts
