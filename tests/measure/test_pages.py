"""Every example on the pages about measurement gives what the page shows."""

import doctest
import re

import pytest

from tests.house.source import ROOT
from tests.measure import public_sets

FOLDER = ROOT / "docs" / "explanation" / "measure"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md"))


@pytest.mark.parametrize("name", PAGES)
def test_page_examples_give_what_they_show(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = FOLDER / f"{name}.md"
    text = page.read_text(encoding="utf-8")
    for public_set in sorted(set(re.findall(r"\.\./shared/data/(\w+)", text))):
        public_sets.folder(public_set)
    monkeypatch.chdir(ROOT)  # the pages name the data from beside the repository
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried == len(re.findall(r"^ *>>> ", text, re.MULTILINE))
    assert failed == 0
