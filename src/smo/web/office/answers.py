"""How the office answers a form: a refusal stands in the form again, a risky step asks first."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import PermissionDenied
from smo.web.render import page
from smo.web.words import words_for

# Which field of a form a refusal belongs to; the others stand above the form.
_FIELD_OF: Final = {
    "name_missing": "name",
    "email_not_valid": "email",
    "email_taken": "email",
    "role_held_already": "role",
    "grant_beyond_own": "role",
    "dates_reversed": "ends_on",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a risky step does, how to come back from it, and the button that does it."""

    title: str
    about: str
    loss: str
    way_back: str
    button: str


def put_into(form: forms.Form, refusal: DomainError) -> None:
    """The refusal as words at its field. Those that are about the page itself, not about what was typed, go on."""
    if isinstance(refusal, PermissionDenied | NotFound):
        raise refusal
    field = _FIELD_OF.get(refusal.code, "")
    form.add_error(field if field in form.fields else None, words_for(refusal))


def ask(request: HttpRequest, question: Question, *, person_id: UUID) -> HttpResponse:
    """The page that says what will be lost, before it is."""
    return page(
        request,
        "office/confirm.html",
        person_id=person_id,
        title=question.title,
        about=question.about,
        loss=question.loss,
        way_back=question.way_back,
        button=question.button,
    )


def back_to(request: HttpRequest, said: str, *, person_id: UUID) -> HttpResponse:
    """To the person's page, saying what was done."""
    messages.success(request, said)
    return redirect("office:people-person", person_id)
