"""Codes and names in the form in which they are kept."""

import re
from typing import Final

from smo.catalog.rules.refusals import CodeNotValid, CodeReserved, NameEmpty

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_PLACE: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_RESERVED: Final = frozenset({"add"})  # /projects/add, /policies/add and /questions/add are pages
_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")
LONGEST_CODE: Final = 60
LONGEST_NAME: Final = 200


def normal_code(text: str) -> str:
    """A code, blanks at its ends apart. Errors: CodeNotValid, CodeReserved.

    >>> normal_code(" comments-fr ")
    'comments-fr'
    """
    code = text.strip()
    if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
        raise CodeNotValid(text=text[:LONGEST_CODE])
    if code in _RESERVED:
        raise CodeReserved(text=code)
    return code


def normal_tag(text: str) -> str:
    """A market's or language's code, as the standards write them: letters, digits and hyphens. Errors: CodeNotValid.

    >>> normal_tag("pt-BR")
    'pt-BR'
    """
    tag = text.strip()
    if len(tag) > LONGEST_CODE or not _PLACE.fullmatch(tag):
        raise CodeNotValid(text=text[:LONGEST_CODE])
    return tag


def normal_title(text: str) -> str:
    """A name with single spaces and without what cannot be printed. Errors: NameEmpty.

    >>> normal_title("  Video \\t comments ")
    'Video comments'
    """
    kept = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    name = " ".join(kept.split())[:LONGEST_NAME]
    if not name:
        raise NameEmpty
    return name


def code_from(name: str) -> str:
    """A code to begin with, out of a name; empty when nothing of it is plain.

    >>> code_from("Video comments, FR")
    'video-comments-fr'
    """
    return _NOT_PLAIN.sub("-", name.casefold()).strip("-")[:LONGEST_CODE].strip("-")


def clean_text(text: str) -> str:
    """Written text as the database takes it: one kind of line end, nothing that cannot be stored.

    >>> clean_text("a\\r\\nb\\0 ")
    'a\\nb'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return lines.encode("utf-8", "replace").decode("utf-8").strip()
