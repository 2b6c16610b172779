"""The first page in words: the answer as a headline, one line of why, and the sentences worth a manager's minute."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.model import Sentence
from smo.paper.report.verdicts import (
    Verdict,
    Verdicts,
    all_of,
    brief,
    estimate_words,
    number_word,
    open_share,
    target_words,
)
from smo.paper.report.words_task import lowest_apart
from smo.tables.problem import Problem

MOST_HOLD = 5
MOST_FAIL = 6
MOST_NAMED = 4
MOST_ALIKE = {"parts": 5, "agreement": 4}  # sentences of one kind; two of any other
SOME_OPEN = 0.01  # from here on the open items are said beside the accuracy of the decided ones
MUCH_OPEN = 0.1  # from here on the decided labels are not "the labels"
LONG = 50  # characters of names that a headline can hold


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What stands on page one, without steps and care."""

    headline: str
    summary: str
    holds: tuple[Sentence, ...]
    fails: tuple[Sentence, ...]


def headline(all_found: Sequence[Verdicts]) -> str:
    """The answer: what may be used, what is held back, what must be checked."""
    if not all_found:
        return "There is nothing to measure: no item has an answer"
    if len(all_found) > 1:
        return _of_tasks(all_found)
    found = all_found[0]
    return _of_parts(found) if len(found.parts) > 1 else _of_one(found)


def _names(parts: Sequence[Verdict], nouns: str) -> str:
    """Names as far as a headline can hold them, else their number."""
    names = [part.name for part in parts]
    if len(names) > 1 and sum(len(name) for name in names[:MOST_NAMED]) > LONG:
        return f"{number_word(len(names))} {nouns}"
    return figures.listed(names, MOST_NAMED)


def _rest(bad: Sequence[Verdict], open_: Sequence[Verdict], *, nouns: str) -> str:
    """What to hold back and what to check, as one sentence."""
    parts = [f"hold back {_names(bad, nouns)}"] if bad else []
    parts += [f"check {_names(open_, nouns)}"] if open_ else []
    text = "; ".join(parts)
    return figures.sentence_case(text)


def _of_parts(found: Verdicts) -> str:
    """One question over several values: languages, policies."""
    good, bad, open_ = found.of(State.MET), found.of(State.NOT_MET), found.of(State.NOT_ENOUGH)
    n = len(found.parts)
    noun = found.noun
    if len(good) == n:
        return f"Use the labels: {all_of(n, noun)} meet {target_words(found)}"
    if good and not bad and found.overall.state is State.MET and len(open_) <= MOST_NAMED:
        return f"Use the labels: {target_words(found)} is met over all. {_rest(bad, open_, nouns=noun)}"
    if good:
        use = "Use the labels" if found.is_accuracy else "People agree"
        return f"{use} in {number_word(len(good))} of {number_word(n)} {noun}. {_rest(bad, open_, nouns=noun)}"
    if not bad:
        return (
            f"Not enough evidence to use the labels: none of {number_word(n)} {noun} surely meets {target_words(found)}"
        )
    if len(bad) == n:
        return f"Hold the labels back: none of {number_word(n)} {noun} meets {target_words(found)}"
    verb = "misses" if len(bad) == 1 else "miss"
    return f"Hold the labels back: {number_word(len(bad))} of {number_word(n)} {noun} {verb} {target_words(found)}"


def _of_one(found: Verdicts) -> str:
    """One question without slices."""
    state, value = found.overall.state, brief(found, found.overall.estimate)
    if found.is_accuracy:
        use = "Use the labels" if open_share(found.task) <= MUCH_OPEN else "Use only the decided labels"
        more = "Key more items first" if _has_unkeyed(found) else "Decide the open items first"
        return {
            State.MET: f"{use}: {value} equal their keys",
            State.NOT_MET: f"Hold the labels back: {value} equal their keys, {target_words(found)} are asked",
            State.NOT_ENOUGH: f"{more}: {value} equal their keys, {target_words(found)} stays open",
            State.NOT_MEASURED: "Key a sample first: whether the labels are right is not measured",
        }[state]
    if not _is_known(found.overall):
        return _unmeasured_agreement(found)
    return {
        State.MET: f"People agree (alpha {value}); whether they are right is not measured",
        State.NOT_MET: f"Hold the labels back: people do not agree (alpha {value})",
        State.NOT_ENOUGH: f"Label more items twice: alpha {value} does not decide {found.target:g}",
        State.NOT_MEASURED: "Label some items twice: agreement is not measured",
    }[state]


def _has_unkeyed(found: Verdicts) -> bool:
    """Can more keys be had, or is every decided label compared with one already?"""
    consensus, estimate = found.task.consensus, found.overall.estimate
    return consensus is None or estimate is None or not consensus.n_adjudicate or estimate.n < consensus.n_decided


def _is_known(verdict: Verdict) -> bool:
    return verdict.estimate is not None and verdict.estimate.value is not None


def _unmeasured_agreement(found: Verdicts) -> str:
    if len(found.task.labels) == 1 and found.task.n_ratings > found.task.n_items:
        return "Everybody gave the same label: agreement cannot be measured without a second one"
    return "Label some items twice: agreement is not measured"


def _of_tasks(all_found: Sequence[Verdicts]) -> str:
    """Several questions: which of them hold."""
    good = [found.overall for found in all_found if found.overall.state is State.MET]
    bad = [found.overall for found in all_found if found.overall.state is State.NOT_MET]
    open_ = [found.overall for found in all_found if found.overall.state in {State.NOT_ENOUGH, State.NOT_MEASURED}]
    n = len(all_found)
    verb = "Use the labels of" if all(found.is_accuracy for found in all_found) else "People agree on"
    rest = _rest(bad, open_, nouns="questions")
    if len(good) == n:
        return f"{verb} {all_of(n, 'questions')}"
    if len(good) > MOST_NAMED or sum(len(one.name) for one in good) > LONG:
        return f"{verb} {number_word(len(good))} of {number_word(n)} questions. {rest}"
    if good:
        return f"{verb} {figures.listed([one.name for one in good], MOST_NAMED)}. {rest}"
    if bad:
        return f"Hold back {_names(bad, 'questions')}: no question meets its target"
    return f"Not enough evidence on any of {number_word(n)} questions"


def summary(all_found: Sequence[Verdicts]) -> str:
    """The total, and what the total hides."""
    if not all_found:
        return ""
    if len(all_found) > 1:
        return _summary_of_tasks(all_found)
    found = all_found[0]
    if not _is_known(found.overall):
        return f"There is no figure to hold against the target of {target_words(found)}."
    text = f"{_start(found)} is {estimate_words(found, found.overall)} against a target of {target_words(found)}"
    return f"{'; '.join([text, *_hidden(found)])}."


def _start(found: Verdicts) -> str:
    """Open items have no label that could be right: then the figure is not one of all items."""
    if not found.is_accuracy:
        return "Overall agreement"
    return "Accuracy of the decided labels" if open_share(found.task) > SOME_OPEN else "Overall accuracy"


def _hidden(found: Verdicts) -> Iterator[str]:
    consensus = found.task.consensus
    if found.is_accuracy and consensus is not None and open_share(found.task) > SOME_OPEN:
        total = figures.plural(consensus.n_decided + consensus.n_adjudicate, "item")
        yield f"{figures.count(consensus.n_adjudicate)} of {total} are not decided"
    bad = found.of(State.NOT_MET)
    low = lowest_apart(found.task.slices, found.column)
    if low is not None:
        alpha = low.agreement.coefficients["krippendorff_alpha"]
        yield f"the total hides {low.title}: alpha {figures.coefficient(alpha)}, {low.note}"
    elif bad and len(bad) < len(found.parts):
        yield f"the total hides {bad[0].name} at {brief(found, bad[0].estimate)}"


def _summary_of_tasks(all_found: Sequence[Verdicts]) -> str:
    known = [found for found in all_found if found.overall.estimate is not None]
    listed = [f"{found.overall.name} {brief(found, found.overall.estimate)}" for found in known]
    targets = dict.fromkeys(target_words(found) for found in known)
    measure = "Accuracy against keys" if known and known[0].is_accuracy else "Krippendorff’s alpha"
    return f"{measure} by question: {figures.listed(listed, 8)}; target {', '.join(targets)}."


def _first(sentences: Sequence[Sentence], at_most: int) -> tuple[Sentence, ...]:
    seen: dict[str, Sentence] = {}
    kinds: Counter[str] = Counter()
    for sentence in sorted(sentences, key=lambda one: -one.weight):
        if sentence.text not in seen and kinds[sentence.kind] < MOST_ALIKE.get(sentence.kind, 2):
            kinds[sentence.kind] += 1
            seen[sentence.text] = sentence
    return tuple(list(seen.values())[:at_most])


def faults(problems: Sequence[Problem]) -> tuple[Sentence, ...]:
    """What is wrong with the data comes before every figure."""
    worse = [problem for problem in problems if problem.level != "note"]
    if not worse:
        return ()
    text = f"Read first: the data have {figures.plural(len(worse), 'fault')}"
    short: dict[str, str] = {}
    for problem in sorted(worse, key=lambda one: -one.count):
        short.setdefault(problem.code, _short(problem))
    state = State.NOT_MET if any(problem.level == "error" for problem in worse) else State.NOT_ENOUGH
    return (Sentence(state=state, text=text, detail=_joined(list(short.values())[:3]), weight=99, kind="faults"),)


def _joined(clauses: Sequence[str]) -> str:
    """One sentence: only its first clause begins with a capital."""
    return "; ".join([*clauses[:1], *(clause[:1].lower() + clause[1:] for clause in clauses[1:])])


def _short(problem: Problem) -> str:
    """The first clause of a message, with the task it is about."""
    clause = re.split(r"[;.(:]\s|\.$", problem.message, maxsplit=1)[0].strip()
    return f"{clause} [{problem.task}]" if problem.task else clause


def _with_task(sentence: Sentence) -> Sentence:
    """Where there are several questions, say which one."""
    if not sentence.task or sentence.task in sentence.text:
        return sentence
    return replace(sentence, text=f"{sentence.task}: {sentence.text}")


def first_page(all_found: Sequence[Verdicts], said: Sequence[Sentence]) -> FirstPage:
    """The strongest sentences of all tasks, each said once."""
    if len(all_found) > 1:
        said = [_with_task(sentence) for sentence in said]
    holds = [sentence for sentence in said if sentence.state is State.MET]
    fails = [sentence for sentence in said if sentence.state is not State.MET]
    return FirstPage(headline(all_found), summary(all_found), _first(holds, MOST_HOLD), _first(fails, MOST_FAIL))
