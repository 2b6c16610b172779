"""Ask a peer library in its own environment: arrays go there in a file, CPU seconds, peak memory and values come back.

`./dev bench peers` makes the environments from `bench/peers/<environment>.lock`.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[2]
#: Which script runs in which environment; a script is the module bench.peers.<script>.
ENVIRONMENTS = {"crowd": "crowdkit", "agree": "agreement", "infer": "inference", "model": "models"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer said: `peak_mb` is above what was resident before the call, its input included there."""

    cpu_seconds: float
    peak_mb: float
    values: dict[str, Any]


def is_there(script: str) -> bool:
    """Has the environment of this script been made?"""
    return _python(script).exists()


def ask(script: str, act: str, *, arrays: Mapping[str, npt.ArrayLike], **options: Any) -> Answer | None:
    """Run one act of a peer script on these arrays; None, said aloud, where its environment was not made.

    Errors: RuntimeError with the peer's last words when it fails.
    """
    if not is_there(script):
        print(f"(no {ENVIRONMENTS[script]} environment: ./dev bench peers makes it)")
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "input.npz"
        np.savez(file, **{name: np.asarray(array) for name, array in arrays.items()})
        return ask_file(script, act, file=file, **options)


def ask_file(script: str, act: str, *, file: Path, **options: Any) -> Answer:
    """The same for a file that is there already: .npz, or .parquet whose columns are the arrays."""
    command = [str(_python(script)), "-m", f"bench.peers.{script}", act, str(file), json.dumps(options)]
    # one thread, so that CPU seconds are comparable with ours
    lone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **lone, "PYTHONWARNINGS": "ignore"},
    )
    if done.returncode != 0:
        raise RuntimeError(f"{script} {act} failed: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    return Answer(told["cpu_seconds"], told["peak_mb"], told["values"])


def _python(script: str) -> Path:
    return ROOT / ".tools" / f"peers-{ENVIRONMENTS[script]}" / "bin" / "python"
