"""Reads the texts of templates and code, and the catalogues, for the tests of translations."""

import ast
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "src" / "smo" / "web"
LABELTYPES = WEB.parent / "labeltypes"
DIST = WEB / "static" / "dist"

_TAG = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
_ARGUMENT = re.compile(r"""[:|= ]_\("([^"]+)"\)""")
_BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def texts_of_templates() -> Iterator[str]:
    """What templates hand to gettext; of a plural pair the singular, which is the key.

    Django doubles percent signs of a template's own text before it looks a text up, and halves them afterwards.
    """
    for path in (*WEB.rglob("*.html"), *LABELTYPES.rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        yield from (_doubled(double or single) for double, single in _TAG.findall(source))
        yield from (_doubled(text) for text in _ARGUMENT.findall(source))
        for block in _BLOCK.findall(source):
            yield _VARIABLE.sub(r"%(\1)s", _doubled(_PLURAL.split(block)[0]))


def _doubled(text: str) -> str:
    return text.replace("%", "%%")


def texts_of_code() -> Iterator[str]:
    """What `_("...")` and `ngettext("...", "...", n)` hold in Python; of the latter the singular."""
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id in _CALLS and node.args:
                yield ast.literal_eval(node.args[0])


def compiled(language: str) -> GNUTranslations:
    """The catalogue that the build made."""
    with (DIST / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return GNUTranslations(file)
