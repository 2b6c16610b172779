"""What happened: the audit trail, whether it is whole, and who failed to sign in."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from smo.kernel.permissions import Actor
from smo.people import queries
from smo.web.render import id_from, is_swap, page, screen


@require_safe
@screen
def trail(request: HttpRequest, by: Actor) -> HttpResponse:
    """The newest entries, fifty at a time."""
    after = request.GET.get("after", "")
    found = queries.recent_audit(by=by, before=id_from(after), limit=50)
    here = reverse("office:trail")
    next_page = f"{here}?after={found.next}" if found.next else ""
    return page(request, "office/trail.html", rows=found.rows, after=after, first_page=here, next_page=next_page)


@require_safe
@screen
def verification(request: HttpRequest, by: Actor) -> HttpResponse:
    """Read every entry and every seal, and say what does not fit."""
    template = "office/verification.html" if is_swap(request) else "office/trail-verification.html"
    return page(request, template, verification=queries.audit_verification(by=by))
