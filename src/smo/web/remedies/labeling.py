"""What to do about refusals of labeling."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "project_not_live": _("This project hands out no work now. Its manager sets it live on the project's page."),
    "project_has_no_schema": _("This project has no published questions. Publish a label schema and give it to it."),
    "queue_name_taken": _("The project has a queue of this name. Choose another name."),
    "queue_not_valid": _(
        "A queue needs a name of up to 200 signs, an overlap from 1 to 50 and a priority up to 1,000."
    ),
    "queue_outside": _("The project does not have %(place)s. Choose one of its own, or leave it empty for all."),
    "queue_not_open": _("The queue %(queue)s is paused. Pick another, or ask your team lead when it opens again."),
    "too_many_claims": _("You hold %(most)s items of this queue. Answer some of them first, or give them back."),
    "claim_expired": _(
        "The time for this item had run out, and others have answered it meanwhile. Your answer is not needed any more."
    ),
    "already_decided": _("You have answered this item already, perhaps in another tab. The first answer stands."),
    "submit_key_reused": _("Another answer was sent under the same key before. Load the page again and send it anew."),
    "schema_changed": _("The questions have changed since you loaded them. Load the new ones and check your answer."),
    "answers_not_valid": _("Some answers do not fit the questions. What is wrong stands at each of them."),
    "submission_not_valid": _("The part %(part)s of this answer cannot be read. Load the page again and send it anew."),
    "reason_missing": _('Choose why you skip this item. With "other", write a note.'),
    "undo_too_late": _("A decision can be taken back for ten minutes. Tell your team lead what should have stood."),
    "undo_no_room": _("The item that you skipped has gone to somebody else. Nothing was changed."),
    "flag_empty": _("Write what is unclear, or what the answer is."),
    "flag_answered": _("Somebody has answered this flag already. Open it to read the answer."),
}
