"""Reads the texts of templates and code, and the catalogues, for the tests of translations."""

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src" / "smo" / "web"
DIST = WEB / "static" / "dist"

_TAG = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
_BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def texts_of_templates() -> Iterator[str]:
    """What templates hand to gettext; of a plural pair the singular, which is the key."""
    for path in WEB.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        yield from (double or single for double, single in _TAG.findall(source))
        for block in _BLOCK.findall(source):
            yield _VARIABLE.sub(r"%(\1)s", _PLURAL.split(block)[0])


def texts_of_code() -> Iterator[str]:
    """What `_("...")` holds in Python."""
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id in {"_", "gettext_lazy"} and node.args:
                yield ast.literal_eval(node.args[0])


def compiled(language: str) -> GNUTranslations:
    """The catalogue that the build made."""
    with (DIST / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return GNUTranslations(file)
