"""Who is blind to what: of an item that is still to be judged, nothing that others said about it."""

from typing import Final

FEWEST_ITEMS: Final = 20  # an aggregate over fewer tells what single people answered
_TELL_NOTHING: Final = frozenset({"market", "language", "queue"})


def stratum_tells(strata_by: tuple[str, ...]) -> bool:
    """Would the stratum, or the chance to be drawn, give away who decided or what?

    >>> stratum_tells(("market", "language")), stratum_tells(("answer:violation",)), stratum_tells(("person",))
    (False, True, True)
    """
    return not _TELL_NOTHING.issuperset(strata_by)


def is_withheld(items: int, *, works_here: bool) -> bool:
    """Is an aggregate over so many items kept from this person? `works_here`: they label or audit in the project.

    >>> is_withheld(19, works_here=True), is_withheld(20, works_here=True), is_withheld(3, works_here=False)
    (True, False, False)
    """
    return works_here and items < FEWEST_ITEMS


def may_see_original(*, is_locked: bool) -> bool:
    """Does the auditor see what was decided? Only once the own label cannot change any more.

    >>> may_see_original(is_locked=False)
    False
    """
    return is_locked


def may_see_decider(*, is_filed: bool) -> bool:
    """Does the auditor see who decided? Only once the findings are final.

    >>> may_see_decider(is_filed=True)
    True
    """
    return is_filed
