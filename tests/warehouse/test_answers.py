"""KPIs: one expression gives the same number from the sums kept ready and from the facts, in any grouping."""

import subprocess
import sys
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smo.measure.facts import FACTS
from smo.measure.families import LIVE
from smo.measure.intervals import wilson
from smo.measure.kpi import Kpi
from smo.measure.state import State
from smo.shelf import things
from smo.warehouse import UnknownKpi, answer, cubes, write
from smo.warehouse.states import connected, states
from tests.warehouse.test_lake import DAY, KIND, attempts

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
FIRST = "sign_in_failure"


@pytest.fixture(scope="module")
def where(tmp_path_factory) -> str:
    """Three days of 100 attempts, of which 0, 10 and 20 failed."""
    lake = str(tmp_path_factory.mktemp("lake"))
    for number in range(3):
        day = DAY + timedelta(number)
        write(KIND, day, table=attempts(day, 100, failed=10 * number), lake=lake)
    cubes.refresh(lake)
    return lake


def test_a_kpi_over_all(where) -> None:
    found = answer(FIRST, lake=where)
    estimate = found.rows[0].estimate
    low, high = wilson(30, 300)
    assert (estimate.value, estimate.n, estimate.successes) == (0.1, 300, 30)
    assert (estimate.low, estimate.high) == (float(low), float(high))
    assert found.kpi.state(estimate, 0.2) is State.MET
    assert found.kpi.state(estimate, 0.05) is State.NOT_MET


def test_a_kpi_by_day_and_period(where) -> None:
    by_day = answer(FIRST, lake=where, by=("day",))
    assert [(row.group["day"], row.estimate.successes) for row in by_day.rows] == [
        (DAY, 0), (DAY + timedelta(1), 10), (DAY + timedelta(2), 20),
    ]  # fmt: skip
    late = answer(FIRST, lake=where, period=(DAY + timedelta(1), None))
    assert late.rows[0].estimate.n == 200
    assert answer(FIRST, lake=where, where={"day": DAY}).rows[0].estimate.successes == 0


def test_a_period_without_facts_is_not_measured(where) -> None:
    estimate = answer(FIRST, lake=where, period=(date(2020, 1, 1), date(2020, 2, 1))).rows[0].estimate
    assert (estimate.value, estimate.n) == (None, 0)
    assert answer(FIRST, lake=where, by=("day",), period=(date(2020, 1, 1), date(2020, 2, 1))).rows == ()


def test_a_free_slice_comes_from_the_facts(where) -> None:
    found = answer(FIRST, lake=where, by=("person",), where={"day": DAY + timedelta(2)})
    assert [(row.group["person"], row.estimate.n, row.estimate.successes) for row in found.rows] == [
        ("p0", 34, 7), ("p1", 33, 7), ("p2", 33, 6),
    ]  # fmt: skip


def test_before_the_first_fact_nothing_is_measured(tmp_path) -> None:
    found = answer(FIRST, lake=str(tmp_path))
    assert (found.rows[0].estimate.value, found.as_of) == (None, None)
    cubes.refresh(str(tmp_path))
    assert answer(FIRST, lake=str(tmp_path)).as_of is not None


def test_unknown_names_are_said_with_the_known_ones(where) -> None:
    with pytest.raises(UnknownKpi, match="sign_in_failure"):
        answer("sign_in_failures", lake=where)
    with pytest.raises(ValueError, match="sign_in_attempt has no column market"):
        answer(FIRST, lake=where, by=("market",))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=3))
def test_sums_add_up_and_both_ways_agree(tmp_path_factory, counts) -> None:
    lake = str(tmp_path_factory.mktemp("any"))
    pairs = [(max(pair), min(pair)) for pair in counts]
    for number, (n, failed) in enumerate(pairs):
        day = DAY + timedelta(number)
        write(KIND, day, table=attempts(day, n, failed=failed), lake=lake)
    cubes.refresh(lake)
    kpi = cubes.kpis()[FIRST]
    free = states(lake, kpi).to_pylist()[0]
    kept = answer(FIRST, lake=lake).rows[0].estimate
    assert free == {"n": sum(n for n, _ in pairs), "successes": sum(failed for _, failed in pairs)}
    assert (kept.n, kept.successes or 0) == (free["n"], free["successes"])


def test_duckdb_fetches_nothing_by_itself() -> None:
    connection = connected()
    query = "SELECT value FROM duckdb_settings() WHERE name = 'auto{}_known_extensions'"
    assert [connection.raw_sql(query.format(name)).fetchone()[0] for name in ("install", "load")] == ["false", "false"]
    with pytest.raises(Exception, match=r"(?i)extension|httpfs"):
        connection.raw_sql("SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')")
    connection.disconnect()


def test_pages_are_answered_without_ibis(where) -> None:
    code = f"""
import sys
from smo.warehouse import answer
assert answer("sign_in_failure", lake={where!r}, by=("day",)).rows
print([name for name in ("ibis", "duckdb", "django") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": "src"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("name", "kpi"), things("smo.measure.kpis", "KPI").items())
def test_every_kpi_on_the_shelf_can_be_asked(name, kpi: Kpi, tmp_path) -> None:
    assert kpi.fact in FACTS
    assert set(kpi.dimensions) <= set(FACTS[kpi.fact].names)
    assert kpi.title
    assert kpi.minimum_n >= (kpi.family is not LIVE)
    if not kpi.family.is_additive:
        found = answer(name, lake=str(tmp_path))
        assert not any(row.estimate.is_measured for row in found.rows)
        return
    sums = states(str(tmp_path), kpi, by=kpi.dimensions)
    assert sums.column_names == [*kpi.dimensions, *kpi.family.cells, *kpi.family.sums]
    assert sums.schema.names == cubes.nothing(kpi).sums.schema.names
    assert answer(name, lake=str(tmp_path)).rows[0].estimate.basis == kpi.basis
    assert isinstance(sums, pa.Table)
