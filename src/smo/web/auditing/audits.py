"""The audit itself: own blind label first, then both side by side, then findings; the server keeps the order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from smo.catalog import queries as catalog
from smo.catalog.rules.schema import Schema
from smo.kernel.clock import now
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, PermissionDenied, Verb
from smo.quality import actions, queries
from smo.quality.rules.taxonomy import caught_by
from smo.web.auditing.filing import findings_from, graded_outcomes
from smo.web.auditing.forms import Finding, OwnLabel
from smo.web.auditing.words import CAUGHT_NAMES, CAUSES, OWN_OUTCOMES, SEVERITIES, VERDICT_NAMES
from smo.web.questions import ShownAnswer, answers_in_words
from smo.web.render import page, screen
from smo.web.sentences import in_words
from smo.web.words import words_for


@dataclass(frozen=True, slots=True)
class Attempt:
    """What stands in the form of the own label: nothing at first, what was sent when it was not taken, and why."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    submit_key: UUID = field(default_factory=new_id)  # made once for each form, so that sending twice stores once
    said: str = ""
    faults: str = "[]"


@require_safe
@screen
def waiting(request: HttpRequest, by: Actor) -> HttpResponse:
    """What waits for me, with the one button that brings the next audit."""
    if Verb.AUDIT not in by.verbs():
        raise PermissionDenied(verb=str(Verb.AUDIT))
    return page(
        request,
        "auditing/waiting.html",
        waiting=queries.waiting_audits(by=by),
        may_plan=Verb.DRAW_AUDITS in by.verbs(),
    )


@require_POST
@screen
def claim_next(request: HttpRequest, by: Actor) -> HttpResponse:
    """The next audit, or back to the list when there is none."""
    return _to_next(request, by, project=request.POST.get("project", ""))


@require_safe
@screen
def own_label(request: HttpRequest, by: Actor, *, audit_id: UUID) -> HttpResponse:
    """Step 1: the item, the questions and the guideline; nothing of what was decided."""
    task = queries.audit_task(by=by, audit_id=audit_id)
    if task.state != "served":
        return redirect("auditing:audits-compare", audit_id)
    return _labelling(request, by, task=task, attempt=Attempt())


@require_POST
@screen
def lock(request: HttpRequest, by: Actor, *, audit_id: UUID) -> HttpResponse:
    """Store the own label for good; only then is there anything to compare."""
    form = OwnLabel(request.POST)
    if not form.is_valid():
        said = _("The answers could not be read. Load the page again.")
        return _labelling(request, by, task=queries.audit_task(by=by, audit_id=audit_id), attempt=Attempt(said=said))
    given = form.cleaned_data
    outcome = given["outcome"] or "decided"
    try:
        actions.lock_own_label(
            by=by,
            audit_id=audit_id,
            submit_key=given["submit_key"],
            outcome=outcome,
            answers=given["answers"] if outcome == "decided" else {},
            active_ms=given["active_ms"],
        )
    except (PermissionDenied, NotFound):
        raise
    except DomainError as refusal:
        faults = json.dumps(_told(refusal), default=str)
        tried = Attempt(given["answers"], given["submit_key"], words_for(refusal), faults)
        return _labelling(request, by, task=queries.audit_task(by=by, audit_id=audit_id), attempt=tried)
    return redirect("auditing:audits-compare", audit_id)


@require_safe
@screen
def compare(request: HttpRequest, by: Actor, *, audit_id: UUID) -> HttpResponse:
    """Steps 2 and 3: both labels side by side, and the findings. Refused and logged before the own label stands."""
    seen = actions.reveal(by=by, audit_id=audit_id)
    return _comparing(request, by, audit_id=audit_id, seen=seen, forms=[_fresh(seen)])


@require_POST
@screen
def file(request: HttpRequest, by: Actor, *, audit_id: UUID) -> HttpResponse:
    """File what was found, or that nothing was, and go on to the next."""
    is_clean = "clean" in request.POST
    forms, found = ([], ()) if is_clean else findings_from(request.POST)
    if not is_clean and not all(form.is_valid() for form in forms):
        return _comparing(request, by, audit_id=audit_id, seen=actions.reveal(by=by, audit_id=audit_id), forms=forms)
    task = queries.audit_task(by=by, audit_id=audit_id)
    try:
        actions.file_findings(by=by, audit_id=audit_id, findings=found)
    except (PermissionDenied, NotFound):
        raise
    except DomainError as refusal:
        seen = actions.reveal(by=by, audit_id=audit_id)
        said = " ".join([words_for(refusal), *map(in_words, refusal.parameters.get("faults", ()))])  # type: ignore[call-overload]
        return _comparing(request, by, audit_id=audit_id, seen=seen, forms=forms or [_fresh(seen)], fault=said)
    messages.success(request, _("Filed: no finding.") if is_clean else _("The finding is filed."))
    return _to_next(request, by, project=task.project)


def _to_next(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    task = actions.claim_audit(by=by, project=project)
    if task is None:
        messages.info(request, _("No audit waits for you now."))
        return redirect("auditing:audits")
    return redirect("auditing:audits-audit", task.id)


def _labelling(request: HttpRequest, by: Actor, *, task: Any, attempt: Attempt) -> HttpResponse:
    schema, guideline = _schema(task), _guideline(task)
    return page(
        request, "auditing/label.html", task=task, schema=schema, guideline=guideline, attempt=attempt,
        guideline_now=None if guideline else _guideline_now(by, task),
    )  # fmt: skip


def _comparing(
    request: HttpRequest, by: Actor, *, audit_id: UUID, seen: Any, forms: list[Finding], fault: str = ""
) -> HttpResponse:
    task = queries.audit_task(by=by, audit_id=audit_id)
    schema, guideline = _schema(task), _guideline(task)
    rows = _rows(schema, seen=seen, task=task)
    differing = sum(row["verdict"] == "differs" for row in rows)
    return page(
        request,
        "auditing/compare.html",
        task=task,
        seen=seen,
        rows=rows,
        differing=differing,
        compared=sum(row["verdict"] != "not_compared" for row in rows),
        guideline=guideline,
        guideline_now=None if guideline else _guideline_now(by, task),
        rule=next((rule for rule in guideline.rules if rule.code == seen.rule_code), None) if guideline else None,
        schema=schema,
        forms=forms,
        fault=fault,
        outcomes=graded_outcomes(),
        severities=SEVERITIES,
        causes=CAUSES,
        caught=CAUGHT_NAMES[caught_by(task.purpose)],
        own_outcome=OWN_OUTCOMES.get(seen.own_outcome, seen.own_outcome),
        original_outcome=OWN_OUTCOMES.get(seen.original_outcome, seen.original_outcome),
    )


def _told(refusal: DomainError) -> list[dict[str, Any]]:
    """What is wrong with the own label, question by question, in the reader's language."""
    faults: Any = refusal.parameters.get("faults", [])
    return [fault | {"message": in_words(fault["message"])} for fault in faults]


def _fresh(seen: Any) -> Finding:
    """Where the finding starts: the first question that differs, and what its type speaks for."""
    differing = next((row.question for row in seen.rows if row.verdict == "differs"), "")
    first = {"question": differing, "rule_code": seen.rule_code, "outcome_class": seen.suggested_class}
    return Finding(prefix="0", initial=first)


def _rows(schema: Schema, *, seen: Any, task: Any) -> list[dict[str, Any]]:
    """The comparison in words, question by question, and turn by turn where a question is asked of turns."""
    own, original = (
        _by_place(schema, answers=answers, task=task) for answers in (seen.own_answers, seen.original_answers)
    )
    return [
        {
            "title": row.title,
            "turn": None if row.turn is None else row.turn + 1,
            "own": own.get((row.question, row.turn)),
            "original": original.get((row.question, row.turn)),
            "verdict": row.verdict,
            "said": VERDICT_NAMES[row.verdict],
        }
        for row in seen.rows
    ]


def _by_place(schema: Schema, *, answers: Any, task: Any) -> dict[tuple[str, int | None], ShownAnswer]:
    """One side's answers in words, by question and turn (turns counted from 0, as they are stored)."""
    return {
        (one.question.key, None if one.turn is None else one.turn - 1): one
        for one in answers_in_words(schema, answers or {}, content=task.content)
    }


def _schema(task: Any) -> Schema:
    return catalog.schema_version(task.schema_version_id).schema


def _guideline(task: Any) -> Any:
    """The version that was in force when the audited item was opened."""
    return catalog.guideline_version(task.guideline_version_id) if task.guideline_version_id else None


def _guideline_now(by: Actor, task: Any) -> Any:
    """What holds today, for an item of a time without a guideline: to read by, not to be judged by."""
    found = catalog.binding(catalog.project(by=by, code=task.project).id, now())
    return catalog.guideline_version(found.guideline_version_id) if found.guideline_version_id else None
