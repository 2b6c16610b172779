"""What the public sets are known for must stand in their reports."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from smo.paper.report.gather import gather
from smo.paper.report.model import QualityReport
from smo.paper.report.options import Options
from smo.paper.report.whole import make

DATA = Path(__file__).parents[3] / "shared" / "data"
SIDES = {"items": "items.jsonl.gz", "spans": "spans.csv.gz", "predictions": "predictions.csv.gz"}


@cache
def _report(name: str) -> QualityReport:
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"the public set {name} is not beside the repository (../shared/data)")
    given = {role: folder / file for role, file in SIDES.items() if (folder / file).exists()}
    gold = str(folder / "gold.csv.gz") if (folder / "gold.csv.gz").exists() else ""
    options = Options(files=(folder / "labels.csv.gz",), out=Path("unused"), gold=gold, **given)
    return make(gather(options, _quiet), options, progress=_quiet, now=datetime(2026, 11, 22, tzinfo=UTC)).report


def _quiet(what: str, share: float) -> None:
    del what, share


def _page(report: QualityReport) -> str:
    sentences = [*report.holds, *report.fails]
    return "\n".join([report.headline, report.summary, *(f"{one.text} | {one.detail}" for one in sentences)])


def test_real_sets_french_far_below_italian_stands_on_page_one() -> None:
    page = _page(_report("multilingual_hatecheck"))
    assert "People agree far less on French than on Italian: alpha 0.328" in page
    assert "Hold back French" in page


def test_real_sets_multilingual_is_anonymous_and_timed_by_pages() -> None:
    report = _report("multilingual_hatecheck")
    task = report.tasks[0]
    assert (task.n_items, task.n_ratings, task.n_raters) == (36_561, 109_683, None)
    assert task.consensus is not None
    assert task.consensus.model == "majority"
    codes = {problem.code for problem in report.problems}
    assert {"page_level_times", "zoneless_times", "mixed_precision", "anonymous"} <= codes
    assert len(task.slices) > 10
    assert [row.model for row in task.models] == ["char-lr-v2", "word-lr-v1"]
    assert all(part.metrics["auc"].value for row in task.models for part in row.slices)


def test_real_sets_hatecheck_may_be_used() -> None:
    report = _report("hatecheck")
    assert report.headline.startswith("Use the labels")
    accuracy = report.tasks[0].consensus
    assert accuracy is not None
    assert accuracy.accuracy is not None
    assert (accuracy.accuracy.value or 0) > 0.998


def test_real_sets_convabuse_repeats_levels_and_sets() -> None:
    tasks = {task.task: task for task in _report("convabuse").tasks}
    assert {name: task.level for name, task in tasks.items()} == {
        "severity": "ordinal",
        "target": "nominal",
        "directness": "nominal",
        "type": "nominal",
    }
    assert tasks["severity"].labels == ("-3", "-2", "-1", "0", "1")
    assert tasks["severity"].intra is not None
    assert tasks["severity"].intra.n == 357  # answers more than the first, of 345 pairs
    assert "masi_alpha" in tasks["type"].agreement.coefficients
    assert "user:" in tasks["severity"].adjudicate[0].text


def test_real_sets_toxic_spans_names_every_fault() -> None:
    report = _report("toxic_spans")
    said = " ".join(problem.message for problem in report.problems)
    for fault in (
        '1,016 answers "contradictory"',
        '899 answers "empty"',
        "One item has 357 labels",
        "92 spans lie outside",
    ):
        assert fault in said
    assert report.fails[0].text.startswith("Read first")
    spans = report.tasks[0].spans
    assert spans is not None
    assert 0.35 < (spans.agreement["character_f1"].value or 0) < 0.5


def test_real_sets_xstest_people_beside_each_judge() -> None:
    rows = _report("xstest").tasks[0].models
    assert [row.model for row in rows] == ["judge-gpteval", "judge-streval"]
    for row in rows:
        assert row.human_human is not None
        assert (row.metrics["human_model_alpha"].value or 1) < (row.human_human.value or 0)
    assert "agrees with people less than they do among themselves" in _page(_report("xstest"))


def test_real_sets_crowdtruth_finds_who_is_far_too_fast() -> None:
    report = _report("crowdtruth_worklog")
    fast = [row.rater for task in report.tasks if task.times for row in task.times.speeders]
    assert fast == ["w12b39e1054"]
    assert all(task.times is not None and task.times.n_timed for task in report.tasks)


@pytest.mark.parametrize("name", ["hatecheck", "convabuse", "xstest", "toxic_spans", "crowdtruth_worklog"])
def test_real_sets_people_stand_by_name(name: str) -> None:
    for task in _report(name).tasks:
        assert [row.rater for row in task.raters] == sorted(row.rater for row in task.raters)
