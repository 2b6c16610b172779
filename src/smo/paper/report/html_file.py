"""report.html: one file that needs nothing else, safe to open and to forward."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.compose import composed, facts
from smo.paper.report.document import Document, Point, Table
from smo.paper.report.model import QualityReport, Sentence

TEMPLATES = Path(__file__).parent / "templates"


def _drawn(svg: str) -> Markup:
    """Our own charts are the only markup that is not escaped; words in them were escaped when they were drawn."""
    return Markup(svg)  # noqa: S704


def _basename(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _longest(text: str) -> int:
    """Letters of the longest word: a cell that holds a long one may break it anywhere."""
    return max(map(len, text.split()), default=0)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    environment.filters |= {"drawn": _drawn, "basename": _basename, "longest": _longest}
    environment.globals |= {"words": figures.WORDS}
    return environment


def points(lines: tuple[Sentence, ...]) -> tuple[Point, ...]:
    """The first page's sentences as points with their state."""
    return tuple(Point(line.text, line.detail, line.state) for line in lines)


def _has_content(document: Document) -> bool:
    blocks = (block for chapter in document.chapters for section in chapter.sections for block in section.blocks)
    tables = (block for block in blocks if isinstance(block, Table))
    return any(cell.kind == "content" and cell.text for table in tables for row in table.rows for cell in row.cells)


def page(report: QualityReport, document: Document) -> str:
    """The page as text. Everything that comes from the data is escaped; no script but ours may run."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    script_hash = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            document=document,
            strip=facts(report),
            holds=points(report.holds),
            fails=points(report.fails),
            states=tuple(State),
            problems=figures.plural(len(report.problems), "kind of problem", nouns="kinds of problem"),
            made_at=made_at(report),
            has_content=_has_content(document),
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            script_hash=script_hash,
        )
    )


def made_at(report: QualityReport) -> str:
    """When the report was made, with its zone: "23 Nov 2026 08:12 UTC"."""
    return f"{report.made_at.day} {report.made_at:%b %Y %H:%M} {report.made_at.tzname() or ''}".strip()


def write_html(report: QualityReport, path: Path, *, document: Document | None = None) -> None:
    """Write the page. Pass `document` where the blocks were composed before, so that charts are drawn once."""
    text = page(report, document or composed(report))
    path.write_text(text, encoding="utf-8", errors="replace")
