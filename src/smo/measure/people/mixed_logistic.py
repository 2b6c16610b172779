"""A logistic model with person effects: fixed case mix, and effects of persons and judges drawn from normal laws.

Penalised iteratively reweighted least squares; persons are eliminated exactly (their block is diagonal), so a thousand
persons cost as little as ten. The spreads maximise Laplace's approximation of the restricted likelihood.
Source: Breslow and Clayton 1993, JASA 88:9-25.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, optimize, sparse, special

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A fixed effect is held within about +-10 log odds, so that a level without a single error has a finite one.
FIXED_SD = 5.0
SPREADS = (0.02, 3.0)  # of log odds between persons, lowest and highest looked at
SPREAD_GRID = np.geomspace(0.03, 2.5, 14)
MOST_STEPS = 60
SETTLED = 1e-8


@dataclass(frozen=True, slots=True)
class MixedData:
    """Cells of alike cases: events k of n, the person, the fixed columns (intercept first), and the judge, if any."""

    events: Floats
    n: Floats
    person: Ints
    fixed: Floats
    judge: Ints | None = None

    @property
    def n_persons(self) -> int:
        """How many persons there are."""
        return int(self.person.max()) + 1 if self.person.size else 0

    @property
    def n_judges(self) -> int:
        """How many judges there are."""
        return int(self.judge.max()) + 1 if self.judge is not None and self.judge.size else 0


@dataclass(frozen=True, slots=True)
class MixedFit:
    """Effects in log odds, their spreads, and the pieces of the inverse Hessian.

    `dense` are the fixed effects, then the judges'; `inverse` is their covariance; `person_weight` (persons,) and
    `coupling` (persons, dense) give any other: the variance of g'(u_i, dense) is
    g_u^2 / weight_i + r' inverse r with r = g_dense - g_u coupling_i / weight_i.
    """

    person: Floats
    dense: Floats
    person_spread: float
    judge_spread: float
    inverse: Floats
    person_weight: Floats
    coupling: Floats
    n_fixed: int
    has_converged: bool

    def person_variance(self) -> Floats:
        """Posterior variance of each person's effect."""
        turned = self.coupling / self.person_weight[:, None]
        return np.asarray(1 / self.person_weight + np.einsum("iq,qr,ir->i", turned, self.inverse, turned))


def fit_mixed_logistic(data: MixedData) -> MixedFit:
    """logit P = fixed effects + u_person + v_judge, u ~ N(0, s^2), v ~ N(0, t^2); s and t by Laplace's approximation.

    Shapes: cells in `data`. Units: log odds. With one person (or judge) the spread is not estimable and is put at 0.5.
    Errors: ValueError for no case, or events outside 0 to n. Source: Breslow and Clayton 1993, JASA 88:9-25.

    >>> k, n = np.array([90.0, 80.0, 95.0, 60.0, 85.0]), np.full(5, 100.0)
    >>> fit = fit_mixed_logistic(MixedData(k, n, np.arange(5), np.ones((5, 1))))
    >>> fit.person.argmin(), bool(fit.person_spread > 0.3)
    (np.int64(3), True)
    """
    _check(data)
    design = _design(data)
    low, high = np.log(SPREADS)
    start = np.zeros(data.n_persons + design.shape[1])
    state = {"at": start}

    def surprise(point: Floats) -> float:
        spreads = np.exp(point)
        _, likelihood, found = _fit(data, design, spreads=(float(spreads[0]), float(spreads[-1])), start=state["at"])
        state["at"] = found
        return -likelihood

    free = [data.n_persons > 1] + ([data.n_judges > 1] if data.n_judges else [])
    best = np.log(np.full(len(free), 0.5))
    if len(free) == 1 and free[0]:
        found = optimize.minimize_scalar(lambda x: surprise(np.array([x])), bounds=(low, high), method="bounded")
        best = np.array([float(found.x)])
    elif all(free):
        bounds = [(low, high)] * 2
        best = optimize.minimize(surprise, best, method="Nelder-Mead", bounds=bounds, options={"xatol": 0.02}).x
    spreads = float(np.exp(best[0])), float(np.exp(best[-1]))
    return _fit(data, design, spreads=spreads, start=state["at"])[0]


def fit_over_spreads(data: MixedData) -> tuple[list[MixedFit], Floats]:
    """Fits over a grid of spreads of persons, without judges, and their weights: the posterior under a flat prior of s.

    What is said of a person then carries that the spread is not known: with few cases each it is small by luck in one
    sample, and everybody would be drawn to the mean too surely. With one person: the spread 0.5 alone. Errors: as
    `fit_mixed_logistic`. Source: Rue, Martino and Chopin 2009, Journal of the Royal Statistical Society B 71:319-392.

    >>> k, n = np.array([90.0, 80.0, 95.0, 60.0, 85.0]), np.full(5, 100.0)
    >>> fits, weights = fit_over_spreads(MixedData(k, n, np.arange(5), np.ones((5, 1))))
    >>> round(float(weights.sum()), 6), bool(fits[weights.argmax()].person_spread > 0.3)
    (1.0, True)
    """
    _check(data)
    design = _design(data)
    grid = SPREAD_GRID if data.n_persons > 1 else np.array([0.5])
    fits, likelihoods = [], []
    at = np.zeros(data.n_persons + design.shape[1])
    for spread in grid:
        fit, likelihood, at = _fit(data, design, spreads=(float(spread), 1.0), start=at)
        fits.append(fit)
        likelihoods.append(likelihood)
    posterior = np.exp(np.array(likelihoods) - max(likelihoods)) * np.gradient(grid) if grid.size > 1 else np.ones(1)
    return fits, posterior / posterior.sum()


def _check(data: MixedData) -> None:
    if not data.n.sum() > 0:
        raise ValueError("no case: there is nothing to fit")
    if (data.events < 0).any() or (data.events > data.n).any() or not np.isfinite(data.n).all():
        raise ValueError("events lie between 0 and n")


def _design(data: MixedData) -> sparse.csr_array:
    fixed = sparse.csr_array(data.fixed)
    if data.judge is None:
        return fixed
    rows = np.arange(data.judge.size)
    judges = sparse.csr_array((np.ones(rows.size), (rows, data.judge)), shape=(rows.size, data.n_judges))
    return sparse.csr_array(sparse.hstack([fixed, judges]))


def _fit(
    data: MixedData, design: sparse.csr_array, *, spreads: tuple[float, float], start: Floats
) -> tuple[MixedFit, float, Floats]:
    """Newton's method at given spreads; -> the fit, Laplace's log likelihood, and all effects in one array."""
    persons, n_fixed = data.n_persons, data.fixed.shape[1]
    penalty = np.full(design.shape[1], FIXED_SD**-2)
    penalty[n_fixed:] = spreads[1] ** -2
    person, dense = start[:persons].copy(), start[persons:].copy()
    has_converged = False
    for _ in range(MOST_STEPS):
        mean = special.expit(person[data.person] + design @ dense)
        weight, rest = data.n * mean * (1 - mean), data.events - data.n * mean
        block, coupling, schur = _hessian(data, design, weight=weight, penalty=penalty, person_spread=spreads[0])
        slope_person = np.bincount(data.person, weights=rest, minlength=persons) - person / spreads[0] ** 2
        slope_dense = design.T @ rest - penalty * dense
        step_dense = linalg.solve(schur, slope_dense - coupling.T @ (slope_person / block), assume_a="pos")
        step_person = (slope_person - coupling @ step_dense) / block
        largest = max(float(np.abs(step_dense).max(initial=0)), float(np.abs(step_person).max(initial=0)))
        shorten = min(1.0, 2.0 / max(largest, 1e-300))  # a step of more than 2 log odds overshoots
        person, dense = person + shorten * step_person, dense + shorten * step_dense
        if largest < SETTLED:
            has_converged = True
            break
    linear = person[data.person] + design @ dense
    mean = special.expit(linear)
    weight = data.n * mean * (1 - mean)
    block, coupling, schur = _hessian(data, design, weight=weight, penalty=penalty, person_spread=spreads[0])
    likelihood = float((data.events * linear - data.n * np.logaddexp(0, linear)).sum())
    likelihood -= float((person**2).sum() / spreads[0] ** 2 + (penalty * dense**2).sum()) / 2
    likelihood -= float(np.log(block * spreads[0] ** 2).sum() + np.linalg.slogdet(schur)[1]) / 2
    likelihood -= data.n_judges * np.log(spreads[1])
    judge_spread = spreads[1] if data.n_judges else 0.0
    fit = MixedFit(
        person,
        dense,
        spreads[0],
        judge_spread,
        np.asarray(np.linalg.inv(schur), np.float64),
        block,
        coupling,
        n_fixed,
        has_converged,
    )
    return fit, likelihood, np.concatenate([person, dense])


def _hessian(
    data: MixedData, design: sparse.csr_array, *, weight: Floats, penalty: Floats, person_spread: float
) -> tuple[Floats, Floats, Floats]:
    """The persons' diagonal, their coupling to the dense effects, and the dense block with the persons taken out."""
    persons = data.n_persons
    block = np.bincount(data.person, weights=weight, minlength=persons) + person_spread**-2
    weighted = design.multiply(weight[:, None]).tocsr()
    cells = np.arange(data.person.size)
    members = sparse.csr_array((np.ones(cells.size), (data.person, cells)), shape=(persons, cells.size))
    coupling = (members @ weighted).toarray()
    whole = (design.T @ weighted).toarray() + np.diag(penalty)
    schur = whole - coupling.T @ (coupling / block[:, None])
    return block.astype(np.float64), coupling, np.asarray(schur, np.float64)
