"""Writes happen in actions, reads in queries; screens, endpoints and jobs touch no row."""

import ast
import re

import pytest
from django.contrib import admin

from tests.house import source

WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "save",
    "get_or_create",
    "update_or_create",
    "copy",
}
WRITES |= {"acreate", "aupdate", "adelete", "asave", "select_for_update"}
SQL_WRITE = re.compile(r"^\s*(insert\s+into|update\s+\w+\s+set|delete\s+from|copy\s+\w+|truncate)\b", re.IGNORECASE)
READERS = [p for p in source.own_files() if {"queries", "admin", "models"} & {p.stem, *p.parent.parts[-1:]}]
OUTSIDE = [p for p in source.own_files() if p.relative_to(source.SMO).parts[0] in {"web", "api", "jobs"}]
# the relay moves outbox rows to tasks, which is its whole purpose; the kernel gives it the two functions it needs
PLAIN = {"dict", "set", "list"}


def _attribute_calls(path) -> list[tuple[str, int]]:
    return [(call.func.attr, call.lineno) for call in source.calls(path) if isinstance(call.func, ast.Attribute)]


@pytest.mark.parametrize("path", READERS, ids=source.name)
def test_writes_no_reader_writes(path) -> None:
    assert [
        f"{path.name}:{line} {name}" for name, line in _attribute_calls(path) if name in WRITES - {"copy", "update"}
    ] == []
    assert [s.lineno for s in source.strings(path) if SQL_WRITE.match(s.value)] == []
    updates = [
        call for call in source.calls(path) if isinstance(call.func, ast.Attribute) and call.func.attr == "update"
    ]
    assert [call.lineno for call in updates if "objects" in ast.dump(call.func)] == []


@pytest.mark.parametrize("path", OUTSIDE, ids=source.name)
def test_writes_no_screen_endpoint_or_job_touches_a_row(path) -> None:
    attributes = {node.attr for node in ast.walk(source.tree(path)) if isinstance(node, ast.Attribute)}
    assert attributes.isdisjoint({"objects", "cursor", "get_queryset", "_meta", "select_for_update", "bulk_create"})
    assert [s.lineno for s in source.strings(path) if SQL_WRITE.match(s.value)] == []


@pytest.mark.parametrize("path", source.own_files(), ids=source.name)
def test_writes_nothing_goes_round_the_imports(path) -> None:
    assert [line for name, line in _attribute_calls(path) if name == "get_model"] == []
    signals = [
        n for n in ast.walk(source.tree(path)) if isinstance(n, ast.ImportFrom) and (n.module or "").endswith("signals")
    ]
    assert signals == [] or source.name(path).startswith("people/"), (
        "no Django signals (allauth's sign-in events apart)"
    )
    inner = [
        node.lineno
        for function in source.functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom | ast.Import) and _is_own(node)
    ]
    assert inner == [], "own code imported inside a function"


def _is_own(node: ast.ImportFrom | ast.Import) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").split(".")[0] == "smo"
    return any(alias.name.split(".")[0] == "smo" for alias in node.names)


@pytest.mark.parametrize(
    "path", [p for p in source.own_files() if "actions" in {p.stem, p.parent.name}], ids=source.name
)
def test_writes_actions_are_keyword_only_and_know_who_acts(path) -> None:
    for node in source.tree(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert not node.args.args, f"{node.name} takes positional parameters"
            assert "by" in {a.arg for a in node.args.kwonlyargs} or _is_system_action(node), f"{node.name} has no by="


def _is_system_action(node: ast.FunctionDef) -> bool:
    """What nobody signed in may do: its docstring says so in these words."""
    return "by the system" in (ast.get_docstring(node) or "").lower()


@pytest.mark.parametrize("registered", list(admin.site._registry.values()), ids=lambda a: a.model.__name__)
def test_writes_django_admin_is_read_only(registered, rf) -> None:
    request = rf.get("/")
    request.user = None
    assert not registered.has_add_permission(request)
    assert not registered.has_change_permission(request)
    assert not registered.has_delete_permission(request)
