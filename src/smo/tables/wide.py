"""Tell a table with a column per rater from one with a row per answer, and turn the one into the other."""

import re
from collections.abc import Sequence

import polars as pl

_NUMBERED = re.compile(
    r"(?P<stem>rater|annotator|annotation|annot|ann|coder|judge|worker|labell?er|reviewer|expert|moderator|user|label"
    r"|rating|answer|vote|judge?ment|person|team|[arcju])[ _.#-]*(?P<which>\d+|[a-z])",
    re.IGNORECASE,
)
_MOST_LABELS = 50


def rater_columns(head: pl.DataFrame, rater: str) -> tuple[str, ...]:
    """The columns that hold one rater's answers each, or none when the table has a row per answer.

    >>> rater_columns(pl.DataFrame({"text": ["x", "y"], "A1": ["no", "yes"], "A2": ["yes", "yes"]}), "")
    ('A1', 'A2')
    """
    if rater and not _NUMBERED.fullmatch(rater):
        return ()
    groups: dict[str, list[str]] = {}
    for name in head.columns:
        if match := _NUMBERED.fullmatch(name.strip()):
            groups.setdefault(match["stem"].lower(), []).append(name)
    largest = max(groups.values(), key=len, default=[])
    return tuple(largest) if len(largest) > 1 and _answer_alike(head, largest) else ()


def _answer_alike(head: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Each column shares answers with the others, and all together give few different ones."""
    domains = [set(head[name].drop_nulls().cast(pl.String).to_list()) for name in columns]
    filled = [domain for domain in domains if domain]
    together: set[str] = set().union(*filled)
    if len(filled) < 2 or len(together) > _MOST_LABELS:
        return False
    return all(domain & set().union(*(other for other in filled if other is not domain)) for domain in filled)


def long_by_rater(frame: pl.DataFrame, raters: Sequence[str]) -> pl.DataFrame:
    """A row per item and rater; empty cells are no answer and leave no row."""
    index = [name for name in frame.columns if name not in raters]
    long = frame.with_row_index("__row").unpivot(
        on=list(raters), index=["__row", *index], variable_name="rater", value_name="label"
    )
    return long.filter(pl.col("label").is_not_null()).sort("__row", maintain_order=True).drop("__row")


def long_by_task(frame: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """A row per item, rater and task, from a column per task."""
    index = [name for name in frame.columns if name not in labels]
    return frame.unpivot(on=list(labels), index=index, variable_name="task", value_name="label")
