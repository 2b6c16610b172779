"""Which items somebody is still blind to: they have, or may yet get, a blind task on them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from smo.kernel.permissions import Actor
from smo.labeling import queries as labeling
from smo.quality.models import Audit
from smo.quality.queries.reach import LANGUAGE, audits_within


def masked_items(*, by: Actor, item_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Of these items those of which this person sees nobody's answer, no model score and no small aggregate.

    Those with a labeling task of theirs, open or upcoming, and those with an audit that they hold unanswered or that
    could still be handed to them; what was served to another auditor may come back when its time runs out.
    """
    asked = frozenset(item_ids)
    return labeling.masked_items(by=by, item_ids=asked) | _to_audit(by, asked)


def _to_audit(by: Actor, asked: frozenset[UUID]) -> frozenset[UUID]:
    answered = Audit.objects.filter(item=OuterRef("item"), auditor=by.id, own_label_locked_at__isnull=False)
    rows = Audit.objects.annotate(language=LANGUAGE).filter(item__in=asked, state__in=("drawn", "served"))
    mine = Q(state="served", auditor=by.id)
    upcoming = audits_within(by.person()) & Q(draw__plan__state="active") & ~Exists(answered)
    return frozenset(rows.filter(mine | upcoming).values_list("item_id", flat=True))
