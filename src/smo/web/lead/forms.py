"""What the lead's place asks for; forms check the shape, rules and actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smo.labeling.rules import LONGEST_TEXT, QueueSettings

Pairs = Sequence[tuple[str, Any]]


class QueueForm(forms.Form):
    """A queue: what of which project, in which order, by how many."""

    use_required_attribute = False
    project = forms.ChoiceField(label=_("Project"))
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As people who label will look for it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    market = forms.ChoiceField(label=_("Market"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    overlap = forms.IntegerField(
        label=_("People for each item"),
        min_value=1,
        max_value=50,
        required=False,
        help_text=_("Two or more, to measure how well people agree. Empty means what the project says."),
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=-1000,
        max_value=1000,
        required=False,
        initial=0,
        help_text=_("Queues of higher priority stand first on the desk."),
    )

    def __init__(self, data: Any = None, *, projects: Pairs, markets: Pairs, languages: Pairs, **given: Any) -> None:
        super().__init__(data, **given)
        self._choose("project", [("", _("Choose a project")), *projects])
        self._choose("market", [("", _("All markets")), *markets])
        self._choose("language", [("", _("All languages")), *languages])

    def _choose(self, name: str, choices: Pairs) -> None:
        chosen = self.fields[name]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = choices

    def settings(self) -> QueueSettings:
        """What was chosen."""
        given = self.cleaned_data
        return QueueSettings(
            given["name"], given["market"], given["language"], given["priority"] or 0, given["overlap"]
        )


class Answer(forms.Form):
    """The answer to a flag."""

    use_required_attribute = False
    answer = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST_TEXT,
        help_text=_("How the guideline is to be read here. Name the rule if there is one."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
