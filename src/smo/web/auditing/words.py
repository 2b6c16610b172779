"""Codes of plans, audits and findings into words: the trade's terms, each with what it means."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from smo.web.words import Words


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a closed list: its code, its name, what it means, and the key that picks it."""

    code: str
    name: Words
    means: Words = ""
    key: str = ""


PURPOSES: Final = (
    Choice("estimate", _("Measure"), _("How accurate are the decisions? Random, so it may be counted.")),
    Choice("detect", _("Find errors"), _("Look where errors are likely. Found ones are mended, never averaged.")),
    Choice("decide", _("Accept a lot"), _("Is this delivery good enough? The answer is yes or no.")),
)
DESIGNS: Final = (
    Choice("simple_random", _("Simple random"), _("Every decision has the same chance.")),
    Choice("stratified", _("Stratified"), _("Each part is drawn apart, so that small parts are seen too.")),
    Choice("systematic", _("Systematic"), _("Evenly over the days, from a random start.")),
)
STRATA: Final = (
    Choice("market", _("Market")),
    Choice("language", _("Language")),
    Choice("person", _("Person")),
    Choice("queue", _("Queue")),
)
ALLOCATIONS: Final = (
    Choice("proportional", _("By size"), _("A part with twice the decisions gets twice the audits.")),
    Choice("equal", _("Equal"), _("Each part gets as many audits, so that each can be judged alike.")),
)
BLIND_MODES: Final = (
    Choice("single", _("Blind"), _("The auditor sees neither decision nor person before the own label is stored.")),
    Choice("double", _("Double blind"), _("Nor does the auditor learn afterwards who decided.")),
)
PLAN_STATES: Final[dict[str, Words]] = {"draft": _("draft"), "active": _("active"), "closed": _("closed")}

OUTCOMES: Final = (
    Choice("A1", _("Over-enforcement"), _("Acted on what breaks no rule."), "1"),
    Choice("A2", _("Under-enforcement"), _("Left what breaks a rule."), "2"),
    Choice("A3b", _("Wrong rule"), _("The right policy, another rule of it."), "3"),
    Choice("A9", _("No unique answer"), _("The guideline allows more than one. Counts for the guideline."), "4"),
    Choice("A3a", _("Wrong policy"), _("It breaks a rule of another policy."), "5"),
    Choice("A3c", _("Wrong severity"), _("The right rule, more or less severe than it is."), "6"),
    Choice("A3d", _("Wrong action"), _("The right rule, another consequence than it asks for."), "7"),
    Choice("A3e", _("Wrong words marked"), _("The marked place is not the one that breaks the rule."), "8"),
    Choice("A3f", _("Missed a second violation"), _("One was found, another was left."), "9"),
    Choice("A4", _("Tool or media"), _("A tool failed, or the media was missing. Never counts for the person."), "0"),
    Choice("A5", _("Process"), _("A step was left out, or went to the wrong place.")),
    Choice("A6", _("Reasons and evidence"), _("The rationale is missing or does not carry the decision.")),
    Choice("A7", _("Privacy and safety"), _("Content or personal data stands where it must not.")),
    Choice("A8", _("Format"), _("The answer does not have the agreed form.")),
)
SEVERITIES: Final = (
    Choice("S0", _("Neutral"), _("A preference. No points."), "0"),
    Choice("S1", _("Minor"), _("No effect on the user. Correct with the batch."), "1"),
    Choice("S2", _("Major"), _("Wrong outcome for the user, reversible, low reach. Correct within 72 h."), "2"),
    Choice("S3", _("Critical"), _("Serious harm, a legal duty missed, or not reversible. Correct within 4 h."), "3"),
    Choice("S4", _("Zero tolerance"), _("Fails the lot and opens an incident. Correct at once."), "4"),
)
CAUSES: Final = (
    Choice("guideline_lag", _("Guideline lag"), key="1"),
    Choice("guideline_ambiguity", _("Guideline ambiguity"), key="2"),
    Choice("training_gap", _("Training gap"), key="3"),
    Choice("context_not_shown", _("Context not shown"), key="4"),
    Choice("speed_pressure", _("Speed pressure"), key="5"),
    Choice("annotator", _("Slip"), key="6"),
    Choice("guideline_conflict", _("Guideline conflict"), key="7"),
    Choice("language_culture", _("Language or culture"), key="8"),
    Choice("tool", _("Tool"), key="9"),
    Choice("knowledge_decay", _("Knowledge decay")),
    Choice("attention", _("Attention, fatigue")),
    Choice("translation", _("Translation")),
    Choice("prelabel_anchoring", _("Anchored by a pre-label")),
    Choice("media_defect", _("Media defect")),
    Choice("routing", _("Routing")),
    Choice("workload", _("Workload, wellness")),
    Choice("adversarial_content", _("Adversarial content")),
    Choice("auditor_error", _("Auditor error")),
    Choice("gold_error", _("Gold error")),
    Choice("deliberate", _("Deliberate")),
)
CAUGHT_NAMES: Final[dict[str, Words]] = {
    "self": _("By the person"),
    "peer": _("By a second label"),
    "gold": _("By gold"),
    "audit": _("Audit"),
    "auditor_audit": _("Audit of the auditor"),
    "lot_inspection": _("Lot inspection"),
    "dispute": _("Dispute"),
    "appeal": _("Appeal"),
    "client": _("By the client"),
    "public": _("By a regulator or the public"),
}
STATUS_NAMES: Final[dict[str, Words]] = {
    "open": _("open"),
    "accepted": _("accepted"),
    "disputed": _("disputed"),
    "upheld": _("upheld"),
    "overturned": _("overturned"),
    "withdrawn": _("withdrawn"),
}
COUNTS_FOR_NAMES: Final[dict[str, Words]] = {
    "person": _("person"),
    "product": _("product"),
    "guideline": _("guideline"),
    "tool": _("tool"),
}
OWN_OUTCOMES: Final[dict[str, Words]] = {
    "decided": _("Decided"),
    "no_unique_answer": _("No unique answer"),
    "unavailable": _("Content not available"),
    "skipped": _("Skipped"),
}
VERDICT_NAMES: Final[dict[str, Words]] = {
    "same": _("Same"),
    "differs": _("Differs"),
    "not_compared": _("Not compared"),
}


def names(choices: tuple[Choice, ...]) -> dict[str, Words]:
    """Code to name."""
    return {choice.code: choice.name for choice in choices}
