"""What the office asks for; forms check the shape, rules and actions decide."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from smo.kernel.permissions import Scope
from smo.web.words import ROLE_NAMES, SCOPE_NAMES

_DATE: Final[dict[str, Any]] = {
    "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "input_formats": ["%Y-%m-%d"],
}


class RoleAndScope(forms.Form):
    """A role and where it holds."""

    use_required_attribute = False
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", _("Choose a role")), *ROLE_NAMES.items()])
    project = forms.CharField(label=SCOPE_NAMES["project"], required=False, max_length=100)
    market = forms.CharField(label=SCOPE_NAMES["market"], required=False, max_length=100)
    language = forms.CharField(label=SCOPE_NAMES["language"], required=False, max_length=100)
    vendor = forms.CharField(label=SCOPE_NAMES["vendor"], required=False, max_length=100)
    team = forms.CharField(label=SCOPE_NAMES["team"], required=False, max_length=100)
    subject = forms.CharField(label=SCOPE_NAMES["subject"], required=False, max_length=100)

    def scope(self) -> Scope:
        """Where the role shall hold; what was left empty means everywhere."""
        return Scope(**{name: self.cleaned_data[name].strip() for name in SCOPE_NAMES})

    def scope_fields(self) -> list[forms.BoundField]:
        """The six fields that narrow a role."""
        return [self[name] for name in SCOPE_NAMES]

    def is_narrow(self) -> bool:
        """Was the role narrowed, or is one of the fields wrong? Then they are shown open."""
        return any(self[name].value() or self[name].errors for name in SCOPE_NAMES)


class GrantRole(RoleAndScope):
    """A role with its first and last day."""

    starts_on = forms.DateField(label=_("From"), required=False, help_text=_("Empty means today."), **_DATE)
    ends_on = forms.DateField(
        label=_("Until"), required=False, help_text=_("The last day. Empty means until someone ends it."), **_DATE
    )

    def clean(self) -> dict[str, Any]:
        """The last day cannot lie before the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("This lies before the first day. Choose a later day, or leave it empty."))
        return cleaned


class AddPerson(RoleAndScope):
    """A person, the account to sign in with, and the first role."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As colleagues say it, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("For signing in. Nothing is sent to it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        error_messages={"invalid": _("This is not an email address. Write it like name@example.org.")},
    )
    field_order = ("name", "email", "role")
