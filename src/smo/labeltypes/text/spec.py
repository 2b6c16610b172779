"""Words written freely: config, answers, distance, and what most people wrote alike."""

import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

NAME = "text"
TITLE = "Words written freely"
EXAMPLE_CONFIG: Mapping[str, object] = {"at_most": 500}
EXAMPLE_ANSWERS = ("because of the slur", "no reason 😀")
_MOST = 100_000


def check_config(config: Mapping[str, object]) -> list[str]:
    """What is wrong with a config `{"at_least": 0, "at_most": 2000}` (characters), in words.

    Shapes: both are whole numbers, Unicode code points; 0 and 100,000 when not given.

    >>> check_config({"at_most": 2000}), check_config({"at_least": 9, "at_most": 3})
    ([], ['at_least (9) must not be more than at_most (3).'])
    """
    at_least, at_most = config.get("at_least", 0), config.get("at_most", _MOST)
    if not _is_count(at_least) or not _is_count(at_most):
        return ["at_least and at_most must be whole numbers, 0 or more."]
    if at_least > at_most:  # type: ignore[operator]
        return [f"at_least ({at_least}) must not be more than at_most ({at_most})."]
    return []


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check(answer: object, config: Mapping[str, object]) -> list[str]:
    """What is wrong with an answer, in words.

    Shapes: the answer is a text without NUL; blanks at its ends do not count.

    >>> check("a reason", {"at_least": 3}), check("  ", {"at_least": 3})
    ([], ['Write at least 3 characters, not 0.'])
    """
    if not isinstance(answer, str):
        return ["Write a text."]
    faults = ["The text holds a NUL, which cannot be stored."] if "\0" in answer else []
    size = len(answer.strip())
    at_least, at_most = config.get("at_least", 0), config.get("at_most", _MOST)
    if isinstance(at_least, int) and size < at_least:
        faults.append(f"Write at least {at_least:,} characters, not {size:,}.")
    if isinstance(at_most, int) and size > at_most:
        faults.append(f"Write at most {at_most:,} characters, not {size:,}.")
    return faults


def to_label(answer: str) -> str:
    """The text as it stands in a table.

    >>> to_label("a reason")
    'a reason'
    """
    return answer


def from_label(label: str) -> str:
    """The text from a table's cell.

    >>> from_label("a reason")
    'a reason'
    """
    return label


def distance(labels: Sequence[str], config: Mapping[str, object]) -> str:
    """How far texts differ, for alpha: alike or not; a low value says little, as the same thing has many wordings.

    >>> distance(["yes", "no"], {})
    'nominal'
    """
    del labels, config
    return "nominal"


def combine(answers: pl.DataFrame, config: Mapping[str, object]) -> pl.DataFrame:
    """The wording that more than half of the people gave, case and blanks aside; else it is not decided.

    Shapes: `answers` has `item`, `rater`, `label`; the answer has `item`, `label` (the most frequent wording, the first
    in order among equals), `posterior` (its share), `decided`, `n`. Source: exact-match majority.

    >>> votes = pl.DataFrame({"item": ["i"] * 3, "rater": ["a", "b", "c"], "label": ["A cat", "a  cat", "dog"]})
    >>> combine(votes, {}).select("label", "decided").rows()
    [('A cat', True)]
    """
    del config
    given = answers.filter(pl.col("label").is_not_null())
    plain = {text: _plain(text) for text in given.get_column("label").unique().to_list()}
    folded = given.with_columns(plain=pl.col("label").replace_strict(plain, return_dtype=pl.String))
    wordings = folded.group_by("item", "plain").agg(votes=pl.len(), label=pl.col("label").sort().first())
    ranked = wordings.sort(["item", "votes", "plain"], descending=[False, True, False])
    best = ranked.group_by("item", maintain_order=True).agg(
        label=pl.col("label").first(),
        posterior=pl.col("votes").first() / pl.col("votes").sum(),
        n=pl.col("votes").sum(),
    )
    return best.select("item", "label", "posterior", (pl.col("posterior") > 0.5).alias("decided"), "n")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def facts(answer: str) -> dict[str, str | int | float | bool]:
    """What of an answer is worth counting: its size, never its words.

    >>> facts("a reason")
    {'characters': 8, 'words': 2}
    """
    return {"characters": len(answer), "words": len(answer.split())}


def looks_like(labels: Sequence[str]) -> float:
    """How well the different labels of a task fit this type: many, long, of several words.

    >>> looks_like(["hate", "none"]), looks_like([f"the text number {n} of many" for n in range(300)])
    (0.0, 0.85)
    """
    if len(labels) < 20:
        return 0.0
    wordy = sum(len(label.split()) >= 3 for label in labels) / len(labels)
    return 0.85 if wordy > 0.5 else 0.0
