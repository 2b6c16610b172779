"""How a body is read: strict JSON, and no sign that the database cannot hold."""

import json
import re
from typing import Any, Final

from django.http import HttpRequest
from ninja.parser import Parser

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class StrictJson(Parser):
    """JSON as the standard has it: no NaN, no Infinity, no NUL and no half of a surrogate pair inside a text."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's values. Errors: ValueError."""
        body = request.body
        if b"\\u0000" in body:
            raise ValueError("a NUL in a text")
        values = json.loads(body, parse_constant=_refuse)
        if _SURROGATE.search(body):  # most are whole pairs; half of one cannot be written as UTF-8
            json.dumps(values, ensure_ascii=False).encode()
        return values


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
