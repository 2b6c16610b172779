"""What to do next, what it costs and what it brings: each step from a computed term."""

import math
from collections.abc import Iterator, Sequence

from smo.measure.estimate import Estimate
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.model import Slice, Step, TaskReport
from smo.paper.report.verdicts import Verdict, Verdicts
from smo.tables.problem import Problem

MOST_STEPS = 4
MOST_PEOPLE = 10  # more conversations than that are no step
SECONDS_PER_ANSWER = 60.0  # where the file has no usable times; said beside the effort
Z_BOUND, Z_POWER = 1.6448536269514722, 0.8416212335729143  # one-sided 95 % bound, four times in five
MOST_KEYS = 5000  # more keys than this are no plan: the estimate lies on the target
SAMPLE = 300  # keys for a first look: about 3 points either side at 90 %


def steps(all_found: Sequence[Verdicts], problems: Sequence[Problem]) -> tuple[Step, ...]:
    """The few steps worth most, in the order in which to take them."""
    made: list[Step] = [*_data_first(problems)]
    disputed = [found for found in all_found if found.task.agreement.state is State.NOT_MET]
    made.extend(_calibrate(disputed))
    for found in all_found:
        made.extend(_hold_back(found, is_only=len(all_found) == 1))
        made.extend(_keys(found))
    made.extend(_adjudicate(all_found))
    made.extend(_calibrate([found for found in all_found if found.task.agreement.state is State.NOT_ENOUGH]))
    for found in all_found:
        made.extend(_doubtful_keys(found))
        made.extend(_people(found))
    made.extend(_never_measured(all_found))
    return tuple(_once(made))[:MOST_STEPS]


def _once(made: Sequence[Step]) -> Iterator[Step]:
    seen: set[str] = set()
    for step in made:
        if step.text not in seen:
            seen.add(step.text)
            yield step


def _data_first(problems: Sequence[Problem]) -> Iterator[Step]:
    """A fault that changes every figure comes before any other work."""
    worst = [problem for problem in problems if problem.level == "error"]
    for problem in worst[:1]:
        yield Step(f"Mend the data: {problem.message}", problem.remedy)


def effort(task: TaskReport, n_answers: int) -> str:
    """Time for so many answers: from the median where times are given, else at a minute each."""
    each = _seconds(task)
    return f"about {figures.duration(_rounded(n_answers * each))} at {figures.duration(each)} each"


def _seconds(task: TaskReport) -> float:
    median = task.times.median_seconds.value if task.times is not None else None
    return median or SECONDS_PER_ANSWER


def _rounded(seconds: float) -> float:
    """Plans need no minutes beyond an hour."""
    return (
        seconds if seconds < 3600 else 3600 * round(seconds / 3600) if seconds > 36000 else 1800 * round(seconds / 1800)
    )


def _hold_back(found: Verdicts, *, is_only: bool) -> Iterator[Step]:
    """The part that misses most: look at it before anything is trained on it."""
    bad = [part.part for part in found.of(State.NOT_MET) if part.part is not None and part.part.n_items]
    if not bad or len(bad) == len(found.parts):
        return
    names = figures.listed([part.title for part in bad], 4)
    items = figures.plural(sum(part.n_items for part in bad), "item")
    where = "" if is_only else f" on {found.task.title}"
    text = f"Make the rule clear, then relabel {names}{where}: {items}"
    yield Step(text, _mixed_up(bad[0]), effort(found.task, sum(part.n_ratings for part in bad)))


def _mixed_up(part: Slice) -> str:
    """What to make clear: the commonest confusion of the part that misses most."""
    pair = part.confusion
    if pair is None:
        return ""
    one, other = figures.quoted(pair.label_a), figures.quoted(pair.label_b)
    where = f"{other} where the key says {one}" if pair.truth else f"{one} with {other}"
    return f"{part.title} mixes up {where}: {figures.plural(pair.n, 'answer')}"


def keys_needed(estimate: Estimate, target: float) -> int | None:
    """Keys in all that decide the state four times in five, if the share stays as it is; None where it lies on target.

    >>> keys_needed(Estimate(0.962, 0.947, 0.973, 600, "gold", "wilson"), 0.95)
    1570
    """
    if estimate.value is None or estimate.value == target:
        return None
    spread = estimate.value * (1 - estimate.value) or target * (1 - target)
    n = (Z_BOUND + Z_POWER) ** 2 * spread / (estimate.value - target) ** 2
    return math.ceil(n / 10) * 10


def _keys(found: Verdicts) -> Iterator[Step]:
    """Parts that a few more keys would decide."""
    if not found.is_accuracy:
        return
    parts: Sequence[Verdict] = found.of(State.NOT_ENOUGH) if len(found.parts) > 1 else (found.overall,)
    for part in parts[:2]:
        if part.state is not State.NOT_ENOUGH or part.estimate is None:
            continue
        needed = keys_needed(part.estimate, found.target)
        more = None if needed is None else needed - part.estimate.n
        if more is None or not 0 < more <= MOST_KEYS:
            continue
        text = f"Add keys for {figures.count(more)} more {part.name} items; that decides it four times in five"
        yield Step(text, f"If it stays at {figures.share(part.estimate)}", effort(found.task, more))


def _adjudicate(all_found: Sequence[Verdicts]) -> Iterator[Step]:
    """All open items in one step; most of them first where several tasks leave some."""
    counts = [
        (found.task.consensus.n_adjudicate, found.task) for found in all_found if found.task.consensus is not None
    ]
    open_ = sorted((pair for pair in counts if pair[0]), key=lambda pair: -pair[0])
    if not open_:
        return
    n = sum(count for count, _ in open_)
    seconds = sum(count * _seconds(task) for count, task in open_)
    by_task = figures.listed([f"{figures.count(count)} of {task.title}" for count, task in open_], 3)
    where = f": {by_task}" if len(open_) > 1 else ""
    detail = "The most doubtful first: sheet “Adjudicate” of report.xlsx; all are marked in consensus.parquet"
    yield Step(
        f"Adjudicate {figures.plural(n, 'open item')}{where}", detail, f"about {figures.duration(_rounded(seconds))}"
    )


def _calibrate(all_found: Sequence[Verdicts]) -> Iterator[Step]:
    """The pair of labels that is mixed up most."""
    pairs = [(pair, found.task) for found in all_found for pair in found.task.confusion]
    if not pairs:
        return
    pair, task = max(pairs, key=lambda one: one[0].n)
    text = f"Calibrate {figures.quoted(pair.label_a)} against {figures.quoted(pair.label_b)} on {task.title}"
    share = figures.number_share(pair.n / sum(one.n for one in task.confusion))
    detail = f"Mixed up {figures.plural(pair.n, 'time')}: {share} of all that is mixed up"
    yield Step(text, detail, "1 session, 45 min")


def _doubtful_keys(found: Verdicts) -> Iterator[Step]:
    n = found.task.n_doubtful_keys
    if n:
        text = f"Check {figures.plural(n, 'key')} of {found.task.title} that the votes contradict, the surest first"
        yield Step(
            text,
            "Sheet “Label errors” of report.xlsx; either the key is wrong or the voters are",
            effort(found.task, n),
        )


def _people(found: Verdicts) -> Iterator[Step]:
    """A few people are talked to; when many stand apart it is the rule that is looked at."""
    look = [row for row in found.task.raters if row.reasons]
    if not look or len(look) > MOST_PEOPLE:
        return
    people = figures.plural(len(look), "person", nouns="people")
    text = f"Look at answers to {found.task.title} with {people} whose figures stand apart"
    yield Step(text, "Sheet “People” of report.xlsx says what differs; the figures alone prove nothing", "")


def _never_measured(all_found: Sequence[Verdicts]) -> Iterator[Step]:
    """What one more column in the next file would make measurable."""
    if all_found and not any(found.is_accuracy for found in all_found):
        text = f"Key a random sample of {SAMPLE} items a question; then correctness is measured within about 3 points"
        yield Step(text, "Give them with --gold", effort(all_found[0].task, SAMPLE))
    if all_found and all(found.task.n_raters is None for found in all_found):
        yield Step("Ask for rater ids in the next delivery", "Pseudonyms will do; skill and consistency need them")
