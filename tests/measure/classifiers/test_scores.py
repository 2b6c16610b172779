"""Models against people: figures, missing classes, ranks, calibration, and people beside them."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smo.measure.classifiers.human_model import human_model_agreement
from smo.measure.classifiers.leave_one_out import in_place_of_people
from smo.measure.classifiers.roc import auc
from smo.measure.classifiers.scores import model_scores
from tests.measure import public_sets
from tests.measure.build import from_counts, ratings_of


def scored(scores: list[float], *, model: str = "m") -> pl.DataFrame:
    return pl.DataFrame({"item": list(range(len(scores))), "model": [model] * len(scores), "score": scores})


def figures(predictions: pl.DataFrame, truth: dict, **options):
    return model_scores(predictions, truth, positive="bad", **options)[0]


def test_classifier_counts_the_four_cells() -> None:
    truth = {0: "bad", 1: "bad", 2: "ok", 3: "ok", 4: "ok"}
    found = figures(scored([0.9, 0.2, 0.8, 0.5, 0.1]), truth)
    values = {name: estimate.value for name, estimate in found.metrics.items()}
    assert values["accuracy"] == pytest.approx(2 / 5)
    assert values["precision"] == pytest.approx(1 / 3)
    assert values["recall"] == pytest.approx(1 / 2)
    assert values["false_positive_rate"] == pytest.approx(2 / 3)
    assert values["f1"] == pytest.approx(2 / 5)
    assert {estimate.basis for estimate in found.metrics.values()} == {"model_vs_human"}


def test_classifier_the_threshold_itself_is_positive() -> None:
    truth = {0: "bad", 1: "ok"}
    assert figures(scored([0.5, 0.4]), truth).metrics["recall"].value == 1.0
    assert figures(scored([0.5, 0.4]), truth, threshold=0.51).metrics["recall"].value == 0.0


def test_classifier_a_value_goes_before_the_score() -> None:
    frame = scored([0.9, 0.9]).with_columns(value=pl.Series(["ok", None], dtype=pl.String))
    assert figures(frame, {0: "ok", 1: "bad"}).metrics["accuracy"].value == 1.0


def test_classifier_several_models_stand_in_order_of_name() -> None:
    frame = pl.concat([scored([0.9, 0.1], model="zeta"), scored([0.1, 0.9], model="alpha")])
    found = model_scores(frame, {0: "bad", 1: "ok"}, positive="bad")
    assert [(scores.model, scores.metrics["accuracy"].value) for scores in found] == [("alpha", 0.0), ("zeta", 1.0)]


def test_classifier_values_of_many_labels_need_no_positive() -> None:
    frame = pl.DataFrame({"item": ["a", "b", "c"], "model": "m", "value": ["x", "y", "z"]})
    found = model_scores(frame, {"a": "x", "b": "z", "c": "z", "d": "x"}, positive=None)[0]
    assert found.n == 3
    assert found.metrics["accuracy"].value == pytest.approx(2 / 3)
    nothing = model_scores(scored([0.5]), {0: "x"}, positive=None)[0]
    assert nothing.metrics["accuracy"].value is None


@pytest.mark.parametrize(("label", "absent"), [("bad", "false_positive_rate"), ("ok", "recall")])
def test_classifier_a_missing_class_is_said_not_raised(label, absent) -> None:
    found = figures(scored([0.9, 0.8]), {0: label, 1: label})
    assert found.metrics[absent].value is None
    assert found.metrics["auc"].value is None
    assert "one_class_only" in found.warnings


def test_classifier_no_common_item_gives_no_model() -> None:
    assert model_scores(scored([0.9]), {"other": "bad"}, positive="bad") == ()


def test_classifier_scores_without_numbers_are_left_out() -> None:
    found = figures(scored([0.9, float("nan"), 0.1]), {0: "bad", 1: "bad", 2: "ok"})
    assert found.metrics["auc"].n == 2


def test_classifier_a_score_that_runs_against_the_labels_is_a_warning() -> None:
    truth = {at: "bad" if at < 30 else "ok" for at in range(60)}
    assert "score_runs_against_labels" in figures(scored([at / 60 for at in range(60)]), truth).warnings
    assert figures(scored([1 - at / 60 for at in range(60)]), truth).warnings == ()


def test_classifier_calibration_sees_only_what_chance_does_not_explain() -> None:
    rng = np.random.default_rng(5)
    scores = rng.random(20_000)
    truth = np.where(rng.random(20_000) < scores, "bad", "ok")
    honest = figures(scored(scores.tolist()), dict(enumerate(truth.tolist())))
    assert honest.metrics["calibration_error"].low < 0.01
    assert abs(honest.metrics["mean_score_gap"].value) < 0.01
    bold = figures(scored((scores**2).tolist()), dict(enumerate(truth.tolist())))
    assert bold.metrics["calibration_error"].value == pytest.approx(np.sqrt(1 / 30), abs=0.02)
    assert bold.metrics["mean_score_gap"].high < 0


def test_classifier_scores_beyond_one_are_no_chances() -> None:
    found = figures(scored([3.0, -2.0]), {0: "bad", 1: "ok"})
    assert found.metrics["calibration_error"].value is None
    assert found.metrics["auc"].value == 1.0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_classifier_area_equals_counting_pairs(rows) -> None:
    scores, is_positive = np.array([float(r[0]) for r in rows]), np.array([r[1] for r in rows])
    if is_positive.all() or not is_positive.any():
        with pytest.raises(ValueError, match="positives and negatives"):
            auc(scores, is_positive)
        return
    gap = scores[is_positive][:, None] - scores[~is_positive][None, :]
    area, low, high = auc(scores, is_positive)
    assert area == pytest.approx(((gap > 0) + (gap == 0) / 2).mean())
    assert 0.0 <= low <= area <= high <= 1.0


@pytest.mark.slow
def test_classifier_area_interval_covers() -> None:
    rng = np.random.default_rng(2)
    true_area = stats.norm.cdf(1.0 / np.sqrt(2.0))
    hits = 0
    for _ in range(2000):
        is_positive = np.arange(120) < 30
        _, low, high = auc(rng.normal(is_positive * 1.0, 1.0), is_positive)
        hits += low <= true_area <= high
    assert 0.87 < hits / 2000 < 0.93


def test_classifier_people_beside_a_model_on_the_same_items() -> None:
    ratings = ratings_of((("x", "x", "x", "y"), ("x", "y", "x", None)))
    predictions = pl.DataFrame({"item": [0, 1, 3], "model": "m", "value": ["x", "y", "y"]})
    found = human_model_agreement(ratings, predictions)[0]
    assert found.n == 2  # item 2 has no prediction, item 3 one rating
    assert found.human_human.value == 0.5
    assert found.human_model.value == 0.75


def test_classifier_a_model_that_copies_one_person_agrees_as_people_do() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 2, 3000)
    votes = np.where(rng.random((3, 3000)) < 0.85, truth, 1 - truth)
    ratings = ratings_of([[f"L{v}" for v in row] for row in votes[:2]])
    predictions = pl.DataFrame({"item": np.arange(3000), "value": [f"L{v}" for v in votes[2]]})
    found = human_model_agreement(ratings, predictions)[0]
    assert found.human_human_corrected.value == pytest.approx(0.49, abs=0.04)
    assert found.human_model_corrected.low < found.human_human_corrected.value < found.human_model_corrected.high


def test_classifier_a_score_is_compared_as_positive_or_not() -> None:
    ratings = ratings_of((("a", "b", "c"), ("a", "c", "b")))
    found = human_model_agreement(ratings, scored([0.9, 0.1, 0.2]), positive="a")[0]
    assert (found.human_human.value, found.human_model.value) == (1.0, 1.0)
    assert found.human_model_corrected.value == pytest.approx(1.0)


def test_classifier_people_and_models_without_a_common_item() -> None:
    found = human_model_agreement(from_counts([[1, 0]]), pl.DataFrame({"item": [0], "value": ["0"]}))[0]
    assert found.human_human.value is None
    assert found.human_model_corrected.basis == "model_vs_human"


def test_classifier_real_models_rank_as_their_makers_say() -> None:
    place = public_sets.folder("multilingual_hatecheck")
    names = {"item_id": "item", "value": "label"}
    gold = pl.read_csv(place / "gold.csv.gz", infer_schema=False).rename(names)
    predictions = pl.read_csv(place / "predictions.csv.gz", infer_schema=False).rename({"item_id": "item"})
    by_model = {scores.model: scores for scores in model_scores(predictions, gold, positive="hateful")}
    assert by_model["char-lr-v2"].metrics["auc"].low > by_model["word-lr-v1"].metrics["auc"].high
    assert by_model["char-lr-v2"].n == 36_553


def test_classifier_gap_between_model_and_people_is_paired() -> None:
    ratings = ratings_of((("x", "x", "x", "y"), ("x", "y", "x", "y")))
    found = human_model_agreement(ratings, pl.DataFrame({"item": range(4), "value": ["x", "y", "x", "x"]}))[0]
    assert found.gap.value == pytest.approx(found.human_model.value - found.human_human.value)
    assert found.gap.low < 0 < found.gap.high
    lone = human_model_agreement(ratings, pl.DataFrame({"item": [0], "value": ["x"]}))[0]
    assert (lone.gap.low, lone.gap.high) == (-1.0, 1.0)


def test_classifier_a_model_in_a_persons_place_is_judged_by_the_same_others() -> None:
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 3, 4000)
    votes = [np.where(rng.random(4000) < 0.7, truth, rng.integers(0, 3, 4000)) for _ in range(5)]
    names = [[f"L{v}" for v in row] for row in votes]
    like = in_place_of_people(ratings_of(names[:4]), dict(enumerate(names[4])))
    assert like.gap.low < 0 < like.gap.high
    # Against the majority of all, its own vote among them, each person looks better than an equal model.
    best = in_place_of_people(ratings_of(names[:4]), {at: f"L{label}" for at, label in enumerate(truth)})
    assert best.gap.low > 0.1
    assert best.person.value == pytest.approx(like.person.value)


def test_classifier_in_a_persons_place_needs_two_people_and_a_decision() -> None:
    ratings = ratings_of((("x", "y", "x"), ("x", "x", None)))
    assert in_place_of_people(ratings, {2: "x"}).gap.value is None
    found = in_place_of_people(ratings, {0: "x", 1: "never said"})
    assert (found.person.value, found.model.value) == (0.5, 0.5)
