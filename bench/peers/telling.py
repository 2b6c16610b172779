"""The peer's side of `asking`: reads the arrays, runs one act, tells CPU seconds, peak memory and values as JSON."""

import json
import math
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Arrays = Mapping[str, Any]
#: Prepares (not measured) and gives back the measured call; its result becomes `values`.
Act = Callable[..., Callable[[], Any]]


def tell(acts: Mapping[str, Act]) -> None:
    """`python -m bench.peers.<script> ACT FILE OPTIONS`: one line of JSON."""
    name, file, options = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    if name not in acts:
        raise SystemExit(f"no act {name}; there are {', '.join(sorted(acts))}")
    call = acts[name](read(file), **options)
    before = _restart_peak()
    start = time.process_time()
    values = call()
    seconds = time.process_time() - start
    told = {"cpu_seconds": seconds, "peak_mb": _resident("VmHWM") - before, "values": plain(values)}
    print(json.dumps(told, allow_nan=False))


def read(file: Path) -> Arrays:
    """The arrays of a .npz file or the columns of a .parquet file."""
    if file.suffix == ".npz":
        with np.load(file, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    from pyarrow import parquet  # noqa: PLC0415 - only where it is needed

    table = parquet.read_table(file)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def plain(value: Any) -> Any:
    """What JSON can hold; nan and infinities become None."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(one) for one in (value.tolist() if isinstance(value, np.ndarray) else value)]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _restart_peak() -> float:
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", encoding="ascii")
    return _resident("VmRSS")


def _resident(field: str) -> float:
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)
