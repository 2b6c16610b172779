"""The names that smo.measure opens: each is there, and asking for one loads no more than its own room needs."""

import subprocess
import sys

import pytest

import smo.measure


@pytest.mark.parametrize("name", smo.measure.__all__)
def test_public_names_are_there_and_described(name: str) -> None:
    assert (getattr(smo.measure, name).__doc__ or "").strip()


def test_public_names_not_known_are_said_not_to_be() -> None:
    with pytest.raises(AttributeError, match="krippendorf_alpha"):
        _ = smo.measure.krippendorf_alpha


def test_public_names_are_not_loaded_before_they_are_asked_for() -> None:
    heavy = ["numba", "sklearn", "cleanlab", "ruptures"]
    ask = f"import sys, smo.measure.kpis.flag_rate; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
