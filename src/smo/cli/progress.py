"""Lines that say what is going on, on the error stream, so that results alone go to the output."""

import sys


def say(line: str) -> None:
    """Say one line of progress."""
    print(line, file=sys.stderr, flush=True)
