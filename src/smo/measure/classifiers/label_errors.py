"""Labels that are probably wrong: gold keys that good votes contradict, majorities that skilled raters contradict.

Sources: Northcutt, Jiang & Chuang (2021), JAIR 70:1373-1411; Goh, Tkachenko & Mueller (2022), CROWDLAB.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation.consensus import Consensus, aggregate
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, item_truth, label_codes
from smo.measure.votes import count_at, votes_of

#: A key is doubtful when people hold another label to be more probable than not. A majority needs more: on the eight
#: public sets the majority is wrong in 74 % of the contradictions from .9 on, and in half of those below.
DOUBTFUL_FROM = {"gold": 0.5, "consensus": 0.9}


def label_errors(
    ratings: Ratings, consensus: Consensus, *, gold: Truth | None = None, at_most: int = 500
) -> pl.DataFrame:
    """`item, given, suggested, probability, n, votes, kind`, the most probable errors first.

    Kind "gold": the key is `given`, the votes (without the key) hold `suggested` with that `probability`, and more
    people said it than said the key: where they are even, the key has settled what they could not. Kind "consensus":
    the majority of two or more is `given`, the raters' skill makes `suggested` far more probable; empty for the
    majority model.
    Probabilities are the model's (of a majority: its votes by Laplace's rule of succession), overconfident on hard
    items: a queue for a second look, not a verdict. A consensus that was clamped on gold is fitted again without it.

    >>> frame = pl.DataFrame({"item": [1, 1, 1], "label": list("xxx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> label_errors(ratings, aggregate(ratings, "majority"), gold={1: "y"}).select("given", "suggested", "kind").rows()
    [('y', 'x', 'gold')]
    """
    if bool((consensus.known >= 0).any()):
        consensus = aggregate(ratings, consensus.model)
    found = [_doubts(consensus, _majority(ratings), kind="consensus")]
    if gold is not None:
        found.append(_doubts(consensus, item_truth(ratings, gold), kind="gold"))
    top = (
        pl.concat(found)
        .sort("probability", "n", "kind", "position", descending=[True, True, True, False])
        .head(at_most)
    )
    votes = votes_of(ratings, top["position"].to_numpy())
    item = ratings.items.gather(top["position"]).alias("item")
    return top.with_columns(item, votes).select("item", "given", "suggested", "probability", "n", "votes", "kind")


def _majority(ratings: Ratings) -> pl.Series:
    """The majority's label of each item, null where it is tied or one person spoke."""
    items = aggregate(ratings, "majority").items()
    return items.select(pl.when(pl.col("decided") & (pl.col("n") > 1)).then("label").alias("label"))["label"]


def _doubts(consensus: Consensus, given: pl.Series, *, kind: str) -> pl.DataFrame:
    """Items whose given label is not the consensus model's best, which is probable."""
    best, mass, is_single = consensus.posterior.best()
    codes = label_codes(given, consensus.labels)
    doubtful = np.flatnonzero((codes != -1) & (codes != best) & is_single & (mass > DOUBTFUL_FROM[kind]))
    if kind == "gold":
        doubtful = doubtful[_outvoted(consensus.ratings, doubtful, codes=codes[doubtful], best=best[doubtful])]
    names = pl.Series("label", consensus.ratings.label_names, dtype=pl.String)
    n = np.diff(consensus.ratings.item_start)[doubtful].astype(np.int64)
    return pl.DataFrame(
        {
            "position": doubtful.astype(np.int64),
            "given": given.gather(doubtful).cast(pl.String),
            "suggested": names.gather(best[doubtful]),
            "probability": _succession(mass[doubtful], n) if consensus.model == "majority" else mass[doubtful],
            "n": n,
            "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, doubtful.size),
        }
    )


def _succession(share: npt.NDArray[np.float64], n: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Laplace's rule: three votes of three are no certainty, and less than ten of ten."""
    return (share * n + 1) / (n + 2)


def _outvoted(
    ratings: Ratings, items: npt.NDArray[np.int64], *, codes: npt.NDArray[np.int32], best: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Whether more people said the suggested label than the given one."""
    return count_at(ratings, items, codes=best) > count_at(ratings, items, codes=codes)
