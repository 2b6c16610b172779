"""People's own figures, by name and never by rank: against keys, against the others, and against themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from smo.measure.estimate import Estimate
from smo.measure.intra import intra_rater_agreement
from smo.measure.skill import rater_accuracy
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.model import RaterRow
from smo.paper.report.task_data import TaskData

MINIMUM_ANSWERS = 20  # below it a person's figure is "not enough evidence"
LEAST_DISTANCE = 0.05  # below the pool by less is nobody's business, however certain
Rows = dict[str, dict[str, Any]]


def _estimate(row: Mapping[str, Any] | None, basis: str, *, shrunk: bool = False) -> Estimate | None:
    if row is None or not row["n"]:
        return None
    names = ("shrunk", "shrunk_low", "shrunk_high") if shrunk else ("accuracy", "low", "high")
    return Estimate(
        value=row[names[0]],
        low=row[names[1]],
        high=row[names[2]],
        n=row["n"],
        basis=basis,
        method="beta-binomial" if shrunk else "wilson",
        successes=None if shrunk else row["correct"],
    )


def _by_rater(frame: pl.DataFrame | None) -> Rows:
    return {} if frame is None else {str(row["rater"]): row for row in frame.to_dicts()}


def _pool(rows: Rows) -> float:
    n = sum(row["n"] for row in rows.values())
    return sum(row["correct"] for row in rows.values()) / n if n else 0.0


def _state(row: Mapping[str, Any] | None, pool: float) -> State:
    """Apart from the others, in line with them, or too few answers to tell; shrunk, so that luck is allowed for."""
    if row is None or not row["n"]:
        return State.NOT_MEASURED
    if row["n"] < MINIMUM_ANSWERS:
        return State.NOT_ENOUGH
    return State.NOT_MET if row["shrunk_high"] < pool - LEAST_DISTANCE else State.MET


def _reason(row: Mapping[str, Any], pool: float, basis: str) -> str:
    share = Estimate(row["shrunk"], row["shrunk_low"], row["shrunk_high"], row["n"], basis, "beta-binomial")
    against = "keys" if basis == "gold" else "the others"
    return (
        f"agrees with {against} in {figures.share(share)} ({figures.interval_share(share)}, shrunk), "
        f"all together in {figures.number_share(pool)}"
    )


def raters(data: TaskData) -> tuple[RaterRow, ...]:
    """One row a person, in order of name."""
    if data.is_anonymous:
        return ()
    others = _by_rater(rater_accuracy(data.ratings, None, basis="consensus"))
    keyed = None if data.gold is None else rater_accuracy(data.ratings, data.gold, basis="gold")
    against_gold = _by_rater(keyed)
    counts = data.first.group_by("rater").len("n").drop_nulls().rows()
    medians = _medians(data)
    basis, judged = ("gold", against_gold) if against_gold else ("consensus", others)
    pool = _pool(judged)
    rows = [
        _row(str(name), n, (others, against_gold), basis, pool) for name, n in sorted(counts, key=lambda c: str(c[0]))
    ]
    return tuple(replace(row, median_seconds=medians.get(row.rater)) for row in rows)


def _row(name: str, n: int, tables: tuple[Rows, Rows], basis: str, pool: float) -> RaterRow:
    others, gold = tables
    judged = (gold if basis == "gold" else others).get(name)
    state = _state(judged, pool)
    return RaterRow(
        rater=name,
        n=n,
        against_gold=_estimate(gold.get(name), "gold"),
        against_consensus=_estimate(others.get(name), "consensus"),
        shrunk=_estimate(judged, basis, shrunk=True),
        group=None if judged is None else judged["group"],
        state=state,
        reasons=(_reason(judged, pool, basis),) if judged is not None and state is State.NOT_MET else (),
    )


def _medians(data: TaskData) -> dict[str, float]:
    if "seconds" not in data.first.columns:
        return {}
    timed = data.first.drop_nulls(["rater", "seconds"])
    return {str(name): value for name, value in timed.group_by("rater").agg(pl.col("seconds").median()).rows()}


def themselves(data: TaskData, rows: Sequence[RaterRow]) -> tuple[Estimate | None, tuple[RaterRow, ...]]:
    """How often people repeat their own answer; None where nobody was asked twice."""
    if not data.repeats.height:
        return None, tuple(rows)
    overall, each = intra_rater_agreement(data.repeats, data.first)
    own = _by_rater(each)
    return overall, tuple(replace(row, intra=_intra(own.get(row.rater))) for row in rows)


def _intra(row: Mapping[str, Any] | None) -> Estimate | None:
    if row is None or not row["n"]:
        return None
    return Estimate(row["agreement"], row["low"], row["high"], row["n"], "overlap", "wilson")
