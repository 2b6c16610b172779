"""The PDF: page one is one page, words are never markup, item text stays out."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import typst

from smo.measure.state import State
from smo.paper.report import glyphs
from smo.paper.report.compose import composed
from smo.paper.report.document import Document
from smo.paper.report.model import QualityReport, Sentence
from smo.paper.report.pdf_file import BREAK, UNBROKEN, breakable, pdf
from tests.paper.sample_report import ARABIC, SCRIPT, TYPST, empty, report


def pages(of: QualityReport, document: Document, at_most: int | None = None) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf(of, document)))
    return [page.extract_text() for page in reader.pages[:at_most]]


@pytest.fixture(scope="module")
def document() -> Document:
    return composed(report())


@pytest.fixture(scope="module")
def full(document: Document) -> list[str]:
    return pages(report(), document)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace(BREAK, ""))


def test_page_one_answers_and_proves(full: list[str]) -> None:
    first = squeezed(full[0])
    for words in ("Hold back Arabic, audit French", "What holds", "What does not", "What to do next", "Read with care"):
        assert squeezed(words) in first
    assert squeezed("smo report labels_w47.parquet --gold keys.csv --target 0.95") in first
    assert f"Page1of{len(full)}" in first


def test_page_one_stays_one_page_when_there_is_much_to_say(document: Document) -> None:
    lines = tuple(
        Sentence(State.NOT_MET, f"Language {i} is at 91.0 % (88.9–92.7, n 600, gold)", "why") for i in range(9)
    )
    much = replace(report(), fails=lines, care=("A long remark about how the data came about. " * 8,))
    texts = pages(much, document, at_most=2)
    assert squeezed("made 23 Nov 2026 08:12 UTC") in squeezed(texts[0])
    assert "Contents" in texts[1]


def test_words_are_never_markup(full: list[str]) -> None:
    everything = squeezed("".join(full))
    assert squeezed('#panic("x") *bold* $x$ @ref <label>') in everything
    assert squeezed("</script><script>window") in everything


def test_item_text_is_not_on_paper(full: list[str]) -> None:
    # the sample's Arabic text is also an example of a problem; in the lists of items it must not stand
    assert sum(ARABIC in text for text in full) <= 1
    assert "Show text" not in "".join(full)


def test_lists_are_cut_and_say_so(full: list[str]) -> None:
    assert squeezed("and 15 more in report.xlsx") in squeezed("".join(full))  # 15 of 30 items stand on paper


def test_an_empty_report_is_set() -> None:
    texts = pages(empty(), composed(empty()), at_most=1)
    assert squeezed("Nothing can be said yet") in squeezed(texts[0])


def test_the_same_report_gives_the_same_file() -> None:
    document = composed(empty())
    assert pdf(empty(), document) == pdf(empty(), document)


def test_long_words_may_break_and_short_ones_do_not() -> None:
    assert breakable("a short sentence") == "a short sentence"
    assert breakable("person-video-multiple-choice") == "person-video-multiple-choice"
    assert breakable("contrast_figurative_language").split(BREAK) == ["contrast_", "figurative_", "language"]
    assert all(len(part) <= UNBROKEN for part in breakable("x" * 1000).split(BREAK))
    assert breakable("a\x00b\x07c") == "abc"


def test_breaking_keeps_every_letter() -> None:
    for text in (SCRIPT, TYPST, "a/b\\c_d" * 9, "12 480 items"):
        assert breakable(text).replace(BREAK, "") == text


def test_characters_without_a_font_are_named() -> None:
    assert glyphs.uncovered(["plain text – “quoted” 95\u202f%"], []) == ""
    assert glyphs.uncovered(["这 and Ω"], []) == "Ω这"
    assert "2 characters" in glyphs.sentence("Ω这")
    assert "Greek" in glyphs.sentence("Ω这")
    assert "CJK" in glyphs.sentence("Ω这")


def test_a_font_file_says_which_characters_it_draws(tmp_path: Path) -> None:
    paths = [Path(font.path) for font in typst.Fonts().fonts() if font.path and "DejaVuSans.ttf" in font.path]
    if not paths:
        pytest.skip("DejaVu Sans is not installed here")
    wanted = frozenset({ord("a"), ord("ع"), ord("这")})
    assert glyphs.drawn_by(paths[0], wanted) == frozenset({ord("a"), ord("ع")})
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\x00\x01")
    assert glyphs.drawn_by(broken, wanted) == frozenset()
