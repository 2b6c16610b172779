"""People's own figures, by name and never by rank: against keys, against the others, and against themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from smo.measure.agreement.intra import intra_rater_agreement
from smo.measure.estimate import Estimate
from smo.measure.people.attention import attention
from smo.measure.people.skill import rater_accuracy
from smo.measure.people.timing import speeders
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.model import RaterRow
from smo.paper.report.task_data import TaskData

MINIMUM_ANSWERS = 20  # below it a person's figure is "not enough evidence"
LEAST_DISTANCE = 0.03
Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class People:
    """Everyone's figures, and how often people repeat their own answer (None where nobody was asked twice)."""

    rows: tuple[RaterRow, ...]
    intra: Estimate | None


@dataclass(frozen=True, slots=True)
class _Tables:
    """The figures by person; `judged` is the better reference there is: keys, else the others."""

    others: Rows
    gold: Rows
    intra: Rows
    speed: Rows
    reasons: dict[str, tuple[str, ...]]

    @property
    def basis(self) -> str:
        return "gold" if self.gold else "consensus"

    @property
    def judged(self) -> Rows:
        return self.gold or self.others


def _estimate(row: Mapping[str, Any] | None, basis: str) -> Estimate | None:
    if row is None or not row["n"]:
        return None
    return Estimate(
        row["accuracy"], row["low"], row["high"], row["n"], basis, "wilson", successes=row["correct"]
    )  # fmt: skip


def _shrunk(row: Mapping[str, Any] | None, basis: str) -> Estimate | None:
    if row is None or not row["n"]:
        return None
    return Estimate(row["shrunk"], row["shrunk_low"], row["shrunk_high"], row["n"], basis, "beta-binomial")


def _intra(row: Mapping[str, Any] | None) -> Estimate | None:
    if row is None or not row["n"]:
        return None
    return Estimate(row["agreement"], row["low"], row["high"], row["n"], "overlap", "wilson")


def _by_rater(frame: pl.DataFrame | None) -> Rows:
    return {} if frame is None else {str(row["rater"]): row for row in frame.to_dicts()}


def reason(row: Mapping[str, Any], basis: str) -> str:
    """Why to look at somebody's answers, with the figure and what it is compared with."""
    value, reference = float(row["value"]), float(row["reference"])
    share, usual = figures.number_share(value), figures.number_share(reference)
    against = "keys" if basis == "gold" else "the others’ answers"
    words = {
        "below_others": f"equals {against} in {share} of {figures.count(row['n'])}; most people in {usual}",
        "one_answer": f"gives one answer in {share} of {figures.count(row['n'])}; everybody together in {usual}",
        "fast": f"takes {share} of the usual time",
        "changes_own_answers": f"repeats an own answer in {share} of {figures.count(row['n'])}; everybody in {usual}",
    }
    return words.get(row["code"], f"{row['code'].replace('_', ' ')}: {share}, reference {usual}")


def _matters(row: Mapping[str, Any]) -> bool:
    """A certain difference of one point is nobody's business."""
    return bool(row["code"] != "below_others" or row["reference"] - row["value"] >= LEAST_DISTANCE)


def _reasons(found: pl.DataFrame, basis: str) -> dict[str, tuple[str, ...]]:
    reasons: dict[str, tuple[str, ...]] = {}
    for row in filter(_matters, found.to_dicts()):
        name = str(row["rater"])
        reasons[name] = (*reasons.get(name, ()), reason(row, basis))
    return reasons


def _has_times(frame: pl.DataFrame) -> bool:
    return "seconds" in frame.columns and frame.get_column("seconds").null_count() < frame.height


def people(data: TaskData) -> People:
    """One row a person, in order of name."""
    if data.is_anonymous:
        return People((), None)
    others = rater_accuracy(data.ratings, None, basis="consensus")
    keyed = None if data.gold is None else rater_accuracy(data.ratings, data.gold, basis="gold")
    speed = speeders(data.rows) if _has_times(data.rows) else None
    overall, own = intra_rater_agreement(data.repeats, data.first) if data.repeats.height else (None, None)
    judged = others if keyed is None else keyed
    found = attention(judged, ratings=data.ratings, speed=speed, intra=own)
    basis = "consensus" if keyed is None else "gold"
    tables = _Tables(_by_rater(others), _by_rater(keyed), _by_rater(own), _by_rater(speed), _reasons(found, basis))
    counts = data.first.group_by("rater").len("n").drop_nulls().rows()
    named = sorted((str(name), n) for name, n in counts)
    return People(tuple(_row(name, n, tables=tables) for name, n in named), overall)


def _row(name: str, n: int, *, tables: _Tables) -> RaterRow:
    judged = tables.judged.get(name)
    reasons = tables.reasons.get(name, ())
    return RaterRow(
        rater=name,
        n=n,
        against_gold=_estimate(tables.gold.get(name), "gold"),
        against_consensus=_estimate(tables.others.get(name), "consensus"),
        shrunk=_shrunk(judged, tables.basis),
        group=None if judged is None else judged["group"],
        state=_state(judged, reasons),
        intra=_intra(tables.intra.get(name)),
        median_seconds=tables.speed[name]["median_seconds"] if name in tables.speed else None,
        reasons=reasons,
    )


def _state(judged: Mapping[str, Any] | None, reasons: tuple[str, ...]) -> State:
    """There is a reason to look, there is none, or too few answers to tell."""
    if reasons:
        return State.NOT_MET
    if judged is None or not judged["n"]:
        return State.NOT_MEASURED
    return State.NOT_ENOUGH if judged["n"] < MINIMUM_ANSWERS else State.MET
