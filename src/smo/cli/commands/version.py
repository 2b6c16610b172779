"""Say which release of smo this is."""

from importlib.metadata import version


def command() -> None:
    """Say which release of smo this is."""
    print(version("smo"))
