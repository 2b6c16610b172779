"""The page about estimation runs as it stands."""

import doctest
from pathlib import Path

from tests.measure import public_sets

ROOT = Path(__file__).resolve().parents[3]


def test_page_every_number_of_the_worked_example_is_made_by_its_code(monkeypatch) -> None:
    public_sets.folder("aggregation/RTE")
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "explanation" / "measure" / "estimation.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert found.attempted > 15
    assert found.failed == 0
