"""What can be wrong with an import and its rows: refusals of the whole, and codes of rows with reason and remedy."""

import re
from collections.abc import Mapping
from typing import Final

from smo.kernel.errors import DomainError

MOST_SHOWN: Final = 50  # faults kept on the import itself; the reject file has all
LARGEST_FILE_BYTES: Final = 2**40
VALUE_SIGNS: Final = 200  # of what stands in a rejected cell
KEY_SIGNS: Final = 400
SHORT_SIGNS: Final = 100  # of a market, a language and the like
TEXT_SIGNS: Final = 10_000_000

# Code of a row: why it was turned away, and what to do.
FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "misfit_row": (
        "The row has another number of cells than the header.",
        "Put a cell that holds the delimiter into double quotes.",
    ),
    "bad_json": ("The line is not JSON.", "Write one whole JSON object a line."),
    "not_an_object": ("The line is JSON, but not an object.", "Write one whole JSON object a line."),
    "no_key": ("The row does not name its item.", "Give each row the id of its item."),
    "long_key": (f"The id is longer than {KEY_SIGNS} signs.", "Use the source's short id."),
    "no_text": ("The item has neither a text nor turns.", "Fill in the text."),
    "long_text": (f"The text is longer than {TEXT_SIGNS:,} signs.", "Cut it into several items."),
    "long_value": (f"The value is longer than {SHORT_SIGNS} signs.", "Check which column is meant."),
    "bad_turns": (
        "The turns are no list of role and text.",
        'Write them as [{"role": "user", "text": "..."}].',
    ),
    "bad_number": ("This is no number.", "Write it with a point, like 0.75."),
    "bad_probability": (
        "A probability of inclusion lies above 0 and is at most 1.",
        "Leave the cell empty where nothing is known.",
    ),
    "bad_time": ("This is no time.", "Write it like 2026-11-22T09:30:00Z."),
    "no_label": ("The answer is empty.", "Leave such rows out, or fill in the answer."),
    "no_rater": ("The model has no name.", "Name the model in each row."),
    "empty_prediction": ("Neither score nor value is given.", "Fill in one of them."),
    "doubled_key": ("The same id stands in the file before; the first row was taken.", "Give each item its own id."),
    "doubled_row": (
        "The same item, model and question stand in the file before; the first row was taken.",
        "Keep one row for each.",
    ),
    "key_taken": (
        "The project has another item with this id.",
        "Use another id; an item is never changed after it came in.",
    ),
    "no_such_item": ("The project has no item with this id.", "Import the items first, and check the spelling."),
    "no_such_question": (
        "The project's questions do not include this one.",
        "Check the spelling, or add the question to the project.",
    ),
    "label_outside": (
        "The question does not take this answer.",
        "Check the spelling, or add the label to the question.",
    ),
    "span_outside": ("The span lies outside its text.", "Offsets count characters from 0; the end is not included."),
    "decided_already": (
        "The project has another decision of this rater on this item.",
        "Decisions are never changed; leave it out.",
    ),
    "predicted_already": (
        "The project has another prediction of this model for this item.",
        "Give the new version of the model its own name.",
    ),
}


class FileTooLarge(DomainError):
    """No file is so large."""

    code = "file_too_large"


class ImportNotWhole(DomainError):
    """The file has not arrived in full."""

    code = "import_not_whole"


class ImportNotReady(DomainError):
    """The import is not at the step that this needs."""

    code = "import_not_ready"


class ImportOver(DomainError):
    """The import was published or cancelled already."""

    code = "import_over"


class PartOutOfPlace(DomainError):
    """This part of the file does not begin where the last one ended."""

    code = "part_out_of_place"


class PartTooLarge(DomainError):
    """More was sent than the file was said to hold."""

    code = "part_too_large"


class FileNotRead(DomainError):
    """The file cannot be read as a table."""

    code = "file_not_read"


class FileChanged(DomainError):
    """The file is not the one that was begun with."""

    code = "file_changed"


class ColumnMissing(DomainError):
    """A column that is needed was not named."""

    code = "column_missing"


class ColumnUnknown(DomainError):
    """There is no such column in the file."""

    code = "column_unknown"


class RoleUnknown(DomainError):
    """Nothing in such a file is called that."""

    code = "role_unknown"


class NoQuestions(DomainError):
    """The project has no questions that the answers could belong to."""

    code = "no_questions"


class NothingToPublish(DomainError):
    """Not one row of the file can be taken."""

    code = "nothing_to_publish"


class RowsRefused(DomainError):
    """Some of the rows that were sent cannot be taken; none was."""

    code = "rows_refused"


class SchemaChangedMeanwhile(DomainError):
    """The project's questions changed since the file was checked."""

    code = "schema_changed_meanwhile"


def as_sent(told: str, *, kept_as: str, file_name: str) -> str:
    """What is said about a file, with the name that it was sent with in place of the one that it is kept under.

    >>> as_sent("beginning-01a2.csv, row 2: A quote is open.", kept_as="01a2.csv.gz", file_name="mine.csv.gz")
    'mine.csv.gz, row 2: A quote is open.'
    """
    begins = re.escape(kept_as.removeprefix("beginning-").split(".")[0])
    return re.sub(rf"(beginning-)?{begins}(\.\w+)*", lambda _: file_name, told) if begins else told
