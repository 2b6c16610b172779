"""Real label sets are read as their makers describe them."""

from pathlib import Path

import polars as pl
import pytest

from smo.tables.labels import LabelTable, read_labels
from smo.tables.problems import find_problems
from smo.tables.side import read_gold, read_items, read_predictions, read_spans

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data sets are not at {DATA}")


def labels(name: str) -> LabelTable:
    return read_labels([DATA / name / "labels.csv.gz"])


def problems(table: LabelTable) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for problem in (*table.problems, *find_problems(table.frame)):
        found.setdefault(problem.code, set()).add(problem.count)
    return found


@pytest.mark.parametrize(
    ("name", "rows", "items", "raters", "tasks"),
    [
        ("hatecheck", 19_505, 3_901, 10, 1),
        ("multilingual_hatecheck", 109_683, 36_561, 0, 1),
        ("convabuse", 17_991, 4_181, 8, 4),
        ("toxic_spans", 58_686, 15_950, 3_579, 1),
        ("xstest", 4_446, 2_223, 2, 1),
        ("crowdtruth_worklog", 3_966, 202, 165, 5),
    ],
)
def test_sizes_are_those_of_the_readme(name: str, rows: int, items: int, raters: int, tasks: int) -> None:
    frame = labels(name).frame
    sizes = (frame.height, *(frame.get_column(column).drop_nulls().n_unique() for column in ("item", "rater", "task")))
    assert sizes == (rows, items, raters, tasks)


def test_toxic_spans_faults_are_named() -> None:
    table = labels("toxic_spans")
    found = problems(table)
    assert found["no_answer_label"] == {1_016, 899}
    assert found["many_answers"] == {1}
    assert found["repeated_answers"] == {1}
    spans = read_spans(DATA / "toxic_spans" / "spans.csv.gz", table)
    assert spans.frame.height + sum(problem.count for problem in spans.problems) == 46_300


def test_convabuse_repeats_and_sets() -> None:
    table = labels("convabuse")
    assert 345 in problems(table)["repeated_answers"]
    severity = table.frame.filter(pl.col("task") == "severity").get_column("label").unique().sort().to_list()
    assert severity == ["-1", "-2", "-3", "0", "1"]
    items = read_items(DATA / "convabuse" / "items.jsonl.gz", table)
    assert items.problems == ()
    assert items.frame["text"][0].startswith("agent: Does that question interest you?\nuser: ")


def test_multilingual_hatecheck_times_and_gold() -> None:
    table = labels("multilingual_hatecheck")
    found = problems(table)
    assert found["zoneless_times"] == {109_683}
    assert found["mixed_precision"] == {94_143, 94_173}
    assert found["anonymous"] == {109_683}
    assert read_gold(DATA / "multilingual_hatecheck" / "gold.csv.gz", table).frame.height == 36_553
    predictions = read_predictions(DATA / "multilingual_hatecheck" / "predictions.csv.gz", table)
    assert predictions.frame.height == 73_122
    assert predictions.problems == ()


def test_worklog_seconds_and_lists() -> None:
    table = labels("crowdtruth_worklog")
    assert table.frame.get_column("seconds").null_count() == 0
    assert "list_labels" in problems(table)


@pytest.mark.parametrize("folder", sorted(DATA.glob("aggregation/*/")) or [DATA], ids=lambda folder: folder.name)
def test_crowd_sets(folder: Path) -> None:
    table = read_labels([folder / "labels.csv"])
    truth = read_gold(folder / "truth.csv", table)
    assert truth.problems == ()
    index = pl.read_csv(DATA / "aggregation" / "index.csv", truncate_ragged_lines=True).filter(
        pl.col("name") == folder.name
    )
    expected = index.select("tasks", "workers", "labels", "gold").row(0)
    frame = table.frame
    assert (frame["item"].n_unique(), frame["rater"].n_unique(), frame.height, truth.frame.height) == expected
