"""What an estimate refuses to be."""

import math

import pytest

from smo.measure.estimate import Estimate, not_measured


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_estimate_a_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match="a confidence is between 0 and 1"):
        Estimate(0.5, 0.4, 0.6, 10, "gold", "wilson", confidence=confidence)


@pytest.mark.parametrize("ends", [(math.nan, 0.1, 0.2), (0.1, math.nan, 0.2), (0.1, 0.0, math.nan)])
def test_estimate_what_is_not_measured_is_none_and_never_nan(ends) -> None:
    with pytest.raises(ValueError, match="never nan"):
        Estimate(*ends, 10, "gold", "wilson")


def test_estimate_ends_stand_in_order_and_a_basis_is_known() -> None:
    with pytest.raises(ValueError, match="above its high end"):
        Estimate(0.5, 0.6, 0.4, 10, "gold", "wilson")
    with pytest.raises(ValueError, match="unknown basis"):
        not_measured("hearsay", "nobody looked")
