"""One label out of a list: what a config and an answer must hold, how far labels differ, and how votes are joined."""

from collections.abc import Mapping, Sequence

import polars as pl

from smo.measure.aggregation.consensus import aggregate
from smo.measure.ratings import Ratings

NAME = "choice"
TITLE = "One label out of a list"
EXAMPLE_CONFIG: Mapping[str, object] = {"labels": ["hate", "none"]}
EXAMPLE_ANSWERS = ("hate", "none")


def check_config(config: Mapping[str, object]) -> list[str]:
    """What is wrong with a config `{"labels": [...]}`, in words; nothing when it is right.

    Shapes: `labels` is a list of at least two different texts, none with `|`, which joins the labels of a set.

    >>> check_config({"labels": ["hate", "none"]}), check_config({"labels": ["hate"]})
    ([], ['A choice needs at least two labels.'])
    """
    labels = config.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) and label.strip() for label in labels):
        return ["labels must be a list of texts."]
    barred = [label for label in labels if "|" in label]
    faults = [f'The label "{label}" must not hold |, which joins the labels of a set.' for label in barred]
    if len(set(labels)) < len(labels):
        faults.append("Each label may stand in the list once.")
    return faults if len(labels) > 1 else [*faults, "A choice needs at least two labels."]


def check(answer: object, config: Mapping[str, object]) -> list[str]:
    """What is wrong with an answer, in words.

    Shapes: the answer is one text out of `config["labels"]`.

    >>> check("hate", {"labels": ["hate", "none"]}), check("hat", {"labels": ["hate", "none"]})
    ([], ['"hat" is none of the labels: hate, none.'])
    """
    labels = config["labels"]
    if not isinstance(labels, list):
        return check_config(config)
    if not isinstance(answer, str) or not answer.strip():
        return ["Choose one label."]
    return [] if answer in labels else [f'"{answer}" is none of the labels: {", ".join(labels)}.']


def to_label(answer: str) -> str:
    """The answer as it stands in a table.

    >>> to_label("hate")
    'hate'
    """
    return answer


def from_label(label: str) -> str:
    """The answer from a table's cell.

    >>> from_label("hate")
    'hate'
    """
    return label


def distance(labels: Sequence[str], config: Mapping[str, object]) -> str:
    """How far labels differ, for alpha: names are equal or not (Krippendorff 2013, nominal).

    >>> distance(["hate", "none"], {"labels": ["hate", "none"]})
    'nominal'
    """
    del labels, config
    return "nominal"


def combine(answers: pl.DataFrame, config: Mapping[str, object]) -> pl.DataFrame:
    """The votes of each item joined by majority; a tie is not decided.

    Shapes: `answers` has `item`, `rater` (may be null), `label`; the answer has `item`, `label`, `posterior` (share of
    the votes, 0 to 1), `decided`, `n`. Source: smo.measure.consensus.

    >>> votes = pl.DataFrame({"item": ["i", "i", "i"], "rater": ["a", "b", "c"], "label": ["x", "x", "y"]})
    >>> combine(votes, {"labels": ["x", "y"]}).select("label", "decided").rows()
    [('x', True)]
    """
    del config
    ratings = Ratings.from_frame(answers, item="item", rater=None, label="label")
    return aggregate(ratings, "majority").items().with_columns(pl.col("label").cast(pl.String))


def facts(answer: str) -> dict[str, str | int | float | bool]:
    """What of an answer is worth counting.

    >>> facts("hate")
    {'label': 'hate'}
    """
    return {"label": answer}


def looks_like(labels: Sequence[str]) -> float:
    """How well the different labels of a task fit this type, 0 to 1; the type that fits best is taken.

    >>> looks_like(["hate", "none"]) > looks_like([f"label {n}" for n in range(300)])
    True
    """
    return 0.6 if 0 < len(labels) <= 100 else 0.3
