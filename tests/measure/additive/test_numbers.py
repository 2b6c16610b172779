"""The numbers that states give are those of the measures themselves."""

import numpy as np
import polars as pl
import pytest

from smo.measure.additive import (
    agreement_patterns,
    bootstrap_replicates,
    design_sums,
    duration_histogram,
    posterior_tables,
    ppi_sums,
    score_histogram,
    skill_moments,
    time_buckets,
)
from smo.measure.aggregation import dawid_skene
from smo.measure.agreement import fleiss_kappa, gwet_ac1, krippendorff_alpha
from smo.measure.agreement.coincidence import coincidences, patterns
from smo.measure.classifiers import curves, histogram
from smo.measure.estimation.design import Drawn, share
from smo.measure.estimation.design import design_sums as sums_of
from smo.measure.estimation.ppi import ppi_share
from smo.measure.estimation.ppi import ppi_sums as moments_of
from smo.measure.merge import State, add, finish, init, merge, merged, restored
from smo.measure.people.skill import rater_accuracy
from smo.measure.ratings import Ratings
from tests.measure.additive.batches import fitted, rows, shards


def state_of(table: pl.DataFrame, module) -> State:
    return add(init(module.ADDITIVE), table)


def ratings_of(table: pl.DataFrame) -> Ratings:
    return Ratings.from_frame(table, item="item", rater="rater", label="label")


def test_patterns_give_every_coefficient_to_the_bit() -> None:
    table = rows(1, 3000)
    state = agreement_patterns.patterns_of(
        merged([state_of(part, agreement_patterns) for part in shards(table, agreement_patterns.ADDITIVE)]).cells
    )
    ratings = ratings_of(table)
    assert coincidences(state).tobytes() == coincidences(patterns(ratings)).tobytes()
    for coefficient in (krippendorff_alpha, fleiss_kappa, gwet_ac1):
        assert coefficient(state) == coefficient(ratings)


def test_patterns_of_split_items_lose_pairs() -> None:
    table = rows(1, 3000)
    halves = [state_of(table[:1500], agreement_patterns), state_of(table[1500:], agreement_patterns)]
    assert finish(merged(halves)).n != finish(state_of(table, agreement_patterns)).n


def test_patterns_refuse_a_label_that_holds_a_separator() -> None:
    with pytest.raises(ValueError, match="separators"):
        state_of(pl.DataFrame({"item": [1], "label": ["a\x1fb"]}), agreement_patterns)


def test_design_sums_give_the_share_of_the_estimator() -> None:
    table = rows(2, 900)
    drawn = Drawn.of(table["value"], table["probability"], stratum=table["stratum"].to_numpy())
    wanted = share(sums_of(drawn), basis="probability_audit")
    found = finish(state_of(table, design_sums))
    assert (found.value, found.low, found.high) == pytest.approx((wanted.value, wanted.low, wanted.high), rel=1e-12)


def test_a_drawn_case_with_probability_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="inclusion probability of 0"):
        state_of(pl.DataFrame({"value": [1, 0], "probability": [0.0, 0.5]}), design_sums)


def test_ppi_sums_give_the_share_of_the_estimator() -> None:
    table = fitted(rows(3, 900), ppi_sums.ADDITIVE)
    truth = table["value"].cast(pl.Float64).fill_null(float("nan"))
    wanted = ppi_share(
        moments_of(truth, table["prediction"], stratum=table["stratum"].to_numpy()), basis="probability_audit"
    )
    found = finish(state_of(table, ppi_sums))
    assert (found.value, found.low, found.high) == pytest.approx((wanted.value, wanted.low, wanted.high), rel=1e-12)


def test_score_histogram_is_that_of_the_classifiers() -> None:
    table = fitted(rows(4, 900), score_histogram.ADDITIVE)
    wanted = histogram.score_histogram(
        table["score"], table["truth"], weight=table["weight"], stratum=table["stratum"].to_list(), bins=4096
    )
    found = score_histogram.histogram_of(state_of(table, score_histogram).cells)
    assert found.strata == wanted.strata
    np.testing.assert_allclose(found.cells, wanted.cells, rtol=1e-12, atol=1e-12)
    assert finish(state_of(table, score_histogram)).value == pytest.approx(curves.roc_auc(wanted).value, rel=1e-12)


@pytest.mark.parametrize("score", [0.0, 1.0, 0.5, 1 / 3])
def test_score_histogram_bins_the_ends_as_the_classifiers_do(score) -> None:
    table = pl.DataFrame({"score": [score], "truth": [1]})
    wanted = histogram.score_histogram([score], [1.0])
    assert (score_histogram.histogram_of(state_of(table, score_histogram).cells).cells == wanted.cells).all()


@pytest.mark.parametrize("factor", [2.0, 0.25, 1e6])
def test_weights_of_another_scale_give_the_same_area(factor) -> None:
    table = fitted(rows(5, 900), score_histogram.ADDITIVE)
    scaled = table.with_columns(pl.col("weight") * factor)
    one, two = (finish(state_of(part, score_histogram)) for part in (table, scaled))
    assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high), rel=1e-9)


def test_skill_is_that_of_the_people_room() -> None:
    table = rows(6, 2000).unique(["item", "rater"], keep="first", maintain_order=True)
    truth = table.select("item", label="truth").unique()
    wanted = rater_accuracy(ratings_of(table), truth, basis="gold")
    found = finish(state_of(table, skill_moments))
    assert found["correct"].to_list() == wanted["correct"].to_list()
    np.testing.assert_allclose(found["shrunk"].to_numpy(), wanted["shrunk"].to_numpy(), rtol=1e-9)


def test_days_are_those_of_coordinated_time() -> None:
    moments = pl.Series(["2026-03-01T00:30:00+02:00", "2026-03-01T01:30:00-05:00"]).str.to_datetime(time_zone="UTC")
    state = state_of(pl.DataFrame({"at": moments.dt.convert_time_zone("Asia/Tokyo"), "value": [1, 0]}), time_buckets)
    assert [str(day) for day in state.cells["day"]] == ["2026-02-28", "2026-03-01"]


def test_a_median_of_a_histogram_is_near_that_of_the_rows() -> None:
    table = rows(7, 5000)
    found = finish(state_of(table, duration_histogram))
    assert found.value == pytest.approx(table["seconds"].median(), rel=0.025)
    assert found.low < table["seconds"].median() < found.high


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="negative in 1 of 2 rows"):
        state_of(pl.DataFrame({"seconds": [1.0, -1.0]}), duration_histogram)


def test_bootstrap_knows_that_rows_of_an_item_go_together() -> None:
    rng = np.random.default_rng(8)
    alone = pl.DataFrame({"item": np.arange(500), "value": rng.random(500) < 0.3})
    tenfold = pl.concat([alone] * 10)
    one, ten = (finish(state_of(table, bootstrap_replicates)) for table in (alone, tenfold))
    assert ten.value == one.value
    assert ten.high - ten.low == pytest.approx(one.high - one.low)
    binomial = 2 * 1.645 * (one.value * (1 - one.value) / 500) ** 0.5
    assert one.high - one.low == pytest.approx(binomial, rel=0.2)


def test_bootstrap_draws_an_item_equally_often_in_every_shard() -> None:
    table = rows(9, 400).with_columns(item=pl.lit("one and the same"))
    parts = [state_of(part, bootstrap_replicates) for part in shards(table, bootstrap_replicates.ADDITIVE)]
    ratios = [state.cells["n"].to_numpy() / state.cells["n"][0] for state in parts]
    for ratio in ratios[1:]:
        assert (ratio == ratios[0]).all()


def test_bootstrap_of_one_item_has_no_interval() -> None:
    found = finish(state_of(pl.DataFrame({"item": ["a"] * 5, "value": [1, 0, 0, 1, 1]}), bootstrap_replicates))
    assert (found.value, found.low, found.warnings != ()) == (0.6, None, True)


def _over_shards(table: pl.DataFrame, count: int = 4):
    parts = shards(table, posterior_tables.ADDITIVE, count)
    return lambda statistic: merged([add(init(statistic), part) for part in parts]).cells


def test_em_over_shards_is_the_fit_in_one_process() -> None:
    table = rows(10, 3000)
    found, passes = posterior_tables.fit_over(_over_shards(table))
    ratings = ratings_of(table)
    wanted = dawid_skene.fit(ratings, np.full(ratings.n_items, -1, np.int32))
    assert found.raters == tuple(ratings.raters)
    assert found.labels == ratings.labels
    assert passes == len(wanted.objective)
    np.testing.assert_allclose(found.now.tables, wanted.tables, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.classes, wanted.prior, rtol=0, atol=1e-9)


def test_states_under_other_parameters_do_not_add_up() -> None:
    summed = _over_shards(rows(11))
    first = posterior_tables.start_of(summed(posterior_tables.under(None)))
    second, _ = posterior_tables.next_of(first, summed(posterior_tables.under(first)))
    with pytest.raises(ValueError, match="do not add up"):
        merge(*(add(init(posterior_tables.under(frozen)), rows(11)) for frozen in (first, second)))


def test_a_rater_unknown_to_the_parameters_is_refused() -> None:
    frozen = posterior_tables.start_of(_over_shards(rows(12))(posterior_tables.under(None)))
    stranger = pl.DataFrame({"item": ["a"], "rater": ["somebody else"], "label": ["ok"]})
    with pytest.raises(ValueError, match="do not know 1 raters or labels, 'somebody else'"):
        add(init(posterior_tables.under(frozen)), stranger)


def test_one_label_alone_is_fitted() -> None:
    table = pl.DataFrame({"item": ["a", "a", "b"], "rater": ["x", "y", "x"], "label": ["ok"] * 3})
    found, _ = posterior_tables.fit_over(_over_shards(table))
    assert found.now.tables.tolist() == [[[1.0]], [[1.0]]]


def test_nothing_cannot_start_a_fit() -> None:
    with pytest.raises(ValueError, match="no answers"):
        posterior_tables.start_of(init(posterior_tables.ADDITIVE).cells)


def test_a_state_of_stored_posteriors_goes_on() -> None:
    table = rows(13)
    one, two = shards(table, posterior_tables.ADDITIVE, 2)
    stored = add(init(posterior_tables.ADDITIVE), one).cells.to_arrow()
    whole = add(restored(posterior_tables.ADDITIVE, stored), two)
    assert finish(whole)["n"].sum() == table.height
