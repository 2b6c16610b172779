"""Find labels that are probably one label written in several ways; they are named, never merged."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)")


def folded(label: str) -> str:
    """What stays of a label when spelling does not count: case, accents, width, blanks and end punctuation.

    >>> folded(" Hate\\u00ad-Speech. ") == folded("hate_speech"), folded("1.0") == folded("1")
    (True, True)
    >>> folded("café") == folded("CAFE"), folded("+1") == folded("-1")
    (True, False)
    """
    return "|".join(sorted(_folded_part(part) for part in label.split("|")))


def _folded_part(part: str) -> str:
    wide = unicodedata.normalize("NFKD", part).casefold()
    visible = "".join(sign for sign in wide if unicodedata.category(sign) not in {"Mn", "Cf", "Cc"})
    ends = " .,;:!?\"'`’"
    for form in (visible.strip(), visible.strip(ends)):
        if _NUMBER.fullmatch(form):
            return _plain_number(form)
    words = re.sub(r"[\s_\-–—/]+", " ", visible).strip(ends)
    return _plain_number(words) if _NUMBER.fullmatch(words) else words or visible


def _plain_number(text: str) -> str:
    """Exact, so that long ids which differ in their last digit stay two labels."""
    return f"{(Decimal(text.replace(',', '.')) + 0).normalize():f}"


def spelling_groups(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Groups of labels with one folded form, the most frequent first in each, the groups by their size.

    >>> spelling_groups({"hate": 90, "Hate": 3, "none": 40})
    [('hate', 'Hate')]
    """
    groups: dict[str, list[str]] = {}
    for label in counts:
        groups.setdefault(folded(label), []).append(label)
    several = [
        tuple(sorted(group, key=lambda label: (-counts[label], label))) for group in groups.values() if group[1:]
    ]
    return sorted(several, key=lambda group: (-_total(group, counts), group))


def _total(group: Iterable[str], counts: Mapping[str, int]) -> int:
    return sum(counts[label] for label in group)
