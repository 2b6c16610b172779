"""Any number of labels out of a list: config, answers, distance between sets, and votes joined label by label."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.agreement.sets import masi_distance

NAME = "multichoice"
TITLE = "Any number of labels out of a list"
EXAMPLE_CONFIG: Mapping[str, object] = {"labels": ["sexist", "racist", "ableist"]}
EXAMPLE_ANSWERS: Sequence[Sequence[str]] = (["sexist"], ["ableist", "racist"], [])
NONE = "none"


def check_config(config: Mapping[str, object]) -> list[str]:
    """What is wrong with a config `{"labels": [...], "at_least": 0, "at_most": 3}`, in words.

    Shapes: `labels` is a list of different texts without `|`; the two numbers are counts of labels.

    >>> check_config({"labels": ["sexist", "racist"]}), check_config({"labels": ["a", "b"], "at_least": 3})
    ([], ['at_least must be a number from 0 to 2.'])
    """
    labels = config.get("labels")
    if not isinstance(labels, list) or not all(isinstance(label, str) and label.strip() for label in labels):
        return ["labels must be a list of texts."]
    barred = [label for label in labels if "|" in label]
    faults = [f'The label "{label}" must not hold |, which joins the labels of a set.' for label in barred]
    if len(set(labels)) < len(labels) or not labels:
        faults.append("The list must hold at least one label, and each once.")
    for name in ("at_least", "at_most"):
        number = config.get(name, 0)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= len(labels):
            faults.append(f"{name} must be a number from 0 to {len(labels)}.")
    return faults


def check(answer: object, config: Mapping[str, object]) -> list[str]:
    """What is wrong with an answer, in words.

    Shapes: the answer is a list of different texts out of `config["labels"]`.

    >>> config = {"labels": ["sexist", "racist"], "at_most": 1}
    >>> check(["sexist"], config), check(["sexist", "racist"], config)
    ([], ['Choose at most 1 labels, not 2.'])
    """
    labels = config["labels"]
    if not isinstance(labels, list):
        return check_config(config)
    if not isinstance(answer, list) or not all(isinstance(label, str) for label in answer):
        return ["Choose labels out of the list."]
    faults = [f'"{label}" is none of the labels: {", ".join(labels)}.' for label in answer if label not in labels]
    if len(set(answer)) < len(answer):
        faults.append("Each label may be chosen once.")
    at_least, at_most = config.get("at_least", 0), config.get("at_most", len(labels))
    if isinstance(at_least, int) and len(answer) < at_least:
        faults.append(f"Choose at least {at_least} labels, not {len(answer)}.")
    if isinstance(at_most, int) and len(answer) > at_most:
        faults.append(f"Choose at most {at_most} labels, not {len(answer)}.")
    return faults


def to_label(answer: Sequence[str]) -> str:
    """The set as it stands in a table, in one order; the empty set is `none`, as an empty cell means no answer.

    >>> to_label(["b", "a"]), to_label([])
    ('a|b', 'none')
    """
    return "|".join(sorted(answer)) or NONE


def from_label(label: str) -> list[str]:
    """The set from a table's cell.

    >>> from_label("a|b"), from_label("none")
    (['a', 'b'], [])
    """
    return [] if label == NONE else label.split("|")


def distance(labels: Sequence[str], config: Mapping[str, object]) -> npt.NDArray[np.float64]:
    """How far sets differ, for alpha: MASI (Passonneau 2006, LREC), K x K, 0 to 1.

    >>> distance(["a", "a|b"], {"labels": ["a", "b"]}).shape
    (2, 2)
    """
    del config
    return masi_distance(labels)


def combine(answers: pl.DataFrame, config: Mapping[str, object]) -> pl.DataFrame:
    """The sets of each item joined label by label: a label holds when more than half chose it.

    Shapes: `answers` has `item`, `rater`, `label` (sets as `a|b`); the answer has `item`, `label`, `posterior` (share
    of the votes behind the least certain label), `decided` (no label has exactly half), `n`.
    Source: binary relevance, Tsoumakas & Katakis (2007), Int. J. Data Warehousing and Mining 3(3).

    >>> votes = pl.DataFrame({"item": ["i"] * 3, "rater": ["a", "b", "c"], "label": ["x|y", "x", "x|z"]})
    >>> combine(votes, {"labels": ["x", "y", "z"]}).select("label", "decided").rows()
    [('x', True)]
    """
    del config
    given = answers.filter(pl.col("label").is_not_null())
    sizes = given.group_by("item").agg(n=pl.len())
    chosen = given.with_columns(option=pl.col("label").str.split("|")).explode("option", empty_as_null=True)
    votes = chosen.filter(pl.col("option") != NONE).group_by("item", "option").agg(votes=pl.len())
    shares = votes.join(sizes, on="item").with_columns(share=pl.col("votes") / pl.col("n"))
    joined = shares.group_by("item").agg(
        label=pl.col("option").filter(pl.col("share") > 0.5).sort().str.join("|"),
        posterior=pl.max_horizontal("share", 1 - pl.col("share")).min(),
        decided=(pl.col("share") != 0.5).all(),
    )
    whole = sizes.join(joined, on="item", how="left").sort("item")
    label = pl.col("label").replace("", NONE).fill_null(NONE)
    return whole.select("item", label, pl.col("posterior").fill_null(1.0), pl.col("decided").fill_null(value=True), "n")


def facts(answer: Sequence[str]) -> dict[str, str | int | float | bool]:
    """What of an answer is worth counting.

    >>> facts(["b", "a"])
    {'label': 'a|b', 'chosen': 2}
    """
    return {"label": to_label(answer), "chosen": len(answer)}


def looks_like(labels: Sequence[str]) -> float:
    """How well the different labels of a task fit this type: some are sets, `a|b`.

    >>> looks_like(["a", "a|b"]), looks_like(["a", "b"])
    (0.9, 0.0)
    """
    return 0.9 if any("|" in label for label in labels) else 0.0
