"""Compile the kernels once, so that nobody waits for the compiler at the first report: `python -m smo.measure.warm`."""

import os
from pathlib import Path

import numpy as np
import polars as pl

from smo.measure.additive.bootstrap_replicates import warm_bootstrap
from smo.measure.aggregation.consensus import aggregate, warm_consensus
from smo.measure.aggregation.multilabel import warm_multilabel
from smo.measure.aggregation.shared_errors import warm_shared_errors
from smo.measure.aggregation.tokens import warm_tokens
from smo.measure.agreement import coincidences, krippendorff_alpha, patterns
from smo.measure.agreement.pairs import warm_pairs
from smo.measure.agreement.slices import warm_slices
from smo.measure.agreement.spans import span_agreement
from smo.measure.classifiers.confusion import confusion_pairs
from smo.measure.classifiers.histogram import warm_histogram
from smo.measure.classifiers.linearised import warm_linearised
from smo.measure.classifiers.losses import warm_losses
from smo.measure.classifiers.replicates import warm_replicates
from smo.measure.estimation.betting import warm_betting
from smo.measure.overlap.replay import warm_overlap
from smo.measure.people.skill import rater_accuracy
from smo.measure.ratings import Ratings, warm_ratings
from smo.measure.sample.siphash import warm_siphash


def warm() -> None:
    """Call each compiled kernel once on a small table; the machine code is kept beside the source.

    >>> warm()
    """
    table = pl.DataFrame({"item": list("aabb"), "rater": list("xyxy"), "label": list("ynyy")})
    warm_ratings()
    ratings = Ratings.from_frame(table, item="item", rater="rater", label="label")
    krippendorff_alpha(ratings, 1 - np.eye(2))
    coincidences(patterns(ratings))
    warm_pairs(ratings)
    warm_slices(ratings)
    confusion_pairs(ratings)
    warm_histogram()
    warm_linearised()
    warm_losses()
    warm_replicates()
    rater_accuracy(ratings, None, basis="consensus")
    aggregate(ratings, "majority").items()
    spans = table.select("item", "rater", start=pl.lit(0), end=pl.lit(2))
    span_agreement(spans, table.select("item", "rater"))
    warm_consensus()
    warm_shared_errors(ratings)
    warm_multilabel()
    warm_tokens()
    warm_overlap()
    warm_betting()
    warm_siphash()
    warm_bootstrap()


def is_compiled() -> bool:
    """Does machine code lie beside the source already? True also where none can be kept there: then nobody can tell.

    >>> isinstance(is_compiled(), bool)
    True
    """
    folder = Path(__file__).parent
    return not os.access(folder, os.W_OK) or any((folder / "__pycache__").glob("*.nbi"))


if __name__ == "__main__":
    warm()
