"""report.pdf: the same report on paper, set by typst. Item text stays out of it, because paper cannot blur."""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import typst

from smo.measure.state import State
from smo.paper import figures
from smo.paper.report import glyphs
from smo.paper.report.compose import composed, facts
from smo.paper.report.document import Block, Chapter, Document, Drawing, Drawings, Table
from smo.paper.report.html_file import made_at, points
from smo.paper.report.model import QualityReport

TEMPLATES = Path(__file__).parent / "templates"
ROWS = 15  # of a list on paper; the workbook has the rest
SANS = ("Noto Sans", "Liberation Sans", "Arimo", "Helvetica Neue", "Helvetica", "Arial", "Segoe UI", "DejaVu Sans")
MONO = ("Noto Sans Mono", "Liberation Mono", "Menlo", "Consolas", "DejaVu Sans Mono")
UNBROKEN = 20  # letters without a space or hyphen that a narrow column bears
BREAK = "\u200b"  # zero-width space: a place to break a line
KEPT = "\n\u200b\u200c\u200d\u202f\u00a0"  # not "printable" to Python, yet they shape words and numbers
_UNBROKEN = re.compile(rf"[^\s\u202f\u00a0-]{{{UNBROKEN + 1},}}")

COLOURS = {State.MET: "#0b7465", State.NOT_MET: "#b8281f", State.NOT_ENOUGH: "#855600", State.NOT_MEASURED: "#5c6670"}
SIGNS = {
    State.MET: '<circle cx="7" cy="7" r="7" fill="{c}"/><path d="M3.8 7.2l2.3 2.3 4.2-4.4" fill="none" stroke="#fff" '
    'stroke-width="1.7" stroke-linecap="round"/>',
    State.NOT_MET: '<path d="M6.2.9a.95.95 0 0 1 1.6 0l6 10.9a.95.95 0 0 1-.8 1.4H1a.95.95 0 0 1-.8-1.4z" fill="{c}"/>'
    '<path d="M7 4.6v4M7 10.6v.6" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/>',
    State.NOT_ENOUGH: '<circle cx="7" cy="7" r="6.1" fill="none" stroke="{c}" stroke-width="1.7"/>'
    '<path d="M7 1a6 6 0 0 1 0 12z" fill="{c}"/>',
    State.NOT_MEASURED: '<circle cx="7" cy="7" r="6.1" fill="none" stroke="{c}" stroke-width="1.5" '
    'stroke-dasharray="2.4 2.4"/>',
}
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><rect width="22" height="22" rx="6" fill="#2a56c6"/>'
    '<path d="M4.5 11h13M4.5 8.6v4.8M17.5 8.6v4.8" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/>'
    '<circle cx="11" cy="11" r="3.4" fill="#fff"/></svg>'
)


def _sign(state: State) -> str:
    body = SIGNS[state].format(c=COLOURS[state])
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 14 14">{body}</svg>'


def _without_content(table: Table, rows: int) -> Table:
    """A table for paper: no item text, fewer rows."""
    kept = [i for i in range(len(table.columns)) if all(row.cells[i].kind != "content" for row in table.rows)]
    cut = tuple(replace(row, cells=tuple(row.cells[i] for i in kept)) for row in table.rows[:rows])
    columns = tuple(table.columns[i] for i in kept)
    return replace(table, columns=columns, rows=cut, left_out=table.left_out + len(table.rows) - len(cut))


def _for_paper(block: Block) -> Block:
    return _without_content(block, ROWS) if isinstance(block, Table) else block


def _chapter(chapter: Chapter) -> Chapter:
    sections = tuple(replace(s, blocks=tuple(_for_paper(block) for block in s.blocks)) for s in chapter.sections)
    return replace(chapter, sections=sections)


def _drawings(document: Document) -> Iterable[Drawing]:
    yield from document.charts
    for chapter in document.chapters:
        for section in chapter.sections:
            for block in section.blocks:
                if isinstance(block, Drawings):
                    yield from block.drawings


def breakable(text: str) -> str:
    """Long words with places to break, and without signs that no font draws."""
    clean = "".join(letter for letter in text if letter.isprintable() or letter in KEPT)
    return _UNBROKEN.sub(lambda found: _broken(found.group()), clean)


def _broken(word: str) -> str:
    parts = re.sub(r"(?<=[_./\\])(?=[^_./\\])", BREAK, word).split(BREAK)
    return BREAK.join(part[i : i + UNBROKEN] for part in parts for i in range(0, len(part), UNBROKEN))


def _printable(value: Any) -> Any:
    """A value with each string made fit for paper; drawn charts are left out of the words."""
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items() if key not in {"page_svg", "paper_svg"}}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return value


def _named(value: Any, files: Mapping[str, str]) -> Any:
    """Each drawing with the file that holds it; each table with the words for what it leaves out."""
    if isinstance(value, Mapping):
        named = {key: _named(part, files) for key, part in value.items()}
        if "paper_svg" in value:
            named["file"] = files[value["paper_svg"]]
        if "left_out" in value:
            named["left_out_words"] = figures.count(value["left_out"])
        return named
    if isinstance(value, list | tuple):
        return [_named(part, files) for part in value]
    return value


def _proof(report: QualityReport) -> list[str]:
    sums = [
        f"sha256 {file.sha256[:12]}… {file.path.replace(chr(92), '/').rsplit('/', 1)[-1]}" for file in report.inputs
    ]
    return [report.command, *sums, f"smo {report.version}, made {made_at(report)}"]


def _data(report: QualityReport, document: Document, *, files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": f"Quality report: {report.headline}",
        "short": report.headline if len(report.headline) <= 90 else report.headline[:89] + "…",
        "headline": report.headline,
        "summary": report.summary,
        "facts": facts(report).facts,
        "holds": [asdict(point) for point in points(report.holds)],
        "fails": [asdict(point) for point in points(report.fails)],
        "steps": [asdict(step) for step in report.steps],
        "charts": _named([asdict(drawing) for drawing in document.charts], files),
        "states": [state.value for state in State],
        "words": {state.value: words for state, words in figures.WORDS.items()},
        "care": list(report.care),
        "proof": _proof(report),
        "depth": 2 if len(report.tasks) <= 3 else 1,
        "chapters": _named([asdict(_chapter(chapter)) for chapter in document.chapters], files),
    }


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _first(families: Iterable[str], wished: Iterable[str]) -> list[str]:
    """The fonts that this machine has, in our order; typst falls back by itself for scripts they lack."""
    there = set(families)
    return [family for family in wished if family in there]


def _source(data: dict[str, Any], fonts: typst.Fonts) -> bytes:
    """The words as JSON, with the fonts to set them in and a note on characters that no font here has."""
    families = fonts.families()
    fitted = _printable(data)
    missing = glyphs.uncovered(_strings(fitted), (info.path for info in fonts.fonts()))
    if missing:
        fitted["care"].append(glyphs.sentence(missing))
    fitted["fonts"] = _first(families, SANS) or ["Libertinus Serif"]
    fitted["mono"] = _first(families, MONO) or ["DejaVu Sans Mono"]
    return json.dumps(fitted, ensure_ascii=False).encode("utf-8", errors="replace")


def pdf(report: QualityReport, document: Document) -> bytes:
    """The report as a PDF file's bytes."""
    files = {drawing.paper_svg: f"chart-{place}.svg" for place, drawing in enumerate(_drawings(document))}
    fonts = typst.Fonts()
    with tempfile.TemporaryDirectory(prefix="smo-report-") as name:
        folder = Path(name)
        (folder / "data.json").write_bytes(_source(_data(report, document, files=files), fonts))
        (folder / "mark.svg").write_text(MARK, encoding="utf-8")
        for state in State:
            (folder / f"{state.value}.svg").write_text(_sign(state), encoding="utf-8")
        for svg, file in files.items():
            (folder / file).write_text(svg, encoding="utf-8", errors="replace")
        main = folder / "report.typ"
        main.write_bytes((TEMPLATES / "report.typ").read_bytes())
        drawn: bytes = typst.compile(main, root=folder, font_paths=fonts, timestamp=int(report.made_at.timestamp()))
    return drawn


def write_pdf(report: QualityReport, path: Path, *, document: Document | None = None) -> None:
    """Write the PDF. Pass `document` where the blocks were composed before, so that charts are drawn once."""
    path.write_bytes(pdf(report, document or composed(report)))
