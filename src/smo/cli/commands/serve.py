"""Serve the pages with a worker, without demo accounts."""

from smo.cli.serving import serve


def command() -> None:
    """Serve the pages with a worker, without demo accounts. SMO_HOST and SMO_PORT say where."""
    serve(with_demo=False)
