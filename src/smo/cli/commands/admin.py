"""Look after accounts from the command line: make the first administrator, close the demo accounts."""

import sys
from typing import Annotated

import typer

from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from smo.people import queries

app = typer.Typer(
    help="Look after accounts from the command line.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def create(
    email: Annotated[str, typer.Option(prompt="E-mail address", help="What the administrator signs in with.")],
    name: Annotated[str, typer.Option(help="The person's name; the address's first part when left out.")] = "",
    password_stdin: Annotated[bool, typer.Option(help="Read the password from the input.")] = False,
) -> None:
    """Make an administrator. Without --password-stdin a password is made and shown once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else ""
    made = people.create_admin(by=SYSTEM, email=email, name=name or email.split("@", maxsplit=1)[0], password=password)
    print(f"{made.email} may now sign in as administrator.")
    if made.password:
        print(f"Password (shown once, to be changed at the first sign-in): {made.password}")


@app.command("close-demo")
def close_demo() -> None:
    """Close every demo account; needed before others may reach this system."""
    print(f"{people.deactivate_demo_accounts(by=SYSTEM)} demo accounts closed.")


@app.command("check-demo", hidden=True)
def check_demo() -> None:
    """Exit with 1 while a demo account could sign in."""
    if queries.demo_accounts_exist():
        raise typer.Exit(1)
