"""Sampling: what every design must do, and what a sample proves about itself."""

import inspect
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smo.measure.sample import Ask, Change, Frame, LotRisks, Sample, from_json, probabilities, probability_of, to_json
from smo.measure.sampling.two_phase import first_phase
from smo.shelf import things

SHELF = "smo.measure.sampling"
DRAWS = things(SHELF, "draw")
CHANGES = (Change("DE", 10), Change("nowhere", 3))


def frame_of(*strata: str, start: int = 1) -> Frame:
    """A frame that has all that any design needs."""
    many = len(strata)
    places = np.arange(many)
    return Frame.of_uuids(
        [UUID(int=place + start) for place in range(many)], strata, risk=1.0 + places % 7, at=places % 25
    )


def given_to(name: str, frame: Frame) -> Frame:
    return replace(frame, first=np.full(len(frame), 0.5)) if name == "two_phase" else frame


def shuffled(frame: Frame, order: np.ndarray) -> Frame:
    return Frame(frame.ids[order], frame.codes[order], frame.names, frame.risk[order], frame.at[order],
                 None if frame.first is None else frame.first[order])  # fmt: skip


def ask_of(size: int, seed: int, **values) -> Ask:
    return Ask(size, seed, **{"changes": CHANGES, "lot": LotRisks(0.02, 0.2)} | values)


def by_id(sample: Sample) -> list:
    return sorted(sample.chosen, key=lambda unit: unit.id)


FRAMES = st.lists(st.sampled_from(["DE", "FR", "IS", ""]), min_size=1, max_size=60).map(lambda s: frame_of(*s))
ASKS = st.builds(
    ask_of,
    size=st.integers(1, 80),
    seed=st.integers(-(2**63), 2**63 - 1),
    allocation=st.sampled_from(["proportional", "equal", "power"]),
    minimum=st.integers(0, 5),
    maximum=st.just(0) | st.integers(5, 20),
)


def test_the_shelf_holds_at_least_these() -> None:
    assert {
        "simple_random", "systematic", "stratified", "risk_based", "per_person", "two_phase", "change_triggered",
        "zero_acceptance", "acceptance", "sequential",
    } <= set(DRAWS)  # fmt: skip


@pytest.mark.parametrize("name", sorted(DRAWS))
class TestEveryDesign:
    """One suite for all: a new file on the shelf is tried without a line of its own."""

    def test_it_says_what_it_is(self, name: str) -> None:
        assert things(SHELF, "NAME")[name] == name
        assert things(SHELF, "TITLE")[name]
        assert things(SHELF, "NEEDS")[name] <= {"strata", "quota", "risk", "at", "changes", "first", "lot"}
        assert ">>>" in (inspect.getdoc(DRAWS[name]) or "")

    @given(frame=FRAMES, ask=ASKS)
    @settings(max_examples=60, deadline=None)
    def test_a_sample_is_sound(self, name: str, frame: Frame, ask: Ask) -> None:
        frame = given_to(name, frame)
        sample = DRAWS[name](frame, ask)
        assert len(set(sample.rows.tolist())) == len(sample)
        assert (frame.ids[sample.rows] == sample.ids).all()
        assert [unit.number for unit in sample.chosen] == list(range(1, len(sample) + 1))
        assert ((sample.probability > 0) & (sample.probability <= 1)).all()
        strata = sample.record.strata
        assert sum(one.size for one in strata) == sample.record.frame_size == len(frame)
        assert sum(one.drawn for one in strata) == len(sample)
        chances = probabilities(sample.record, frame)
        assert chances[sample.rows] == pytest.approx(sample.probability, rel=1e-12)
        first = 1.0 if frame.first is None else frame.first
        assert (chances / first).sum() == pytest.approx(len(sample), abs=1e-6)

    @given(frame=FRAMES, ask=ASKS)
    @settings(max_examples=20, deadline=None)
    def test_any_units_probability_follows_from_the_record_alone(self, name: str, frame: Frame, ask: Ask) -> None:
        frame = given_to(name, frame)
        record = from_json(to_json(DRAWS[name](frame, ask).record))
        chances = probabilities(record, frame)
        for row in range(len(frame)):
            first = 1.0 if frame.first is None else float(frame.first[row])
            one = probability_of(
                record, stratum=frame.names[frame.codes[row]], risk=frame.risk[row], at=frame.at[row], first=first
            )
            assert one == pytest.approx(chances[row], rel=1e-12)

    @given(frame=FRAMES, ask=ASKS, order=st.randoms())
    @settings(max_examples=40, deadline=None)
    def test_it_is_drawn_again_bit_by_bit_whatever_the_order_of_rows(self, name, frame, ask, order) -> None:
        frame = given_to(name, frame)
        places = list(range(len(frame)))
        order.shuffle(places)
        one, other = DRAWS[name](frame, ask), DRAWS[name](shuffled(frame, np.array(places)), ask)
        assert one.record.frame_hash == other.record.frame_hash
        assert one.strata == other.strata
        assert (one.ids == other.ids).all()
        assert one.probability == pytest.approx(other.probability, rel=1e-9)  # sums in another order

    def test_a_census_has_probability_one(self, name: str) -> None:
        frame = frame_of(*["DE", "b"] * 10)
        frame = replace(frame, first=np.ones(20)) if name == "two_phase" else frame
        sample = DRAWS[name](
            frame, Ask(size=50, seed=3, changes=CHANGES, lot=LotRisks(0.001, 0.01, consumer_risk=0.01))
        )
        assert sample.probability == pytest.approx(np.ones(20), rel=1e-12)
        assert len(sample) == 20

    def test_an_empty_frame_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="empty"):
            DRAWS[name](given_to(name, frame_of()), Ask(size=5, seed=3))

    def test_units_are_drawn_as_often_as_their_probability_says(self, name: str) -> None:
        """Each unit's count over seeds is binomial; the squares of all together are held against chi-square."""
        frame = given_to(name, frame_of(*["DE"] * 12, *["b"] * 24, *["c"] * 4))
        rounds = 1500
        counted = np.zeros(len(frame))
        for seed in range(rounds):
            counted[DRAWS[name](frame, ask_of(10, seed, minimum=2)).rows] += 1
        first = 1.0 if frame.first is None else frame.first
        chance = probabilities(DRAWS[name](frame, ask_of(10, 0, minimum=2)).record, frame) / first
        free = chance < 1
        assert counted[~free] == pytest.approx(rounds)
        if not free.any():
            return  # a census leaves nothing to chance
        squares = (counted - rounds * chance)[free] ** 2 / (rounds * chance * (1 - chance))[free]
        assert squares.max() < 20  # 4.5 standard deviations
        assert squares.sum() < stats.chi2.isf(1e-4, free.sum())

    def test_the_weighted_total_is_unbiased(self, name: str) -> None:
        """Horvitz-Thompson over seeds: the mean of the estimates lies within 4 standard errors of the truth."""
        frame = given_to(name, frame_of(*["DE"] * 12, *["b"] * 24, *["c"] * 4))
        values = np.random.default_rng(5).normal(10, 3, len(frame))
        first = 1.0 if frame.first is None else frame.first
        found = []
        for seed in range(800):
            sample = DRAWS[name](frame, ask_of(10, seed, minimum=2))
            weights = 1 / sample.probability
            found.append((weights * (values * first)[sample.rows]).sum())
        error = np.std(found) / len(found) ** 0.5
        assert np.mean(found) == pytest.approx(values.sum(), abs=4 * error + 1e-9)


class TestRiskBased:
    @given(
        risk=st.lists(st.just(0.0) | st.floats(1e-6, 1e6), min_size=1, max_size=80),
        size=st.integers(1, 90),
        floor=st.floats(0.001, 1.0),
    )
    @settings(max_examples=150, deadline=None)
    def test_the_probabilities_add_up_to_the_size_and_follow_the_risk(self, risk, size, floor) -> None:
        frame = Frame.of_uuids([UUID(int=place) for place in range(len(risk))], risk=risk)
        sample = DRAWS["risk_based"](frame, Ask(size=size, seed=1, floor=floor))
        chances = probabilities(sample.record, frame)
        most = min(size, len(risk))
        assert len(sample) == most
        assert chances.sum() == pytest.approx(most, rel=1e-9)
        assert chances.min() >= floor * most / len(risk) * (1 - 1e-12)
        order = np.argsort(risk, kind="stable")
        assert (np.diff(chances[order]) >= -1e-12).all()

    @given(scale=st.floats(1e-3, 1e3))
    @settings(max_examples=20, deadline=None)
    def test_the_unit_of_the_risk_does_not_matter(self, scale: float) -> None:
        risk = np.random.default_rng(3).gamma(1.0, size=50)
        ids = [UUID(int=place) for place in range(50)]
        one, other = (
            DRAWS["risk_based"](Frame.of_uuids(ids, risk=r), Ask(size=9, seed=4)) for r in (risk, scale * risk)
        )
        assert (one.rows == other.rows).all()
        assert one.probability == pytest.approx(other.probability)

    def test_it_needs_a_risk(self) -> None:
        with pytest.raises(ValueError, match="needs the risk"):
            DRAWS["risk_based"](Frame.of_uuids([UUID(int=1)]), Ask(size=1, seed=1))


class TestSystematic:
    def test_it_takes_every_so_manieth_of_the_order(self) -> None:
        frame = Frame.of_uuids([UUID(int=place) for place in range(1000)], at=np.arange(1000))
        rows = np.sort(DRAWS["systematic"](frame, Ask(size=40, seed=9)).rows)
        assert set(np.diff(rows)) == {25}

    def test_sizes_that_do_not_divide_the_frame_spread_as_evenly(self) -> None:
        frame = Frame.of_uuids([UUID(int=place) for place in range(1000)], at=np.arange(1000))
        rows = np.sort(DRAWS["systematic"](frame, Ask(size=300, seed=9)).rows)
        assert set(np.diff(rows)) == {3, 4}

    def test_strata_are_shared_by_size_within_one(self) -> None:
        frame = frame_of(*["a"] * 333, *["b"] * 667)
        sample = DRAWS["systematic"](frame, Ask(size=100, seed=2))
        assert sample.strata.count("a") in {33, 34}


class TestTwoPhase:
    def test_both_phases_together_stand_for_the_whole(self) -> None:
        values = np.random.default_rng(8).random(400) < 0.1
        judged = values ^ (np.random.default_rng(9).random(400) < 0.05)
        whole = Frame.of_uuids([UUID(int=place) for place in range(400)])
        found = []
        for seed in range(1500):
            first = DRAWS["simple_random"](whole, Ask(size=150, seed=seed))
            said = tuple("yes" if judged[row] else "no" for row in first.rows)
            second = DRAWS["two_phase"](first_phase(first, said), Ask(size=30, seed=seed + 1, allocation="equal"))
            assert (second.probability <= 150 / 400).all()
            found.append((values[first.rows[second.rows]] / second.probability).sum())
        assert np.mean(found) == pytest.approx(values.sum(), abs=4 * np.std(found) / 1500**0.5)

    def test_the_second_phase_needs_the_first(self) -> None:
        with pytest.raises(ValueError, match="first_phase"):
            DRAWS["two_phase"](frame_of("a"), Ask(size=1, seed=1))


class TestChangeTriggered:
    def test_watched_units_come_several_times_as_often_and_the_total_is_kept(self) -> None:
        frame = frame_of(*["DE"] * 500, *["FR"] * 500)
        sample = DRAWS["change_triggered"](frame, Ask(size=200, seed=1, changes=(Change("DE", 10),), days=5, factor=3))
        rates = {one.name: one.drawn / one.size for one in sample.record.strata}
        assert len(sample) == 200
        assert rates["DE (changed)"] / rates["FR"] == pytest.approx(3, rel=0.06)
        assert rates["DE"] == pytest.approx(rates["FR"], rel=0.06)

    def test_without_a_change_it_is_a_stratified_draw(self) -> None:
        frame = frame_of(*["DE"] * 50, *["FR"] * 50)
        one, other = (DRAWS[name](frame, Ask(size=20, seed=1)) for name in ("change_triggered", "stratified"))
        assert by_id(one) == by_id(other)


class TestLots:
    def test_their_sizes_are_those_of_the_acceptance_room(self) -> None:
        lot = Frame.of_uuids([UUID(int=place) for place in range(20_000)])
        zero = DRAWS["zero_acceptance"](lot, Ask(1, 1, lot=LotRisks(0, 0.01, consumer_risk=0.05)))
        assert len(zero) == 296  # 299 in a stream; a lot of 20,000 saves three
        single = DRAWS["acceptance"](lot, Ask(1, 1, lot=LotRisks(0.02, 0.05)))
        assert (len(single), single.record.numbers["acceptance_number"]) == (305, 10)


def test_another_seed_draws_others() -> None:
    frame = frame_of(*[""] * 200)
    one, other = (set(DRAWS["simple_random"](frame, Ask(50, seed)).rows.tolist()) for seed in (1, 2))
    assert len(one & other) < 30


def test_a_frame_that_grew_keeps_of_its_units_those_still_among_the_smallest() -> None:
    small, more = frame_of(*[""] * 50), frame_of(*[""] * 100)
    of_small, of_more = (
        {unit.id for unit in DRAWS["simple_random"](frame, Ask(20, 9)).chosen} for frame in (small, more)
    )
    assert {unit for unit in of_more if unit.int <= 50} <= of_small


def test_every_design_is_described() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "sampling.md").read_text(encoding="utf-8")
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert [name for name in DRAWS if f"## `{name}`" not in headings] == []
