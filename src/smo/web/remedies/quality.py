"""What to do about refusals of quality: plans, draws, audits and findings."""

from typing import Final

from django.utils.translation import gettext_lazy as _

REMEDIES: Final = {
    "plan_not_valid": _("The plan cannot be drawn like this. Read what is said beside its fields and change them."),
    "plan_is_closed": _("This plan is closed: a newer version took its place. Open the newest version and draw there."),
    "frame_not_valid": _("The days start after they end, or lie ahead. Choose days that are over."),
    "frame_is_empty": _(
        "No decision of these days can be drawn: there is none by people, or this plan has drawn them all before."
        " Choose other days."
    ),
    "no_questions_to_audit": _("The project has no published questions. Publish its schema first, then draw."),
    "reveal_before_label": _(
        "The original decision is shown after your own label is stored. Label the item first; this attempt was logged."
    ),
    "finding_before_reveal": _(
        "Findings are filed after you have compared both labels. Label the item and compare first;"
        " this attempt was logged."
    ),
    "blind_to_item": _("You have a blind task on this item, now or later. It opens for you when that is done."),
    "audit_not_yours": _(
        "This audit is in other hands: its time ran out, or it was never yours. Take the next one from the list."
    ),
    "audit_withdrawn": _(
        "The decision behind this audit was taken back, so there is nothing left to check. Take the next audit."
    ),
    "own_label_not_valid": _("Your label does not fit the questions yet. Answer what is marked, then lock it."),
    "own_label_stands": _("Your label for this item is stored already and cannot change. Go on to the comparison."),
    "finding_not_valid": _("The finding names something that is in no list. Choose again from the lists."),
    "severity_too_far": _("Severity moves one step from what the rule says, up or down. Choose a nearer one."),
    "severity_reason_missing": _("You chose another severity than the rule says. Write why in one line."),
    "difference_not_explained": _(
        "You and the original decision differ on the main question. File a finding that says why; if both are"
        " acceptable, file A9, or name auditor error as the cause."
    ),
    "audit_filed_already": _("This audit was filed already, and what was filed is final. Take the next audit."),
}
