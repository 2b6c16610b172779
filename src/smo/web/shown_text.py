"""Foreign text made safe to look at: never markup, and what cannot be seen or turns the line around gets a mark."""

import re
import unicodedata
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FIRST_CHARACTERS: Final = (
    20_000  # of a long text; the rest comes on demand, so that a megabyte does not freeze the page
)

# Short names of what would be invisible. Those in _KEPT still work, beside their mark; the others only show the mark.
_NAMES: Final = {
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u115f": "HF",
    "\u1160": "HF",
    "\u180e": "MVS",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LS",
    "\u2029": "PS",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u3164": "HF",
    "\ufeff": "BOM",
    "\uffa0": "HF",
    "\r": "CR",
}
_KEPT: Final = frozenset("\u061c\u200e\u200f\u200c\u200d")
_SIGNS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_JOINERS: Final = frozenset("\u200c\u200d")
_LATIN: Final = re.compile(r"[\x00-\u036f]")


def shown(text: str) -> SafeString:
    """The text escaped, each invisible or turning character as a mark that stands for exactly one code point.

    >>> shown("<b> a\\u202eb")
    '&lt;b&gt; a<span class="s-sign" data-sign="RLO" title="U+202E RIGHT-TO-LEFT OVERRIDE"></span>b'
    """
    return mark_safe(_SIGNS.sub(_mark, escape(text)))  # noqa: S308 - escaped; the marks are ours


def first_and_rest(text: str) -> tuple[str, str]:
    """A text cut where a page can still show its first part at once, at a blank where there is one near.

    >>> [len(part) for part in first_and_rest("a" * 20_001)]
    [20000, 1]
    """
    if len(text) <= FIRST_CHARACTERS:
        return text, ""
    blank = text.rfind(" ", FIRST_CHARACTERS - 200, FIRST_CHARACTERS)
    cut = blank + 1 if blank > 0 else FIRST_CHARACTERS
    return text[:cut], text[cut:]


def _mark(found: re.Match[str]) -> str:
    sign = found.group()
    if sign in _JOINERS and _joins(found.string, found.start()):
        return sign
    if sign == "\r":  # a browser would swallow it, and with it one of the offsets
        return '<span class="s-sign s-sign-quiet" data-sign="CR"></span>'
    name = _NAMES.get(sign, f"{ord(sign):04X}")
    title = f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
    return f'<span class="s-sign" data-sign="{name}" title="{title}">{sign if sign in _KEPT else ""}</span>'


def _joins(text: str, place: int) -> bool:
    """Joiners are part of emoji and of many scripts; between Latin letters they only hide something."""
    return place > 0 and not _LATIN.match(text[place - 1])
