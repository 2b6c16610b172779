"""What happened, flat and dated: the columns of each kind of fact, the same for all who write and read them."""

from collections.abc import Collection
from datetime import date

import pyarrow as pa

_MOMENT = pa.timestamp("us", tz="UTC")


def _schema(**columns: pa.DataType) -> pa.Schema:
    """Columns in order; every kind begins with the UTC day that it belongs to. A name that ends in `_` may be empty."""
    fields = [pa.field("day", pa.date32(), nullable=False)]
    fields += [pa.field(name.rstrip("_"), kind, nullable=name.endswith("_")) for name, kind in columns.items()]
    return pa.schema(fields)


_TEXT, _SHARE, _YES, _COUNT = pa.string(), pa.float64(), pa.bool_(), pa.int64()
_PLACE = {"project": _TEXT, "product": _TEXT, "item": _TEXT}
_SLICE = {"market": _TEXT, "language": _TEXT}

# One attempt to sign in. Who is an opaque id, empty for an address that nobody signs in with.
SIGN_IN_ATTEMPT = _schema(at=_MOMENT, attempt=_TEXT, person_=_TEXT, outcome=_TEXT)

# One item that a queue holds or held, on the day it came. `state` is on_time, late, past_due (still open) or open.
ITEM = _schema(
    at=_MOMENT, **_PLACE, **_SLICE, queue=_TEXT, state=_TEXT, due_at=_MOMENT, final_at_=_MOMENT, hours_=_SHARE
)

# One decision of one person about one item, on the day it was made. What was retracted is not among them.
DECISION = _schema(
    at=_MOMENT, decision=_TEXT, **_PLACE, **_SLICE, queue_=_TEXT, person=_TEXT, person_kind=_TEXT, outcome=_TEXT,
    reason=_TEXT, mode=_TEXT, is_imported=_YES, is_late=_YES, is_flagged=_YES, is_final=_YES, final_at_=_MOMENT,
    item_received_at=_MOMENT, schema_version_=_TEXT, guideline_version_=_TEXT, active_seconds_=_SHARE,
    handle_seconds_=_SHARE, idle_seconds_=_SHARE, view_mode=_TEXT, translation_used=_YES, prelabel_shown=_YES,
    tool_version=_TEXT, surface=_TEXT, source=_TEXT, model_score_=_SHARE, inclusion_probability_=_SHARE,
)  # fmt: skip

# One answer of a decision to one question, for each turn where turns are answered; free text is left out.
ANSWER = _schema(
    at=_MOMENT, decision=_TEXT, **_PLACE, **_SLICE, person=_TEXT, person_kind=_TEXT, schema_version=_TEXT,
    question=_TEXT, is_main=_YES, type=_TEXT, turn_=_COUNT, label=_TEXT,
)  # fmt: skip

# One filed audit, on the day of the decision that it judges. `weight` is how many decisions of its stratum it stands
# for: the stratum's size by the audits filed in it.
AUDIT = _schema(
    at=_MOMENT, audit=_TEXT, decision=_TEXT, **_PLACE, **_SLICE, plan=_TEXT, purpose=_TEXT, design=_TEXT, draw=_TEXT,
    stratum=_TEXT, inclusion_probability=_SHARE, weight=_SHARE, is_correct=_YES, is_critical=_YES, severity=_TEXT,
    auditor=_TEXT, person=_TEXT, queue_=_TEXT, schema_version_=_TEXT, guideline_version_=_TEXT, filed_at=_MOMENT,
    active_seconds_=_SHARE,
)  # fmt: skip

# One finding that stands, on the day of the decision.
FINDING = _schema(
    at=_MOMENT, finding=_TEXT, audit=_TEXT, decision=_TEXT, **_PLACE, **_SLICE, purpose=_TEXT, outcome_class=_TEXT,
    severity=_TEXT, cause=_TEXT, caught=_TEXT, question=_TEXT, rule=_TEXT, status=_TEXT, counts_for=_TEXT,
    person=_TEXT, filed_at=_MOMENT,
)  # fmt: skip

# One flag on the guideline, on the day it was raised; its text stays in the database.
FLAG = _schema(
    at=_MOMENT, flag=_TEXT, **_PLACE, **_SLICE, queue_=_TEXT, person=_TEXT, guideline_version_=_TEXT, rule=_TEXT,
    answered_at_=_MOMENT,
)  # fmt: skip

FACTS: dict[str, pa.Schema] = {
    "sign_in_attempt": SIGN_IN_ATTEMPT,
    "item": ITEM,
    "decision": DECISION,
    "answer": ANSWER,
    "audit": AUDIT,
    "finding": FINDING,
    "flag": FLAG,
}


def conforming(kind: str, table: pa.Table, *, days: Collection[date]) -> pa.Table:
    """The table in its kind's columns, all of these days.

    Shapes: a row per fact; any column order. `days` are the UTC dates of which every row must bear one.
    Errors: ValueError for an unknown kind, missing or unknown columns, a value of another type, an empty value where
    one is due, or a row of another day.

    >>> from datetime import datetime, UTC
    >>> at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    >>> row = {"day": at.date(), "at": at, "attempt": "a", "person": None, "outcome": "succeeded"}
    >>> conforming("sign_in_attempt", pa.Table.from_pylist([row]), days=[at.date()]).num_rows
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
    others = set(whole["day"].unique().to_pylist()) - set(days)
    if others:
        raise ValueError(f"{kind}: rows of {min(others)} among those of {', '.join(map(str, sorted(days)))}")
    return whole
