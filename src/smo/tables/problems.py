"""Find what is wrong with a label table: each kind of fault with its count, examples and a remedy."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from smo.tables.problem import Level, Problem, counted
from smo.tables.spelling import folded, spelling_groups

# Answers that say that there is no proper answer; they count as labels until --missing says otherwise.
_NO_ANSWERS = frozenset({
    "empty", "blank", "missing", "null", "nil", "nan", "na", "n/a", "unknown", "undefined", "skip", "skipped", "error",
    "invalid", "contradictory", "corrupt", "unavailable", "unanswered", "?", "-", "--", ".", "#n/a", "#ref!", "#value!",
})  # fmt: skip
_FORMULA = r"^[=@\t\r]|^[+\-][^0-9.]"
_FREE_TEXT_LABELS = 200


def find_problems(frame: pl.DataFrame) -> tuple[Problem, ...]:
    """What is wrong with the canonical table (item, rater, task, label, ...), task by task and in all.

    `count` is what the message counts: rows, items, labels or people.
    """
    tasks = frame.get_column("task").unique().sort().to_list()
    found = [*_anonymous(frame), *_rater_spellings(frame), *_formulas(frame)]
    for task in tasks:
        part = frame if len(tasks) == 1 else frame.filter(pl.col("task") == task)
        found.extend(_of_task(part, task))
    order: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda problem: (order[problem.level], problem.task, -problem.count)))


def _of_task(part: pl.DataFrame, task: str) -> Iterator[Problem]:
    counts = dict(part.get_column("label").value_counts().drop_nulls().iter_rows())
    yield from _empty_labels(part, task)
    if not counts:
        return
    yield from _no_answers(part, counts, task=task)
    yield from _spellings(counts, task)
    yield from _one_label(counts, task)
    yield from _too_many_labels(counts, task)
    yield from _mixed_types(counts, task)
    given = part.filter(pl.col("label").is_not_null()) if part.get_column("label").null_count() else part
    again = _answered_again(given)
    yield from _item_sizes(given, again, task=task)
    yield from _repeats(again, task)


def _examples(part: pl.DataFrame, where: pl.Expr | pl.Series) -> tuple[str, ...]:
    return tuple(str(item) for item in part.filter(where).get_column("item").unique(maintain_order=True).head(5))


def _problem(code: str, message: str, *, remedy: str, count: int, **more: object) -> Problem:
    values: dict[str, object] = {"level": "warning", **more}
    return Problem(code, message, remedy, count, **values)  # type: ignore[arg-type]


def _anonymous(frame: pl.DataFrame) -> Iterator[Problem]:
    nameless = frame.get_column("rater").null_count()
    if nameless == frame.height:
        message = "No rater is named: who answers well, and whether a person agrees with themselves, is not measurable."
        yield _problem(
            "anonymous", message, remedy="Export a rater id (a pseudonym is enough).", count=nameless, level="note"
        )
    elif nameless:
        message = f"{nameless:,} of {frame.height:,} answers without a rater; each counts as another, unknown person."
        examples = _examples(frame, pl.col("rater").is_null())
        remedy = "Fill in the rater, or leave these rows out."
        yield _problem("partly_anonymous", message, remedy=remedy, count=nameless, column="rater", examples=examples)


def _rater_spellings(frame: pl.DataFrame) -> Iterator[Problem]:
    if frame.schema["rater"].is_numeric() or frame.get_column("rater").null_count() == frame.height:
        return
    counts = frame.get_column("rater").cast(pl.String).value_counts().drop_nulls()
    if counts.height > 20_000:
        return  # so many people are accounts of a crowd, not names typed by hand
    groups = _name_groups(dict(counts.iter_rows()))
    if groups:
        message = f"{counted(len(groups), 'rater')} written in several ways; each way counts as a person of its own."
        examples = tuple(" / ".join(f'"{name}"' for name in group) for group in groups[:5])
        remedy = "Write each rater in one way."
        yield _problem("rater_spelling", message, remedy=remedy, count=len(groups), column="rater", examples=examples)


def _name_groups(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Raters that differ in case and blanks only: "rater 1.0" and "rater 1" may well be two people."""
    groups = spelling_groups(counts)
    return [group for group in groups if len({"".join(name.split()).casefold() for name in group}) == 1]


def _answered_again(given: pl.DataFrame) -> pl.DataFrame:
    """`item, rater, n, labels` of each person who answered an item more than once.

    One number stands for item and rater: sorting numbers is fast and small at ten million rows. The few pairs that
    share a number by chance are told apart by the grouping.
    """
    known = given if given.get_column("rater").null_count() == 0 else given.filter(pl.col("rater").is_not_null())
    mixed = pl.col("item").hash(1) * pl.lit(0x9E3779B97F4A7C15, dtype=pl.UInt64) + pl.col("rater").hash(2)
    keys = known.select(mixed.alias("key")).to_series()
    ordered = np.sort(keys.to_numpy())
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    pairs = known.filter(keys.is_in(pl.Series(twice).implode())) if twice.size else known.clear()
    counts = pairs.group_by("item", "rater").agg(n=pl.len(), labels=pl.col("label").n_unique())
    return counts.filter(pl.col("n") > 1).sort("item", "rater")


def _repeats(again: pl.DataFrame, task: str) -> Iterator[Problem]:
    """The same person and item more than once: copied rows, or second looks."""
    if again.height == 0:
        return
    changed = int((again.get_column("labels") > 1).sum())
    extra = int(again.get_column("n").sum()) - again.height
    message = (
        f"{counted(again.height, 'time')} a person answered an item again ({counted(extra, 'answer')} more, "
        f"{counted(changed, 'time')} with another label). The first answer counts; the others tell only how far people "
        "agree with themselves."
    )
    examples = tuple(f"{item} by {rater}" for item, rater in again.select("item", "rater").head(5).rows())
    remedy = "If these rows are copies and no second look, remove them."
    level = "warning" if changed else "note"
    yield _problem(
        "repeated_answers", message, remedy=remedy, count=again.height, task=task, level=level, examples=examples
    )


def _formulas(frame: pl.DataFrame) -> Iterator[Problem]:
    for column in ("item", "rater", "label"):
        if frame.schema[column] != pl.String:
            continue
        cells = frame.get_column(column).unique().drop_nulls()
        found = cells.filter(cells.str.contains(_FORMULA) | cells.str.contains("(?i)<script"))
        if found.len():
            message = f"{counted(found.len(), 'cell value')} like a formula or script; shown as text, never run."
            examples = tuple(text[:60] for text in found.sort().head(3))
            remedy = "Check where they come from."
            yield _problem("formula_cells", message, remedy=remedy, count=found.len(), column=column, examples=examples)


def _empty_labels(part: pl.DataFrame, task: str) -> Iterator[Problem]:
    empty = part.get_column("label").null_count()
    if not empty:
        return
    level = "error" if empty == part.height else "warning" if empty > 0.05 * part.height else "note"
    message = f"{empty:,} of {part.height:,} answers empty; they count as missing."
    remedy = "Nothing to do if these people did not answer."
    examples = _examples(part, pl.col("label").is_null())
    yield _problem(
        "empty_labels", message, remedy=remedy, count=empty, task=task, level=level, column="label", examples=examples
    )


def _no_answers(part: pl.DataFrame, counts: Mapping[str, int], *, task: str) -> Iterator[Problem]:
    for label in sorted(counts, key=lambda label: -counts[label]):
        if label.strip().casefold() not in _NO_ANSWERS and label != "None":  # a program's None; "none" is a label
            continue
        message = f'{counted(counts[label], "answer")} "{label}"; it counts as a label like any other.'
        remedy = f'If it means "no answer", say --missing "{task}={label}".'
        examples = _examples(part, pl.col("label") == label)
        yield _problem(
            "no_answer_label", message, remedy=remedy, count=counts[label], task=task, column="label", examples=examples
        )


def _spellings(counts: Mapping[str, int], task: str) -> Iterator[Problem]:
    groups = spelling_groups(counts)
    if groups:
        number = sum(len(group) for group in groups)
        message = f"{number} labels look like {len(groups)} written in several ways; they were not merged."
        examples = tuple(" / ".join(f'"{label}" ({counts[label]:,})' for label in group) for group in groups[:5])
        remedy = "Write each label in one way and run again: it lowers every agreement figure."
        yield _problem(
            "label_spelling", message, remedy=remedy, count=number, task=task, column="label", examples=examples
        )


def _one_label(counts: Mapping[str, int], task: str) -> Iterator[Problem]:
    if len(counts) == 1:
        label, count = next(iter(counts.items()))
        message = f'Everybody answered "{label}"; agreement cannot be measured without a second label.'
        remedy = "Check that the other answers were exported."
        yield _problem("one_label", message, remedy=remedy, count=count, task=task, column="label")


def _too_many_labels(counts: Mapping[str, int], task: str) -> Iterator[Problem]:
    answers = sum(counts.values())
    many = len(counts) > _FREE_TEXT_LABELS and len(counts) > 0.02 * answers
    if not many and not (len(counts) > 20 and len(counts) > 0.5 * answers):
        return
    message = (
        f"{len(counts):,} different labels in {answers:,} answers: this looks like text or sets, not like choices."
    )
    examples = tuple(label[:60] for label in sorted(counts, key=lambda label: -counts[label])[:3])
    remedy = "Read coefficients for choices with care, or name another label column with --label."
    yield _problem(
        "many_labels", message, remedy=remedy, count=len(counts), task=task, column="label", examples=examples
    )


def _mixed_types(counts: Mapping[str, int], task: str) -> Iterator[Problem]:
    numbers = [label for label in counts if _is_number(label)]
    words = [label for label in counts if label not in set(numbers) and folded(label) not in _NO_ANSWERS]
    if len(numbers) < 2 or not words or len(words) > len(numbers):
        return
    odd = sum(counts[label] for label in words)
    if odd > 0.05 * sum(counts.values()):
        return
    message = (
        f"{counted(odd, 'answer')} in words where all others are numbers; because of them the scale is read as names."
    )
    examples = tuple(f'"{label}" ({counts[label]:,})' for label in words[:5])
    remedy = f'Mend them, or say --missing "{task}={words[0]}".'
    yield _problem("mixed_types", message, remedy=remedy, count=odd, task=task, column="label", examples=examples)


def _is_number(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True


def _item_sizes(given: pl.DataFrame, again: pl.DataFrame, *, task: str) -> Iterator[Problem]:
    sizes = given.get_column("item").value_counts(name="n")
    extra = again.group_by("item").agg(extra=pl.col("n").sum() - pl.len())
    people = sizes.join(extra, on="item", how="left") if again.height else sizes.with_columns(extra=None)
    single = people.filter(pl.col("n") - pl.col("extra").fill_null(0) == 1)
    if single.height:
        yield _single(single, people.height, task=task)
    typical = float(sizes.select(pl.col("n").median()).item() or 1)
    limit = max(20.0, 10 * typical)
    giants = sizes.filter(pl.col("n") > limit).sort("n", descending=True)
    if giants.height:
        most = int(giants.get_column("n")[0])
        what = "One item has" if giants.height == 1 else f"{giants.height:,} items have up to"
        message = f"{what} {most:,} labels where {typical:g} are usual; probably test questions, which weigh too much."
        examples = tuple(f"{item} ({count:,} labels)" for item, count in giants.head(5).iter_rows())
        remedy = "If they are test questions, give them as gold and leave them out here."
        yield _problem("many_answers", message, remedy=remedy, count=giants.height, task=task, examples=examples)


def _single(single: pl.DataFrame, items: int, *, task: str) -> Problem:
    every = single.height == items
    message = (
        f"No item has more than one label: agreement cannot be measured ({items:,} items)."
        if every
        else f"{single.height:,} of {items:,} items with one label only; they say nothing about agreement."
    )
    remedy = "Have a share of the items answered by two or more people."
    examples = tuple(str(item) for item in single.get_column("item").sort().head(5))
    level = "error" if every else "warning" if single.height > 0.5 * items else "note"
    return _problem(
        "single_label_items", message, remedy=remedy, count=single.height, task=task, level=level, examples=examples
    )
