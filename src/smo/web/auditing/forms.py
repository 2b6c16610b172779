"""What the auditing place asks for; forms check the shape, rules and actions decide."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from smo.web.auditing.words import ALLOCATIONS, BLIND_MODES, CAUSES, DESIGNS, OUTCOMES, PURPOSES, SEVERITIES, Choice
from smo.web.words import Words

Pairs = Sequence[tuple[str, Words]]
_DAY: Final[dict[str, Any]] = {
    "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "input_formats": ["%Y-%m-%d"],
}
# Another project has other parts and another target: the form comes anew, with what was typed.
_OTHER_PROJECT: Final = {
    "hx-trigger": "change",
    "hx-target": "#plan-form",
    "hx-select": "#plan-form",
    "hx-swap": "outerHTML",
    "hx-include": "[name=name], [name=sample_size], [name=accuracy]",
}
LARGEST_SEED: Final = 2**31 - 1


def _pairs(choices: tuple[Choice, ...]) -> Pairs:
    return [(choice.code, choice.name) for choice in choices]


def fresh_seed() -> int:
    """A seed that nobody chose; shown and stored, so that the draw can be repeated."""
    return secrets.randbelow(LARGEST_SEED) + 1


class Sized(forms.Form):
    """How many audits, and what is assumed to see what they buy."""

    use_required_attribute = False
    sample_size = forms.IntegerField(label=_("Audits in each draw"), min_value=1, max_value=100_000, initial=200)
    accuracy = forms.DecimalField(
        label=_("Accuracy you expect, in %"),
        min_value=1,
        max_value=100,
        initial=95,
        help_text=_("Only to see what the size buys. It is not stored."),
    )
    target = forms.DecimalField(
        label=_("Target to decide, in %"),
        min_value=1,
        max_value=99.99,
        required=False,
        help_text=_("Filled in from the project's target for decision accuracy, if it has one."),
    )
    minimum_per_stratum = forms.IntegerField(
        label=_("At least, in each part"), min_value=0, max_value=10_000, required=False, initial=0
    )

    @classmethod
    def standing(cls, first: dict[str, Any]) -> dict[str, Any]:
        """What stands in the fields before anyone has typed."""
        return {name: first.get(name, field.initial) for name, field in cls.base_fields.items()}


class AddPlan(Sized):
    """A sampling plan."""

    project = forms.ChoiceField(label=_("Project"))
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("A plan of the same name becomes its next version."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(label=_("What for?"), choices=_pairs(PURPOSES), initial="estimate")
    design = forms.ChoiceField(label=_("How is it drawn?"), choices=_pairs(DESIGNS), initial="simple_random")
    strata_by = forms.MultipleChoiceField(
        label=_("Parts"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Of a stratified draw.")
    )
    allocation = forms.ChoiceField(
        label=_("Audits for each part"), choices=_pairs(ALLOCATIONS), initial="proportional", required=False
    )
    blind_mode = forms.ChoiceField(label=_("How blind?"), choices=_pairs(BLIND_MODES), initial="single")
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=1,
        max_value=LARGEST_SEED,
        help_text=_("Chosen by chance. With it and the frame, anyone can draw the same sample again."),
    )

    def __init__(self, data: Any = None, *, projects: Pairs, strata: Pairs, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["project"].choices = projects  # type: ignore[attr-defined]
        self.fields["project"].widget.attrs.update(_OTHER_PROJECT | {"hx-get": reverse("auditing:plans-add")})
        self.fields["strata_by"].choices = strata  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A stratified plan names its parts."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("design") == "stratified" and not cleaned.get("strata_by"):
            self.add_error("strata_by", _("Choose at least one kind of part, or draw simple random."))
        return cleaned


class Draw(forms.Form):
    """Which days' decisions are drawn from; both days count."""

    use_required_attribute = False
    first_on = forms.DateField(label=_("From"), **_DAY)
    last_on = forms.DateField(label=_("To, this day included"), **_DAY)

    def clean(self) -> dict[str, Any]:
        """The last day cannot lie before the first."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("This lies before the first day. Choose a later day."))
        return cleaned

    def frame(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first midnight to the midnight after the last day, in the project's zone."""
        first, last = self.cleaned_data["first_on"], self.cleaned_data["last_on"]
        return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


class OwnLabel(forms.Form):
    """The auditor's own answers, from before anything is shown."""

    submit_key = forms.UUIDField()
    outcome = forms.ChoiceField(
        choices=[("decided", ""), ("no_unique_answer", ""), ("unavailable", "")], required=False
    )
    answers = forms.JSONField(required=False)
    active_ms = forms.IntegerField(min_value=0, required=False)

    def clean_answers(self) -> dict[str, Any]:
        """An object of answers by question; nothing else is one."""
        given = self.cleaned_data["answers"] or {}
        if not isinstance(given, dict):
            raise forms.ValidationError(_("The answers could not be read. Load the page again."))
        return given


class Finding(forms.Form):
    """One finding on its four axes; where it was caught is set by the plan."""

    use_required_attribute = False
    outcome_class = forms.ChoiceField(
        label=_("Outcome"), choices=_pairs(OUTCOMES), error_messages={"required": _("Choose what went wrong.")}
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=_pairs(SEVERITIES), error_messages={"required": _("Choose how severe it is.")}
    )
    severity_reason = forms.CharField(label=_("Why moved"), required=False, max_length=2000)
    cause = forms.ChoiceField(label=_("Likely cause"), choices=[("", ""), *_pairs(CAUSES)], required=False)
    question = forms.CharField(label=_("Question"), required=False, max_length=200)
    rule_code = forms.CharField(label=_("Rule"), required=False, max_length=200)
    comment = forms.CharField(label=_("What is wrong"), required=False, max_length=10_000)
    coaching_note = forms.CharField(label=_("Coaching note"), required=False, max_length=10_000)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
