"""What the desk's script says."""

from django.utils.translation import gettext as _


def desk_words() -> dict[str, str]:
    """In the reader's language, by the names that the script knows."""
    return {
        "progress": _("%(answered)s of %(of)s answered"),
        "ready": _("Ready: %(count)s"),
        "sending": _("Saving"),
        "sent": _("Saved %(time)s"),
        "offline": _("No connection. Kept in this browser: %(count)s"),
        "signed-out": _("You are signed out. Kept in this browser: %(count)s. Sign in again in another tab."),
        "memory_only": _("This browser keeps nothing on disk: do not close the tab before all is saved."),
        "missing": _("A question still needs an answer."),
        "nothing_to_undo": _("There is nothing to take back."),
        "undone": _("Taken back. The item is here again with its answers."),
        "undo_offline": _("This answer was sent already. It can be taken back when the connection is there again."),
        "flagged": _("Sent to those who keep the guideline. You can decide the item, or skip it."),
        "flag_offline": _("No connection: the flag was not sent. Its text is kept; press U again later."),
        "break": _("The answers to this item are lost when you give it back. Take a break all the same?"),
        "new_guideline": _("The guideline has a new version. It lies beside the item now."),
        "old_guideline": _("No connection: you see an older version of the guideline. Your answer says so."),
        "ran_out": _("Time for this item has run out. Your answer is taken if it is still needed."),
    }
