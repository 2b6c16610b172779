"""What to do about refusals of intake."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "file_too_large": _("A file may hold at most 1 TB. Cut it into several, and bring each as an import of its own."),
    "import_not_whole": _("The file has not arrived in full. Choose the same file again; it goes on where it stopped."),
    "import_not_ready": _("The import is at another step now. Load its page again to see what can be done."),
    "import_over": _("This import is over: it was published or cancelled. Begin a new one."),
    "part_out_of_place": _("A part of the file is missing before this one. Choose the same file again."),
    "part_too_large": _("More arrived than the file was said to hold. Begin the import again."),
    "file_not_read": _("The file cannot be read as a table. %(why)s"),
    "file_changed": _("The file %(file)s is not the one that was begun with. Begin a new import for it."),
    "column_missing": _("A column is needed for: %(role)s. The columns are: %(columns)s."),
    "column_unknown": _("There is no column %(column)s. The columns are: %(columns)s."),
    "role_unknown": _("Nothing in such a file is called %(role)s. There are: %(roles)s."),
    "no_questions": _(
        "The project has no questions that the answers could belong to. Publish a label schema for it, or let the "
        "import make the questions from the labels."
    ),
    "nothing_to_publish": _("Not one row of the file can be taken. The reject file says why, row by row."),
    "rows_refused": _("Some of the rows cannot be taken, so none was. The answer names row, column and reason."),
    "schema_changed_meanwhile": _(
        "The project's questions changed since the file was checked. Cancel this import and bring the file again."
    ),
}
