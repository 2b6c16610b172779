"""What has happened before today: items with their truth, and the decisions of people who sometimes err."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from smo.simulate.phrases import ANSWERS, HARMLESS, MARKS, QUESTIONS, REFUSED, UNSAFE
from smo.simulate.projects import SimulatedProject

WEEKS: Final = 8
BROKEN_SHARE: Final = 0.35
OVERLAP_SHARE: Final = 0.4
NAMES: Final = ("Amal", "Bruno", "Chloé", "Dario", "Emine", "Farid", "Grete", "Hugo", "Inês", "Jonas", "Kenza", "Lucía")


@dataclass(frozen=True, slots=True)
class SimulatedItem:
    """One item as an import brings it, and the answers that are true."""

    key: str
    text: str
    turns: tuple[Mapping[str, str], ...]
    language: str
    market: str
    received_at: datetime
    truth: Mapping[str, Any]

    def row(self) -> dict[str, Any]:
        """The item as a line of an import."""
        told = {"turns": [dict(turn) for turn in self.turns]} if self.turns else {"text": self.text}
        place = {"lang": self.language, "market": self.market, "surface": "comments", "source": "simulated"}
        return {"item_id": self.key, **told, **place, "received_at": self.received_at.isoformat()}


def items_of(project: SimulatedProject, rng: Random, *, until: datetime) -> tuple[SimulatedItem, ...]:
    """All items of a project: those of the past weeks, then those that wait since yesterday."""
    made = []
    for number in range(project.items + project.waiting):
        is_past = number < project.items
        age_hours = 30 + rng.random() * WEEKS * 7 * 24 if is_past else rng.random() * 20
        made.append(_item(project, number, rng=rng, received_at=until - timedelta(hours=age_hours)))
    return tuple(made)


def _item(project: SimulatedProject, number: int, *, rng: Random, received_at: datetime) -> SimulatedItem:
    language, market = rng.choice(project.languages)
    key = f"{project.code}-{number + 1:05}"
    if not project.marks:
        turns, truth = _chat(rng)
        return SimulatedItem(key, "", turns, language, market, received_at, truth)
    text, mark = rng.choice(HARMLESS[language]), ""
    if rng.random() < BROKEN_SHARE:
        mark = rng.choice(project.marks)
        text = f"{text} {MARKS[mark][language]}"
    return SimulatedItem(
        key, f"{text} ({number + 1})", (), language, market, received_at, _truth(project, mark, rng=rng)
    )


def _chat(rng: Random) -> tuple[tuple[Mapping[str, str], ...], dict[str, Any]]:
    turns: list[Mapping[str, str]] = []
    safety = {}
    conduct = "complied"
    for turn in range(rng.choice((1, 2, 2, 3))):
        turns.append({"role": "user", "text": rng.choice(QUESTIONS)})
        answer = rng.choices((rng.choice(ANSWERS), UNSAFE, REFUSED), (0.75, 0.13, 0.12))[0]
        conduct = "refused" if answer == REFUSED and turn == 0 else "partly" if answer == REFUSED else conduct
        safety[str(len(turns))] = "unsafe" if answer == UNSAFE else "safe"
        turns.append({"role": "assistant", "text": answer})
    return tuple(turns), {"conduct": conduct, "turn_safety": safety}


def _truth(project: SimulatedProject, mark: str, *, rng: Random) -> dict[str, Any]:
    if "spam" not in project.marks:
        return {"problems": [mark or "nothing"]}
    if not mark:
        return {"violation": "no"}
    return {"violation": "yes", "kind": mark, "severity": rng.choice((1, 2, 2, 3))}


def judged(project: SimulatedProject, truth: Mapping[str, Any], *, rng: Random, error_rate: float) -> dict[str, Any]:
    """What somebody answers who errs so often: the truth, or a plausible other answer."""
    if rng.random() >= error_rate:
        return dict(truth)
    if "conduct" in truth:
        return {**truth, "conduct": rng.choice([c for c in ("refused", "partly", "complied") if c != truth["conduct"]])}
    if "problems" in truth:
        others = [mark for mark in (*project.marks, "nothing") if [mark] != truth["problems"]]
        return {"problems": [rng.choice(others)]}
    if truth["violation"] == "yes":
        return {"violation": "no"}
    return {"violation": "yes", "kind": rng.choice(project.marks), "severity": 2}


def labels_of(project: SimulatedProject, items: tuple[SimulatedItem, ...], *, rng: Random) -> Iterator[dict[str, Any]]:
    """The decisions of the past as lines of an import: one for each item, rater and question."""
    raters = [f"{NAMES[n % len(NAMES)]} {project.code[:1].upper()}{n + 1}" for n in range(project.people)]
    for item in items[: project.items]:
        for rater in rng.sample(raters, 2 if rng.random() < OVERLAP_SHARE else 1):
            started = item.received_at + timedelta(hours=rng.expovariate(1 / 6))
            submitted = started + timedelta(seconds=8 + rng.lognormvariate(3.2, 0.5))
            answers = judged(project, item.truth, rng=rng, error_rate=project.error_rate)
            for question, answer in answers.items():
                yield {
                    "item_id": item.key,
                    "annotator_id": rater,
                    "task": question,
                    "value": _cell(answer),
                    "started_at": started.isoformat(timespec="seconds"),
                    "submitted_at": submitted.isoformat(timespec="seconds"),
                }


def _cell(answer: Any) -> str:
    """An answer as tables write it: the labels of a set joined by |, answers by turn as JSON."""
    if isinstance(answer, list):
        return "|".join(answer)
    return json.dumps(answer) if isinstance(answer, dict) else str(answer)
