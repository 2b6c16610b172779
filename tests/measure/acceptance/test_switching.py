"""Code letters and switching rules of ISO 2859-1."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.acceptance.letters import LEVELS, SIZES, code_letter, lettered_size
from smo.measure.acceptance.switching import Lot, Switching, after_lot, resumed

GOOD, BAD = Lot(True), Lot(False)


def after(state: Switching, *lots: Lot) -> Switching:
    for lot in lots:
        state = after_lot(state, lot)
    return state


class TestLetters:
    @pytest.mark.parametrize(
        ("lot_size", "letters"),
        [
            (2, "AAAAAAB"), (25, "AABBBCD"), (26, "ABBCCDE"), (90, "BBCCCEF"), (280, "BCDEEGH"), (500, "BCDEFHJ"),
            (501, "CCEFGJK"), (1200, "CCEFGJK"), (1201, "CDEGHKL"), (10_000, "CDFGJLM"), (35_000, "CDFHKMN"),
            (150_000, "DEGJLNP"), (500_000, "DEGJMPQ"), (500_001, "DEHKNQR"),
        ],
    )  # fmt: skip
    def test_the_table(self, lot_size, letters) -> None:
        assert "".join(code_letter(lot_size, level) for level in LEVELS) == letters

    @given(lots=st.tuples(st.integers(2, 10**6), st.integers(2, 10**6)), level=st.sampled_from(LEVELS))
    def test_larger_lots_never_have_smaller_samples(self, lots, level) -> None:
        small, large = (lettered_size(lot, level) for lot in sorted(lots))
        assert 2 <= small <= large <= SIZES["R"]

    def test_a_sample_is_never_larger_than_its_lot(self) -> None:
        assert lettered_size(2, "III") == 2

    @pytest.mark.parametrize(("lot_size", "level"), [(1, "II"), (0, "II"), (100, "IV")])
    def test_what_has_no_letter(self, lot_size, level) -> None:
        with pytest.raises(ValueError, match=r"at least 2|unknown inspection level"):
            code_letter(lot_size, level)


class TestSwitching:
    def test_two_of_five_refused_tighten(self) -> None:
        assert after(Switching(), BAD, GOOD, GOOD, GOOD, BAD).mode == "tightened"
        assert after(Switching(), BAD, GOOD, GOOD, GOOD, GOOD, BAD).mode == "normal"

    def test_five_accepted_in_a_row_relax(self) -> None:
        tightened = Switching("tightened")
        assert after(tightened, *[GOOD] * 5) == Switching()
        assert after(tightened, *[GOOD] * 4, BAD, *[GOOD] * 4).mode == "tightened"

    def test_five_refused_under_tightened_end_it_also_when_not_in_a_row(self) -> None:
        state = after(Switching("tightened"), *[BAD, GOOD] * 4, BAD)
        assert state.mode == "discontinued"
        with pytest.raises(ValueError, match="discontinued"):
            after_lot(state, GOOD)
        assert resumed(state) == Switching("tightened")
        with pytest.raises(ValueError, match="nothing to resume"):
            resumed(Switching())

    def test_the_score_counts_two_or_three_and_falls_back_to_nothing(self) -> None:
        assert after(Switching(), *[GOOD] * 14).score == 28
        assert after(Switching(), *[GOOD] * 15).mode == "reduced"
        strong, weak = Lot(True, 3, is_accepted_tighter=True), Lot(True, 3)
        assert after(Switching(), *[strong] * 9).score == 27
        assert after(Switching(), *[strong] * 10).mode == "reduced"
        assert after(Switching(), *[strong] * 9, weak).score == 0
        assert after(Switching(), *[GOOD] * 14, BAD).score == 0

    def test_reduced_needs_leave_and_ends_at_once(self) -> None:
        waiting = after(Switching(), *[Lot(True, may_reduce=False)] * 40)
        assert (waiting.mode, waiting.score) == ("normal", 80)
        reduced = after(waiting, GOOD)
        assert reduced.mode == "reduced"
        assert after(reduced, *[GOOD] * 100).mode == "reduced"
        assert after(reduced, BAD) == Switching()
        assert after(reduced, Lot(True, may_reduce=False)) == Switching()

    @given(outcomes=st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.booleans(), st.booleans()), max_size=80))
    def test_whatever_comes_the_state_stays_sound(self, outcomes) -> None:
        state, modes = Switching(), ["normal"]
        for outcome in outcomes:
            if state.mode == "discontinued":
                state = resumed(state)
                modes.append(state.mode)
            state = after_lot(state, Lot(*outcome))
            modes.append(state.mode)
            assert len(state.recent) <= 5
            assert state.recent.count(False) < 2
            assert 0 <= state.in_a_row < 5
            assert 0 <= state.refused < 5
            assert state.score == 0 or state.mode == "normal"
        allowed = {
            ("normal", "tightened"), ("tightened", "normal"), ("normal", "reduced"), ("reduced", "normal"),
            ("tightened", "discontinued"), ("discontinued", "tightened"),
        }  # fmt: skip
        steps = {(old, new) for old, new in pairwise(modes) if old != new}
        assert steps <= allowed

    @given(st.lists(st.booleans(), max_size=60))
    def test_clean_lots_are_never_tightened_and_bad_ones_always_end(self, extra) -> None:
        assert after(Switching(), *[GOOD] * len(extra)).mode in {"normal", "reduced"}
        assert after(Switching(), *[BAD] * 7).mode == "discontinued"

    def test_a_negative_acceptance_number(self) -> None:
        with pytest.raises(ValueError, match="not negative"):
            after_lot(Switching(), Lot(True, -1))
