"""Open a file that somebody brought: what it is by its content, unpacked, with the sum that proves which one it was."""

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pyarrow as pa

from smo.tables.problem import Problem, TableFault

Kind = Literal["csv", "tsv", "jsonl", "json", "parquet"]

_CHUNK = 1 << 20
_FOREIGN = (
    (b"PK\x03\x04", "a zip archive or an Excel or OpenDocument workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a SQLite database"),
    (b"ARROW1", "an Arrow or Feather file"),
    (b"ORC", "an ORC file"),
    (b"BZh", "packed with bzip2"),
    (b"\xfd7zXZ", "packed with xz"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
_SAVE_AS = "Save it as CSV (UTF-8), TSV, JSONL or Parquet; .gz and .zst may stay packed."


@dataclass(frozen=True, slots=True)
class Source:
    """One file that was read. `rows` are the rows that were taken, `bytes` the size as brought."""

    path: str
    kind: Kind
    rows: int
    bytes: int
    sha256: str
    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A file ready to read: `content` is the unpacked file, which may be a temporary one."""

    path: Path
    content: Path
    folder: Path
    kind: Kind
    sha256: str
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        return self.path.name


def fault(code: str, message: str, *, remedy: str, file: str, row: int | None = None, column: str = "") -> TableFault:
    """An error about a whole file."""
    return TableFault(Problem(code, message, remedy, 1, "error", file=file, row=row, column=column))


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file, unpacked and recognised; temporary files are gone afterwards."""
    _refuse_absent(path)
    with TemporaryDirectory(prefix="smo-table-") as folder:
        content, problems = _unpacked(path, Path(folder))
        with content.open("rb") as file:
            head = file.read(_CHUNK >> 4)
        yield Opened(path, content, Path(folder), _kind(path, head), _sha256(path), problems)


def _refuse_absent(path: Path) -> None:
    if path.is_dir():
        files = ", ".join(sorted(entry.name for entry in path.iterdir())[:5])
        raise fault(
            "is_a_folder", "This is a folder, not a file.", remedy=f"Name one of its files: {files}.", file=str(path)
        )
    if not path.exists():
        raise fault("no_such_file", "There is no such file.", remedy=_nearest_file(path), file=str(path))
    try:
        path.open("rb").close()
    except OSError as error:
        message = f"The file cannot be opened ({error.strerror})."
        raise fault("not_readable", message, remedy="Check who may read it.", file=str(path)) from error


def _nearest_file(path: Path) -> str:
    if not path.parent.is_dir():
        return f"The folder {path.parent} does not exist either."
    near = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1)
    return f"Did you mean {near[0]}?" if near else f"Look into the folder {path.parent}."


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpacked(path: Path, folder: Path) -> tuple[Path, tuple[Problem, ...]]:
    with path.open("rb") as file:
        magic = file.read(8)
    packing = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}.get(magic[:2])
    if packing is None:
        return path, _wrong_name(path)
    target = folder / "unpacked"
    try:
        with _unpacking(path, packing) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, _CHUNK)
    except (EOFError, OSError, zlib.error, pa.ArrowException) as error:
        size = target.stat().st_size if target.exists() else 0
        message = f"The {packing} packing is damaged or cut off after {size:,} unpacked bytes ({error})."
        raise fault(
            "damaged_packing", message, remedy="Copy the file again from where it came.", file=path.name
        ) from error
    return target, ()


def _unpacking(path: Path, packing: str) -> AbstractContextManager[Any]:
    return gzip.open(path, "rb") if packing == "gzip" else pa.input_stream(str(path), compression="zstd")


def _wrong_name(path: Path) -> tuple[Problem, ...]:
    if path.suffix.lower() not in {".gz", ".zst"} or path.stat().st_size == 0:
        return ()
    message = f"The name ends in {path.suffix}, but the file is not packed; it was read as it is."
    return (Problem("not_packed", message, "Rename the file.", 1, "note", file=path.name),)


def _kind(path: Path, head: bytes) -> Kind:
    if head[:4] == b"PAR1":
        return "parquet"
    _refuse_foreign(path, head)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if {".csv", ".tsv", ".tab", ".txt"} & set(suffixes):
        return "tsv" if {".tsv", ".tab"} & set(suffixes) else "csv"
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    named_json = bool({".json", ".jsonl", ".ndjson"} & set(suffixes))
    if start == b"[" and (named_json or head.count(b"{") > 0):
        return "json"
    return "jsonl" if start == b"{" or named_json else "csv"


def _refuse_foreign(path: Path, head: bytes) -> None:
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise fault("not_a_table", f"This is {what}, not a table that smo reads.", remedy=_SAVE_AS, file=path.name)
    if path.suffix.lower() == ".parquet":
        message = "The name ends in .parquet, but the file does not begin as a Parquet file."
        raise fault("damaged_parquet", message, remedy="Copy the file again from where it came.", file=path.name)
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise fault("empty_file", "The file is empty.", remedy="Check the export that made it.", file=path.name)
    controls = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if controls > 0.05 * len(head):
        raise fault("not_a_table", "This is a binary file, not a table.", remedy=_SAVE_AS, file=path.name)
