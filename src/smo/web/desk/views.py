"""The desk: which queues wait for me, and one queue item by item."""

import json
from importlib.metadata import version
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from smo.catalog import queries as catalog
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, may, require
from smo.labeling import actions, queries
from smo.labeling.rules import SKIP_REASONS
from smo.web.desk.cards import READY, facts, html, language_name
from smo.web.desk.words import desk_words
from smo.web.render import page, screen
from smo.web.unsent import key_of, owner_of
from smo.web.words import SKIP_NAMES

VERSION: Final = version("smo")
NO_ID: Final = UUID(int=0)  # stands in addresses that the script fills in


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def queues(request: HttpRequest, by: Actor) -> HttpResponse:
    """Where there is something to label. POST with a queue takes the first items of it."""
    if Verb.LABEL not in by.verbs():
        raise PermissionDenied(verb=str(Verb.LABEL))
    if request.method == "POST":
        return _begin(request, by)
    mine = [row for row in queries.queues(by=by) if _may_label(by, row)]
    groups = [(name, list(rows)) for name, rows in groupby(mine, key=lambda row: row.project_name)]
    languages = {row.language: language_name(row.language) for row in mine}
    may_open = Verb.MANAGE_QUEUES in by.verbs()
    return page(request, "desk/queues.html", groups=groups, languages=languages, may_open=may_open)


def _may_label(by: Actor, row: queries.QueueRow) -> bool:
    return may(by, Verb.LABEL, scope=Scope(project=row.project, market=row.market, language=row.language))


def _begin(request: HttpRequest, by: Actor) -> HttpResponse:
    try:
        queue_id = UUID(request.POST.get("queue", ""))
    except ValueError as fault:
        raise NotFound from fault
    held = queries.open_claims(by=by, queue_id=queue_id)
    if not held:
        actions.claim_items(by=by, queue_id=queue_id, how_many=READY + 1)
    return redirect("desk:queues-queue", desk_queue=queue_id)


@require_safe
@screen
def queue(request: HttpRequest, by: Actor, *, desk_queue: UUID) -> HttpResponse:
    """The desk at one queue, with what is held of it already; more is claimed by the page itself."""
    row = _labeled(by, desk_queue)
    head = queries.queue_head(queue_id=desk_queue)
    bound = catalog.binding(head.project_id, now())
    beside = catalog.guideline_version(bound.guideline_version_id) if bound.guideline_version_id else None
    held = queries.open_claims(by=by, queue_id=desk_queue)
    done = [one for one in queries.recent_decisions(by=by) if one.may_retract and one.queue_id == desk_queue]
    return page(
        request,
        "desk/queue.html",
        queue=row,
        cards=[(json.dumps(facts(claim)), html(request, claim)) for claim in held],
        guideline=beside,
        reasons=[(reason, SKIP_NAMES[reason]) for reason in SKIP_REASONS],
        words=desk_words(),
        **_for_script(request, desk_queue),
        done=",".join(str(one.id) for one in reversed(done)),
    )


def _for_script(request: HttpRequest, queue_id: UUID) -> dict[str, Any]:
    account_id = request.user.pk or 0
    return {
        "owner": owner_of(account_id),
        "key": key_of(account_id),
        "ready": READY,
        "version": VERSION,
        "addresses": {
            "queues": reverse("desk:queues"),
            "claims": reverse("desk:claim", args=[queue_id]),
            "submit": reverse("desk:submit"),
            "retract": reverse("desk:retract", args=[NO_ID]),
            "extend": reverse("desk:extend"),
            "release": reverse("desk:release"),
            "flag": reverse("desk:flag", args=[NO_ID]),
        },
        "guideline_address": reverse("desk:guideline", args=[queue_id, NO_ID]),
    }


@require_safe
@screen
def guideline(request: HttpRequest, by: Actor, *, desk_queue: UUID, guideline_id: UUID) -> HttpResponse:
    """One version of the queue's guideline, as a piece of page. Errors: NotFound for one of another policy."""
    _labeled(by, desk_queue)
    head = queries.queue_head(queue_id=desk_queue)
    bound = catalog.binding(head.project_id, now())
    asked = catalog.guideline_version(guideline_id)
    own = catalog.guideline_version(bound.guideline_version_id) if bound.guideline_version_id else None
    if own is None or own.policy_code != asked.policy_code or asked.state == "draft":
        raise NotFound(guideline_version=guideline_id)
    return page(request, "desk/guideline.html", guideline=asked)


def _labeled(by: Actor, queue_id: UUID) -> queries.QueueRow:
    """The queue, for someone who labels in it. Errors: NotFound, PermissionDenied."""
    row = queries.queue(by=by, queue_id=queue_id)
    require(by, Verb.LABEL, scope=Scope(project=row.project, market=row.market, language=row.language))
    return row
