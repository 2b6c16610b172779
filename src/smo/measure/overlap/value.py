"""What one more label is worth: the information it is expected to bring, and the decisions it is expected to mend."""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

#: Answers to more labels at once are enumerated: K^m of them.
MOST_AT_ONCE = 6
MOST_ENUMERATED = 100_000
#: Rows of chances may miss 1 by this much.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Eligible:
    """Who may be asked for what: `rater[start[i]:start[i + 1]]` are the raters who may label item i.

    Shapes: `start` int64[I + 1], `rater` int32[M]; `is_open` bool[M], False for one who has answered already or is
    away (None: all are open). `availability` float64[R] weighs what a rater's answer tells, 0 = away to 1; `load`
    float64[R] is open work and decides between equals. Errors: ValueError for starts that do not cover the raters in
    order.

    >>> Eligible(np.array([0, 2, 3]), np.array([0, 1, 1], np.int32)).n_items
    2
    """

    start: Places
    rater: Codes
    is_open: Bools | None = None
    availability: Floats | None = None
    load: Floats | None = None

    def __post_init__(self) -> None:
        start = np.asarray(self.start)
        if start.ndim != 1 or not start.size or start[0] != 0 or start[-1] != len(self.rater):
            raise ValueError("eligible.start must begin with 0 and end with the number of eligible raters")
        if (np.diff(start) < 0).any() or (len(self.rater) and int(np.min(self.rater)) < 0):
            raise ValueError("eligible.start must not fall, and a rater is a number from 0")
        if self.is_open is not None and len(self.is_open) != len(self.rater):
            raise ValueError(f"{len(self.is_open)} marks is_open for {len(self.rater)} eligible raters")

    @property
    def n_items(self) -> int:
        """How many items there are."""
        return len(self.start) - 1


def expected_information(posterior: Floats, tables: Floats, *, eligible: Eligible) -> Floats:
    """Mutual information of the rater's answer and the true label: sum p(z) T(z, y) log(T(z, y) / p(y)).

    Shapes: `posterior` float64[I, K], `tables` float64[R, K, K] (true label by row), -> float64[M] for the pairs of
    item and rater in `eligible`; -1 for a closed one. Units: nats.
    Errors: ValueError for other shapes, chances that do not sum to 1, or a rater without a table.
    Source: MacKay (1992), Neural Computation 4:590-604; Houlsby et al. (2011), arXiv:1112.5745.

    >>> who = Eligible(np.array([0, 2]), np.array([0, 1], np.int32))
    >>> able, guesses = [[0.9, 0.1], [0.1, 0.9]], [[0.5, 0.5], [0.5, 0.5]]
    >>> expected_information(np.array([[0.5, 0.5]]), np.array([able, guesses]), eligible=who).round(3).tolist()
    [0.368, 0.0]
    """
    chances, errors = checked(posterior, tables, eligible=eligible)
    value: Floats = _information(eligible.start, eligible.rater, open_of(eligible), chances, errors)
    return value


def expected_gain(posterior: Floats, tables: Floats, *, eligible: Eligible) -> Floats:
    """Expected rise of the chance that the best label is right: sum over answers of max p(z) T(z, y), less max p(z).

    Shapes, errors: as `expected_information`. Units: decisions, 0 to 1. It is 0 where no single answer can turn the
    decision; there `expected_gain_of_several` looks further.
    Source: the value of information of Kamar, Hacker & Horvitz (2012), AAMAS.

    >>> who = Eligible(np.array([0, 1, 2]), np.array([0, 0], np.int32))
    >>> able = np.array([[[0.8, 0.2], [0.2, 0.8]]])
    >>> expected_gain(np.array([[0.5, 0.5], [0.9, 0.1]]), able, eligible=who).round(3).tolist()
    [0.3, 0.0]
    """
    chances, errors = checked(posterior, tables, eligible=eligible)
    value: Floats = _gain(eligible.start, eligible.rater, open_of(eligible), chances, errors)
    return value


def expected_gain_of_several(posterior: Floats, tables: Floats, *, eligible: Eligible, labels: int) -> Floats:
    """Expected rise of the chance to be right when the `labels` most informative open raters answer together.

    Shapes: -> float64[I]; fewer raters are asked where fewer are open. Units: decisions.
    Errors: as `expected_information`; ValueError for more than `MOST_AT_ONCE` labels or K^labels > `MOST_ENUMERATED`.
    Source: the many-step value of information of Frazier & Powell (2010), Decision Analysis 7:378-403.

    >>> who = Eligible(np.array([0, 3]), np.array([0, 1, 2], np.int32))
    >>> able = np.array([[[0.8, 0.2], [0.2, 0.8]]] * 3)
    >>> gains = [expected_gain_of_several(np.array([[0.9, 0.1]]), able, eligible=who, labels=m) for m in (1, 2, 3)]
    >>> [float(gain[0].round(4)) for gain in gains]
    [0.0, 0.028, 0.044]
    """
    chances, errors = checked(posterior, tables, eligible=eligible)
    if not 1 <= labels <= MOST_AT_ONCE or chances.shape[1] ** labels > MOST_ENUMERATED:
        raise ValueError(f"cannot look {labels} labels of {chances.shape[1]} kinds ahead; at most {MOST_AT_ONCE}")
    is_open = open_of(eligible)
    worth = _information(eligible.start, eligible.rater, is_open, chances, errors)
    value: Floats = _gain_of_several(eligible.start, eligible.rater, worth, chances, errors, labels)
    return value


def checked(posterior: Floats, tables: Floats, *, eligible: Eligible) -> tuple[Floats, Floats]:
    """The chances and tables as float64, when their shapes fit each other and every row sums to 1.

    >>> checked(np.array([[0.5, 0.6]]), np.eye(2)[None], eligible=Eligible(np.array([0, 0]), np.zeros(0, np.int32)))
    Traceback (most recent call last):
    ValueError: each row of the posterior must hold chances that sum to 1
    """
    chances, errors = np.ascontiguousarray(posterior, np.float64), np.ascontiguousarray(tables, np.float64)
    if chances.ndim != 2 or errors.shape[1:] != (chances.shape[1],) * 2:
        raise ValueError(
            f"posterior [items, labels] and tables [raters, labels, labels] do not fit: {chances.shape}, {errors.shape}"
        )
    if len(chances) != eligible.n_items:
        raise ValueError(f"the posterior has {len(chances)} items, eligible has {eligible.n_items}")
    if len(eligible.rater) and int(np.max(eligible.rater)) >= len(errors):
        raise ValueError(f"rater {int(np.max(eligible.rater))} has no table; there are {len(errors)}")
    for name, rows in (("posterior", chances), ("tables", errors)):
        if not np.isfinite(rows).all() or (rows < 0).any() or (np.abs(rows.sum(axis=-1) - 1) > ROUNDING).any():
            raise ValueError(f"each row of the {name} must hold chances that sum to 1")
    return chances, errors


def open_of(eligible: Eligible) -> Bools:
    """Which pairs of item and rater are open.

    >>> open_of(Eligible(np.array([0, 1]), np.array([4], np.int32))).tolist()
    [True]
    """
    if eligible.is_open is None:
        return np.ones(len(eligible.rater), np.bool_)
    return np.ascontiguousarray(eligible.is_open, np.bool_)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _information(start, rater, is_open, posterior, tables):  # type: ignore[no-untyped-def]  # pragma: no cover
    n_labels = posterior.shape[1]
    value = np.full(rater.shape[0], -1.0)
    log_tables = np.log(np.maximum(tables, 1e-300))
    for item in range(start.shape[0] - 1):
        for place in range(start[item], start[item + 1]):
            if not is_open[place]:
                continue
            who, total = rater[place], 0.0
            for given in range(n_labels):
                answer = 0.0
                for true in range(n_labels):
                    joint = posterior[item, true] * tables[who, true, given]
                    answer += joint
                    total += joint * log_tables[who, true, given]
                if answer > 0.0:
                    total -= answer * np.log(answer)
            value[place] = max(0.0, total)
    return value


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _gain(start, rater, is_open, posterior, tables):  # type: ignore[no-untyped-def]  # pragma: no cover
    n_labels = posterior.shape[1]
    value = np.full(rater.shape[0], -1.0)
    for item in range(start.shape[0] - 1):
        now = posterior[item].max()
        for place in range(start[item], start[item + 1]):
            if not is_open[place]:
                continue
            who, total = rater[place], 0.0
            for given in range(n_labels):
                best = 0.0
                for true in range(n_labels):
                    best = max(best, posterior[item, true] * tables[who, true, given])
                total += best
            value[place] = max(0.0, total - now)
    return value


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _best_places(worth, first, last, most):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The places of the `most` open pairs with the largest worth, the first of equals first."""
    chosen = np.full(most, -1, np.int64)
    for at in range(most):
        for place in range(first, last):
            if worth[place] < 0.0 or (chosen[:at] == place).any():
                continue
            if chosen[at] < 0 or worth[place] > worth[chosen[at]]:
                chosen[at] = place
    return chosen[chosen >= 0]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _gain_of_several(start, rater, worth, posterior, tables, most):  # type: ignore[no-untyped-def]  # pragma: no cover
    n_labels = posterior.shape[1]
    value = np.zeros(start.shape[0] - 1)
    for item in range(value.shape[0]):
        places = _best_places(worth, start[item], start[item + 1], most)
        total = 0.0
        for answers in range(n_labels ** len(places)):
            best = 0.0
            for true in range(n_labels):
                joint, rest = posterior[item, true], answers
                for place in places:
                    joint *= tables[rater[place], true, rest % n_labels]
                    rest //= n_labels
                best = max(best, joint)
            total += best
        value[item] = max(0.0, total - posterior[item].max())
    return value
