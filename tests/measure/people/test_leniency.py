"""Auditors' leniency: told from the people's quality where they meet, and not where they do not."""

import numpy as np
import polars as pl
import pytest
from scipy import special

from smo.measure.people.leniency import leniency


def audits(
    seed: int, *, people: int = 60, judges: int = 8, per_pair: int = 12
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    quality, lenient = rng.normal(0, 0.5, people), rng.normal(0, 0.7, judges)
    rows = [
        (f"p{p:02}", f"j{j}", n, int(rng.binomial(n, special.expit(2.0 + quality[p] + lenient[j]))))
        for p in range(people)
        for j in rng.choice(judges, 3, replace=False)
        for n in (int(rng.poisson(per_pair)),)
    ]
    return pl.DataFrame(rows, schema=["who", "by", "n", "events"], orient="row"), quality, lenient


def test_leniency_recovers_judges_and_people() -> None:
    frame, quality, lenient = audits(1, per_pair=60)
    found = leniency(frame, person="who", auditor="by")
    assert found.is_connected
    assert found.warnings == ()
    assert np.corrcoef(found.auditors["log_odds"], lenient)[0, 1] > 0.95
    assert np.corrcoef(found.people["log_odds"], quality)[0, 1] > 0.85
    raw = np.corrcoef(found.people["raw"], quality)[0, 1]
    assert np.corrcoef(found.people["log_odds"], quality)[0, 1] > raw + 0.05
    assert found.auditor_spread == pytest.approx(0.7, abs=0.35)
    assert found.person_spread == pytest.approx(0.5, abs=0.12)


def test_leniency_intervals_cover() -> None:
    hits, seen = 0, 0
    for seed in range(8):
        frame, quality, _ = audits(seed)
        found = leniency(frame, person="who", auditor="by").people
        # the effects of one sample are known up to their common level
        centre = quality - quality.mean() + special.logit(found["value"].to_numpy()).mean()
        low, high = (special.logit(found[name].to_numpy()) for name in ("low", "high"))
        hits += int(((low <= centre) & (centre <= high)).sum())
        seen += centre.size
    assert 0.86 < hits / seen < 0.96


def test_leniency_parts_that_never_meet_are_named_and_kept_apart() -> None:
    rows = [
        ("a", "x", 180),
        ("a", "y", 160),
        ("b", "x", 185),
        ("b", "y", 165),
        ("c", "z", 100),
        ("c", "w", 90),
        ("d", "z", 110),
    ]
    frame = pl.DataFrame(rows, schema=["who", "by", "events"], orient="row").with_columns(n=200)
    found = leniency(frame, person="who", auditor="by")
    assert not found.is_connected
    assert "2 parts" in found.warnings[0]
    part = dict(found.people.select("name", "part").rows())
    assert part["a"] == part["b"] != part["c"] == part["d"]
    # within a part the effects centre on 0, so a part that is judged mildly is no better for it
    means = found.people.group_by("part").agg(pl.col("log_odds").mean())["log_odds"]
    assert means.abs().max() < 0.2


def test_leniency_one_auditor_alone_cannot_be_told_from_the_work() -> None:
    frame = pl.DataFrame({"who": list("abc"), "by": ["x"] * 3, "n": [100] * 3, "events": [90, 80, 95]})
    found = leniency(frame, person="who", auditor="by")
    assert found.people["value"].null_count() == 3
    assert found.auditors["value"].null_count() == 1
    assert "one auditor" in found.warnings[0]


def test_leniency_of_odd_tables() -> None:
    frame, _, _ = audits(2, people=5)
    for wrong in (
        lambda: leniency(frame.head(0), person="who", auditor="by"),
        lambda: leniency(frame, person="who", auditor="boss"),
        lambda: leniency(frame.with_columns(by=pl.lit(None, pl.String)), person="who", auditor="by"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
    mixed = frame.with_columns(work=pl.Series(["easy", "hard"] * (frame.height // 2) + ["easy"] * (frame.height % 2)))
    assert leniency(mixed, person="who", auditor="by", mix=["work"]).people.height == 5
