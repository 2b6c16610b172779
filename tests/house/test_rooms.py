"""Every folder is a room that the contracts know, and every room looks the same."""

import ast

import pytest

from tests.house import source

FORBIDDEN_FOLDERS = {"management", "templatetags", "tests", "signals"}
FORBIDDEN_WORDS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "handler", "handlers"}
FORBIDDEN_WORDS |= {"processor", "processors", "service", "services"}
FORBIDDEN_ENDINGS = ("Util", "Utils", "Helper", "Manager", "Handler", "Processor", "Service")


def test_rooms_every_folder_with_python_is_a_package() -> None:
    folders = {path.parent for path in source.files()}
    assert [str(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_rooms_every_app_with_models_stands_in_the_rooms_contract() -> None:
    apps = {f"smo.{path.parent.name}" for path in source.SMO.glob("*/models.py")} - {"smo.kernel"}
    apps |= {f"smo.{path.parent.parent.name}" for path in source.SMO.glob("*/models/__init__.py")}
    assert apps <= source.contract("rooms", "containers")


def test_rooms_every_place_with_views_stands_in_the_places_contract() -> None:
    places = {f"smo.web.{path.parent.name}" for path in (source.SMO / "web").glob("*/views.py")}
    assert places <= source.contract("places", "modules")


def test_rooms_first_level_is_at_most_25() -> None:
    assert len([p for p in source.SMO.iterdir() if p.is_dir() and p.name != "__pycache__"]) <= 25


@pytest.mark.parametrize("path", source.own_files(), ids=source.name)
def test_rooms_names_say_what_a_thing_is(path) -> None:
    parts = set(path.relative_to(source.SMO).with_suffix("").parts)
    assert parts.isdisjoint(FORBIDDEN_FOLDERS | FORBIDDEN_WORDS | {"adapters"})
    classes = [node.name for node in ast.walk(source.tree(path)) if isinstance(node, ast.ClassDef)]
    # Django's own user manager is the permitted exception
    assert [c for c in classes if c.endswith(FORBIDDEN_ENDINGS) and c != "AccountManager"] == []


def _re_exports_lazily(node: ast.stmt) -> bool:
    """What names are found where, their types for the checker, and the door that opens on the first use (PEP 562)."""
    if isinstance(node, ast.FunctionDef):
        return node.name == "__getattr__"
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING" and all(isinstance(n, ast.ImportFrom) for n in node.body)
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_ROOMS"


@pytest.mark.parametrize("path", [p for p in source.own_files() if p.name == "__init__.py"], ids=source.name)
def test_rooms_a_package_init_only_re_exports(path) -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    nodes = [node for node in source.tree(path).body if not _re_exports_lazily(node)]
    assert [type(node).__name__ for node in nodes if not isinstance(node, allowed)] == []
    assigned = [t.id for n in nodes if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)]
    assert set(assigned) <= {"__all__", "__version__"}
    assert ast.get_docstring(source.tree(path))


@pytest.mark.parametrize("path", [p for p in source.own_files() if p.name != "__init__.py"], ids=source.name)
def test_rooms_a_child_never_imports_its_package(path) -> None:
    package = ".".join(("smo", *path.relative_to(source.SMO).parent.parts))
    modules = {p.stem for p in path.parent.iterdir()}
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Import):
            assert package not in {alias.name for alias in node.names} or package == "smo"
        if isinstance(node, ast.ImportFrom) and node.module == package:
            assert {alias.name for alias in node.names} <= modules, f"imports names from {package} itself"


@pytest.mark.parametrize("path", source.own_files(), ids=source.name)
def test_rooms_the_first_line_of_a_module_says_what_it_is_for(path) -> None:
    assert ast.get_docstring(source.tree(path)), "no docstring"
