"""What may be used, per task and per value of its main column: the four states, by the measure there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from smo.measure.estimate import Estimate
from smo.measure.state import State, judge
from smo.paper import figures
from smo.paper.report.languages import noun_of
from smo.paper.report.model import Slice, TaskReport
from smo.paper.report.options import Options

MINIMUM_KEYS = 20
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One part of the data (or all of one task) against the target."""

    name: str
    state: State
    estimate: Estimate | None
    part: Slice | None = None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All parts of one task along one column, judged by one measure."""

    task: TaskReport
    measure: str  # accuracy | krippendorff_alpha
    target: float
    overall: Verdict
    column: str
    parts: tuple[Verdict, ...]
    agreement_target: float

    @property
    def is_accuracy(self) -> bool:
        return self.measure == "accuracy"

    @property
    def noun(self) -> str:
        return noun_of(self.column)

    def of(self, state: State) -> tuple[Verdict, ...]:
        """Parts in one state, the lowest estimate first."""
        found = [part for part in self.parts if part.state is state]
        return tuple(sorted(found, key=lambda part: _value(part.estimate)))


def _value(estimate: Estimate | None) -> float:
    return 2.0 if estimate is None or estimate.value is None else estimate.value


def number_word(number: int) -> str:
    """ "four" up to twelve, then figures, as in running text."""
    return NUMBERS[number] if number < len(NUMBERS) else figures.count(number)


def all_of(number: int, nouns: str) -> str:
    """ "all four languages", "both languages"."""
    return f"both {nouns}" if number == 2 else f"all {number_word(number)} {nouns}"


def open_share(task: TaskReport) -> float:
    """How much of the items the votes leave open: accuracy says nothing about these."""
    if task.consensus is None or not task.consensus.n_adjudicate:
        return 0.0
    return task.consensus.n_adjudicate / (task.consensus.n_decided + task.consensus.n_adjudicate)


def alpha_of(part: Slice | TaskReport) -> Estimate | None:
    """Krippendorff's alpha of a slice or a task."""
    return part.agreement.coefficients.get("krippendorff_alpha")


def task_accuracy(task: TaskReport) -> Estimate | None:
    """How often the label handed on equals the key."""
    return None if task.consensus is None else task.consensus.accuracy


def _slice_verdict(part: Slice, *, is_accuracy: bool) -> Verdict:
    if is_accuracy:
        return Verdict(part.title, part.accuracy_state, part.accuracy, part)
    return Verdict(part.title, part.agreement.state, alpha_of(part), part)


def main_column(slices: Sequence[Slice]) -> str:
    """The first column that cuts into two values or more; the order of columns is the order of interest."""
    counts: dict[str, int] = {}
    for part in slices:
        counts[part.column] = counts.get(part.column, 0) + 1
    return next((column for column, n in counts.items() if n > 1), "")


def verdicts(task: TaskReport, options: Options) -> Verdicts:
    """Accuracy where there are keys, else agreement."""
    accuracy = task_accuracy(task)
    is_accuracy = accuracy is not None
    target = options.accuracy_target if is_accuracy else options.agreement_target
    state = judge(accuracy, target=target, minimum_n=MINIMUM_KEYS) if is_accuracy else task.agreement.state
    column = main_column(task.slices)
    parts = [_slice_verdict(part, is_accuracy=is_accuracy) for part in task.slices if part.column == column]
    return Verdicts(
        task=task,
        measure="accuracy" if is_accuracy else "krippendorff_alpha",
        target=target,
        overall=Verdict(task.title or task.task, state, accuracy if is_accuracy else alpha_of(task)),
        column=column,
        parts=tuple(parts),
        agreement_target=options.agreement_target,
    )


def target_words(found: Verdicts) -> str:
    """The target as a sentence prints it: "95 %" or "alpha 0.667"."""
    return figures.number_share(found.target, 0) if found.is_accuracy else f"alpha {found.target:g}"


def estimate_words(found: Verdicts, verdict: Verdict) -> str:
    """The estimate with interval, n and basis."""
    if found.is_accuracy:
        return figures.share_sentence(verdict.estimate)
    return f"alpha {figures.coefficient_sentence(verdict.estimate)}"


def brief(found: Verdicts, estimate: Estimate | None) -> str:
    """The value alone."""
    return figures.share(estimate) if found.is_accuracy else figures.coefficient(estimate)
