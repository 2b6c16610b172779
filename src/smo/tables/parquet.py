"""Read Parquet: only the columns asked for, types kept, structs opened to `meta.x`."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import parquet as arrow_parquet

from smo.tables.source import fault

_AGAIN = "Copy the file again from where it came, or write it again."


def parquet_columns(path: Path, *, file: str) -> tuple[str, ...]:
    """Column names as read_parquet will give them, from the footer alone."""
    try:
        schema = arrow_parquet.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise fault(
            "damaged_parquet", f"The Parquet file is damaged ({_first(error)}).", remedy=_AGAIN, file=file
        ) from error
    return tuple(name for field in schema for name in _leaves(field, ""))


def _first(error: BaseException) -> str:
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__


def _leaves(field: pa.Field, prefix: str) -> list[str]:
    if pa.types.is_struct(field.type):
        return [name for inner in field.type for name in _leaves(inner, f"{prefix}{field.name}.")]
    return [f"{prefix}{field.name}"]


def parquet_head(path: Path, *, file: str, rows: int = 500) -> pl.DataFrame:
    """The first rows with all columns."""
    return read_parquet(path, file=file, columns=parquet_columns(path, file=file), rows=rows)


def read_parquet(path: Path, *, file: str, columns: Sequence[str], rows: int | None = None) -> pl.DataFrame:
    """The wanted columns with their types; lists become JSON text."""
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
        frame = _limited(lazy, rows).select(_field(name, schema) for name in columns).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise fault(
            "damaged_parquet", f"The Parquet file is damaged ({_first(error)}).", remedy=_AGAIN, file=file
        ) from error
    if frame.height == 0:
        raise fault("no_rows", "The file has columns and no rows.", remedy="Check the export that made it.", file=file)
    return _plain(frame)


def plain_columns(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The wanted columns of rows that were read already, structs opened, lists as JSON text."""
    return _plain(frame.select(_field(name, frame.schema) for name in columns))


def _limited(lazy: pl.LazyFrame, rows: int | None) -> pl.LazyFrame:
    return lazy if rows is None else lazy.head(rows)


def _field(name: str, schema: pl.Schema) -> pl.Expr:
    if name in schema:
        return pl.col(name)
    head, *inner = name.split(".")
    expression = pl.col(head)
    for part in inner:
        expression = expression.struct.field(part)
    return expression.alias(name)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as JSON text, bytes as text, so that every cell is one value."""
    changes = [_as_text(name, dtype) for name, dtype in frame.schema.items() if isinstance(dtype, pl.List | pl.Array)]
    binary = [pl.col(name).cast(pl.String, strict=False) for name, dtype in frame.schema.items() if dtype == pl.Binary]
    return frame.with_columns([*changes, *binary]) if changes or binary else frame


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    listed = pl.col(name) if isinstance(dtype, pl.List) else pl.col(name).arr.to_list()
    wrapped = pl.struct(listed.alias("x")).struct.json_encode()
    text = wrapped.str.strip_prefix('{"x":').str.strip_suffix("}")
    return pl.when(pl.col(name).is_null()).then(None).otherwise(text).alias(name)
