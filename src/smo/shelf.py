"""Put a file or a folder on a shelf and it is found: no list to edit."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def _entry(package: ModuleType, path: Path) -> ModuleType | None:
    if path.is_dir() and (path / "spec.py").exists():
        return import_module(f"{package.__name__}.{path.name}.spec")
    if path.suffix == ".py" and not path.name.startswith("_"):
        return import_module(f"{package.__name__}.{path.stem}")
    return None


def things(package: str, attribute: str) -> dict[str, Any]:
    """What stands on a shelf, by name: `attribute` of each file `X.py` or folder `X/spec.py` that has it.

    Shapes: `package` is a dotted name; the answer maps the entry's name to its attribute, in name order.
    Errors: ModuleNotFoundError when there is no such shelf.

    >>> sorted(things("smo.labeltypes", "NAME"))[:2]
    ['choice', 'multichoice']
    """
    shelf = import_module(package)
    folder = Path(shelf.__file__ or "").parent
    entries = ((path.stem, _entry(shelf, path)) for path in sorted(folder.iterdir()))
    return {
        name: getattr(entry, attribute) for name, entry in entries if entry is not None and hasattr(entry, attribute)
    }


def verb(package: str, name: str) -> ModuleType:
    """The file of one name on a shelf of files, loaded only now.

    Errors: ModuleNotFoundError when the shelf has no such file.
    """
    return import_module(f"{package}.{name}")
