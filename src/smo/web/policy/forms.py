"""What is asked about policies and questions; forms check the shape, rules and actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Named(forms.Form):
    """Something with a name and a code that never changes."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=60,
        help_text=_("Small letters, digits and hyphens; never changes. Empty: made from the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )


class AddPolicy(Named):
    """A policy."""


class AddSchema(Named):
    """A set of questions."""


class Approve(forms.Form):
    """From when a guideline holds."""

    use_required_attribute = False
    effective_at = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
