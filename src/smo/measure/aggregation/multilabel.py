"""What the raters say together where one answer is a set of labels, such as `hate|threat`, under a taxonomy.

One binary Dawid & Skene model (1979, Applied Statistics 28:20-28) per label, tied together twice: a rater's misses and
false alarms start from the label's own rate moved by how that rater does on all labels (so that a rare label borrows
strength), and in the end a parent is at least as sure as its surest child.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.agreement.sets import MARK, members
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, item_truth

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]

#: Votes that the prior weighs in a rater's rate for one label, in the rater's own effect, and in a label's rate.
PRIOR_VOTES = 5.0
PRIOR_OF_RATER = 10.0
PRIOR_OF_LABEL = 10.0
#: Before anything is seen: a marked label is there in so many answers, an absent one is left out in so many.
USUAL_SENSITIVITY = 0.7
USUAL_SPECIFICITY = 0.95
MAX_PASSES = 200
TOLERANCE = 1e-5
DECIDED_FROM = 0.95
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class MultiLabel:
    """A chance per item and label, and each rater's rates.

    Shapes: `labels` [L], `posterior` float64[I, L], closed under the taxonomy; `sensitivity` and `specificity`
    float64[R, L]; `prevalence` float64[L]. The chances are the model's own: calibrate them on gold before a promise.
    """

    ratings: Ratings
    labels: tuple[str, ...]
    posterior: Floats
    sensitivity: Floats
    specificity: Floats
    prevalence: Floats
    n_passes: int
    warnings: tuple[str, ...] = ()

    def items(self) -> pl.DataFrame:
        """`item, labels, set, weakest, decided, n`: the labels above one half, as a list and joined by `|`.

        `weakest` is the chance that the least sure of all labels is called right; decided from `DECIDED_FROM`.
        """
        chosen = self.posterior > 0.5
        row, column = np.nonzero(chosen)
        names = pl.Series("labels", self.labels, dtype=pl.String)
        listed = pl.DataFrame({"row": row, "labels": names.gather(column)}).group_by("row").agg("labels")
        rows = pl.DataFrame({"row": np.arange(len(chosen))}).join(listed, on="row", how="left", maintain_order="left")
        weakest = np.maximum(self.posterior, 1.0 - self.posterior).min(axis=1, initial=1.0)
        sets = rows["labels"].fill_null([])
        return pl.DataFrame(
            {
                "item": self.ratings.items,
                "labels": sets,
                "set": sets.list.join(MARK),
                "weakest": weakest,
                "decided": weakest >= DECIDED_FROM,
                "n": np.diff(self.ratings.item_start),
            }
        )

    def posteriors(self) -> pl.DataFrame:
        """`item` and one Float64 column per label."""
        columns = {name: self.posterior[:, at] for at, name in enumerate(self.labels)}
        return pl.DataFrame({"item": self.ratings.items, **columns})

    def raters(self) -> pl.DataFrame:
        """`rater, label, sensitivity, specificity`, drawn to the label's rate and the rater's other labels."""
        names = pl.Series([], dtype=pl.String) if self.ratings.raters is None else self.ratings.raters
        size = len(self.labels)
        if len(self.sensitivity) > len(names):  # the last row is that of all answers without a rater
            names = names.extend_constant(None, 1)
        return pl.DataFrame(
            {
                "rater": names.gather(np.repeat(np.arange(len(names)), size)),
                "label": pl.Series(list(self.labels) * len(names), dtype=pl.String),
                "sensitivity": self.sensitivity.ravel(),
                "specificity": self.specificity.ravel(),
            }
        )


def aggregate_sets(
    ratings: Ratings,
    *,
    parents: Mapping[str, str] | None = None,
    gold: Truth | None = None,
    none: str | None = None,
) -> MultiLabel:
    """EM over one binary model per label: P(label | answers) ~ prevalence x product of the raters' rates.

    Shapes: the labels of `ratings` are sets joined by `|`; `parents` maps a label to the label above it: who marks a
    leaf has marked what stands above. `gold` (item -> set) is certain and teaches. `none` is the answer that means
    "no label". Units: chances. Answers without a rater share one rate.
    Errors: ValueError for weighted ratings, or parents that stand in a circle.
    Source: Dawid & Skene (1979); one model per label: Godbole & Sarawagi (2004), PAKDD (binary relevance).

    >>> frame = pl.DataFrame({"i": [1, 1, 1, 2, 2, 2], "who": list("abcabc"), "is": ["h|t", "h", "h|t", "-", "-", "h"]})
    >>> ratings = Ratings.from_frame(frame, item="i", rater="who", label="is")
    >>> aggregate_sets(ratings, none="-").items()["set"].to_list()
    ['h|t', '']
    """
    if ratings.weight is not None:
        raise ValueError("sets are aggregated by rater skill and do not take weighted ratings")
    tree = _tree(parents or {})
    truth = item_truth(ratings, gold)
    known_sets = [None if value is None else _closed(str(value), tree, none=none) for value in truth]
    answers = [_closed(label, tree, none=none) for label in ratings.label_names]
    labels = tuple(sorted(set().union(*answers, *(s for s in known_sets if s is not None))))
    marked = _marks(answers, labels)
    known = np.full((ratings.n_items, len(labels)), UNKNOWN, np.int8)
    for item, chosen in enumerate(known_sets):
        if chosen is not None:
            known[item] = [label in chosen for label in labels]
    named, warnings = _with_unnamed(ratings)
    found = _fit(named, marked, known=known)
    above = _depth_first(labels, tree)
    return replace(found, ratings=ratings, labels=labels, warnings=warnings, posterior=closed(found.posterior, above))


def closed(posterior: Floats, above: list[tuple[int, int]]) -> Floats:
    """Each parent's chance raised to its surest child's.

    Shapes: float64[I, L], pairs (child, parent) of columns with every child's own children before it -> float64[I, L].

    >>> closed(np.array([[0.2, 0.9]]), [(1, 0)]).tolist()
    [[0.9, 0.9]]
    """
    raised = posterior.copy()
    for child, parent in above:
        raised[:, parent] = np.maximum(raised[:, parent], raised[:, child])
    return raised


def _tree(parents: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """For each label everything that stands above it, the nearest first."""
    tree = {}
    for label in parents:
        way = [label]
        while way[-1] in parents:
            way.append(parents[way[-1]])
            if way[-1] in way[:-1]:
                raise ValueError(f"the taxonomy has a circle: {' under '.join(way)}")
        tree[label] = tuple(way[1:])
    return tree


def _closed(label: str, tree: Mapping[str, tuple[str, ...]], *, none: str | None) -> frozenset[str]:
    marked = members(label) - ({none} if none is not None else set())
    return marked.union(*(tree.get(name, ()) for name in marked))


def _depth_first(labels: tuple[str, ...], tree: Mapping[str, tuple[str, ...]]) -> list[tuple[int, int]]:
    """Pairs of child and parent, the deepest children first."""
    place = {name: at for at, name in enumerate(labels)}
    deepest = sorted((name for name in labels if tree.get(name)), key=lambda name: (-len(tree[name]), name))
    return [(place[name], place[tree[name][0]]) for name in deepest]


def _marks(answers: list[frozenset[str]], labels: tuple[str, ...]) -> Marks:
    marked = np.zeros((len(answers), len(labels)), np.int8)
    place = {name: at for at, name in enumerate(labels)}
    for row, chosen in enumerate(answers):
        marked[row, [place[name] for name in chosen]] = 1
    return marked


def _with_unnamed(ratings: Ratings) -> tuple[Ratings, tuple[str, ...]]:
    unnamed = ratings.rater < 0
    if not unnamed.any():
        return ratings, ()
    names = pl.Series("rater", [], dtype=pl.String) if ratings.raters is None else ratings.raters
    rater = np.where(unnamed, len(names), ratings.rater).astype(np.int32)
    warning = f"{int(unnamed.sum())} answers without a rater share one rate per label"
    return replace(ratings, raters=names.extend_constant(None, 1), rater=rater), (warning,)


def _fit(ratings: Ratings, marked: Marks, *, known: Marks) -> MultiLabel:
    n_labels = marked.shape[1]
    sensitivity = np.full((ratings.n_raters, n_labels), USUAL_SENSITIVITY)
    specificity = np.full((ratings.n_raters, n_labels), USUAL_SPECIFICITY)
    votes = np.zeros(n_labels) + marked[ratings.label].sum(axis=0, dtype=np.float64)
    prevalence = (votes + 0.5) / (ratings.n_ratings + 1.0)
    posterior = np.zeros((ratings.n_items, n_labels))
    seen = np.bincount(ratings.rater, minlength=ratings.n_raters)[:, None].astype(np.float64)
    passes = 0
    for _ in range(MAX_PASSES if ratings.n_items and n_labels else 0):
        passes += 1
        before = posterior.copy()
        rates = (prevalence, sensitivity, specificity)
        present, hits, marks = _pass(ratings, marked, known=known, rates=rates, posterior=posterior)
        if np.abs(posterior - before).max(initial=0.0) < TOLERANCE:
            break
        sensitivity = _rates(hits, present, usual=USUAL_SENSITIVITY)
        specificity = _rates(seen - present - (marks - hits), seen - present, usual=USUAL_SPECIFICITY)
        prevalence = (posterior.sum(axis=0) + 0.5) / (ratings.n_items + 1.0)
    return MultiLabel(ratings, (), posterior, sensitivity, specificity, prevalence, passes)


def _rates(right: Floats, of: Floats, *, usual: float) -> Floats:
    """Rate per rater and label, drawn to expit(logit of the label's rate + the rater's effect over all labels)."""
    label_rate = (right.sum(axis=0) + PRIOR_OF_LABEL * usual) / (of.sum(axis=0) + PRIOR_OF_LABEL)
    total = of.sum(axis=1)
    expected = np.divide(of @ label_rate, total, out=np.full(total.shape, usual), where=total > 0)
    own = (right.sum(axis=1) + PRIOR_OF_RATER * expected) / (total + PRIOR_OF_RATER)
    effect = _logit(own) - _logit(expected)
    centre = 1.0 / (1.0 + np.exp(-(_logit(label_rate)[None, :] + effect[:, None])))
    return np.asarray(np.clip((right + PRIOR_VOTES * centre) / (of + PRIOR_VOTES), 1e-6, 1.0 - 1e-6))


def _logit(share: Floats) -> Floats:
    safe = np.clip(share, 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log(safe / (1.0 - safe)))


def _pass(
    ratings: Ratings, marked: Marks, *, known: Marks, rates: tuple[Floats, Floats, Floats], posterior: Floats
) -> tuple[Floats, Floats, Floats]:
    """Fills the posterior; per rater and label: expected present labels, of these marked, and all marks."""
    prevalence, sensitivity, specificity = rates
    absent = np.log1p(-sensitivity) - np.log(specificity)
    gain = np.log(sensitivity) - np.log1p(-specificity) - absent
    sums = np.zeros((3, ratings.n_raters, marked.shape[1]))
    _sweep(
        ratings.item_start,
        ratings.rater,
        ratings.label,
        marked,
        known,
        _logit(prevalence),
        absent,
        gain,
        posterior,
        sums,
    )
    return sums[0], sums[1], sums[2]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _sweep(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - one loop nest, one thought
    start, rater, label, marked, known, prior, absent, gain, posterior, sums
):  # pragma: no cover
    n_labels = prior.shape[0]
    for item in range(start.shape[0] - 1):
        score = prior.copy()
        for place in range(start[item], start[item + 1]):
            who, answer = rater[place], label[place]
            for at in range(n_labels):
                score[at] += absent[who, at] + gain[who, at] * marked[answer, at]
        for at in range(n_labels):
            chance = 1.0 / (1.0 + np.exp(-score[at]))
            posterior[item, at] = chance if known[item, at] < 0 else known[item, at]
        for place in range(start[item], start[item + 1]):
            who, answer = rater[place], label[place]
            for at in range(n_labels):
                sums[0, who, at] += posterior[item, at]
                sums[1, who, at] += posterior[item, at] * marked[answer, at]
                sums[2, who, at] += marked[answer, at]


def warm_multilabel() -> None:
    """Compile the kernel of this file on one item.

    >>> warm_multilabel()
    """
    aggregate_sets(Ratings.from_frame(pl.DataFrame({"i": [1], "y": ["a"]}), item="i", rater=None, label="y"))
