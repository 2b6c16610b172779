"""How far two answers are apart when each answer is a set: of labels such as `hate|threat`, or of spans `3:9|20:24`."""

from collections.abc import Callable, Sequence

import numba
import numpy as np
import numpy.typing as npt

MARK = "|"
Matrix = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def jaccard_distance(labels: Sequence[str | float]) -> Matrix:
    """1 - |A and B| / |A or B| for each two labels, each read as a set joined by `|`.

    Shapes: K labels -> float64[K, K], symmetric, 0 on the diagonal, 0 to 1. The entries stand where Krippendorff's
    alpha has its squared differences and are not squared again (as in Passonneau 2006 and in NLTK).
    Source: Jaccard 1912.

    >>> jaccard_distance(("a", "a|b", "c"))[0].tolist()
    [0.0, 0.5, 1.0]
    """
    both, either, _ = _overlaps(labels)
    return 1 - _ratio(both, either)


def masi_distance(labels: Sequence[str | float]) -> Matrix:
    """1 - Jaccard x M for each two labels; M is 1 for equal sets, 2/3 for nested, 1/3 for crossing, 0 for disjoint.

    Shapes and use: as `jaccard_distance`. Source: Passonneau 2006, "Measuring agreement on set-valued items".

    >>> [round(float(d), 3) for d in masi_distance(("a|b", "a", "a|c", "d"))[0]]
    [0.0, 0.667, 0.889, 1.0]
    """
    both, either, smaller = _overlaps(labels)
    monotone = np.where(both == either, 1.0, np.where(both == smaller, 2 / 3, 1 / 3))
    return 1 - _ratio(both, either) * monotone  # disjoint sets have a ratio of 0 already


def span_distance(labels: Sequence[str | float]) -> Matrix:
    """1 - shared / all marked characters for each two labels, each read as spans `start:end` joined by `|`.

    Shapes and use: as `jaccard_distance`; ends are exclusive, overlapping spans of one answer are joined, and an empty
    label marks nothing: it is 0 from another empty one and 1 from all others. All answers to all items are compared,
    8 K^2 bytes: for a few thousand different answers; for more, or to weigh texts by length, see `span_agreement`.
    Errors: ValueError for a label that is not `start:end` with 0 <= start < end.
    Source: the Jaccard distance over characters; Krippendorff 2011 for its use in alpha.

    >>> span_distance(("0:4", "2:6", "", "0:4|10:12"))[0].round(3).tolist()
    [0.0, 0.667, 1.0, 0.333]
    """
    parts = [_joined(spans(label)) for label in labels]
    first = np.cumsum([0, *(len(part) for part in parts)]).astype(np.int64)
    ends = np.array([pair for part in parts for pair in part], np.int64).reshape(-1, 2)
    return _span_distances(first, ends[:, 0].copy(), ends[:, 1].copy())


def members(label: str | float) -> frozenset[str]:
    """The labels that one answer names.

    >>> sorted(members("threat|hate")), members("")
    (['hate', 'threat'], frozenset())
    """
    return frozenset(part.strip() for part in str(label).split(MARK) if part.strip())


def spans(label: str | float) -> list[tuple[int, int]]:
    """The spans that one answer marks, in order. Errors: ValueError for anything else than `start:end`.

    >>> spans("20:24|3:9")
    [(3, 9), (20, 24)]
    """
    found = []
    for part in members(label):
        start, _, end = part.partition(":")
        if not (start.isdecimal() and end.isdecimal()) or int(start) >= int(end):
            raise ValueError(f"{part!r} is no span: spans are start:end with 0 <= start < end, joined by {MARK}")
        found.append((int(start), int(end)))
    return sorted(found)


DISTANCES: dict[str, Callable[[Sequence[str | float]], Matrix]] = {
    "jaccard": jaccard_distance,
    "masi": masi_distance,
    "spans": span_distance,
}


def _overlaps(labels: Sequence[str | float]) -> tuple[Matrix, Matrix, Matrix]:
    """How many members each two labels share, have together, and the smaller of the two has."""
    sets = [members(label) for label in labels]
    names = {name: place for place, name in enumerate(sorted(frozenset().union(*sets)))}
    held = np.zeros((len(sets), len(names)))
    for row, names_held in enumerate(sets):
        held[row, [names[name] for name in names_held]] = 1
    both, size = held @ held.T, held.sum(axis=1)
    return both, size[:, None] + size[None, :] - both, np.minimum(size[:, None], size[None, :])


def _ratio(part: Matrix, whole: Matrix) -> Matrix:
    """Two empty sets are equal."""
    return np.divide(part, whole, out=np.ones_like(whole), where=whole > 0)


def _joined(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in pairs:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@numba.njit(cache=True, nogil=True)
def _span_distances(first: Ints, start: Ints, end: Ints) -> Matrix:
    k = len(first) - 1
    size = np.zeros(k)
    for label in range(k):
        for span in range(first[label], first[label + 1]):
            size[label] += end[span] - start[span]
    apart = np.zeros((k, k))
    for one in range(k):
        for other in range(one):
            a, b, both = first[one], first[other], 0.0
            while a < first[one + 1] and b < first[other + 1]:
                both += max(0, min(end[a], end[b]) - max(start[a], start[b]))
                if end[a] <= end[b]:
                    a += 1
                else:
                    b += 1
            either = size[one] + size[other] - both
            apart[one, other] = apart[other, one] = 1 - both / either if either > 0 else 0.0
    return apart
