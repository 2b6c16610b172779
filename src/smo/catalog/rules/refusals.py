"""What the catalog refuses, each with its code."""

from smo.kernel.errors import DomainError


class CodeNotValid(DomainError):
    """A code has small letters, digits and hyphens only."""

    code = "code_not_valid"


class CodeReserved(DomainError):
    """The addresses of pages use this word themselves."""

    code = "code_reserved"


class CodeTaken(DomainError):
    """Something else bears this code."""

    code = "code_taken"


class NameEmpty(DomainError):
    """Everything needs a name."""

    code = "name_empty"


class EditedMeanwhile(DomainError):
    """Somebody else saved since this was opened; `by` says who, `revision` what stands now."""

    code = "edited_meanwhile"


class SchemaNotValid(DomainError):
    """Questions that cannot be asked; `faults` says why."""

    code = "schema_not_valid"


class NotADraft(DomainError):
    """Only a draft is changed, approved or published."""

    code = "not_a_draft"


class DraftExists(DomainError):
    """There is a draft already; two would drift apart."""

    code = "draft_exists"


class RulesNotValid(DomainError):
    """A tree of rules that does not hold together; `faults` says why."""

    code = "rules_not_valid"


class GuidelineEmpty(DomainError):
    """A guideline without rules or introduction says nothing."""

    code = "guideline_empty"


class EffectiveInThePast(DomainError):
    """Nobody could have worked by a guideline before it was approved."""

    code = "effective_in_the_past"


class EffectiveTooFar(DomainError):
    """A version waits for its day at most two years."""

    code = "effective_too_far"


class EffectiveOutOfOrder(DomainError):
    """Versions come into force in the order of their numbers."""

    code = "effective_out_of_order"


class SettingsNotValid(DomainError):
    """Settings of a project that cannot be; `field` names which, `reason` says why."""

    code = "settings_not_valid"


class NotReadyForLive(DomainError):
    """A project goes live with published questions and a guideline in force; `missing` names what is not there."""

    code = "not_ready_for_live"


class StateNotReachable(DomainError):
    """From here a project cannot go there."""

    code = "state_not_reachable"


class ProjectClosed(DomainError):
    """What is closed does not change."""

    code = "project_closed"


class TargetNotValid(DomainError):
    """A target that cannot be; `field` names which value, `reason` says why."""

    code = "target_not_valid"


class PeriodHasEnded(DomainError):
    """A target is not set for days that are over: that needs two people."""

    code = "period_has_ended"
