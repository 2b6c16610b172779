"""cleanlab, scikit-learn and MAPIE: `python -m bench.peers.model ACT FILE OPTIONS`.

Acts: label_issues (arrays labels, probabilities; filter_by), multiannotator (arrays item, rater, label,
probabilities), roc_auc, average_precision, f1, confusion, kappa (arrays truth and score or guess, and if wanted
weight).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.multiannotator import get_label_quality_multiannotator
from sklearn import metrics

from bench.peers.telling import Act, Arrays, tell

SKLEARN = {
    "roc_auc": (metrics.roc_auc_score, "score"),
    "average_precision": (metrics.average_precision_score, "score"),
    "brier": (metrics.brier_score_loss, "score"),
    "log_loss": (metrics.log_loss, "score"),
    "f1": (metrics.f1_score, "guess"),
    "confusion": (metrics.confusion_matrix, "guess"),
    "kappa": (metrics.cohen_kappa_score, "guess"),
}


def _label_issues(arrays: Arrays, *, filter_by: str = "prune_by_noise_rate", told: bool = True) -> Callable[[], Any]:
    def run() -> Any:
        found = find_label_issues(arrays["labels"], arrays["probabilities"], filter_by=filter_by, n_jobs=1)
        return {"n": int(found.sum()), "issues": np.flatnonzero(found) if told else []}

    return run


def _multiannotator(arrays: Arrays, *, told: bool = True) -> Callable[[], Any]:
    long = pd.DataFrame({name: arrays[name] for name in ("item", "rater", "label")})
    wide = long.pivot(index="item", columns="rater", values="label")

    def run() -> Any:
        found = get_label_quality_multiannotator(wide, arrays["probabilities"], verbose=False)
        frame = found["label_quality"]
        columns = ("consensus_label", "consensus_quality_score", "annotator_agreement")
        return {name: frame[name].to_numpy() if told else [] for name in columns}

    return run


def _sklearn(name: str) -> Act:
    def prepare(arrays: Arrays, **options: Any) -> Callable[[], Any]:
        score, given = SKLEARN[name]
        weight = arrays.get("weight")
        return lambda: {"value": score(arrays["truth"], arrays[given], sample_weight=weight, **options)}

    return prepare


ACTS: dict[str, Act] = {name: _sklearn(name) for name in SKLEARN}
ACTS |= {"label_issues": _label_issues, "multiannotator": _multiannotator}

if __name__ == "__main__":
    tell(ACTS)
