"""What is asked about a project; forms check the shape, rules and actions decide."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from smo.catalog import queries
from smo.catalog.actions import NewTarget, ProjectSettings
from smo.catalog.queries import ProjectDetail
from smo.catalog.rules.names import code_from
from smo.catalog.rules.targets import is_share, kpis
from smo.kernel.permissions import Actor
from smo.web.projects.words import TEMPLATE_CARDS
from smo.web.words import kpi_name

_MINUTE: Final = 60


class Settings(forms.Form):
    """A project's settings."""

    use_required_attribute = False
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    product = forms.ChoiceField(label=_("Product"))
    purpose = forms.CharField(
        label=_("What for?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is decided here, and what the labels are used for."),
    )
    policy = forms.ChoiceField(label=_("Policy"), required=False)
    schema = forms.ChoiceField(label=_("Questions"), required=False)
    markets = forms.MultipleChoiceField(
        label=_("Markets"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    overlap = forms.IntegerField(
        label=_("People who decide each item"),
        min_value=1,
        max_value=50,
        initial=1,
        help_text=_("2 or more show how well people agree. A queue can have its own number."),
    )
    lease_minutes = forms.IntegerField(
        label=_("Minutes that an item stays reserved"),
        min_value=1,
        max_value=1440,
        initial=30,
        help_text=_(
            "After that it goes back to the queue; an answer that comes later is still taken where it is needed."
        ),
    )
    due_hours = forms.IntegerField(label=_("Hours until an item is due"), min_value=1, max_value=8784, initial=24)
    dispute_hours = forms.IntegerField(label=_("Hours to dispute a finding"), min_value=0, max_value=8784, initial=72)
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=60, initial="UTC", help_text=_("Like Europe/Paris. Days of targets follow it.")
    )
    shows_model_score = forms.BooleanField(
        label=_("Show a model's score beside the item"),
        required=False,
        help_text=_("Leave it off unless you know why: people who see a score agree with it."),
    )

    def __init__(self, *args: Any, by: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        none = [("", _("None yet"))]
        choices: dict[str, list[tuple[str, Any]]] = {
            "product": [(row.code, row.name) for row in queries.products()],
            "policy": none + [(row.code, row.name) for row in queries.policies(by=by)],
            "schema": none + [(row.code, row.name) for row in queries.schemas(by=by)],
            "markets": [(row.code, f"{row.name} ({row.code})") for row in queries.markets()],
            "languages": [(row.code, f"{row.name} ({row.code})") for row in queries.languages()],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered

    def wanted(self, code: str) -> ProjectSettings:
        """The settings as the action takes them."""
        given = self.cleaned_data
        return ProjectSettings(
            code=code,
            name=given["name"],
            product=given["product"],
            policy=given["policy"],
            schema=given["schema"],
            purpose=given["purpose"],
            markets=tuple(given["markets"]),
            languages=tuple(given["languages"]),
            overlap=given["overlap"],
            lease_seconds=given["lease_minutes"] * _MINUTE,
            shows_model_score=given["shows_model_score"],
            time_zone=given["time_zone"],
            due_hours=given["due_hours"],
            dispute_hours=given["dispute_hours"],
        )

    @staticmethod
    def standing(project: ProjectDetail) -> dict[str, Any]:
        """What stands in the fields of a project that is there."""
        names = (
            "name", "purpose", "markets", "languages", "overlap", "due_hours", "dispute_hours", "time_zone",
            "shows_model_score",
        )  # fmt: skip
        chosen = {"product": project.product_code, "policy": project.policy_code, "schema": project.schema_code}
        plain = {name: getattr(project, name) for name in names}
        return plain | chosen | {"lease_minutes": -(-project.lease_seconds // _MINUTE)}


class AddProject(Settings):
    """A new project: what kind of job, its name, where."""

    template = forms.ChoiceField(
        label=_("What kind of job?"),
        required=False,
        initial="violation",
        choices=[(card.code, card.name) for card in TEMPLATE_CARDS],
    )
    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=60,
        help_text=_("In addresses and files, for example video-comments; never changes. Empty: made from the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    def code_given(self) -> str:
        """The code, or one made from the name."""
        return str(self.cleaned_data["code"]) or code_from(self.cleaned_data["name"])


class SetTarget(forms.Form):
    """What a KPI shall reach from a day on."""

    use_required_attribute = False
    kpi = forms.ChoiceField(label=_("KPI"))
    value = forms.FloatField(
        label=_("Target"), help_text=_("Of a share in percent, for example 95; else in the KPI's own unit.")
    )
    minimum_n = forms.IntegerField(
        label=_("Smallest number that can decide"),
        required=False,
        min_value=1,
        help_text=_("Below it the state is: not enough evidence. Empty means the KPI's own."),
    )
    market = forms.ChoiceField(label=_("Market"), required=False)
    starts_on = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("The target before it ends on that day."),
    )

    def __init__(self, *args: Any, markets: tuple[str, ...], **more: Any) -> None:
        super().__init__(*args, **more)
        kpi, market = self.fields["kpi"], self.fields["market"]
        if isinstance(kpi, forms.ChoiceField) and isinstance(market, forms.ChoiceField):
            kpi.choices = [(name, kpi_name(name)) for name, one in kpis().items() if "project" in one.dimensions]
            market.choices = [("", _("All markets")), *((code, code) for code in markets)]

    def wanted(self, project: str) -> NewTarget:
        """The target as the action takes it."""
        given = self.cleaned_data
        scale = 100 if is_share(kpis()[given["kpi"]]) else 1
        return NewTarget(
            project=project,
            kpi=given["kpi"],
            value=given["value"] / scale,
            starts_on=given["starts_on"],
            market=given["market"],
            minimum_n=given["minimum_n"],
        )
