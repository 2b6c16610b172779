"""Imports in words: kinds, states, the roles of columns, and what is wrong with a row."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from smo.web.words import Words

KIND_NAMES: Final[dict[str, Words]] = {
    "items": _("Items"),
    "decisions": _("Past decisions"),
    "gold": _("Gold"),
    "predictions": _("Predictions"),
}

KIND_HINTS: Final[dict[str, Words]] = {
    "items": _("Texts or conversations to decide about."),
    "decisions": _("Labels from another tool: item, rater, answer."),
    "gold": _("Right answers: item and answer."),
    "predictions": _("What models said: item, model, score or value."),
}

STATE_WORDS: Final[dict[str, Words]] = {
    "received": _("waiting for its columns"),
    "mapped": _("ready to be checked"),
    "staging": _("being checked"),
    "staged": _("checked, not published"),
    "publishing": _("being published"),
    "published": _("published"),
    "cancelled": _("cancelled"),
    "failed": _("failed"),
}

# Of each role: its name, and what the column holds.
ROLE_WORDS: Final[dict[str, tuple[Words, Words]]] = {
    "key": (_("Item id"), _("The source's own id, once in the project.")),
    "text": (_("Text"), _("What people read and label.")),
    "turns": (_("Turns"), _("A conversation: a JSON list of role and text.")),
    "language": (_("Language"), _("Like en or pt-BR.")),
    "market": (_("Market"), _("Like DE or BR.")),
    "surface": (_("Surface"), _("Where it appeared: chat, comments, search.")),
    "source": (_("Source"), _("Where it comes from.")),
    "received_at": (_("Received"), _("When it reached you. UTC where no zone is given.")),
    "score": (_("Model score"), _("A model's score when the item was sampled.")),
    "model_score": (_("Score"), _("A number, mostly from 0 to 1.")),
    "inclusion_probability": (_("Inclusion probability"), _("Above 0 and at most 1.")),
    "rater": (_("Rater or model"), _("Who answered; empty cells are anonymous raters.")),
    "question": (_("Question"), _("Which question a row answers, where there are several.")),
    "label": (_("Answer"), _("Several labels of one answer are joined by |.")),
    "at": (_("Submitted"), _("When the answer was given.")),
    "started_at": (_("Started"), _("When work on it began.")),
    "seconds": (_("Seconds"), _("How long it took.")),
    "start": (_("Span start"), _("Counted in characters from 0.")),
    "end": (_("Span end"), _("The first character after the span.")),
    "type": (_("Span type"), _("What the passage is.")),
}

_FAULTS: Final[dict[str, tuple[Words, Words]]] = {
    "misfit_row": (
        _("The row has another number of cells than the header."),
        _("Put a cell that holds the delimiter into double quotes."),
    ),
    "bad_json": (_("The line is not JSON."), _("Write one whole JSON object a line.")),
    "not_an_object": (_("The line is JSON, but not an object."), _("Write one whole JSON object a line.")),
    "no_key": (_("The row does not name its item."), _("Give each row the id of its item.")),
    "long_key": (_("The id is too long."), _("Use the source's short id.")),
    "no_text": (_("The item has neither a text nor turns."), _("Fill in the text.")),
    "long_text": (_("The text is too long."), _("Cut it into several items.")),
    "long_value": (_("The value is too long."), _("Check which column is meant.")),
    "bad_turns": (_("The turns are no list of role and text."), _("Write them as a JSON list of role and text.")),
    "bad_number": (_("This is no number."), _("Write it with a point, like 0.75.")),
    "bad_probability": (
        _("A probability of inclusion lies above 0 and is at most 1."),
        _("Leave the cell empty where nothing is known."),
    ),
    "bad_time": (_("This is no time."), _("Write it like 2026-11-22T09:30:00Z.")),
    "no_label": (_("The answer is empty."), _("Leave such rows out, or fill in the answer.")),
    "no_rater": (_("The model has no name."), _("Name the model in each row.")),
    "empty_prediction": (_("Neither score nor value is given."), _("Fill in one of them.")),
    "doubled_key": (
        _("The same id stands in the file before; the first row was taken."),
        _("Give each item its own id."),
    ),
    "doubled_row": (
        _("The same item, model and question stand in the file before; the first row was taken."),
        _("Keep one row for each."),
    ),
    "key_taken": (
        _("The project has another item with this id."),
        _("Use another id; an item is never changed after it came in."),
    ),
    "no_such_item": (
        _("The project has no item with this id."),
        _("Import the items first, and check the spelling."),
    ),
    "no_such_question": (
        _("The project's questions do not include this one."),
        _("Check the spelling, or add the question to the project."),
    ),
    "label_outside": (
        _("The question does not take this answer."),
        _("Check the spelling, or add the label to the question."),
    ),
    "span_outside": (
        _("The span lies outside its text."),
        _("Offsets count characters from 0; the end is not included."),
    ),
    "decided_already": (
        _("The project has another decision of this rater on this item."),
        _("Decisions are never changed; leave it out."),
    ),
    "predicted_already": (
        _("The project has another prediction of this model for this item."),
        _("Give the new version of the model its own name."),
    ),
}


def fault_words(code: str) -> tuple[str, str]:
    """Why a row was turned away and what to do, in the reader's language."""
    reason, remedy = _FAULTS[code]
    return str(reason), str(remedy)
