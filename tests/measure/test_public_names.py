"""The names that smo.measure opens: each is there, and asking for one loads no more than its own room needs."""

import inspect
import re
import subprocess
import sys
from typing import Final

import pytest

import smo.measure

#: What the docstring of a public function says besides its formula; arithmetic of ours has "Source: definition."
PARTS: Final = {
    "shapes or units": r"\b(Shapes|Units):[ \n]\S",
    "errors": r"\bErrors:[ \n]\S",
    "an example": r"^>>> \S",
    "a source": r"\bSource:[ \n]\S",
}
FUNCTIONS: Final = [name for name in smo.measure.__all__ if inspect.isfunction(getattr(smo.measure, name))]
CLASSES: Final = [name for name in smo.measure.__all__ if inspect.isclass(getattr(smo.measure, name))]


def missing_parts(name: str, parts: dict[str, str]) -> list[str]:
    described = inspect.getdoc(getattr(smo.measure, name)) or ""
    return [part for part, pattern in parts.items() if not re.search(pattern, described, re.MULTILINE)]


@pytest.mark.parametrize("name", smo.measure.__all__)
def test_public_names_are_there_and_described(name: str) -> None:
    assert (getattr(smo.measure, name).__doc__ or "").strip()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_say_shapes_errors_example_and_source(name: str) -> None:
    assert not missing_parts(name, PARTS)


@pytest.mark.parametrize("name", CLASSES)
def test_public_classes_say_shapes_errors_and_an_example(name: str) -> None:
    assert not missing_parts(name, {part: pattern for part, pattern in PARTS.items() if part != "a source"})


def test_public_names_are_functions_or_classes() -> None:
    assert sorted([*FUNCTIONS, *CLASSES]) == sorted(smo.measure.__all__)


def test_public_names_not_known_are_said_not_to_be() -> None:
    with pytest.raises(AttributeError, match="krippendorf_alpha"):
        _ = smo.measure.krippendorf_alpha


def test_public_names_are_not_loaded_before_they_are_asked_for() -> None:
    heavy = ["numba", "sklearn", "cleanlab", "ruptures"]
    ask = f"import sys, smo.measure.kpis.flag_rate; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
