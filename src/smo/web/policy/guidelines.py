"""Guideline versions: read, compared, written, approved."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from smo.catalog import actions, queries
from smo.catalog.queries import GuidelineView, PolicyDetail
from smo.catalog.rules.changes import changed_rules, changed_words
from smo.catalog.rules.guidelines import SEVERITIES, GuidelineText
from smo.catalog.rules.refusals import EditedMeanwhile
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Verb, may, require
from smo.web.catalog_forms import name_of, put_into, said
from smo.web.policy.forms import Approve
from smo.web.policy.guideline_form import GuidelineFields, RuleFields, fields_from, fields_of, rearranged
from smo.web.policy.words import CHANGES, FIELDS, STATES
from smo.web.render import id_from, is_swap, page, screen
from smo.web.sentences import in_words


def _seen(by: Actor, version_id: UUID) -> tuple[GuidelineView, PolicyDetail]:
    """The version with its policy, where this actor may see it. Errors: NotFound."""
    version = queries.guideline_version(version_id)
    policy = queries.policy(by=by, code=version.policy_code)
    if all(row.id != version_id for row in policy.versions):
        raise NotFound(guideline_version=version_id)
    return version, policy


@require_safe
@screen
def guideline(request: HttpRequest, by: Actor, *, guideline_version_id: UUID) -> HttpResponse:
    """One version to read, every rule with an address of its own."""
    version, policy = _seen(by, guideline_version_id)
    return page(
        request,
        "policy/guideline.html",
        version=version,
        policy=policy,
        state_name=STATES[version.state],
        approved_by=name_of(version.approved_by),
        may_write=may(by, Verb.MANAGE_POLICIES) and version.state == "draft",
        may_approve=may(by, Verb.APPROVE_GUIDELINES) and version.state == "draft",
        has_others=len(policy.versions) > 1,
    )


@require_safe
@screen
def changes(request: HttpRequest, by: Actor, *, guideline_version_id: UUID) -> HttpResponse:
    """Two versions side by side."""
    version, policy = _seen(by, guideline_version_id)
    others = [row for row in policy.versions if row.id != guideline_version_id]
    wanted = id_from(request.GET.get("against", ""))
    earlier = next((row for row in others if row.number < version.number), None)
    chosen = next((row for row in others if row.id == wanted), earlier)
    against = queries.guideline_version(chosen.id) if chosen else None
    shows_all = bool(request.GET.get("all"))
    return page(
        request,
        "policy/changes.html",
        version=version,
        policy=policy,
        others=others,
        against=against,
        shows_all=shows_all,
        **_compared(against.text if against else GuidelineText(), version.text, shows_all=shows_all),
    )


def _compared(before: GuidelineText, after: GuidelineText, *, shows_all: bool = False) -> dict[str, Any]:
    """What changed, rule by rule, with the words for it."""
    rules = changed_rules(before.rules, after.rules)
    counts = {change: sum(rule.change == change for rule in rules) for change in CHANGES}
    shown = [rule for rule in rules if shows_all or rule.change != "same"]
    return {
        "introduction": changed_words(before.introduction, after.introduction),
        "is_introduction_changed": before.introduction != after.introduction,
        "rules": [(rule, CHANGES[rule.change], _shown_fields(rule)) for rule in shown],
        "counts": [(CHANGES[change], number) for change, number in counts.items() if number],
        "same": counts["same"],
    }


def _shown_fields(rule: Any) -> list[tuple[Any, Any]]:
    """The parts that changed, and the title in any case."""
    return [
        (FIELDS[field.name], field)
        for field in rule.fields
        if (field.before or field.after) and (field.is_changed or field.name == "title")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def edit(request: HttpRequest, by: Actor, *, draft_id: UUID) -> HttpResponse:
    """Write a draft. Whoever saves an older revision is shown both texts; nothing is lost."""
    require(by, Verb.MANAGE_POLICIES)
    version, _policy = _seen(by, draft_id)
    if version.state != "draft":
        return redirect("policy:guideline", draft_id)
    if request.method != "POST":
        return _editor(request, version, fields=fields_of(version.text), revision=version.revision)
    sent, wish = fields_from(request.POST), request.POST.get("do", "save")
    revision_text = request.POST.get("revision", "")
    revision = int(revision_text) if revision_text.isdecimal() else 0
    if wish != "save":
        rules = rearranged(sent.rules, wish, blank=RuleFields())
        moved = GuidelineFields(sent.introduction, sent.change_note, sent.is_retroactive, rules)
        return _editor(request, version, fields=moved, revision=revision)
    try:
        actions.save_guideline(by=by, version_id=draft_id, revision=revision, text=sent.text())
    except EditedMeanwhile as refusal:
        more = {"fault": said(refusal), "theirs": _compared(version.text, sent.text())}
        return _editor(request, version, fields=sent, revision=version.revision, **more)
    except (PermissionDenied, NotFound):
        raise
    except DomainError as refusal:
        return _editor(request, version, fields=sent, revision=revision, faults=_faults(refusal))
    messages.success(request, _("The draft was saved."))
    return redirect("policy:guideline", draft_id)


def _faults(refusal: DomainError) -> list[str]:
    found = refusal.parameters.get("faults")
    return [in_words(fault) for fault in found] if isinstance(found, list) else [said(refusal)]


def _editor(
    request: HttpRequest, version: GuidelineView, *, fields: GuidelineFields, revision: int, **more: Any
) -> HttpResponse:
    template = "policy/guideline-form.html" if is_swap(request) else "policy/guideline-edit.html"
    shown = {"version": version, "fields": fields, "revision": revision, "severities": SEVERITIES}
    return page(request, template, **shown, **more)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def approve(request: HttpRequest, by: Actor, *, draft_id: UUID) -> HttpResponse:
    """Approve a draft from a moment on, after saying what that does."""
    require(by, Verb.APPROVE_GUIDELINES)
    version, policy = _seen(by, draft_id)
    form = Approve(request.POST or None)
    if request.method == "POST" and form.is_valid():
        revision = request.POST.get("revision", "")
        try:
            actions.approve_guideline(
                by=by,
                version_id=draft_id,
                effective_at=form.cleaned_data["effective_at"],
                revision=int(revision) if revision.isdecimal() else None,
            )
        except DomainError as refusal:
            fields = dict.fromkeys(
                ("effective_in_the_past", "effective_out_of_order", "effective_too_far"), "effective_at"
            )
            put_into(form, refusal, fields=fields)
        else:
            messages.success(request, _("The version was approved."))
            return redirect("policy:policy", version.policy_code)
    return page(
        request, "policy/approve.html", version=version, policy=policy, form=form,
        current=policy.of_state("effective"), zone=get_current_timezone_name(), projects=policy.projects,
    )  # fmt: skip
