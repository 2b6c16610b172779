"""The measures work where Django, the database and the lake are not installed."""

import subprocess
import sys

BLOCKED = """
import importlib, pkgutil, sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "ninja", "procrastinate", "psycopg", "ibis", "duckdb"}:
            raise ImportError(f"{name} is walled off")
sys.meta_path.insert(0, Wall())
import smo.measure
names = [m.name for m in pkgutil.walk_packages(smo.measure.__path__, "smo.measure.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_every_measure_is_imported_behind_the_wall() -> None:
    found = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) >= 12
