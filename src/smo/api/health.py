"""Is this installation able to answer?"""

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from smo.api.problems import problem

router = Router(tags=["health"])


class Health(Schema):
    """The web process runs and its database answers."""

    status: str


@router.get("/health", response=Health, auth=None, summary="Whether pages can be served")
def health(request: HttpRequest) -> HttpResponse | Health:
    """For whoever watches over the installation; tells nothing about what is in it."""
    del request
    try:
        connection.ensure_connection()
        answers = connection.is_usable()
    except OperationalError:
        answers = False
    return Health(status="ok") if answers else problem(503, code="database_unavailable")
