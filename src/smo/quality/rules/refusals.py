"""What quality refuses, each with its code."""

from smo.kernel.errors import DomainError
from smo.kernel.permissions import PermissionDenied


class PlanNotValid(DomainError):
    """The plan cannot be drawn as it stands; `faults` says why."""

    code = "plan_not_valid"


class PlanIsClosed(DomainError):
    """A closed plan is not drawn any more."""

    code = "plan_is_closed"


class FrameNotValid(DomainError):
    """A frame starts before it ends, and ends when its time is over."""

    code = "frame_not_valid"


class FrameIsEmpty(DomainError):
    """No decision of these days can be drawn; `drawn_before` of them were drawn already."""

    code = "frame_is_empty"


class RevealBeforeLabel(PermissionDenied):
    """The other's answer is not shown before the own label stands."""

    code = "reveal_before_label"


class BlindToItem(PermissionDenied):
    """Who still has a blind task on an item does not see what others said about it."""

    code = "blind_to_item"


class FindingBeforeReveal(PermissionDenied):
    """Who has not compared has nothing to file."""

    code = "finding_before_reveal"


class AuditNotYours(PermissionDenied):
    """The audit was handed to someone else, or handed back when its time ran out."""

    code = "audit_not_yours"


class AuditWithdrawn(DomainError):
    """The decision behind this audit was taken back: there is nothing left to check."""

    code = "audit_withdrawn"


class OwnLabelNotValid(DomainError):
    """The own label does not fit the questions; `faults` says where."""

    code = "own_label_not_valid"


class OwnLabelStands(DomainError):
    """An own label is stored already and is never changed."""

    code = "own_label_stands"


class NoQuestions(DomainError):
    """The project has no published questions, so nothing can be labeled against them."""

    code = "no_questions_to_audit"


class FindingNotValid(DomainError):
    """A finding names something that no list has, or lacks what its class needs; `faults` says what."""

    code = "finding_not_valid"


class SeverityTooFar(DomainError):
    """A severity moves one step from the table's, not more."""

    code = "severity_too_far"


class SeverityReasonMissing(DomainError):
    """A severity beside the table's needs a reason."""

    code = "severity_reason_missing"


class DifferenceNotExplained(DomainError):
    """The main answers differ: a finding says which of them is right, or that there is no unique answer."""

    code = "difference_not_explained"


class AuditFiledAlready(DomainError):
    """What was filed is final."""

    code = "audit_filed_already"
