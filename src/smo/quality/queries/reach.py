"""How far an actor's grants reach, as conditions of SQL: over projects and over single audits."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from smo.kernel.permissions import Actor, Grant, Scope, Verb
from smo.labeling.models import Assignment, Decision
from smo.quality.models import Audit

_NONE = Value("", output_field=TextField())
LANGUAGE = Coalesce(NullIf("item__language_declared", _NONE), "item__language_detected")


def projects_within(by: Actor, *verbs: Verb) -> Q:
    """The projects in which any of these verbs is allowed throughout (`project__code` of the row asked)."""
    held = [grant for grant in by.grants if grant.verbs.intersection(verbs)]
    whole = [grant.scope.project for grant in held if grant.scope == Scope(project=grant.scope.project)]
    return Q() if "" in whole else Q(project__code__in=whole)


def auditing_grants(by: Actor) -> tuple[Grant, ...]:
    """The grants by which someone audits. A team or vendor in one says to whom the auditor belongs, not what of."""
    return tuple(grant for grant in by.grants if Verb.AUDIT in grant.verbs and not grant.scope.subject)


def audits_within(by: Actor) -> Q:
    """The audits that this actor may do at all: by project, market and language (annotate `language`)."""
    return reduce(or_, (_within(grant.scope) for grant in auditing_grants(by)), Q(pk__in=[]))


def may_audit(by: Actor, *, project: str, market: str, language: str) -> bool:
    """The same for one audit."""
    asked = Scope(project=project, market=market, language=language)
    held = (grant.scope for grant in auditing_grants(by))
    return any(Scope(scope.project, scope.market, scope.language).covers(asked) for scope in held)


def works_in(by: Actor, project: str) -> bool:
    """Does this person label or audit there, and so must not see what few others answered?"""
    held = (grant for grant in by.person().grants if grant.verbs & {Verb.LABEL, Verb.AUDIT})
    return any(grant.scope.project in {"", project} for grant in held)


def known_to(by: Actor) -> tuple[Exists, ...]:
    """Audits of items that this person decided, holds for labeling, or has already audited; each on its own."""
    item = OuterRef("item")
    decided = Decision.objects.filter(item=item, person=by.id)
    held = Assignment.objects.filter(item=item, person=by.id, state="live")
    audited = Audit.objects.filter(item=item, auditor=by.id, own_label_locked_at__isnull=False)
    return Exists(decided), Exists(held), Exists(audited)


def _within(scope: Scope) -> Q:
    asked = {"project__code": scope.project, "item__market": scope.market, "language": scope.language}
    return Q(pk__isnull=False, **{name: value for name, value in asked.items() if value})
