"""Write tables so that a spreadsheet runs nothing and a crash leaves the old file or the new one, never a half."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def safe_cell(text: str) -> str:
    """A cell that a spreadsheet shows and does not run; plain numbers stay numbers.

    >>> safe_cell("=1+1"), safe_cell("@SUM(A1)"), safe_cell("-1.5"), safe_cell("plain")
    ("'=1+1", "'@SUM(A1)", '-1.5', 'plain')
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _safe(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    dangerous = text.str.contains(r"^[=+\-@\t\r]") & ~text.str.contains(rf"^{_NUMBER.pattern}$")
    return pl.when(dangerous).then("'" + text).otherwise(text).alias(name)


def write_csv(frame: pl.DataFrame, path: Path) -> None:
    """UTF-8 CSV; cells that a spreadsheet would run begin with an apostrophe. The file appears whole or not at all."""
    texts = [name for name, dtype in frame.schema.items() if dtype in {pl.String, pl.Categorical, pl.Enum}]
    safe = frame.with_columns(_safe(name) for name in texts).rename({name: safe_cell(name) for name in frame.columns})
    with replacing(path) as target:
        safe.write_csv(target)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Parquet (zstd); the file appears whole or not at all."""
    with replacing(path) as target:
        frame.write_parquet(target, compression="zstd")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when all went well, and is gone when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        target = Path(file.name)
    try:
        yield target
        with target.open("rb") as written:
            os.fsync(written.fileno())
        target.chmod(0o666 & ~_umask())
        target.replace(path)
    finally:
        target.unlink(missing_ok=True)


def _umask() -> int:
    """The process's own mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
