"""Make one report and put its files in place: all of them or none."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from smo.paper.report.compose import composed
from smo.paper.report.consensus_file import write_consensus
from smo.paper.report.document import Document
from smo.paper.report.gather import Progress, gather
from smo.paper.report.html_file import write_html
from smo.paper.report.json_file import write_json
from smo.paper.report.model import QualityReport
from smo.paper.report.options import Options
from smo.paper.report.pdf_file import write_pdf
from smo.paper.report.whole import Whole, make
from smo.paper.report.xlsx_file import write_xlsx
from smo.tables.problem import Problem, TableFault


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The report, and its pages composed once for screen and paper."""

    whole: Whole
    document: Document


WRITERS: dict[str, Callable[[_Drawn, Path], None]] = {
    "report.json": lambda drawn, path: write_json(drawn.whole.report, path),
    "consensus.parquet": lambda drawn, path: write_consensus(drawn.whole.joined, path),
    "report.xlsx": lambda drawn, path: write_xlsx(drawn.whole.report, path),
    "report.html": lambda drawn, path: write_html(drawn.whole.report, path, document=drawn.document),
    "report.pdf": lambda drawn, path: write_pdf(drawn.whole.report, path, document=drawn.document),
}


@dataclass(frozen=True, slots=True)
class Made:
    """What came out, and where it lies."""

    report: QualityReport
    files: tuple[Path, ...]


def make_report(options: Options, progress: Progress, *, now: datetime) -> Made:
    """Read, measure, write. Old files are replaced only when every new one is complete.

    Errors: TableFault names what cannot be read or written, and what to do.
    """
    _refuse_bad_folder(options.out)
    whole = make(gather(options, progress), options, progress=progress, now=now)
    return Made(whole.report, _write_all(whole, options.out, progress=progress))


def _refuse_bad_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        remedy = "Name a folder with --out; it is made where it does not exist."
        raise TableFault(Problem("out_is_a_file", "The output is a file, not a folder.", remedy, 1, "error", str(out)))


def _write_all(whole: Whole, out: Path, *, progress: Progress) -> tuple[Path, ...]:
    made_out = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=".smo-report-", dir=out))
    done = False
    try:
        progress("draw", 0.78)
        drawn = _Drawn(whole, composed(whole.report))
        for place, (name, write) in enumerate(WRITERS.items()):
            progress(f"write {name}", 0.8 + 0.2 * place / len(WRITERS))
            write(drawn, fresh / name)
        done = True
        return tuple(_place(fresh / name, out / name) for name in WRITERS)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if made_out and not done:
            shutil.rmtree(out, ignore_errors=True)


def _place(fresh: Path, final: Path) -> Path:
    """One rename on the same file system: readers see the old file or the new one."""
    fresh.replace(final)
    return final
