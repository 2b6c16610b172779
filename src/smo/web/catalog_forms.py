"""What the pages of the catalog share: refusals put at their fields, in words, with the names of who acted."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Verb
from smo.people import queries as people
from smo.web.render import id_from
from smo.web.sentences import in_words
from smo.web.words import words_for

_FIELD_OF: Final = {"code_not_valid": "code", "code_taken": "code", "name_empty": "name"}


def require_somewhere(by: Actor, *verbs: Verb) -> None:
    """Is there anywhere one of these is allowed? Whether a page is shown at all; the action decides about each row."""
    if by.verbs().isdisjoint(verbs):
        raise PermissionDenied(verb=str(verbs[0]))


def names_of(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Who these are; nobody and the system have no name."""
    known = people.names(one for one in ids if one)
    named: dict[UUID | None, str] = {one: known[one] for one in known}
    return named | {None: ""}


def name_of(person_id: UUID | None) -> str:
    """Who this is; empty for the system's own."""
    return names_of([person_id]).get(person_id, "")


def said(refusal: DomainError) -> str:
    """The refusal in words; who acted meanwhile by name, several faults as one text."""
    named: dict[str, Any] = {}
    if "by" in refusal.parameters:
        named["by"] = name_of(id_from(str(refusal.parameters["by"]))) or _("Somebody")
    faults = refusal.parameters.get("faults")
    if isinstance(faults, list):
        named["faults"] = " ".join(map(in_words, faults[:5]))
    return words_for(DomainError(refusal.code, **(refusal.parameters | named)))


def put_into(form: forms.Form, refusal: DomainError, *, fields: Mapping[str, str] | None = None) -> None:
    """The refusal at its field, or above the form. What is about the page itself goes on."""
    if isinstance(refusal, PermissionDenied | NotFound):
        raise refusal
    named = str(refusal.parameters.get("field", ""))
    field = (fields or {}).get(refusal.code) or _FIELD_OF.get(refusal.code) or named
    form.add_error(field if field in form.fields else None, said(refusal))
