"""The page about models shows what its code gives."""

import doctest
from pathlib import Path

from tests.measure import public_sets

ROOT = Path(__file__).resolve().parents[3]


def test_models_page_every_number_is_what_its_code_gives(monkeypatch) -> None:
    public_sets.folder("multilingual_hatecheck")
    monkeypatch.chdir(ROOT)  # the page names the data from beside the repository
    page = ROOT / "docs" / "explanation" / "measure" / "models.md"
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.attempted > 30
    assert found.failed == 0
