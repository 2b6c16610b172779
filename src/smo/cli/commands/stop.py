"""Stop what runs: pages, worker and the embedded database."""

from smo.cli.boot import environment
from smo.cli.serving import stop


def command() -> None:
    """Stop what runs: pages, worker and the embedded database."""
    print("Stopped" if stop(environment().home) else "Nothing was running")
