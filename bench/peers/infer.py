"""ppi-python, samplics and statsmodels: `python -m bench.peers.infer ACT FILE OPTIONS`.

Acts: ppi_mean (arrays truth, guess, guess_unlabeled; alpha, lam), taylor (arrays y, weight, and if wanted x, stratum,
psu; param mean, total, proportion or ratio; fpc by stratum), proportion (arrays count, nobs; method, alpha).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import ppi_py
from samplics import PopParam
from samplics.estimation import TaylorEstimator
from statsmodels.stats.proportion import proportion_confint

from bench.peers.telling import Act, Arrays, tell

PARAMETERS = {"mean": PopParam.mean, "total": PopParam.total, "proportion": PopParam.prop, "ratio": PopParam.ratio}


def _ppi_mean(arrays: Arrays, *, alpha: float = 0.1, lam: float | None = None) -> Callable[[], Any]:
    given = (arrays["truth"], arrays["guess"], arrays["guess_unlabeled"])

    def run() -> Any:
        low, high = ppi_py.ppi_mean_ci(*given, alpha=alpha, lam=lam)
        value = ppi_py.ppi_mean_pointestimate(*given, lam=lam)
        return {"value": np.ravel(value)[0], "low": np.ravel(low)[0], "high": np.ravel(high)[0]}

    return run


def _taylor(
    arrays: Arrays, *, param: str = "mean", alpha: float = 0.1, fpc: dict[str, float] | float = 1.0
) -> Callable[[], Any]:
    named = {"y": "y", "samp_weight": "weight", "x": "x", "stratum": "stratum", "psu": "psu"}
    given = {theirs: arrays[ours] for theirs, ours in named.items() if ours in arrays}
    if isinstance(fpc, dict) and "stratum" in given:
        kind = given["stratum"].dtype.type
        fpc = {kind(name).item(): share for name, share in fpc.items()}

    def run() -> Any:
        made = TaylorEstimator(PARAMETERS[param], alpha=alpha)
        made.estimate(**given, fpc=fpc, remove_nan=True)
        return {
            "value": made.point_est, "se": made.stderror, "low": made.lower_ci, "high": made.upper_ci
        }  # fmt: skip

    return run


def _proportion(arrays: Arrays, *, method: str = "wilson", alpha: float = 0.1) -> Callable[[], Any]:
    def run() -> Any:
        low, high = proportion_confint(arrays["count"], arrays["nobs"], alpha=alpha, method=method)
        return {"low": np.asarray(low), "high": np.asarray(high)}

    return run


ACTS: dict[str, Act] = {"ppi_mean": _ppi_mean, "taylor": _taylor, "proportion": _proportion}

if __name__ == "__main__":
    tell(ACTS)
