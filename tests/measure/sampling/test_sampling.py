"""Sampling: what every design must do, and what a sample proves about itself."""

import inspect
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.sample import Ask, Frame, allocate, choose, frame_hash, random_number, seed_of
from smo.shelf import things

SHELF = "smo.measure.sampling"
DRAWS = things(SHELF, "draw")


def frame_of(*strata: str) -> Frame:
    return Frame(tuple(UUID(int=place + 1) for place in range(len(strata))), strata)


FRAMES = st.lists(st.sampled_from(["DE", "FR", "IS", ""]), min_size=1, max_size=60).map(lambda s: frame_of(*s))
ASKS = st.builds(
    Ask,
    size=st.integers(1, 80),
    seed=st.integers(-(2**63), 2**63 - 1),
    allocation=st.sampled_from(["proportional", "equal"]),
    minimum=st.integers(0, 5),
    maximum=st.just(0) | st.integers(5, 20),
)


def test_the_shelf_holds_at_least_these() -> None:
    assert {"simple_random", "stratified"} <= set(DRAWS)


@pytest.mark.parametrize("name", sorted(DRAWS))
class TestEveryDesign:
    """One suite for all: a new file on the shelf is tried without a line of its own."""

    def test_it_says_what_it_is(self, name: str) -> None:
        assert things(SHELF, "NAME")[name] == name
        assert things(SHELF, "TITLE")[name]
        assert things(SHELF, "NEEDS_STRATA")[name] in {True, False}
        assert ">>>" in (inspect.getdoc(DRAWS[name]) or "")

    @given(frame=FRAMES, ask=ASKS)
    @settings(max_examples=60)
    def test_a_sample_is_sound(self, name: str, frame: Frame, ask: Ask) -> None:
        sample = DRAWS[name](frame, ask)
        drawn = [unit.id for unit in sample.chosen]
        assert len(set(drawn)) == len(drawn)
        assert set(drawn) <= set(frame.ids)
        assert all(0 < unit.inclusion_probability <= 1 for unit in sample.chosen)
        assert sum(s.size for s in sample.strata) == sample.frame_size == len(frame.ids)
        assert sum(s.drawn for s in sample.strata) == len(drawn)
        # the weights stand for the whole frame (Horvitz-Thompson)
        assert sum(1 / unit.inclusion_probability for unit in sample.chosen) == pytest.approx(len(frame.ids))

    @given(frame=FRAMES, ask=ASKS, order=st.randoms())
    @settings(max_examples=40)
    def test_it_is_drawn_again_bit_by_bit_whatever_the_order_of_rows(self, name, frame, ask, order) -> None:
        rows = list(zip(frame.ids, frame.strata, strict=True))
        order.shuffle(rows)
        shuffled = Frame(tuple(unit for unit, _ in rows), tuple(stratum for _, stratum in rows))
        assert DRAWS[name](shuffled, ask) == DRAWS[name](frame, ask)

    def test_a_census_has_probability_one(self, name: str) -> None:
        sample = DRAWS[name](frame_of(*["a", "b"] * 10), Ask(size=50, seed=3))
        assert {unit.inclusion_probability for unit in sample.chosen} == {1.0}
        assert len(sample.chosen) == 20

    def test_an_empty_frame_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="empty"):
            DRAWS[name](Frame((), ()), Ask(size=5, seed=3))

    @pytest.mark.slow
    def test_units_are_drawn_as_often_as_their_probability_says(self, name: str) -> None:
        frame = frame_of(*["a"] * 12, *["b"] * 24, *["c"] * 4)
        rounds = 6000
        counted: Counter[UUID] = Counter()
        for seed in range(rounds):
            sample = DRAWS[name](frame, Ask(size=10, seed=seed, minimum=2))
            counted.update(unit.id for unit in sample.chosen)
            expected = {unit.stratum: unit.inclusion_probability for unit in sample.chosen}
        for unit, stratum in zip(frame.ids, frame.strata, strict=True):
            probability = expected.get(stratum, expected.get(""))
            spread = (probability * (1 - probability) / rounds) ** 0.5
            assert counted[unit] / rounds == pytest.approx(probability, abs=4.5 * spread)


@given(sizes=st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 500), min_size=1), ask=ASKS)
def test_allocation_keeps_floors_caps_and_sum(sizes: dict[str, int], ask: Ask) -> None:
    counts = allocate(sizes, ask)
    most = {name: min(size, ask.maximum or size) for name, size in sizes.items()}
    least = {name: min(max(ask.minimum, 1), most[name]) for name in sizes}
    assert counts.keys() == sizes.keys()
    assert all(least[name] <= counts[name] <= most[name] for name in sizes)
    assert sum(counts.values()) == max(sum(least.values()), min(ask.size, sum(most.values())))


def test_allocation_without_floors_is_proportional() -> None:
    assert allocate({"a": 600, "b": 300, "c": 100}, Ask(size=100, seed=1)) == {"a": 60, "b": 30, "c": 10}


def test_a_number_belongs_to_the_unit_and_not_to_the_frame() -> None:
    """A frame that grew keeps of its units those that are still among the smallest, and no other."""
    small = frame_of(*[""] * 50)
    grown = Frame((*small.ids, *(uuid4() for _ in range(50))), ("",) * 100)
    of_small = {unit.id for unit in choose(small, {"": 20}, seed=9).chosen}
    of_grown = {unit.id for unit in choose(grown, {"": 20}, seed=9).chosen}
    assert of_grown & set(small.ids) <= of_small


def test_random_numbers_are_uniform() -> None:
    numbers = np.array([random_number(UUID(int=place), 11) for place in range(20_000)]) / 2.0**64
    counts, _ = np.histogram(numbers, bins=20, range=(0, 1))
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-square of 19 degrees of freedom, 0.1 %


def test_another_seed_draws_others() -> None:
    frame = frame_of(*[""] * 200)
    one, other = (choose(frame, {"": 50}, seed=seed) for seed in (1, seed_of(1, "draw 2")))
    assert len({u.id for u in one.chosen} & {u.id for u in other.chosen}) < 30


def test_the_hash_binds_the_frame() -> None:
    ids = frame_of("", "", "").ids
    assert frame_hash(ids) == frame_hash(reversed(ids))
    assert frame_hash(ids) != frame_hash(ids[:2])


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"allocation": "neyman"}, {"minimum": 5, "maximum": 2}, {"minimum": -1}],
)
def test_a_senseless_ask_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Ask(**{"size": 10, "seed": 1} | wrong)


def test_a_frame_with_a_unit_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Frame((UUID(int=1), UUID(int=1)), ("", ""))


def test_every_design_is_described() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "sampling.md").read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert [name for name in DRAWS if f"## `{name}`" not in headings] == []
