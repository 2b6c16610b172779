"""The sentences about one task: what holds and what does not, each made from a computed term."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from smo.measure.estimate import Estimate
from smo.measure.state import State, judge
from smo.paper import figures
from smo.paper.report.languages import noun_of
from smo.paper.report.model import Sentence, Slice, TaskReport
from smo.paper.report.verdicts import (
    Verdict,
    Verdicts,
    all_of,
    alpha_of,
    estimate_words,
    number_word,
    open_share,
    target_words,
)

MOST_NAMED = 4  # parts that miss are named one by one; the rest are counted
MOST_LISTED = 6  # names in one sentence
LEAST_REPEATS = 20
MANY = 0.1  # so many people apart point to the rule or the tool
FAR = 0.2  # a gap of agreement that is said first: more than the width of a usual band of alpha


def sentences(found: Verdicts) -> list[Sentence]:
    """Everything there is to say about one task, in no order."""
    makers = (_parts, _overall, _apart, _agreement, _items, _people, _themselves, _times, _models, _spans)
    return [
        replace(sentence, kind=sentence.kind or maker.__name__.strip("_"))
        for maker in makers
        for sentence in maker(found)
    ]


def _named(found: Verdicts) -> str:
    return found.task.task


def _say(found: Verdicts, state: State, *, text: str, detail: str, weight: float) -> Sentence:
    return Sentence(state=state, text=text, detail=detail, task=_named(found), weight=weight)


def _range(found: Verdicts, parts: Sequence[Verdict]) -> str:
    """ "96.7 to 98.0 %; lowest bound 95.2 % (German)"."""
    known = [part for part in parts if part.estimate is not None and part.estimate.low is not None]
    if not known:
        return ""
    lowest, highest = _same_places(found, known[0].estimate), _same_places(found, known[-1].estimate)
    low, weakest = min((_low(part), part.name) for part in known)
    bound = figures.number_share(low, 1) if found.is_accuracy else f"{low:.2f}"
    values = lowest if lowest == highest else f"{lowest} to {highest}"
    return f"{values}; lowest bound {bound} ({weakest})"


def _low(part: Verdict) -> float:
    return 0.0 if part.estimate is None or part.estimate.low is None else part.estimate.low


def _same_places(found: Verdicts, estimate: Estimate | None) -> str:
    """Values that stand beside each other have the same decimals."""
    value = 0.0 if estimate is None or estimate.value is None else estimate.value
    return figures.number_share(value, 1) if found.is_accuracy else f"{value:.2f}"


def _parts(found: Verdicts) -> Iterator[Sentence]:
    """Each value of the main column: the good ones together, the others one by one."""
    if len(found.parts) < 2:
        return
    good, bad, open_ = found.of(State.MET), found.of(State.NOT_MET), found.of(State.NOT_ENOUGH)
    if good:
        verb = "meets" if len(good) == 1 else "meet"
        yield _say(
            found,
            State.MET,
            text=f"{_good_names(found, good)} {verb} {target_words(found)}",
            detail=_range(found, good),
            weight=90,
        )
    yield from (_missed(found, part, weight=80 - place) for place, part in enumerate(bad[:MOST_NAMED]))
    if len(bad) > MOST_NAMED:
        rest = bad[MOST_NAMED:]
        names = figures.listed([part.name for part in rest], MOST_NAMED)
        text = f"{len(rest)} more of {len(found.parts)} {found.noun} miss {target_words(found)}"
        yield _say(found, State.NOT_MET, text=text, detail=f"{names}: {_range(found, rest)}", weight=70)
    yield from _open_parts(found, open_)


def _good_names(found: Verdicts, good: Sequence[Verdict]) -> str:
    if len(good) == len(found.parts):
        return figures.sentence_case(all_of(len(good), found.noun))
    if len(good) > MOST_LISTED:
        return f"{number_word(len(good)).capitalize()} of {number_word(len(found.parts))} {found.noun}"
    return figures.listed([part.name for part in good], MOST_LISTED)


def _missed(found: Verdicts, part: Verdict, *, weight: float) -> Sentence:
    text = f"{part.name} is at {estimate_words(found, part)}"
    return _say(found, State.NOT_MET, text=text, detail=_errors(found, part), weight=weight)


def _errors(found: Verdicts, part: Verdict) -> str:
    if not found.is_accuracy or part.estimate is None or part.estimate.successes is None:
        raw = part.part.agreement.coefficients.get("percent_agreement") if part.part else None
        return f"Raw agreement {figures.share(raw)}"
    wrong = part.estimate.n - round(part.estimate.successes)
    text = f"{figures.count(wrong)} of {figures.count(part.estimate.n)} decided labels differ from their key"
    pair = part.part.confusion if part.part else None
    if pair is None:
        return text
    return f"{text}; most often {figures.quoted(pair.label_b)} for {figures.quoted(pair.label_a)}"


def _open_parts(found: Verdicts, parts: Sequence[Verdict]) -> Iterator[Sentence]:
    if len(parts) > 2:
        names = figures.listed([part.name for part in parts], MOST_NAMED)
        text = f"{number_word(len(parts)).capitalize()} of {len(found.parts)} {found.noun} cannot be told yet"
        yield _say(
            found,
            State.NOT_ENOUGH,
            text=text,
            detail=f"Their intervals cross {target_words(found)}: {names}",
            weight=60,
        )
        return
    for part in parts:
        text = f"{part.name} cannot be told: {estimate_words(found, part)}"
        yield _say(found, State.NOT_ENOUGH, text=text, detail=f"Its interval crosses {target_words(found)}", weight=62)


def _overall(found: Verdicts) -> Iterator[Sentence]:
    """The whole task; without keys, that correctness is not measured."""
    state = found.overall.state
    if found.is_accuracy:
        text = f"Decided labels equal their keys in {estimate_words(found, found.overall)}"
        detail = f"Target {target_words(found)}; {_decided_by(found.task)}"
        weight = 40 if len(found.parts) > 1 else 88
        yield _say(found, state, text=text, detail=detail, weight=weight)
        return
    text = "Whether the labels are right is not measured"
    detail = "No item with a key is decided" if _has_keys(found.task) else "There are no keys"
    yield Sentence(state=State.NOT_MEASURED, text=text, detail=detail, weight=47)


def _has_keys(task: TaskReport) -> bool:
    return any(row.against_gold is not None for row in task.raters) or any(
        row.truth == "gold" for row in task.confusion
    )


def _decided_by(task: TaskReport) -> str:
    if task.consensus is None or task.consensus.model == "majority":
        return "decided by majority"
    majority = task.consensus.majority_accuracy
    beside = ""
    if majority is not None:
        beside = f"; majority alone: {figures.share(majority)} of the {figures.count(majority.n)} that it decides"
    return f"decided by votes weighed with each rater’s skill{beside}"


def lowest_apart(slices: Sequence[Slice], column: str) -> Slice | None:
    """The slice whose alpha is surely below the others, the lowest one."""
    low = [part for part in slices if part.column == column and part.note.startswith("below")]
    return min(low, key=_alpha) if low else None


def _alpha(part: Slice) -> float:
    alpha = alpha_of(part)
    return 2.0 if alpha is None or alpha.value is None else alpha.value


def _apart(found: Verdicts) -> Iterator[Sentence]:
    """The value on which people agree far less than on the others."""
    low = lowest_apart(found.task.slices, found.column)
    if low is None:
        return
    peers = [part for part in found.task.slices if part.column == found.column and part is not low]
    best = max(peers, key=lambda part: _alpha(part) if _alpha(part) <= 1 else -2.0)
    gap = _alpha(best) - _alpha(low)
    far = "far less" if gap >= FAR else "less"
    text = (
        f"People agree {far} on {low.title} than on {best.title}: "
        f"alpha {figures.coefficient_sentence(alpha_of(low))} against {figures.coefficient(alpha_of(best))}"
    )
    detail = f"{low.note.capitalize()}; it holds after allowing for {len(peers) + 1} {noun_of(found.column)}"
    state = low.agreement.state if low.agreement.state is not State.MET else State.NOT_ENOUGH
    yield _say(found, state, text=text, detail=detail, weight=85 if gap >= FAR else 50)


def _first_warning(alpha: Estimate | None) -> str:
    return alpha.warnings[0] if alpha is not None and alpha.warnings else ""


def _agreement(found: Verdicts) -> Iterator[Sentence]:
    """Do people agree? Said with the coefficient that the target is for."""
    task = found.task
    alpha = alpha_of(task)
    state = task.agreement.state
    raw = task.agreement.coefficients.get("percent_agreement")
    detail = f"Raw agreement {figures.share(raw)}; target alpha {found.agreement_target:g}"
    warning = f"; {alpha.warnings[0]}" if alpha and alpha.warnings else ""
    warning += _level_matters(found)
    if alpha is None or alpha.value is None:
        text = f"Agreement on {task.title} is not measured"
        yield _say(found, State.NOT_MEASURED, text=text, detail=_first_warning(alpha), weight=55)
        return
    phrase = {
        State.MET: "People agree on",
        State.NOT_MET: "People agree too little on",
        State.NOT_ENOUGH: "It cannot be told whether people agree on",
        State.NOT_MEASURED: "Agreement is not measured on",
    }[state]
    text = f"{phrase} {task.title}: alpha {figures.coefficient_sentence(alpha)}"
    yield _say(found, state, text=text, detail=detail + warning, weight=58 if found.is_accuracy else 84)


def _level_matters(found: Verdicts) -> str:
    """Numbers may be names: where the guess that they are a scale decides the state, say so beside the figure."""
    task = found.task
    nominal = task.agreement.coefficients.get("nominal_alpha")
    if nominal is None or not task.level_why.startswith("guessed"):
        return ""
    if judge(nominal, target=found.agreement_target) is task.agreement.state:
        return ""
    return f"; {task.level} is a guess: as plain names alpha {figures.coefficient(nominal)} (--level says which)"


def _items(found: Verdicts) -> Iterator[Sentence]:
    """How much the votes leave open."""
    consensus = found.task.consensus
    if consensus is None:
        return
    total = consensus.n_decided + consensus.n_adjudicate
    if not consensus.n_adjudicate:
        yield _say(found, State.MET, text=f"The votes decide all {figures.plural(total, 'item')}", detail="", weight=20)
        return
    share = open_share(found.task)
    state = State.NOT_ENOUGH if share > 0.01 else State.MET
    text = f"The votes leave {figures.count(consensus.n_adjudicate)} of {figures.plural(total, 'item')} open"
    yield _say(
        found,
        state,
        text=text,
        detail="Ties and weak majorities are marked “adjudicate”, not guessed",
        weight=45 * share + 10,
    )


def _people(found: Verdicts) -> Iterator[Sentence]:
    """Whether somebody's answers stand apart; names are in the task's list, in order of name."""
    task = found.task
    if task.n_raters is None:
        text = "People’s skill is not measured"
        yield _say(found, State.NOT_MEASURED, text=text, detail="The file names no raters", weight=30)
        return
    look = [row for row in task.raters if row.reasons]
    measured = len(look) + sum(row.state is State.MET for row in task.raters)
    if not measured:
        return
    if not look:
        people = figures.plural(measured, "person", nouns="people")
        text = f"No one’s answers stand apart: 0 of {people} with enough answers"
        yield _say(found, State.MET, text=text, detail="Against chance and the number of people", weight=25)
        return
    people = figures.plural(len(look), "person", nouns="people")
    verb = "stands" if len(look) == 1 else "stand"
    text = f"{people} of {figures.count(measured)} {verb} apart from the others on {task.title}"
    many = len(look) > MANY * measured and len(look) > 2
    detail = (
        "So many point to the rule or the tool first" if many else "Look at their answers with them before concluding"
    )
    yield _say(found, State.NOT_ENOUGH, text=text, detail=detail, weight=48)


def _themselves(found: Verdicts) -> Iterator[Sentence]:
    """Intra-rater agreement is the ceiling of what two people can reach."""
    task = found.task
    raw = task.agreement.coefficients.get("percent_agreement")
    if task.intra is None or task.intra.value is None or raw is None or raw.value is None:
        return
    if task.intra.n < LEAST_REPEATS:
        return
    low, high = task.intra.low or 0.0, task.intra.high or 1.0
    state = State.MET if low > raw.value else State.NOT_MET if high < raw.value else State.NOT_ENOUGH
    text = f"Asked again, people repeat their answer in {figures.share_sentence(task.intra)}"
    if task.intra.value == 1:
        copies = f"All {figures.count(task.intra.n)} repeated answers are the same"
        detail = "People who repeat themselves, or rows that were copied: find out which"
        yield _say(found, State.NOT_ENOUGH, text=copies, detail=detail, weight=44)
        return
    detail = f"On {task.title}; two people agree in {figures.share(raw)}"
    yield _say(found, state, text=text, detail=detail, weight=44 if state is not State.MET else 26)


def _times(found: Verdicts) -> Iterator[Sentence]:
    """Rushed work, where times allow the question."""
    times = found.task.times
    if times is None:
        return
    if not times.n_timed or times.median_seconds.value is None:
        detail = times.notes[0] if times.notes else ""
        yield _say(found, State.NOT_MEASURED, text="Handle time cannot be measured", detail=detail, weight=22)
        return
    usual = figures.duration_sentence(times.median_seconds)
    if found.task.n_raters is None:
        text = "Who answers too fast is not measured"
        yield _say(found, State.NOT_MEASURED, text=text, detail=f"The file names no raters; median {usual}", weight=23)
        return
    if not times.speeders:
        text = "No sign of rushed work"
        yield _say(found, State.MET, text=text, detail=f"{found.task.title}: median {usual}", weight=24)
        return
    people = figures.plural(len(times.speeders), "person", nouns="people")
    text = f"{people} answer{'s' if len(times.speeders) == 1 else ''} far faster than usual on {found.task.title}"
    yield _say(found, State.NOT_ENOUGH, text=text, detail=f"Median {usual}; names are in the task’s list", weight=46)


def _models(found: Verdicts) -> Iterator[Sentence]:
    """People against each model, on the same items."""
    for place, row in enumerate(found.task.models):
        ours, theirs = row.metrics.get("human_model_alpha"), row.human_human
        if ours is None or ours.value is None or theirs is None or theirs.value is None:
            continue
        state = _model_state(ours, theirs)
        how = {State.MET: "as well as", State.NOT_MET: "less than"}.get(state, "perhaps as well as")
        text = f"{row.model} agrees with people {how} they do among themselves"
        people = f"people {figures.coefficient_sentence(theirs)}"
        detail = f"Alpha on the same items: model {figures.coefficient_sentence(ours)}, {people}"
        yield _say(found, state, text=text, detail=detail, weight=42 - place)


def _model_state(ours: Estimate, theirs: Estimate) -> State:
    """A model that agrees with people as much as they do among themselves could stand in for one of them."""
    if ours.low is None or ours.high is None or theirs.value is None:
        return State.NOT_ENOUGH
    if ours.low >= theirs.value:
        return State.MET
    return State.NOT_MET if ours.high < theirs.value else State.NOT_ENOUGH


def _spans(found: Verdicts) -> Iterator[Sentence]:
    """Do people mark the same characters?"""
    spans = found.task.spans
    f1 = spans.agreement.get("character_f1") if spans else None
    if spans is None or f1 is None or f1.value is None:
        return
    alpha = spans.agreement.get("character_alpha")
    detail = f"alpha on characters {figures.coefficient_sentence(alpha)}" if alpha is not None else ""
    text = f"Two people’s marks overlap by {figures.share_sentence(f1)} of their characters"
    yield _say(found, State.NOT_ENOUGH, text=text, detail=detail, weight=43)
