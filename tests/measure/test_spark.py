"""The states that Spark adds up over four shards are those of one process; skipped, saying why, where Spark is not."""

import os
import re
import shutil
import subprocess
import sys
import warnings

import numpy as np
import polars as pl
import pytest

from smo.measure import spark
from smo.measure.additive import posterior_tables
from smo.measure.aggregation import dawid_skene
from smo.measure.estimate import Estimate
from smo.measure.merge import add, finish, init, subtract
from smo.measure.ratings import Ratings
from tests.measure.additive.batches import SHARDS, SHELF, assert_same, fitted, rows

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
LEAST_JAVA = 17
SLICES = ("language",)


def _java() -> int:
    """The major version of Java on this machine; 0 where there is none."""
    if shutil.which("java") is None:
        return 0
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else 0


@pytest.fixture(scope="module")
def session():
    if (version := _java()) < LEAST_JAVA:
        pytest.skip(f"NOT TESTED: Spark needs Java {LEAST_JAVA} or newer, here is {version or 'none'}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sql = pytest.importorskip(
            "pyspark.sql", reason="NOT TESTED: pyspark is not installed (./dev test slow brings it)"
        )
        os.environ["PYSPARK_PYTHON"] = sys.executable
        local = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": str(SHARDS),
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.execution.arrow.maxRecordsPerBatch": "97",  # items are cut by batches
        }
        builder = sql.SparkSession.builder.master("local[2]").appName("smo")
        for name, value in local.items():
            builder = builder.config(name, value)
        made = builder.getOrCreate()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return rows(20, 1500).with_columns(language=pl.when(pl.col("item").str.contains("1")).then(pl.lit("de")))


@pytest.mark.parametrize("statistic", SHELF.values(), ids=SHELF)
def test_spark_over_four_shards_equals_one_process(statistic, session, table) -> None:
    mine = fitted(table, statistic)
    found = spark.summed(session.createDataFrame(mine.to_arrow()), statistic, by=SLICES, shards=SHARDS)
    wanted = add(init(statistic, SLICES), mine)
    assert_same(found.cells, wanted.cells, statistic)
    assert subtract(found, found).cells.is_empty()
    number, same = finish(found), finish(wanted)
    if isinstance(same, Estimate):
        assert number.value == pytest.approx(same.value, rel=1e-12)
        assert (number.low, number.high) == pytest.approx((same.low, same.high), rel=1e-9)


def test_spark_fit_equals_one_process(session, table) -> None:
    found, passes = spark.fit(session.createDataFrame(table.to_arrow()), shards=SHARDS, max_passes=3)
    ratings = Ratings.from_frame(table, item="item", rater="rater", label="label")
    wanted = dawid_skene.fit(ratings, np.full(ratings.n_items, -1, np.int32), max_passes=3)
    assert passes == len(wanted.objective)
    np.testing.assert_allclose(found.now.tables, wanted.tables, rtol=0, atol=1e-9)


def test_spark_one_pass_equals_one_process(session, table) -> None:
    frame = session.createDataFrame(table.to_arrow())
    frozen = posterior_tables.start_of(spark.summed(frame, posterior_tables.under(None), shards=SHARDS).cells)
    statistic = posterior_tables.under(frozen)
    found = spark.summed(frame, statistic, shards=SHARDS)
    assert_same(found.cells, add(init(statistic), table).cells, statistic)


def test_spark_says_which_rows_are_unfit(session, table) -> None:
    frame = session.createDataFrame(fitted(table, SHELF["proportion"]).with_columns(value=pl.lit(2.5)).to_arrow())
    with pytest.raises(Exception, match="column value is neither 0 nor 1"):
        spark.summed(frame, SHELF["proportion"], shards=SHARDS)


def test_spark_without_rows_is_the_state_of_nothing(session) -> None:
    frame = session.createDataFrame(rows(1).head(1).to_arrow()).filter("1 = 0")
    for statistic in (SHELF["label_tables"], SHELF["agreement_patterns"]):
        assert spark.summed(frame, statistic, shards=SHARDS).cells.is_empty()


def test_spark_needs_at_least_one_shard(session) -> None:
    with pytest.raises(ValueError, match="at least one shard"):
        spark.by_item(None, shards=0)
