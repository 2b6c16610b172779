"""The first algorithm draws what it drew before; the literals come from the release that had no other."""

from uuid import UUID

import pytest

from smo.measure.sample import Ask, Frame, draw_by_first_algorithm

IDS = [UUID(int=place) for place in range(10)]
STRATIFIED = [(2, "a", 0.5), (9, "b", 0.5), (3, "a", 0.5), (1, "a", 0.5), (8, "b", 0.5)]


def test_a_simple_draw_of_then() -> None:
    sample = draw_by_first_algorithm(Frame.of_uuids(IDS), Ask(3, 7), design="simple_random")
    assert [unit.id.int for unit in sample.chosen] == [1, 6, 5]
    assert sample.record.frame_hash.hex() == "c65c827fce26d8902c3b329cd455d40020cace13ecaaf826c8516aeccbfe94ae"
    assert sample.record.algorithm == 1


def test_a_stratified_draw_of_then() -> None:
    frame = Frame.of_uuids(IDS, ["a"] * 6 + ["b"] * 4)
    sample = draw_by_first_algorithm(frame, Ask(5, 11), design="stratified")
    assert [(unit.id.int, unit.stratum, unit.inclusion_probability) for unit in sample.chosen] == STRATIFIED


def test_designs_that_it_never_knew_are_refused() -> None:
    with pytest.raises(ValueError, match="knew no design"):
        draw_by_first_algorithm(Frame.of_uuids(IDS), Ask(3, 7), design="systematic")
