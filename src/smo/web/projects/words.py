"""Codes of projects into words: states, templates."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from smo.web.words import Words


@dataclass(frozen=True, slots=True)
class TemplateCard:
    """A job to begin with."""

    code: str
    name: Words
    means: Words


TEMPLATE_CARDS: Final = (
    TemplateCard("violation", _("Policy violation"), _("Does it break a rule, which one, how severely?")),
    TemplateCard("toxicity", _("Severity of toxicity"), _("How toxic is the tone, and what makes it so?")),
    TemplateCard("hate", _("Hate with targets"), _("Is it hate, against whom, and which words carry it?")),
    TemplateCard("llm-safety", _("Assistant safety"), _("Each answer of an assistant, turn by turn: safe or not?")),
    TemplateCard("spam", _("Spam and quality"), _("Spam, low quality or good, and by which signs?")),
    TemplateCard("sentiment", _("Sentiment"), _("How does the writer feel about the subject?")),
    TemplateCard("", _("Own policy and questions"), _("Choose from what is there, or write them afterwards.")),
)
STATES: Final[dict[str, Words]] = {
    "draft": _("Draft"),
    "live": _("Live"),
    "paused": _("Paused"),
    "closed": _("Closed"),
}
MOVES: Final[dict[str, Words]] = {
    "live": _("Go live"),
    "paused": _("Pause"),
    "closed": _("Close"),
}
MOVES_MEAN: Final[dict[str, Words]] = {
    "live": _("Queues hand out work from now on."),
    "paused": _("Queues hand out nothing; claims that people hold can still be answered."),
    "closed": _("Nothing is handed out and settings stay as they are. Records and numbers remain."),
}
MISSING: Final[dict[str, Words]] = {
    "schema": _("published questions"),
    "guideline": _("a guideline in force"),
}
