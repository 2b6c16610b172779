"""After warming, no report waits for the compiler."""

import importlib
import pkgutil

import numpy as np
import polars as pl
from numba.core.registry import CPUDispatcher

import smo.measure
from smo.measure import agreement
from smo.measure.aggregation.adjudication import adjudication_queue
from smo.measure.aggregation.consensus import aggregate
from smo.measure.agreement import pairs as agreement_pairs
from smo.measure.canonical import canonical
from smo.measure.classifiers.confusion import confusion_pairs
from smo.measure.people.skill import rater_accuracy
from smo.measure.ratings import Ratings
from smo.measure.warm import warm
from tests.measure import build


def kernels() -> dict[str, int]:
    """Each compiled function of the room, with how many signatures it was compiled for."""
    names = [module.name for module in pkgutil.walk_packages(smo.measure.__path__, "smo.measure.")]
    every = [(name, thing) for name in names for thing in vars(importlib.import_module(name)).values()]
    found = [(name, thing) for name, thing in every if isinstance(thing, CPUDispatcher) and thing.__module__ == name]
    return {f"{name}.{thing.__name__}": len(thing.signatures) for name, thing in found}


def test_a_report_compiles_nothing_more_whatever_the_types_are() -> None:
    warm()
    before = kernels()
    frame = build.random_frame(np.random.default_rng(0), items=30, labels=4, raters=4, n=100)
    for types in (pl.Int64, pl.Int8, pl.String, pl.Float32):
        for weight in (None, "w"):
            cast = canonical(frame.cast(types), time=False).ratings_frame.with_columns(w=pl.lit(2.0))
            ratings = Ratings.from_frame(cast, item="item", rater="rater", label="label", weight=weight)
            for part in (ratings, ratings.select(np.arange(ratings.n_items) % 2 == 0)):
                measure(part)
    assert kernels() == before


def measure(ratings: Ratings) -> None:
    agreement.krippendorff_alpha(ratings, np.abs(np.subtract.outer(range(4), range(4))))
    agreement.coincidences(agreement.patterns(ratings))
    if ratings.weight is None:
        agreement.cohen_kappa(ratings, "linear")
        agreement_pairs.warm_pairs(ratings)
        agreement.pair_agreement(ratings)
    agreement.agreement_by_slice(ratings, pl.Series(np.arange(ratings.n_items) % 3))
    agreement.krippendorff_alpha(ratings)
    confusion_pairs(ratings)
    rater_accuracy(ratings, None, basis="consensus")
    models = ("majority",) if ratings.weight is not None else ("majority", "ds_map", "one_coin")
    for model in models:
        adjudication_queue(ratings, aggregate(ratings, model))
