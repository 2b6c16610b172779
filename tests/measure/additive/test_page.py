"""The examples on the page about merging are true."""

import doctest

from tests.house.source import ROOT
from tests.measure import public_sets

PAGE = ROOT / "docs" / "explanation" / "measure" / "merging.md"


def test_page_examples_give_what_they_show(monkeypatch) -> None:
    public_sets.folder("convabuse")
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 15
    assert failed == 0


def test_page_names_every_statistic() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shelf = (ROOT / "src" / "smo" / "measure" / "additive").glob("[a-z]*.py")
    assert [path.stem for path in shelf if f"| `{path.stem}` |" not in text] == []
