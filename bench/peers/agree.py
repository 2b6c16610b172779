"""krippendorff and irrCAC: `python -m bench.peers.agree ACT FILE OPTIONS`.

Acts: krippendorff_counts (array counts: items x labels), krippendorff_matrix (array matrix: raters x items, nan =
missing), both with `level`; fleiss, gwet, conger, krippendorff, bp of irrCAC (array matrix), with `weights`.
"""

from collections.abc import Callable
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC

from bench.peers.telling import Act, Arrays, tell


def _counts(arrays: Arrays, *, level: str = "nominal") -> Callable[[], Any]:
    counts = arrays["counts"]
    domain = arrays.get("domain", np.arange(counts.shape[1]))
    return lambda: {"alpha": krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=level)}


def _matrix(arrays: Arrays, *, level: str = "nominal") -> Callable[[], Any]:
    return lambda: {"alpha": krippendorff.alpha(reliability_data=arrays["matrix"], level_of_measurement=level)}


def _irrcac(name: str) -> Act:
    def prepare(arrays: Arrays, *, weights: str = "identity", digits: int = 12) -> Callable[[], Any]:
        frame = pd.DataFrame(arrays["matrix"].T)
        return lambda: getattr(CAC(frame, weights=weights, digits=digits), name)()["est"]

    return prepare


ACTS: dict[str, Act] = {name: _irrcac(name) for name in ("fleiss", "gwet", "conger", "krippendorff", "bp")}
ACTS |= {"krippendorff_counts": _counts, "krippendorff_matrix": _matrix}

if __name__ == "__main__":
    tell(ACTS)
