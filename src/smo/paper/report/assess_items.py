"""What the votes decide, what they leave open, what is probably wrong, and which labels are confused."""

from dataclasses import dataclass

import polars as pl

from smo.measure.aggregation.adjudication import adjudication_queue
from smo.measure.aggregation.consensus import Consensus as Votes
from smo.measure.aggregation.consensus import aggregate
from smo.measure.classifiers.label_errors import label_errors
from smo.measure.intervals import proportion
from smo.paper.report import model
from smo.paper.report.assess_slices import accuracy, hits
from smo.paper.report.task_data import TaskData

MOST_TO_ADJUDICATE = 1000
MOST_ERRORS = 500
MOST_COUNTED = 100_000
REASONS = {
    "tie": "the votes are tied",
    "weak_posterior": "the votes are too weak to decide",
    "one_vote": "one more vote could turn it",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """The votes joined in two ways; `best` is the one whose labels are handed on."""

    majority: Votes
    best: Votes
    majority_items: pl.DataFrame  # item, label, posterior, decided, n
    best_items: pl.DataFrame


def decide(data: TaskData) -> Decided:
    """Majority always; with rater ids also DS-MAP, which then is the one to use."""
    majority = aggregate(data.ratings, "majority")
    best = majority if data.is_anonymous else aggregate(data.ratings, "ds_map")
    majority_items = items_of(majority)
    return Decided(majority, best, majority_items, majority_items if best is majority else items_of(best))


def _written(column: str, dtype: pl.DataType) -> pl.Expr:
    """Labels as text, whole numbers without a point."""
    label = pl.col(column)
    if not dtype.is_float():
        return label.cast(pl.String)
    whole = label.cast(pl.Int64, strict=False)
    return pl.when(whole == label).then(whole.cast(pl.String)).otherwise(label.cast(pl.String))


def items_of(votes: Votes) -> pl.DataFrame:
    """`item, label, posterior, decided, n` with labels as they were written."""
    items = votes.items()
    return items.with_columns(_written("label", items.schema["label"]).alias("label"))


def consensus(decided: Decided, gold: pl.DataFrame | None) -> model.Consensus:
    """The counts and the accuracy of what was decided."""
    items = decided.best_items.filter("decided")
    shares = items.get_column("label").value_counts(name="n").sort(["n", "label"], descending=[True, False]).head(30)
    return model.Consensus(
        model=decided.best.model,
        n_decided=items.height,
        n_adjudicate=decided.best_items.height - items.height,
        accuracy=accuracy(hits(decided.best_items, gold)),
        majority_accuracy=accuracy(hits(decided.majority_items, gold)),
        labels={str(row["label"]): proportion(row["n"], items.height, basis="consensus") for row in shares.to_dicts()},
        warnings=decided.best.warnings,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a listed item is shown with."""

    votes: dict[str, dict[str, int]]
    texts: dict[str, str]
    slices: dict[str, dict[str, str]]


def shown(ids: pl.Series, data: TaskData, *, items: pl.DataFrame | None, columns: tuple[str, ...]) -> Shown:
    """Votes, text and slices of the listed items only."""
    listed = pl.DataFrame({"item": ids.unique()})
    counted = data.first.join(listed, on="item", how="semi").group_by("item", "label").len("n")
    votes: dict[str, dict[str, int]] = {}
    for item, label, n in counted.sort(["n", "label"], descending=[True, False]).select("item", "label", "n").rows():
        votes.setdefault(str(item), {})[str(label)] = n
    if items is None:
        return Shown(votes, {}, {})
    known = items.join(listed, on="item", how="semi").unique("item", keep="first")
    texts = dict(known.select(pl.col("item").cast(pl.String), "text").rows()) if "text" in known.columns else {}
    slices = {str(row["item"]): {c: str(row[c]) for c in columns if row[c] is not None} for row in known.to_dicts()}
    return Shown(votes, {item: text or "" for item, text in texts.items()}, slices)


def adjudicate(queue: pl.DataFrame, look: Shown, *, content: bool) -> tuple[model.Adjudication, ...]:
    """The items that the votes do not decide, the most open one first."""
    return tuple(
        model.Adjudication(
            item=str(row["item"]),
            reason=REASONS.get(row["reason"], row["reason"]),
            votes=look.votes.get(str(row["item"]), {}),
            posterior=row["posterior"],
            text=look.texts.get(str(row["item"]), "") if content else "",
            slices=look.slices.get(str(row["item"]), {}),
        )
        for row in queue.to_dicts()
    )


def errors(found: pl.DataFrame, data: TaskData, *, look: Shown, content: bool) -> tuple[model.LabelError, ...]:
    """Labels that are probably wrong, the most probable first."""
    return tuple(
        model.LabelError(
            item=str(row["item"]),
            given=data.name(row["given"]),
            suggested=data.name(row["suggested"]),
            probability=row["probability"],
            votes=look.votes.get(str(row["item"]), {}),
            kind=row["kind"],
            text=look.texts.get(str(row["item"]), "") if content else "",
        )
        for row in found.to_dicts()
    )


def open_items(data: TaskData, decided: Decided) -> pl.DataFrame:
    """The queue of items to adjudicate, cut before any Python object is made."""
    return adjudication_queue(data.ratings, decided.best, at_most=MOST_TO_ADJUDICATE)


def doubtful_labels(data: TaskData, decided: Decided) -> tuple[pl.DataFrame, int]:
    """Keys and labels that the votes speak against: the first, and how many keys there are in all."""
    found = label_errors(data.ratings, decided.best, gold=data.gold, at_most=MOST_COUNTED)
    return found.head(MOST_ERRORS), found.filter(pl.col("kind") == "gold").height
