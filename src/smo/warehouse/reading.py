"""Rows of a database into a table of facts: COPY streams them as CSV, Arrow parses it; no row passes through Python."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

import pyarrow as pa
import pyarrow.csv as pc

BLOCK_BYTES: Final = 4_000_000


class Copies(Protocol):
    """A psycopg cursor, as far as it is needed here."""

    def copy(self, statement: str, params: Any = None) -> AbstractContextManager[Any]:
        """Start a COPY."""


class _Stream:
    """The bytes of a COPY as a file."""

    closed = False

    def __init__(self, parts: Iterator[Any]) -> None:
        self._parts, self._rest = parts, bytearray()  # it grows in place: a part is one row

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most so many."""
        wanted = BLOCK_BYTES if size < 0 else size
        while len(self._rest) < wanted:
            part = next(self._parts, None)
            if part is None:
                break
            self._rest += part
        given = bytes(self._rest[:wanted])
        del self._rest[:wanted]
        return given


def copied(cursor: Copies, query: str, *, params: Any, schema: pa.Schema) -> pa.Table:
    """What a query finds, in the columns of a schema. The query names its columns; moments come as UTC text."""
    convert = pc.ConvertOptions(
        column_types={field.name: field.type for field in schema},
        include_columns=schema.names,
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
        true_values=["t"],
        false_values=["f"],
        timestamp_parsers=[pc.ISO8601],
    )
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER true)", params) as parts:
        read = pc.ReadOptions(block_size=BLOCK_BYTES)
        found = pc.read_csv(_Stream(iter(parts)), read_options=read, convert_options=convert)
    return found.cast(schema)
