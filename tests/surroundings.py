"""A home of its own for each test process, set before Django's settings are read; loaded by `-p` in pyproject.toml.

Settings keep keys and a cache in the home. Without this the tests would use the developer's own, and processes that
run side by side, each with a database of its own, would read each other's cached actors.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings


def _own_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="smo-tests-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


for name in [name for name in os.environ if name.startswith("SMO_")]:
    del os.environ[name]
os.environ["SMO_HOME"] = str(_own_home())
# A busy machine pauses any test for longer than a fifth of a second; how long things take is for bench/ to say.
settings.register_profile("smo", deadline=None)
settings.load_profile("smo")
