"""crowd-kit: `python -m bench.peers.crowd ACT FILE OPTIONS` on arrays item, rater, label.

Acts: majority, wawa, zero_based_skill, one_coin, dawid_skene, mace, kos, glad, mmsr; speed (passes of Dawid-Skene);
bradley_terry and noisy_bradley_terry on arrays rater, left, right, won. `labels` is by item; `posterior: true` asks for
the posterior, items by labels, where the model has one.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd
from crowdkit import aggregation

from bench.peers.telling import Act, Arrays, tell

MODELS = {
    "majority": "MajorityVote",
    "wawa": "Wawa",
    "zero_based_skill": "ZeroBasedSkill",
    "one_coin": "OneCoinDawidSkene",
    "dawid_skene": "DawidSkene",
    "mace": "MACE",
    "kos": "KOS",
    "glad": "GLAD",
    "mmsr": "MMSR",
}


def _labels(name: str) -> Act:
    def prepare(arrays: Arrays, *, posterior: bool = False, **options: Any) -> Callable[[], Any]:
        frame = pd.DataFrame({"task": arrays["item"], "worker": arrays["rater"], "label": arrays["label"]})
        model = getattr(aggregation, name)(**options)

        def run() -> Any:
            found: dict[str, Any] = {"labels": model.fit_predict(frame).sort_index().to_dict()}
            if posterior:
                found["posterior"] = model.probas_.sort_index().to_numpy()
            return found

        return run

    return prepare


def _speed(arrays: Arrays, *, passes: int = 1) -> Callable[[], Any]:
    """Dawid-Skene for so many passes, nothing told but the seconds: to compare passes, ask for 1 and for more."""
    frame = pd.DataFrame({"task": arrays["item"], "worker": arrays["rater"], "label": arrays["label"]})
    model = aggregation.DawidSkene(n_iter=passes, tol=-1.0)
    return lambda: {"items": len(model.fit(frame).labels_)}


def _pairs(name: str) -> Act:
    def prepare(arrays: Arrays, **options: Any) -> Callable[[], Any]:
        columns = {"worker": "rater", "left": "left", "right": "right", "label": "won"}
        frame = pd.DataFrame({theirs: arrays[ours] for theirs, ours in columns.items()})
        model = getattr(aggregation, name)(**options)
        return lambda: {"scores": model.fit(frame).scores_.sort_index().to_dict()}

    return prepare


ACTS: dict[str, Act] = {name: _labels(model) for name, model in MODELS.items()}
ACTS |= {"speed": _speed, "bradley_terry": _pairs("BradleyTerry"), "noisy_bradley_terry": _pairs("NoisyBradleyTerry")}

if __name__ == "__main__":
    tell(ACTS)
