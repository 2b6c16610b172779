"""People against each model, on the same items, beside how people agree among themselves."""

from collections.abc import Iterator, Sequence

import polars as pl

from smo.measure.classifiers.human_model import HumanModel, human_model_agreement
from smo.measure.classifiers.scores import ModelScores, model_scores
from smo.paper import figures
from smo.paper.report.model import ModelRow, ModelSlice, TaskReport
from smo.paper.report.options import Options
from smo.paper.report.slicing import Cut
from smo.paper.report.task_data import TaskData
from smo.tables.problem import Problem, TableFault

LOOKED_FOR = ("hate", "hateful", "toxic", "abusive", "abuse", "unsafe", "violating", "violation", "harmful", "spam",
              "positive", "yes", "true", "1")  # fmt: skip
SLICE_METRICS = ("accuracy", "precision", "recall", "false_positive_rate", "auc")


def positive_label(data: TaskData, options: Options) -> str | None:
    """The label that a score speaks for; None where values say all."""
    asked = options.positive.get(data.task)
    if asked is not None:
        return _known_label(asked, data)
    if data.predictions is None or data.predictions.get_column("score").null_count() == data.predictions.height:
        return None
    names = data.ratings.label_names
    by_name = {name.casefold(): name for name in names}
    return next((by_name[name] for name in LOOKED_FOR if name in by_name), names[-1] if names else None)


def _known_label(asked: str, data: TaskData) -> str:
    """A label that nobody gave would make every score look wrong."""
    names = data.ratings.label_names
    if asked in names:
        return asked
    message = f'There is no label "{asked}" in task "{data.task}" (--positive).'
    remedy = f"Its labels: {figures.listed(names, 12)}."
    raise TableFault(Problem("no_such_label", message, remedy, 1, "error"))


def positive_guesses(tasks: Sequence[TaskReport], options: Options) -> tuple[str, ...]:
    """Which label a score was taken to speak for, where nobody said."""
    guessed = [task for task in tasks if task.task not in options.positive and any(row.positive for row in task.models)]
    return tuple(
        f"a model’s score was taken to speak for “{task.models[0].positive}” of {task.task}; --positive changes it"
        for task in guessed
    )


def reversed_scores(task: TaskReport) -> tuple[Problem, ...]:
    """Scores that surely rank the positive label last speak for another one: no figure of that model means anything."""
    auc = {row.model: row.metrics.get("auc") for row in task.models}
    against = [
        model for model, found in auc.items() if found is not None and found.high is not None and found.high < 0.5
    ]
    if not against:
        return ()
    names, positive = figures.listed(against), figures.quoted(task.models[0].positive)
    message = f"The scores of {names} rank {positive} last (AUC below 0.5): they probably speak for another label."
    remedy = f"Name that label: --positive {task.task}=LABEL."
    return (
        Problem("reversed_scores", message, remedy, len(against), "warning", task=task.task, examples=tuple(against)),
    )


def reference(data: TaskData, items: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """What models are compared with: the keys, else what people decided."""
    if data.gold is not None:
        return data.gold, "gold"
    return items.filter("decided").select("item", "label"), "majority" if data.is_anonymous else "consensus"


def _slices(
    data: TaskData,
    predictions: pl.DataFrame,
    *,
    truth: pl.DataFrame,
    cut_by: Sequence[Cut],
    look: tuple[str | None, float],
) -> Iterator[tuple[str, ModelSlice]]:
    positive, threshold = look
    for cut in cut_by[:1]:
        for value, mask in cut.groups():
            part = pl.DataFrame({"item": data.ratings.items.filter(mask)})
            inside = truth.join(part, on="item", how="semi")
            for found in model_scores(predictions, inside, positive=positive, threshold=threshold):
                metrics = {name: found.metrics[name] for name in SLICE_METRICS if name in found.metrics}
                yield found.model, ModelSlice(cut.column, value, metrics)


def models(data: TaskData, items: pl.DataFrame, *, cut_by: Sequence[Cut], options: Options) -> tuple[ModelRow, ...]:
    """One row a model, in order of name."""
    positive = positive_label(data, options)
    if data.predictions is None:
        return ()
    truth, against = reference(data, items)
    look = (positive, options.threshold)
    by_model: dict[str, list[ModelSlice]] = {}
    for name, part in _slices(data, data.predictions, truth=truth, cut_by=cut_by, look=look):
        by_model.setdefault(name, []).append(part)
    beside = _beside(data, data.predictions, look=look)
    return tuple(
        _row(
            found,
            data.task,
            against=against,
            beside=beside.get(found.model),
            parts=tuple(by_model.get(found.model, ())),
        )
        for found in model_scores(data.predictions, truth, positive=positive, threshold=options.threshold)
    )


def _beside(data: TaskData, predictions: pl.DataFrame, *, look: tuple[str | None, float]) -> dict[str, HumanModel]:
    found = human_model_agreement(data.ratings, predictions, positive=look[0], threshold=look[1])
    return {one.model: one for one in found}


def _row(
    found: ModelScores, task: str, *, against: str, beside: HumanModel | None, parts: tuple[ModelSlice, ...]
) -> ModelRow:
    """A model's figures; agreement with people is corrected for chance as people's own is."""
    metrics = dict(found.metrics)
    if beside is not None:
        metrics["human_model_alpha"] = beside.human_model_corrected
        metrics["human_model_agreement"] = beside.human_model
    return ModelRow(
        model=found.model,
        task=task,
        n=found.n,
        reference=against,
        positive=found.positive or "",
        threshold=found.threshold,
        metrics=metrics,
        human_human=None if beside is None else beside.human_human_corrected,
        slices=parts,
    )
