"""Read with care: how the data and the methods limit what may be said."""

from collections.abc import Iterator, Sequence

from smo.paper import figures
from smo.paper.report.model import TaskReport
from smo.paper.report.verdicts import Verdicts

SURELY_DRAWN = 100  # so many keys without one error are rarer than keys made from the votes


def care(all_found: Sequence[Verdicts], n_problems: int) -> tuple[str, ...]:
    """Limits that hold for this report, the widest first."""
    tasks = [found.task for found in all_found]
    return tuple(
        line
        for maker in (_intervals, _keys, _same_source, _left_out, _consensus, _other_model, _shrunk)
        for line in maker(all_found, tasks)
    ) + _problems(n_problems)


def _intervals(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    del tasks
    target = all_found[0].agreement_target if all_found else 0.667
    reason = ", the lowest value at which Krippendorff (2004) allows tentative conclusions" if target == 0.667 else ""
    yield (
        (
            "Intervals are 90 %: their ends are one-sided 95 % bounds, and they decide the state. "
            "Shares: Wilson; alpha: by "
            f"item. Agreement is asked to reach alpha {target:g}{reason}."
        )
        .replace("90 %", f"90{figures.NARROW}%")
        .replace("95 %", f"95{figures.NARROW}%")
    )


def _keys(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    del tasks
    if any(found.is_accuracy for found in all_found):
        yield (
            "Keys were given, not drawn here: accuracy holds for the mix of items that have keys, "
            "and for decided labels only."
        )


def _same_source(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    """Keys that were made from the very answers they judge agree with them always."""
    del all_found
    accuracies = [task.consensus.accuracy for task in tasks if task.consensus is not None]
    if any(one is not None and one.value == 1 and one.n >= SURELY_DRAWN for one in accuracies):
        yield (
            "Every decided label equals its key: if the keys were made from these same answers, "
            "their accuracy is no evidence."
        )


def _left_out(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    del all_found
    single = sum(task.excluded.get("single_label_items", 0) for task in tasks)
    missing = sum(task.excluded.get("missing_answers", 0) for task in tasks)
    repeated = sum(task.repeats for task in tasks)
    parts = [
        (single, f"{figures.plural(single, 'item')} with one answer count in no agreement"),
        (missing, f"{figures.plural(missing, 'empty answer')} left out"),
        (repeated, f"{figures.plural(repeated, 'repeated answer')} used only for agreement of people with themselves"),
    ]
    said = [text for n, text in parts if n]
    if said:
        yield "; ".join(said) + "."


def _consensus(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    del all_found
    if any(task.consensus is not None and task.consensus.model != "majority" for task in tasks):
        yield (
            "Weighed votes (Dawid-Skene with a prior) are too sure of themselves where people err together; "
            "check them on keys."
        )


def _other_model(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    """A model of the votes that did not fit was not used: which, and why."""
    del all_found
    for task in tasks:
        for warning in task.consensus.warnings if task.consensus is not None else ():
            yield f"Consensus of {task.title or task.task}: {warning}."


def _shrunk(all_found: Sequence[Verdicts], tasks: Sequence[TaskReport]) -> Iterator[str]:
    del all_found
    if any(task.raters for task in tasks):
        yield (
            "People’s figures are drawn towards the pool, the more the fewer answers there are; "
            "people stand by name, not by value."
        )


def _problems(n_problems: int) -> tuple[str, ...]:
    return (f"{figures.plural(n_problems, 'fault')} of the data named on the next pages.",) if n_problems else ()
