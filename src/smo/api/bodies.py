"""How a body is read: strict JSON, and no sign that the database cannot hold."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class StrictJson(Parser):
    """JSON as the standard has it: no NaN, no Infinity, no NUL inside a text."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's values. Errors: ValueError."""
        body = request.body
        if b"\\u0000" in body:
            raise ValueError("a NUL in a text")
        return json.loads(body, parse_constant=_refuse)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
