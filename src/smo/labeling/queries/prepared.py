"""Statements that run for every label: prepared once per connection, sent and read without Django in between.

Django binds parameters on the client and prepares nothing; on the claim path that costs more than the statement.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import namedtuple_row


def rows(statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    """The rows of a prepared statement, as named tuples; jsonb comes as text."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = 5  # Django's own cursors bind on the client and stay as they are
    with connection.wrap_database_errors, psycopg.Cursor(raw, row_factory=namedtuple_row) as cursor:
        cursor.execute(statement, parameters, prepare=True)
        return cursor.fetchall()
