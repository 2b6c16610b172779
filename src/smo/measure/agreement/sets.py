"""How far two answers are apart when each answer is a set of labels, such as `hate|threat`."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

MARK = "|"
Matrix = npt.NDArray[np.float64]


def jaccard_distance(labels: Sequence[str | float]) -> Matrix:
    """1 - |A and B| / |A or B| for each two labels, each read as a set joined by `|`.

    Shapes: K labels -> float64[K, K], symmetric, 0 on the diagonal, 0 to 1. The entries stand where Krippendorff's
    alpha has its squared differences and are not squared again (as in Passonneau 2006 and in NLTK).
    Source: Jaccard 1912.

    >>> jaccard_distance(("a", "a|b", "c"))[0].tolist()
    [0.0, 0.5, 1.0]
    """
    return _distances(labels, _jaccard)


def masi_distance(labels: Sequence[str | float]) -> Matrix:
    """1 - Jaccard x M for each two labels; M is 1 for equal sets, 2/3 for nested, 1/3 for crossing, 0 for disjoint.

    Shapes and use: as `jaccard_distance`. Source: Passonneau 2006, "Measuring agreement on set-valued items".

    >>> [round(float(d), 3) for d in masi_distance(("a|b", "a", "a|c", "d"))[0]]
    [0.0, 0.667, 0.889, 1.0]
    """
    return _distances(labels, lambda a, b: 1 - (1 - _jaccard(a, b)) * _monotonicity(a, b))


def members(label: str | float) -> frozenset[str]:
    """The labels that one answer names.

    >>> sorted(members("threat|hate")), members("")
    (['hate', 'threat'], frozenset())
    """
    return frozenset(part.strip() for part in str(label).split(MARK) if part.strip())


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return 1 - len(a & b) / len(a | b) if a or b else 0.0


def _monotonicity(a: frozenset[str], b: frozenset[str]) -> float:
    if a == b:
        return 1.0
    if a <= b or b <= a:
        return 2 / 3 if a and b else 0.0
    return 1 / 3 if a & b else 0.0


def _distances(labels: Sequence[str | float], distance: Callable[[frozenset[str], frozenset[str]], float]) -> Matrix:
    sets = [members(label) for label in labels]
    matrix = np.zeros((len(sets), len(sets)))
    for row, a in enumerate(sets):
        for column in range(row):
            matrix[row, column] = matrix[column, row] = distance(a, sets[column])
    return matrix
