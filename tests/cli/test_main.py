"""The command lists its verbs without loading them, boots only those that need it, and says faults in words."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smo.cli import boot, main
from smo.cli.database import Database
from smo.cli.faults import CommandFault
from smo.kernel.errors import NotFound

HEAVY = ("django", "psycopg", "procrastinate", "ibis", "polars", "pyarrow", "numba")


def run(*arguments: str, code: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "smo.cli.main"]
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SMO_", "DATABASE_URL"))}
    return subprocess.run(
        [sys.executable, *program, *arguments],
        env={**given, "PYTHONPATH": "src", **environ}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_help_names_every_verb_and_loads_none_of_them() -> None:
    code = f"""
import sys; sys.argv = ["smo", "--help"]
from smo.cli import main
try: main.main()
except SystemExit: pass
print("loaded:", [name for name in {HEAVY!r} if name in sys.modules])
"""
    done = run(code=code)
    assert "loaded: []" in done.stdout, done.stderr
    listed = [line.split()[0] for line in done.stdout.split("Commands:")[1].splitlines() if line.startswith("  ")]
    assert set(listed) >= {*main.verbs()} >= {"up", "serve", "stop", "report", "backup", "restore", "audit", "admin"}


@pytest.mark.parametrize("name", sorted(main.verbs()))
def test_every_verb_says_what_it_does_in_its_first_line(name) -> None:
    first = main.verbs()[name]
    assert first == ast.get_docstring(ast.parse((main.VERBS / f"{name}.py").read_text())).splitlines()[0]
    assert 10 < len(first) < 120


@pytest.mark.parametrize("name", sorted(main.verbs()))
def test_every_verb_explains_itself_without_a_database(name, monkeypatch) -> None:
    monkeypatch.setattr(boot, "find_database", lambda _: pytest.fail("looked for a database"))
    shown = CliRunner().invoke(main.app, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"smo {name}" in shown.output.replace("root ", "smo ")


def test_a_verb_that_does_not_exist() -> None:
    done = run("verzion")
    assert done.returncode == 2
    assert "No such command 'verzion'" in done.stderr


@pytest.mark.parametrize("verb", ["version", "report"])
def test_verbs_without_database_leave_it_alone(verb) -> None:
    code = f"""
import sys; sys.argv = ["smo", {verb!r}, *(["--help"] if {verb!r} == "report" else [])]
from smo.cli import main
try: main.main()
except SystemExit: pass
print("loaded:", [name for name in ("django", "psycopg", "procrastinate", "ninja", "ibis") if name in sys.modules])
"""
    assert "loaded: []" in run(code=code).stdout


def test_all_wrong_settings_are_named_at_once(tmp_path) -> None:
    done = run("migrate", SMO_PORT="eighty", SMO_TIME_ZONE="Mars", SMO_HOME=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("smo: The settings are wrong:")
    assert "SMO_PORT" in done.stderr
    assert "SMO_TIME_ZONE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_reached_is_said_in_words(tmp_path) -> None:
    url = f"postgresql://nobody@/nowhere?host={tmp_path}"
    done = run("migrate", DATABASE_URL=url, SMO_HOME=str(tmp_path))
    assert done.returncode == 2
    assert "DATABASE_URL cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (CommandFault("Do this instead."), "smo: Do this instead."),
        (
            NotFound(person=3),
            "smo: There is no such thing, or none that this actor may know of. [not_found (person=3)]",
        ),
        (OSError(28, "No space left on device"), "smo: [Errno 28] No space left on device"),
    ],
)
def test_faults_end_in_words_and_code_2(fault, words, monkeypatch, capsys) -> None:
    def fail(**_: object) -> None:
        raise fault

    monkeypatch.setattr(main.typer.main, "get_command", lambda _: fail)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.strip() == words


def test_a_home_with_an_unfinished_restore_serves_nothing(tmp_path) -> None:
    (tmp_path / boot.UNFINISHED_RESTORE).touch()
    with pytest.raises(CommandFault, match="cut off"):
        boot.refuse_half_restored(tmp_path)


def test_a_serving_process_never_learns_the_owners_way_in(monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner:secret@host/smo")
    place = Database("postgresql://owner:secret@host/smo", "postgresql://app@host/smo")
    assert "secret" not in str(boot.surroundings(place))
    assert boot.surroundings(place, as_owner=True)["DATABASE_URL"] == place.owner_url


def test_version_is_the_packages() -> None:
    assert run("version").stdout.strip() == __import__("importlib.metadata").metadata.version("smo")


def test_no_verb_is_listed_as_unbooted_that_does_not_exist() -> None:
    planned = {"plan"}  # named by the architecture, built later
    assert main.UNBOOTED - planned <= set(main.verbs())
    assert set(main.verbs()) >= main.AS_OWNER
    assert Path(main.VERBS).is_dir()
