"""How far people agree on each label, and how common the label is."""

import numpy as np

from smo.measure.agreement.alpha import entries_by_label
from smo.measure.agreement.coincidence import Patterns, patterns
from smo.measure.agreement.intervals import BASIS, CONFIDENCE, Share, share, variance_of_sums
from smo.measure.codes import Offsets
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Floats, Ratings


def specific_agreement(ratings: Ratings | Patterns, *, confidence: float = CONFIDENCE) -> dict[str | float, Estimate]:
    """For each label: when one person gives it, how often another gives it to the same item.

    Shapes: label -> Estimate; n = items with two or more ratings where somebody gave the label. For two raters it is
    2a / (2a + b + c). Interval Wilson's, with the effective n of the items' variance.
    Errors: ValueError for items whose ratings differ in weight, or a confidence not between 0 and 1; a label that no
    item with two ratings has is not measured.
    Source: Cicchetti and Feinstein 1990, Journal of Clinical Epidemiology 43:551-558; Spitzer and Fleiss 1974, British
    Journal of Psychiatry 125:341-347; pairs weighted 1/(m-1) as in alpha.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": list("aaab")})
    >>> round(specific_agreement(Ratings.from_frame(frame, item="i", rater=None, label="y"))["a"].value, 4)
    0.6667
    """
    state = ratings if isinstance(ratings, Patterns) else patterns(ratings)
    pairs = state.pairable()
    size = pairs.size
    found = {}
    for label, row, given in entries_by_label(pairs):
        equal = given * (given - 1) / (size[row] - 1)
        ratio = _ratio(pairs, row, equal=equal, given=given)
        found[label] = ratio if isinstance(ratio, Estimate) else share(ratio, confidence=confidence)
    return found


def prevalence(ratings: Ratings | Patterns, *, confidence: float = CONFIDENCE) -> dict[str | float, Estimate]:
    """For each label, its share of all ratings.

    Shapes: label -> Estimate; n = ratings. Interval Wilson's, with the effective n of the items' variance, since
    ratings of one item are alike. Errors: ValueError as `specific_agreement`.
    Source: linearised ratio over clusters; Cochran 1977, section 9A (ratio to size).

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": list("aaab")})
    >>> prevalence(Ratings.from_frame(frame, item="i", rater=None, label="y"))["a"].value
    0.75
    """
    state = ratings if isinstance(ratings, Patterns) else patterns(ratings)
    size = state.size.astype(np.float64)
    n, ratings_weight = int(state.items @ state.size), float(state.weight @ size)
    if ratings_weight <= 0:
        return {label: not_measured(BASIS, "there are no ratings") for label in state.labels}
    squares = float(state.weight_squared @ size**2)
    items = int(state.items.sum())
    found = {}
    for label, row, given in entries_by_label(state):
        value = min(1.0, float(state.weight[row] @ given) / ratings_weight)
        squared = state.weight_squared[row]
        spread = float(squared @ given**2) - 2 * value * float(squared @ (given * size[row])) + value**2 * squares
        variance = variance_of_sums(items, total=0.0, squares=spread / ratings_weight**2)
        successes = None if state.is_weighted else int(state.items[row] @ given)
        found[label] = share(Share(value, variance, n, float(n), successes), confidence=confidence)
    return found


def _ratio(pairs: Patterns, row: Offsets, *, equal: Floats, given: Floats) -> Share | Estimate:
    """Items without the label move neither sum, so only its own patterns are read."""
    own, n = pairs.weight[row], int(pairs.items[row].sum())
    if own @ given <= 0:
        return not_measured(BASIS, "no item with two ratings has this label")
    value = float(own @ equal) / float(own @ given)
    moved = (equal - value * given) / float(own @ given)
    variance = n / max(1, n - 1) * float(pairs.weight_squared[row] @ moved**2)
    return Share(min(1.0, value), variance, n, float(pairs.items[row] @ given))
