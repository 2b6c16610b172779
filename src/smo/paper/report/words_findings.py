"""Titles of charts: what the reader should see, made from the terms that the chart draws."""

from collections.abc import Iterator, Sequence

from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.assess_agreement import is_skewed
from smo.paper.report.languages import short
from smo.paper.report.model import ConfusionPair, Finding, TaskReport
from smo.paper.report.verdicts import Verdicts, number_word, target_words
from smo.paper.report.words_task import lowest_apart

MOST_ON_PAGE_ONE = 3


def findings(found: Verdicts) -> tuple[Finding, ...]:
    """All charts that a task has something to show for."""
    makers = (_slices, _agreement_slices, _labels, _confusion, _raters, _times, _models)
    return tuple(finding for maker in makers for finding in maker(found))


def on_page_one(all_found: Sequence[Verdicts]) -> tuple[Finding, ...]:
    """At most three: the parts against the target, agreement, the leading confusion."""
    made: list[Finding] = []
    if len(all_found) > 1:
        made.extend(_tasks(all_found))
    worst = sorted(all_found, key=_urgency)
    for found in worst[:1]:
        made.extend(_slices(found))
        made.extend(_agreement_slices(found))
    for found in worst:
        made.extend(_confusion(found))
    for found in worst[:1]:
        made.extend(_labels(found))
    chosen: dict[tuple[str, str], Finding] = {}
    for finding in made:
        chosen.setdefault((finding.question, finding.measure), finding)
    return tuple(chosen.values())[:MOST_ON_PAGE_ONE]


def _urgency(found: Verdicts) -> int:
    order = (State.NOT_MET, State.NOT_ENOUGH, State.MET, State.NOT_MEASURED)
    return order.index(found.overall.state)


def _misses(found: Verdicts) -> str:
    """ "Arabic misses, French may"."""
    bad, open_ = found.of(State.NOT_MET), found.of(State.NOT_ENOUGH)
    n = len(found.parts)
    noun = f" {found.noun}" if len(found.noun) < 12 else ""
    if not bad and not open_:
        return f"All {number_word(n)}{noun} meet {target_words(found)}"
    if not bad:
        return f"{number_word(len(open_)).capitalize()} of {number_word(n)}{noun} cannot be told"
    if len(bad) > 2:
        return f"{number_word(len(bad)).capitalize()} of {number_word(n)}{noun} miss {target_words(found)}"
    names = figures.listed([part.name for part in bad])
    return f"{names} {'misses' if len(bad) == 1 else 'miss'} {target_words(found)}"


def _slices(found: Verdicts) -> Iterator[Finding]:
    if len(found.parts) < 2:
        return
    if found.is_accuracy:
        subtitle = f"Accuracy against keys in %, by {short(found.column)}"
    else:
        subtitle = f"Alpha on {found.task.title}, by {short(found.column)}"
    yield Finding("slices", _misses(found), subtitle, found.task.task, found.column, found.measure)


def _agreement_slices(found: Verdicts) -> Iterator[Finding]:
    """Agreement by the same column, where the first chart shows accuracy."""
    if len(found.parts) < 2 or not found.is_accuracy:
        return
    low = lowest_apart(found.task.slices, found.column)
    parts = [part for part in found.task.slices if part.column == found.column]
    usable = [part for part in parts if not is_skewed(part.agreement.coefficients["krippendorff_alpha"])]
    if 2 * len(usable) <= len(parts):
        return
    met = sum(part.agreement.state is State.MET for part in parts)
    title = (
        f"People agree least on {low.title}"
        if low is not None
        else f"Alpha reaches {found.agreement_target:g} in {met or 'none'} of {len(parts)}"
    )
    subtitle = f"Krippendorff’s alpha, by {short(found.column)}"
    yield Finding("slices", title, subtitle, found.task.task, found.column, "krippendorff_alpha")


def _labels(found: Verdicts) -> Iterator[Finding]:
    task = found.task
    alpha = task.agreement.coefficients.get("krippendorff_alpha")
    if alpha is None or alpha.value is None:
        return
    verdict = {
        State.MET: "reaches",
        State.NOT_MET: "misses",
        State.NOT_ENOUGH: "may reach",
        State.NOT_MEASURED: "is not measured against",
    }[task.agreement.state]
    title = f"Alpha {figures.coefficient(alpha)} {verdict} {found.agreement_target:g}"
    subtitle = f"Agreement on {task.title}, n {figures.count(alpha.n)} items"
    yield Finding("agreement", title, subtitle, task.task, "", "coefficients")


def _tasks(all_found: Sequence[Verdicts]) -> Iterator[Finding]:
    states = [found.task.agreement.state for found in all_found]
    bad = [found.task.title for found in all_found if found.task.agreement.state is State.NOT_MET]
    n = len(all_found)
    if all(state is State.MET for state in states):
        title = f"People agree on all {number_word(n)} questions"
    elif not bad:
        title = f"People agree on {number_word(states.count(State.MET))} of {number_word(n)} questions"
    elif len(bad) == 1:
        only = "Only " if states.count(State.MET) == n - 1 else ""
        title = f"{only}{bad[0]} falls short"
    else:
        title = f"{number_word(len(bad)).capitalize()} of {number_word(n)} questions fall short"
    yield Finding("agreement", title, "Krippendorff’s alpha by question", "", "", "krippendorff_alpha")


def leading(task: TaskReport) -> tuple[ConfusionPair, float] | None:
    """The commonest confusion and its share of all."""
    total = sum(pair.n for pair in task.confusion)
    if not total:
        return None
    pair = max(task.confusion, key=lambda one: one.n)
    return pair, pair.n / total


def _confusion(found: Verdicts) -> Iterator[Finding]:
    lead = leading(found.task)
    if lead is None or len(found.task.confusion) < 2:
        return
    pair, share = lead
    total = sum(one.n for one in found.task.confusion)
    what = "errors" if pair.truth else "disagreements"
    title = f"One confusion is {figures.number_share(share)} of {what}"
    unit = "Answers by key and label" if pair.truth else "Items by pair of labels"
    subtitle = f"{unit}, n {figures.count(total)}"
    yield Finding("confusion", title, subtitle, found.task.task, "", "n")


def _raters(found: Verdicts) -> Iterator[Finding]:
    rows = [row for row in found.task.raters if row.shrunk is not None]
    if len(rows) < 2:
        return
    look = sum(row.state is State.NOT_MET for row in rows)
    people = figures.plural(look, "person", nouns="people")
    title = (
        "No one stands apart" if not look else f"{people} {'stands' if look == 1 else 'stand'} apart from the others"
    )
    against = "keys" if rows[0].against_gold is not None else "the others’ answers"
    subtitle = f"Agreement with {against}, shrunk, by name; {figures.count(len(rows))} people"
    yield Finding("raters", title, subtitle, found.task.task, "", "shrunk")


def _times(found: Verdicts) -> Iterator[Finding]:
    times = found.task.times
    if times is None or not times.histogram:
        return
    title = f"Half of the answers take {figures.duration(times.median_seconds.value)} or less"
    subtitle = (
        f"Handle time, n {figures.count(times.n_timed)}; nine of ten within {figures.duration(times.p90_seconds.value)}"
    )
    yield Finding("times", title, subtitle, found.task.task, "", "seconds")


def _models(found: Verdicts) -> Iterator[Finding]:
    rows = [row for row in found.task.models if row.metrics.get("human_model_alpha") is not None]
    measured = [row for row in rows if row.metrics["human_model_alpha"].value is not None]
    if not measured:
        return
    best = max(measured, key=lambda row: row.metrics["human_model_alpha"].value or -1.0)
    title = f"{best.model} is nearest to people, at alpha {figures.coefficient(best.metrics['human_model_alpha'])}"
    people = best.human_human
    beside = f"; people among themselves {figures.coefficient(people)}" if people is not None else ""
    yield Finding("models", title, f"{found.task.title}{beside}", found.task.task, "", "human_model_alpha")
