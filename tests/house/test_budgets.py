"""Sizes that keep a file readable in one sitting."""

import ast
import statistics

import pytest

from tests.house import source

BRANCHES = (ast.If, ast.For, ast.While, ast.Try, ast.ExceptHandler, ast.match_case, ast.IfExp, ast.BoolOp)


def _is_jitted(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Compiled kernels: the compiler takes no keyword-only parameters, and a loop nest is one thought."""
    return any("njit" in ast.dump(d) or "jit" in ast.dump(d) for d in function.decorator_list)


@pytest.mark.parametrize("path", source.own_files(), ids=source.name)
def test_budgets_a_file_has_at_most_400_lines(path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", source.own_files(), ids=source.name)
def test_budgets_a_function_body_has_at_most_40_lines(path) -> None:
    assert [f"{f.name}: {source.body_lines(f)}" for f in source.functions(path) if source.body_lines(f) > 40] == []


@pytest.mark.parametrize("path", source.own_files(), ids=source.name)
def test_budgets_a_function_has_at_most_6_parameters_and_2_by_place(path) -> None:
    for function in source.functions(path):
        if _is_jitted(function) or source.name(path).startswith("cli/commands/"):
            continue
        places = [a.arg for a in (*function.args.posonlyargs, *function.args.args) if a.arg not in {"self", "cls"}]
        every = len(places) + len(function.args.kwonlyargs)
        assert every <= 6, f"{function.name} has {every} parameters"
        assert every <= 2 or len(places) <= 2, f"{function.name}: beyond two, parameters are keyword-only"


def test_budgets_the_median_function_is_short() -> None:
    lengths = [source.body_lines(f) for path in source.own_files() for f in source.functions(path)]
    assert statistics.median(lengths) <= 8


def test_budgets_the_kernel_is_small() -> None:
    kernel = [p for p in source.own_files() if p.relative_to(source.SMO).parts[0] == "kernel"]
    assert sum(len(p.read_text(encoding="utf-8").splitlines()) for p in kernel) < 800


def test_budgets_settings_are_short() -> None:
    assert len((source.SMO / "config" / "settings.py").read_text(encoding="utf-8").splitlines()) < 250


def test_budgets_own_typescript_is_at_most_6000_lines() -> None:
    scripts = [p for p in source.SMO.rglob("*.ts") if "node_modules" not in p.parts]
    assert sum(len(p.read_text(encoding="utf-8").splitlines()) for p in scripts) <= 6000
