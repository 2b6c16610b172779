"""The OpenAPI document: what ninja writes, and the refusals that every endpoint shares."""

from typing import Any

from ninja import NinjaAPI

from smo.api.problems import CONTENT_TYPE, TITLES

_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "One refusal, RFC 9457. `code` is for programs and does not change; `title` is for people.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "parameters": {"type": "object", "additionalProperties": True},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "loc": {"type": "array", "items": {}},
                    "msg": {"type": "string"},
                    "type": {"type": "string"},
                },
            },
        },
    },
}
_OF_ALL = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500)
_OF_STRANGERS = (405, 500, 503)


class Contract(NinjaAPI):
    """Endpoints whose document names every refusal."""

    def get_openapi_schema(self, **wanted: Any) -> Any:
        """The document, with the one shape of refusals at every operation."""
        document = super().get_openapi_schema(**wanted)
        components = document.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = _PROBLEM
        content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components["responses"] = {
            str(status): {"description": words, "content": content} for status, words in TITLES.items()
        }
        for operations in document["paths"].values():
            for operation in operations.values():
                statuses = _OF_ALL if operation.get("security") else _OF_STRANGERS
                for status in statuses:
                    operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{status}"})
        return document
