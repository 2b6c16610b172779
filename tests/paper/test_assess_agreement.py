"""Agreement is judged by its interval, and not at all where one label hides it."""

import polars as pl

from smo.measure.ratings import Ratings
from smo.measure.state import State
from smo.paper.report.assess_agreement import agreement


def _ratings(pairs: list[tuple[str, str]]) -> Ratings:
    rows = [(i, rater, label) for i, pair in enumerate(pairs) for rater, label in zip("ab", pair, strict=True)]
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def test_agreement_every_coefficient_stands_beside_prevalence() -> None:
    found = agreement(_ratings([("x", "x"), ("y", "y")] * 40 + [("x", "y")] * 4), "nominal", target=0.667)
    assert {"krippendorff_alpha", "percent_agreement", "fleiss_kappa", "gwet_ac1", "cohen_kappa"} == set(
        found.coefficients
    )
    assert found.state is State.MET
    assert set(found.prevalence) == set(found.specific) == {"x", "y"}


def test_agreement_one_label_nearly_everywhere_is_not_enough_evidence() -> None:
    found = agreement(_ratings([("x", "x")] * 300 + [("x", "y")] * 6), "nominal", target=0.667)
    assert (found.coefficients["krippendorff_alpha"].high or 1) < 0.667
    assert found.state is State.NOT_ENOUGH


def test_agreement_few_items_are_not_enough_evidence() -> None:
    assert agreement(_ratings([("x", "y")] * 10), "nominal", target=0.667).state is State.NOT_ENOUGH


def test_agreement_sets_have_masi_beside() -> None:
    found = agreement(_ratings([("a|b", "a"), ("b", "b")] * 20), "nominal", target=0.667)
    alpha, masi = found.coefficients["krippendorff_alpha"], found.coefficients["masi_alpha"]
    assert (masi.value or 0) > (alpha.value or 0)


def test_agreement_by_label_is_named_as_the_labels_are_written() -> None:
    found = agreement(_ratings([("-3", "-3"), ("1", "1"), ("0", "1")] * 20), "ordinal", target=0.667)
    assert set(found.prevalence) == set(found.specific) == set(found.per_label) == {"-3", "0", "1"}


def test_peers_row_5_every_coefficient_has_its_interval_overall_and_by_label() -> None:
    pairs = [("1", "1"), ("2", "2"), ("3", "3")] * 30 + [("1", "2"), ("2", "3")] * 5
    nominal = agreement(_ratings(pairs), "nominal", target=0.667)
    ordinal = agreement(_ratings(pairs), "ordinal", target=0.667)
    assert set(nominal.coefficients) >= {"krippendorff_alpha", "cohen_kappa", "fleiss_kappa", "gwet_ac1"}
    assert set(ordinal.coefficients) >= {"krippendorff_alpha", "gwet_ac2"}
    assert len(nominal.per_label) == len(nominal.specific) == 3
    for one in (*nominal.coefficients.values(), *ordinal.coefficients.values(), *nominal.per_label.values()):
        assert one.value is not None
        assert one.low < one.value < one.high
