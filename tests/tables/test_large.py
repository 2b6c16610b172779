"""Large files are read in bounded memory: what is not needed is never held."""

import subprocess
import sys
from pathlib import Path

import pytest

READ = """
import resource, sys
from smo.tables.labels import read_labels
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
frame = read_labels([sys.argv[1]]).frame
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(frame.height, frame.columns == ["item", "rater", "task", "label"], (after - before) // 1024)
"""


def read_apart(path: Path) -> tuple[int, bool, int]:
    """Rows, whether only the needed columns are there, and the growth of the process in MB."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    rows, only_needed, megabytes = done.stdout.split()
    return int(rows), only_needed == "True", int(megabytes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        ("labels.csv", "item,text,rater,label\n", '{n},"{text}",w{rater},yes\n'),
        ("labels.jsonl", "", '{{"item": {n}, "text": "{text}", "rater": "w{rater}", "label": "yes"}}\n'),
    ],
)
def test_a_gigabyte_of_text_needs_a_quarter_of_the_memory(tmp_path: Path, name: str, header: str, row: str) -> None:
    path = tmp_path / name
    text = "lorem ipsum " * 340
    with path.open("w") as file:
        file.write(header)
        for n in range(250_000):
            file.write(row.format(n=n // 5, text=text, rater=n % 997))
    assert path.stat().st_size > 10**9
    rows, only_needed, megabytes = read_apart(path)
    assert (rows, only_needed) == (250_000, True)
    assert megabytes < 250
