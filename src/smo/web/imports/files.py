"""Files on their way: in parts that may be sent again, or whole from a plain form; and the rows that were rejected."""

import csv
import io
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from smo.intake import actions, queries
from smo.intake.rules.faults import FileNotRead, PartOutOfPlace
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor
from smo.tables.writing import safe_cell
from smo.web.imports.words import fault_words
from smo.web.render import screen

PART_BYTES: Final = 4 << 20
_ROWS_AT_ONCE: Final = 500


@require_POST
@screen
def begin(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    """Begin an import: with the file itself, or with its name and size, after which it comes in parts."""
    kind = request.POST.get("kind", "items")
    sent = request.FILES.get("file")
    if sent is not None:
        import_id = actions.receive_import(
            by=by, project=project, kind=kind, file_name=sent.name or "file", content=sent.chunks()
        )
        return redirect("imports:import", project, import_id)
    size = _number(request.POST.get("size", ""))
    name = request.POST.get("file_name", "")
    import_id = actions.begin_upload(by=by, project=project, kind=kind, file_name=name, size=size)
    if not size:
        actions.cancel_import(by=by, import_id=import_id)
        raise FileNotRead(why=_("The file is empty."))
    return JsonResponse(
        {
            "part": reverse("imports:part", args=[project, import_id]),
            "end": reverse("imports:end", args=[project, import_id]),
            "page": reverse("imports:import", args=[project, import_id]),
            "part_bytes": PART_BYTES,
        }
    )


@require_POST
@screen
def part(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """One part of a file. The answer says how many bytes are there, also when this part was out of place."""
    _of_project(by, project=project, import_id=import_id)
    offset = _number(request.headers.get("X-Offset", "0"))
    try:
        there = actions.append_part(by=by, import_id=import_id, offset=offset, data=request.body)
    except PartOutOfPlace as fault:
        return JsonResponse({"received": fault.parameters["expected"]}, status=409)
    return JsonResponse({"received": there})


@require_POST
@screen
def end(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """The file is there in full."""
    _of_project(by, project=project, import_id=import_id)
    actions.finish_upload(by=by, import_id=import_id)
    return redirect("imports:import", project, import_id)


@require_safe
@screen
def rejected(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """Every row that was turned away, as a table to mend the file by."""
    state = _of_project(by, project=project, import_id=import_id)
    rows = queries.rejected(by=by, import_id=import_id)
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"rejected-{state.row.file_name.split('.')[0]}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response  # type: ignore[return-value]  # Django's two kinds of answers share no class of their own


def _lines(rows: Iterator[queries.Refused]) -> Iterator[str]:
    """CSV in which a spreadsheet runs nothing."""
    yield from _written([("row", "line", "column", "value", "reason", "remedy")])
    some: list[tuple[object, ...]] = []
    for row in rows:
        reason, remedy = fault_words(row.code)
        some.append((row.row, row.line or "", safe_cell(row.column), safe_cell(row.value), reason, remedy))
        if len(some) == _ROWS_AT_ONCE:
            yield from _written(some)
            some = []
    yield from _written(some)


def _written(rows: list[tuple[object, ...]]) -> Iterator[str]:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    yield text.getvalue()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _of_project(by: Actor, *, project: str, import_id: UUID) -> queries.ImportState:
    """The import, when it belongs to the project of the address."""
    state = queries.import_state(by=by, import_id=import_id)
    if state.row.project != project:
        raise NotFound(import_id=import_id)
    return state
