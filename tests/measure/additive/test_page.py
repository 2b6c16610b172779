"""The page about merging names every statistic of the shelf; its examples run in `tests/measure/test_pages.py`."""

from tests.house.source import ROOT

PAGE = ROOT / "docs" / "explanation" / "measure" / "merging.md"


def test_page_names_every_statistic() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shelf = (ROOT / "src" / "smo" / "measure" / "additive").glob("[a-z]*.py")
    assert [path.stem for path in shelf if f"| `{path.stem}` |" not in text] == []
