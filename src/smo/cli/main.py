"""The smo command: each verb is a file in cli/commands, loaded only when it is asked for."""

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from smo import shelf
from smo.cli.faults import CommandFault
from smo.kernel.errors import DomainError

VERBS = Path(__file__).parent / "commands"
# These need no apps, or start the database and other processes themselves.
UNBOOTED = frozenset({"report", "plan", "version", "up", "serve", "web", "stop", "backup", "restore"})
AS_OWNER = frozenset({"migrate"})


@cache
def verbs() -> Mapping[str, str]:
    """Every verb with the first line of its file, read without importing it."""
    files = sorted(path for path in VERBS.glob("*.py") if not path.name.startswith("_"))
    return {path.stem: _first_line(path) for path in files}


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().strip().strip('"').strip()


def _load(name: str, arguments: Sequence[str]) -> Any:
    if name not in UNBOOTED:
        only_help = "--help" in arguments
        shelf.verb("smo.cli", "boot").boot(as_owner=name in AS_OWNER, with_database=not only_help)
        if not only_help and name not in AS_OWNER:
            shelf.verb("smo.cli", "schema").refuse_unready()
    module = shelf.verb("smo.cli.commands", name)
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False)
        app.command()(module.command)
    return typer.main.get_command(app)


class Verbs(TyperGroup):
    """A group that knows its verbs by their files' names."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(verbs())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """What a list of verbs shows of one; `resolve_command` loads the verb itself."""
        return TyperCommand(cmd_name, help=verbs()[cmd_name]) if cmd_name in verbs() else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in verbs():
            return args[0], _load(args[0], args[1:]), args[1:]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Verbs,
    name="smo",
    help="Safety Model Operations: honest numbers about labels, and the loop back to action.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root() -> None:
    """Safety Model Operations: honest numbers about labels, and the loop back to action."""


def main() -> None:
    """Run the command that was typed. A fault ends in words and exit code 2."""
    try:
        typer.main.get_command(app)(prog_name="smo")
    except DomainError as fault:
        meaning = (type(fault).__doc__ or "").splitlines()[0]
        _give_up(f"{meaning} [{fault}]")
    except (CommandFault, OSError) as fault:
        _give_up(str(fault))


def _give_up(why: str) -> NoReturn:
    print(f"smo: {why}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
