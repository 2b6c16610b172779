"""Start everything on this machine: database, pages and worker; with demo accounts the first time."""

from smo.cli.serving import AlreadyRunning, serve


def command() -> None:
    """Start everything on this machine; the first time with demo accounts, whose passwords are shown once."""
    try:
        serve(with_demo=True)
    except AlreadyRunning as found:
        print(found)
