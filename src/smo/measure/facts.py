"""What happened, flat and dated: the columns of each kind of fact, the same for all who write and read them."""

from datetime import date

import pyarrow as pa

_MOMENT = pa.timestamp("us", tz="UTC")

# One attempt to sign in. Who is an opaque id, empty for an address that nobody signs in with.
SIGN_IN_ATTEMPT = pa.schema(
    [
        pa.field("day", pa.date32(), nullable=False),
        pa.field("at", _MOMENT, nullable=False),
        pa.field("attempt", pa.string(), nullable=False),
        pa.field("person", pa.string()),
        pa.field("outcome", pa.string(), nullable=False),
    ]
)

FACTS: dict[str, pa.Schema] = {"sign_in_attempt": SIGN_IN_ATTEMPT}


def conforming(kind: str, table: pa.Table, *, day: date) -> pa.Table:
    """The table in its kind's columns, all of one day.

    Shapes: a row per fact; any column order. `day` is the UTC date that every row must bear.
    Errors: ValueError for an unknown kind, missing or unknown columns, a value of another type, an empty value where
    one is due, or a row of another day.

    >>> from datetime import datetime, UTC
    >>> at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    >>> row = {"day": at.date(), "at": at, "attempt": "a", "person": None, "outcome": "succeeded"}
    >>> conforming("sign_in_attempt", pa.Table.from_pylist([row]), day=at.date()).num_rows
    1
    """
    if kind not in FACTS:
        raise ValueError(f"unknown kind of fact {kind!r}; one of {', '.join(FACTS)}")
    schema = FACTS[kind]
    if set(table.column_names) != set(schema.names):
        raise ValueError(f"{kind} has the columns {', '.join(schema.names)}, not {', '.join(table.column_names)}")
    empty = [field.name for field in schema if not field.nullable and table[field.name].null_count]
    if empty:
        raise ValueError(f"{kind}: no value in {', '.join(empty)}")
    try:
        whole = table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as fault:
        raise ValueError(f"{kind}: {fault}") from fault
    others = {found for found in whole["day"].unique().to_pylist() if found != day}
    if others:
        raise ValueError(f"{kind}: rows of {min(others)} among those of {day}")
    return whole
