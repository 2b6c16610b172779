"""What making a token asks for; which verbs one may hand on, rules and actions decide."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from smo.kernel.permissions import Scope
from smo.web.words import SCOPE_NAMES, VERB_NAMES

_PLACES: Final = ("project", "market", "language")
_DAYS: Final = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("1 year")))


class NewToken(forms.Form):
    """Name, end, verbs and, if narrowed, where."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("What it is for, so that you know later whether it is still needed."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(label=_("Ends after"), choices=_DAYS, coerce=int, initial=90)
    verbs = forms.MultipleChoiceField(
        label=_("What it may do"),
        help_text=_("Only what the program needs. A token never does more than you may do yourself."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the token may do.")},
    )
    project = forms.CharField(label=SCOPE_NAMES["project"], required=False, max_length=100)
    market = forms.CharField(label=SCOPE_NAMES["market"], required=False, max_length=100)
    language = forms.CharField(label=SCOPE_NAMES["language"], required=False, max_length=100)

    def __init__(self, *given: Any, held: Iterable[str], **named: Any) -> None:
        super().__init__(*given, **named)
        mine = frozenset(held)
        self.fields["verbs"].choices = [(verb, words) for verb, words in VERB_NAMES.items() if verb in mine]  # type: ignore[attr-defined]

    def lifetime(self) -> timedelta:
        """How long the token shall live."""
        return timedelta(days=self.cleaned_data["days"])

    def scope(self) -> Scope:
        """Where it shall hold; what was left empty means wherever its person's roles do."""
        return Scope(**{name: self.cleaned_data[name].strip() for name in _PLACES})

    def scope_fields(self) -> list[forms.BoundField]:
        """The fields that narrow a token."""
        return [self[name] for name in _PLACES]

    def is_narrow(self) -> bool:
        """Was the token narrowed, or is one of the fields wrong? Then they are shown open."""
        return any(self[name].value() or self[name].errors for name in _PLACES)
