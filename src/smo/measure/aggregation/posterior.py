"""Posteriors over labels per item: dense for few labels, sparse for many."""

from dataclasses import dataclass
from typing import Protocol

import numba as nb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Two shares nearer than this are a tie: they differ by rounding only.
TIE = 1e-9


class Posterior(Protocol):
    """What a consensus asks of the chances that each label is the true one."""

    def best(self) -> tuple[Ints, Floats, Bools]:
        """Best label code, its mass, and whether no other label has as much, per item."""

    def dense(self) -> Floats:
        """Items x labels."""

    def at(self, item: Ints, code: npt.NDArray[np.integer]) -> Floats:
        """Mass of a label at an item, for arrays of both."""

    def long(self, at_least: float) -> tuple[Ints, Ints, Floats]:
        """Item, label and mass where the mass is at least so large, in item and label order."""

    def second(self) -> Floats:
        """Second largest mass per item, equal to the largest at a tie; 0 where there is one label."""

    def wins(self, item: Ints, code: npt.NDArray[np.integer]) -> Floats:
        """1 / (number of best labels) where the label is among the best, else 0."""


@nb.njit(cache=True, nogil=True)
def _two_best(mass):  # type: ignore[no-untyped-def]  # pragma: no cover
    """First label within a rounding error of the largest mass, that mass, and the second largest."""
    best = np.zeros(mass.shape[0], np.int64)
    top = np.zeros(mass.shape[0])
    second = np.zeros(mass.shape[0])
    for item in range(mass.shape[0]):
        for code in range(mass.shape[1]):
            here = mass[item, code]
            if here > top[item] + TIE:
                best[item], second[item], top[item] = code, top[item], here
            elif here > second[item]:
                second[item] = here
    return best, top, second


@dataclass(frozen=True, slots=True)
class Dense:
    """A mass for every item and label."""

    mass: Floats

    def best(self) -> tuple[Ints, Floats, Bools]:
        """Best label code, its mass, and whether it stands alone."""
        best, top, second = _two_best(self.mass)
        return best, top, second < top - TIE

    def dense(self) -> Floats:
        """Items x labels."""
        return self.mass

    def at(self, item: Ints, code: npt.NDArray[np.integer]) -> Floats:
        """Mass of a label at an item; 0 for a label that does not exist (negative code)."""
        return np.where(code >= 0, self.mass[item, np.maximum(code, 0)], 0.0)

    def long(self, at_least: float) -> tuple[Ints, Ints, Floats]:
        """Item, label and mass where the mass is at least so large."""
        item, code = np.nonzero(self.mass >= at_least)
        return item, code, self.mass[item, code]

    def second(self) -> Floats:
        """Second largest mass per item; 0 where there is one label."""
        second: Floats = _two_best(self.mass)[2]
        return second

    def wins(self, item: Ints, code: npt.NDArray[np.integer]) -> Floats:
        """1 / (number of best labels) where the label is among the best, else 0."""
        if not item.size:
            return np.zeros(0)
        mass = self.mass[item]
        is_top = mass >= mass.max(axis=1, initial=0.0)[:, None] - TIE
        hit = is_top[np.arange(item.size), np.maximum(code, 0)] & (code >= 0)
        return np.where(hit, 1.0 / is_top.sum(axis=1), 0.0)


@dataclass(frozen=True, slots=True)
class Sparse:
    """Mass on the labels that somebody gave; what is left (`rest`) goes to the others as `prior` has it.

    `start[i]:start[i+1]` are the entries of item i, in label order. `rest` is the factor of the prior for the
    labels that nobody gave: 0 for vote shares. The best label is looked for among the given ones only: with so many
    labels, nobody's label is no answer.
    """

    start: Ints
    code: Ints
    mass: Floats
    rest: Floats
    prior: Floats

    def best(self) -> tuple[Ints, Floats, Bools]:
        """Best given label, its mass, and whether it stands alone."""
        if not self.code.size:
            return np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool)
        top, is_top = self._tops()
        position = np.where(is_top, np.arange(self.code.size), self.code.size)
        first = np.minimum.reduceat(position, self.start[:-1])
        return self.code[first], top, np.add.reduceat(is_top, self.start[:-1], dtype=np.int64) == 1

    def dense(self) -> Floats:
        """Items x labels."""
        full = np.outer(self.rest, self.prior)
        full[self._item(), self.code] = self.mass
        return full

    def at(self, item: Ints, code: npt.NDArray[np.integer]) -> Floats:
        """Mass of a label at an item; 0 for a label that does not exist (negative code)."""
        width = max(1, self.prior.size)
        keys = self._item() * width + self.code
        wanted = item * width + code
        place = np.minimum(np.searchsorted(keys, wanted), max(0, keys.size - 1))
        given = keys[place] == wanted
        unseen = self.rest[item] * self.prior[np.maximum(code, 0)]
        return np.where(code < 0, 0.0, np.where(given, self.mass[place], unseen))

    def long(self, at_least: float) -> tuple[Ints, Ints, Floats]:
        """Item, label and mass of given labels where the mass is at least so large."""
        keep = self.mass >= at_least
        return self._item()[keep], self.code[keep], self.mass[keep]

    def second(self) -> Floats:
        """Second largest given mass per item; 0 where one label was given."""
        if not self.code.size:
            return np.zeros(0)
        top, is_top = self._tops()
        below = np.maximum.reduceat(np.where(is_top, 0.0, self.mass), self.start[:-1])
        return np.where(np.add.reduceat(is_top, self.start[:-1], dtype=np.int64) > 1, top, below)

    def wins(self, item: Ints, code: npt.NDArray[np.integer]) -> Floats:
        """1 / (number of best labels) where the label is among the best, else 0."""
        if not self.code.size:
            return np.zeros(item.size)
        top, is_top = self._tops()
        best = np.add.reduceat(is_top, self.start[:-1], dtype=np.int64)
        hit = self.at(item, code) >= top[item] - TIE
        return np.where(hit, 1.0 / best[item], 0.0)

    def _item(self) -> Ints:
        sizes = np.diff(self.start)
        return np.repeat(np.arange(sizes.size, dtype=np.int64), sizes)

    def _tops(self) -> tuple[Floats, Bools]:
        top = np.maximum.reduceat(self.mass, self.start[:-1])
        return top, self.mass >= np.repeat(top, np.diff(self.start)) - TIE
