"""Stop, ask or adjudicate: the rule's corners, the choice of the rater, and the cost."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from smo.measure.aggregation.calibration import Calibration
from smo.measure.overlap.asks import ADJUDICATE, ASK, STOP, Rule, asks_frame, next_asks
from smo.measure.overlap.value import Eligible

ABLE = np.array([[[0.9, 0.1], [0.1, 0.9]], [[0.9, 0.1], [0.1, 0.9]], [[0.6, 0.4], [0.4, 0.6]]])
THREE = Eligible(np.array([0, 3]), np.array([0, 1, 2], np.int32))


def asked(
    chance: float,
    rule: Rule,
    *,
    n: int = 1,
    calibration: Calibration | None = None,
    availability: np.ndarray | None = None,
    load: np.ndarray | None = None,
) -> tuple[int, int]:
    who = replace(THREE, availability=availability, load=load)
    chances, n_labels = np.array([[chance, 1 - chance]]), np.array([n])
    found = next_asks(chances, ABLE, eligible=who, rule=rule, n_labels=n_labels, calibration=calibration)
    return int(found.action[0]), int(found.rater[0])


def test_sure_items_stop_but_not_before_the_least_number_of_labels() -> None:
    assert asked(0.96, Rule(0.95)) == (STOP, -1)
    assert asked(0.96, Rule(0.95, least_labels=2)) == (ASK, 0)


def test_unsure_items_ask_the_most_telling_rater_and_of_equals_the_least_loaded() -> None:
    assert asked(0.6, Rule(0.95)) == (ASK, 0)
    assert asked(0.6, Rule(0.95), load=np.array([5.0, 2.0, 0.0])) == (ASK, 1)
    assert asked(0.6, Rule(0.95), availability=np.array([0.0, 0.0, 1.0])) == (ASK, 2)
    assert asked(0.6, Rule(0.95), availability=np.array([0.1, 0.5, 1.0])) == (ASK, 1)


def test_the_most_labels_and_nobody_left_lead_to_adjudication() -> None:
    assert asked(0.6, Rule(0.95, most_labels=3), n=3) == (ADJUDICATE, -1)
    assert asked(0.6, Rule(0.95), availability=np.zeros(3)) == (ADJUDICATE, -1)


def test_a_calibrated_posterior_does_not_stop_where_the_raw_one_would() -> None:
    assert asked(0.96, Rule(0.95), n=3)[0] == STOP
    assert asked(0.96, Rule(0.95), n=3, calibration=Calibration(rho=0.5))[0] == ASK


def test_a_label_that_does_not_pay_is_not_bought() -> None:
    assert asked(0.6, Rule(0.99, label_cost=1.0, error_cost=100.0))[0] == ASK
    assert asked(0.6, Rule(0.99, label_cost=1.0, error_cost=1.0))[0] == ADJUDICATE
    assert asked(0.6, Rule(0.99, label_cost=0.0, error_cost=1.0))[0] == ASK
    # One answer cannot turn .93 to 9 : 1, two can: the look ahead sees it.
    assert asked(0.93, Rule(0.99, label_cost=1.0, error_cost=300.0, look_ahead=1))[0] == ADJUDICATE
    assert asked(0.93, Rule(0.99, label_cost=1.0, error_cost=300.0, look_ahead=3))[0] == ASK


def test_names_stand_in_place_of_codes() -> None:
    found = next_asks(np.array([[0.6, 0.4]]), ABLE, eligible=THREE, rule=Rule(), n_labels=np.array([1]))
    frame = asks_frame(found, items=pl.Series([7]), raters=pl.Series(list("xyz")), labels=("no", "yes"))
    assert frame.select("item", "action", "rater", "label").row(0) == (7, "ask", "x", "no")
    with pytest.raises(ValueError, match="2 items for 1"):
        asks_frame(found, items=pl.Series([1, 2]), raters=pl.Series(["x"]), labels=("no",))


def test_no_items_and_one_label() -> None:
    nobody = Eligible(np.array([0]), np.zeros(0, np.int32))
    none = next_asks(np.zeros((0, 2)), ABLE, eligible=nobody, rule=Rule(), n_labels=np.zeros(0, np.int64))
    assert none.action.size == 0
    one = Eligible(np.array([0, 1]), np.zeros(1, np.int32))
    single = next_asks(np.ones((1, 1)), np.ones((1, 1, 1)), eligible=one, rule=Rule(), n_labels=np.array([1]))
    assert single.action.tolist() == [STOP]


@pytest.mark.parametrize(
    "options",
    [
        {"confidence": 0.0},
        {"confidence": 1.1},
        {"confidence": float("nan")},
        {"least_labels": 0},
        {"least_labels": 3, "most_labels": 2},
        {"label_cost": -1.0},
        {"error_cost": float("inf")},
    ],
)
def test_impossible_rules_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"confidence|labels|costs"):
        Rule(**options)  # type: ignore[arg-type]


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="n_labels"):
        asked(0.6, Rule(), n=-1)
    for name in ("availability", "load"):
        with pytest.raises(ValueError, match=name):
            asked(0.6, Rule(), **{name: np.array([1.0, np.nan, 0.0])})
