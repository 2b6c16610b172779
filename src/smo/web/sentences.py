"""What the floors below say in whole sentences, in the reader's language. They know no languages: a check of
questions, rules, settings, plans or answers says in English what is wrong. Here each of their sentences is known by
its shape; one that is not stands as it was said.
"""

import re
from functools import cache
from typing import Final

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

# What begins another sentence; looked for first.
BEGINNINGS: Final = (
    _("Question %(place)s: %(fault)s"),
    _("Rule %(code)s: %(fault)s"),
    _("Span %(place)s: %(fault)s"),
)
SETTINGS: Final = (
    _("is no time zone"),
    _("never changes"),
    _("is not known"),
    _('"%(code)s" is not known'),
    _("knows only %(known)s"),
    _("are more than %(most)s"),
    _("must be from %(low)s to %(high)s"),
    _("must be a number, 0 or more"),
    _("must be at most 100 %%"),
    _("must be 1 or more"),
)
RULES: Final = (
    _("A guideline has at most %(most)s rules, not %(count)s."),
    _("The code %(code)s stands at more than one rule."),
    _("Rule %(code)s stands below %(above)s, which is no rule here."),
    _("The rules %(codes)s lie in a circle: each is above itself."),
    _("Rule %(code)s lies deeper than %(most)s levels."),
    _("its code must be 1 to %(most)s characters without a blank."),
    _("its severity must be one of %(known)s."),
)
QUESTIONS: Final = (
    _('A schema is an object with a list "questions".'),
    _("A schema needs at least one question."),
    _("A schema has at most %(most)s questions, not %(count)s."),
    _("The schema holds a value that cannot be stored."),
    _("The schema holds a NUL, which cannot be stored."),
    _("The schema is too long to be read by people."),
    _("it must be an object."),
    _("another question before it has the same key."),
    _('it has an unknown field "%(name)s".'),
    _("its key must be small letters, digits and _, beginning with a letter."),
    _("its type must be one of: %(known)s."),
    _("it needs a title of at most %(most)s characters."),
    _("its help must be a text of at most %(most)s characters."),
    _("is_required must be true or false."),
    _("per must be item or turn."),
    _("roles must be a list of texts."),
    _("roles are for questions that are asked of each turn."),
    _("config must be an object."),
    _("names must be an object of texts."),
    _('there is a name for "%(key)s", which it does not offer.'),
    _("show_when must have question and any_of."),
    _('it shows by "%(key)s", which is no question before it.'),
    _('it shows by "%(key)s", whose answers are not chosen from a list.'),
    _('it shows by "%(value)s", which "%(key)s" does not offer.'),
    _("any_of must be a list of at least one text."),
)
LABELS: Final = (
    _("labels must be a list of texts."),
    _('The label "%(label)s" must not hold |, which joins the labels of a set.'),
    _("Each label may stand in the list once."),
    _("A choice needs at least two labels."),
    _("The list must hold at least one label, and each once."),
    _("%(name)s must be a number from 0 to %(most)s."),
    _("%(name)s must be a number."),
    _("%(name)s is missing."),
    _("low (%(low)s) must be less than high (%(high)s)."),
    _("step (%(step)s) must be more than 0 and not more than the whole scale."),
    _("level must be one of: %(known)s."),
    _("types must be a list of at least one text, each once."),
    _("Each type must be a text."),
    _("may_overlap must be true or false."),
    _("at_least and at_most must be whole numbers, 0 or more."),
    _("at_least (%(least)s) must not be more than at_most (%(most)s)."),
)
ANSWERS: Final = (
    _("The answers must be an object of question and answer."),
    _("The schema has no such question."),
    _("This needs an answer."),
    _("This was not asked here, so it takes no answer."),
    _("Answer turn by turn."),
    _("Passages of a conversation are marked turn by turn."),
    _("Choose one label."),
    _("Choose labels out of the list."),
    _("Each label may be chosen once."),
    _('"%(answer)s" is none of the labels: %(known)s.'),
    _("Choose at least %(least)s labels, not %(count)s."),
    _("Choose at most %(most)s labels, not %(count)s."),
    _("Choose a point on the scale."),
    _("%(value)s lies outside the scale from %(low)s to %(high)s."),
    _("%(value)s lies between two points of the scale."),
    _("Mark passages, or none."),
    _("it must have start, end and type."),
    _("start and end must be whole numbers, 0 or more."),
    _("Two spans overlap at %(place)s."),
    _("it must end after its start (%(start)s to %(end)s)."),
    _("it ends at %(end)s, but the text has %(size)s characters."),
    _('"%(type)s" is none of the types: %(known)s.'),
    _("Write a text."),
    _("The text holds a NUL, which cannot be stored."),
    _("Write at least %(least)s characters, not %(count)s."),
    _("Write at most %(most)s characters, not %(count)s."),
)
PLANS: Final = (
    _("A plan needs a name of at most %(most)s characters."),
    _('"%(name)s" is no design: %(known)s.'),
    _('"%(name)s" is no purpose: %(known)s.'),
    _('"%(name)s" is no blind mode: %(known)s.'),
    _('"%(name)s" is no allocation: %(known)s.'),
    _('"%(name)s" is no stratum.'),
    _('"%(key)s" is no question whose answers could be strata.'),
    _("A seed is a whole number of at most 63 bits."),
    _("The project has no published questions to stratify by."),
    _("A stratified plan says by what: market, language, queue, person or answer:<question>."),
    _("A simple random plan has no strata."),
    _("Each stratum may stand in the list once."),
    _("Draw at least 1 and at most %(most)s at once."),
    _("A floor and a cap of a stratum are 0 or more."),
    _("A floor and a cap of a stratum are at most %(most)s."),
    _("The cap (%(maximum)s) lies below the floor (%(minimum)s) of a stratum."),
)

# Of a file: what is wrong and what to do, as one.
FILES: Final = (
    _("The file is empty. Check the export that made it."),
    _("The file has a header and no rows. Check the export that made it."),
    _("The file has columns and no rows. Check the export that made it."),
    _(
        "A double quote opened in row %(row)s is not closed as it should be. "
        'Close it, or double quotes inside a cell (""): it would swallow the rows after it.'
    ),
    _(
        "%(count)s rows with %(widths)s cells where the header has %(expected)s; that is most of the file. "
        "Mend these rows: a cell that holds a %(delimiter)s must stand in double quotes."
    ),
    _(
        "This is %(what)s, not a table that smo reads. "
        "Save it as CSV (UTF-8), TSV, JSONL or Parquet; .gz and .zst may stay packed."
    ),
    _(
        "This is a binary file, not a table. "
        "Save it as CSV (UTF-8), TSV, JSONL or Parquet; .gz and .zst may stay packed."
    ),
    _(
        "The name ends in .parquet, but the file does not begin as a Parquet file. "
        "Copy the file again from where it came."
    ),
    _("The Parquet file is damaged (%(why)s). Copy the file again from where it came, or write it again."),
    _(
        "The %(packing)s packing is damaged or cut off after %(size)s unpacked bytes (%(why)s). "
        "Copy the file again from where it came."
    ),
    _(
        "The first row looks like data (%(cells)s), not like column names. "
        "Put a header above it, for example: item,rater,label."
    ),
    _("The JSON is broken (%(why)s). Write it again, or as JSON Lines."),
    _("One JSON array of this size cannot be read in pieces. Write it as JSON Lines: one object a line."),
    _("The row is larger than %(size)s MB. Look for a double quote before it that is not closed."),
    _("The text cannot be cut into rows (%(why)s). Open it in a spreadsheet and save as CSV."),
    _("a zip archive or an Excel or OpenDocument workbook"),
    _("an old Excel workbook"),
    _("a PDF"),
    _("a picture"),
    _("%(file)s, row %(row)s"),
)
_WITHIN: Final = frozenset({"fault", "what"})  # places that hold a sentence or a phrase of ours


def file_in_words(why: object) -> str:
    """Why a file cannot be read, which stands after its name and row."""
    place, colon, rest = str(why).partition(": ")
    told = in_words(rest)
    return f"{in_words(place)}{colon}{told}" if told != rest else in_words(why)


def in_words(sentence: object) -> str:
    """The sentence in the reader's language; as it was said where it has no counterpart."""
    said = str(sentence)
    shape = shape_of(said)
    told = translated(shape) if shape else ""
    if shape is None or told == shape:
        return said
    found = _pattern(shape).fullmatch(said)
    parts = found.groupdict() if found else {}
    return told % {name: in_words(part) if name in _WITHIN else part for name, part in parts.items()}


def shape_of(sentence: str) -> str | None:
    """The narrowest shape that the sentence has.

    >>> shape_of("Rule H-1: its severity must be one of S0, S1.")
    'Rule %(code)s: %(fault)s'
    """
    return next((shape for shape in _shapes() if _pattern(shape).fullmatch(sentence)), None)


@cache
def _shapes() -> tuple[str, ...]:
    """What begins another sentence first, then those with the most words of their own."""
    others = (*SETTINGS, *RULES, *QUESTIONS, *LABELS, *ANSWERS, *PLANS, *FILES)
    return (*BEGINNINGS, *sorted(others, key=lambda shape: len(_PLACE.sub("", shape)), reverse=True))


_PLACE: Final = re.compile(r"%\((\w+)\)s")


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    """What a shape matches. A sentence after a colon begins small, so its first letter may be either."""
    first, *rest = _PLACE.split(shape)
    said = _as_said(first)
    if first[:1].isalpha():
        said = f"[{first[0].upper()}{first[0].lower()}]{said[1:]}"
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return re.compile(said + "".join(f"(?P<{name}>.+?){_as_said(text)}" for name, text in pairs), re.DOTALL)


def _as_said(text: str) -> str:
    return re.escape(text.replace("%%", "%"))
