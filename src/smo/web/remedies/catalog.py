"""What to do about refusals of the catalog."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "code_not_valid": _(
        "A code has small letters, digits and hyphens, for example video-comments. Write it like that."
    ),
    "code_reserved": _("The addresses of pages use the word %(text)s themselves. Choose another code."),
    "code_taken": _("Something else bears the code %(text)s already. Choose another code, or open what is there."),
    "name_empty": _("This needs a name. Write it as colleagues say it."),
    "edited_meanwhile": _(
        "%(by)s saved this while you were editing (revision %(revision)s). Nothing of yours is lost: compare both "
        "texts below, then save again to put yours in place of theirs."
    ),
    "schema_not_valid": _("These questions cannot be asked yet. %(faults)s"),
    "not_a_draft": _("Version %(number)s is no draft any more. Begin a new version to change something."),
    "draft_exists": _("There is a draft already. Go on writing that one."),
    "rules_not_valid": _("The rules do not hold together yet. %(faults)s"),
    "guideline_empty": _("This guideline says nothing yet. Write an introduction or a rule first."),
    "effective_in_the_past": _(
        "A guideline cannot be in force before it is approved. Choose a later moment, or leave it empty for now."
    ),
    "effective_too_far": _("A version can wait for its day at most two years. Check the year."),
    "effective_out_of_order": _(
        "An earlier version comes into force at %(latest)s (UTC). Choose a later moment than that."
    ),
    "settings_not_valid": _("The setting %(field)s %(reason)s."),
    "not_ready_for_live": _(
        "The project cannot be live: it lacks %(missing)s. Publish questions and approve a guideline that is in force."
    ),
    "state_not_reachable": _("A project that is %(state)s cannot become %(to)s."),
    "project_closed": _("The project is closed. Open it again before you change its settings."),
    "target_not_valid": _("The target's %(field)s %(reason)s."),
    "period_has_ended": _(
        "A goal is not moved for a month that is over: people were judged by it. Such a change needs two people, which "
        "is not possible here yet. Choose a day of this month or later."
    ),
}
