"""The source as the house tests see it: files, their syntax trees, and the settings of the contracts."""

import ast
import configparser
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMO = ROOT / "src" / "smo"


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(p for p in SMO.rglob("*.py") if "static" not in p.parts))


def own_files() -> tuple[Path, ...]:
    """Without migrations: they are written by a machine and never read again."""
    return tuple(p for p in files() if "migrations" not in p.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    return str(path.relative_to(SMO))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code, without the docstring: words are free."""
    body = function.body
    if (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def strings(path: Path) -> Iterator[ast.Constant]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def contract(section: str, key: str) -> set[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return set(parser[f"importlinter:contract:{section}"][key].split())
