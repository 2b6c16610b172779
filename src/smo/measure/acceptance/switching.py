"""Switching between normal, tightened and reduced inspection, and when inspection is given up: ISO 2859-1."""

from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["normal", "tightened", "reduced", "discontinued"]

_LOOKS_BACK = 5
_SCORE_FOR_REDUCED = 30


@dataclass(frozen=True, slots=True)
class Switching:
    """Where inspection stands after the lots so far.

    `recent` are the last outcomes under normal inspection, at most five; `score` is the switching score; `in_a_row`
    counts accepted lots and `refused` all refused ones since tightened inspection began.
    """

    mode: Mode = "normal"
    recent: tuple[bool, ...] = ()
    score: int = 0
    in_a_row: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Lot:
    """The outcome of one lot on original inspection (not one that was sent in again).

    `acceptance_number` is that of the plan in force; `is_accepted_tighter`: would it have been accepted with an AQL
    one step tighter? It counts where the acceptance number is 2 or more. `may_reduce`: production is steady and the
    responsible authority wants reduced inspection, or keeps it.
    """

    is_accepted: bool
    acceptance_number: int = 0
    is_accepted_tighter: bool = False
    may_reduce: bool = True


def after_lot(state: Switching, lot: Lot) -> Switching:
    """The state after one more lot.

    Normal to tightened: 2 of at most 5 consecutive lots refused. Tightened to normal: 5 accepted in a row. Tightened to
    discontinued: 5 refused since it began. Normal to reduced: switching score 30 (a lot scores 3 where it would pass
    one AQL step tighter, with acceptance number 2 or more; 2 where accepted with 0 or 1; else back to 0). Reduced to
    normal: one lot refused, or production not steady. Discontinued ends by `resumed` alone.
    Errors: ValueError for a lot under discontinued inspection, or a negative acceptance number.
    Source: ISO 2859-1:1999, clause 9.

    >>> state = Switching()
    >>> for outcome in (True, False, True, False):
    ...     state = after_lot(state, Lot(outcome))
    >>> state.mode
    'tightened'
    """
    if lot.acceptance_number < 0:
        raise ValueError("an acceptance number is not negative")
    if state.mode == "discontinued":
        raise ValueError("inspection is discontinued: resume it when the supplier has put things right")
    if state.mode == "tightened":
        return _after_tightened(state, lot)
    if state.mode == "reduced":
        return state if lot.is_accepted and lot.may_reduce else Switching()
    return _after_normal(state, lot)


def resumed(state: Switching) -> Switching:
    """Inspection begins again after it was discontinued: tightened. Errors: ValueError when it was not.

    >>> resumed(Switching("discontinued")).mode
    'tightened'
    """
    if state.mode != "discontinued":
        raise ValueError(f"inspection is {state.mode}: there is nothing to resume")
    return Switching("tightened")


def _after_normal(state: Switching, lot: Lot) -> Switching:
    recent = (*state.recent, lot.is_accepted)[-_LOOKS_BACK:]
    if recent.count(False) >= 2:
        return Switching("tightened")
    score = _score(state.score, lot)
    if score >= _SCORE_FOR_REDUCED and lot.may_reduce:
        return Switching("reduced")
    return Switching("normal", recent, score)


def _score(before: int, lot: Lot) -> int:
    if lot.acceptance_number >= 2:
        return before + 3 if lot.is_accepted and lot.is_accepted_tighter else 0
    return before + 2 if lot.is_accepted else 0


def _after_tightened(state: Switching, lot: Lot) -> Switching:
    if lot.is_accepted:
        in_a_row = state.in_a_row + 1
        return Switching() if in_a_row >= _LOOKS_BACK else replace(state, in_a_row=in_a_row)
    refused = state.refused + 1
    return Switching("discontinued") if refused >= _LOOKS_BACK else replace(state, in_a_row=0, refused=refused)
