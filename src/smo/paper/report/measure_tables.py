"""Tables of measurements: agreement, slices, consensus, models, times and spans."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from smo.measure.estimate import Estimate
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report import cells
from smo.paper.report.document import Block, Cell, Column, Facts, Point, Points, Row, Table
from smo.paper.report.model import ModelRow, QualityReport, Slice, TaskReport

ALPHA = "krippendorff_alpha"
LABELS = 25  # labels of a task that are worth a row

METRICS = {
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "false_positive_rate": "False positive rate",
    "auc": "AUC",
    "human_model_alpha": "Alpha, model and people",
    "human_model_agreement": "Raw agreement, model and people",
    "calibration_error": "Calibration error",
    "brier": "Brier score",
}
SPANS = {
    "character_f1": "Same characters (F1, mean over pairs of people)",
    "character_f1_marked": "The same, where both marked something",
    "exact_match": "Exactly the same spans",
    "both_empty": "Both marked nothing",
    "character_alpha": "Krippendorff’s alpha on characters",
}


def _warned(estimate: Estimate) -> str:
    return " ".join(estimate.warnings)


def coefficient_table(task: TaskReport, target: float, *, finding: str = "") -> Table | None:
    """Every coefficient of agreement under its finding; the target stands at alpha, because it was set for alpha."""
    found = {key: e for key, e in task.agreement.coefficients.items() if e.value is not None}
    if not found:
        return None
    scale = cells.scale(found.values(), target, is_share=False)
    rows = [
        Row(
            (
                cells.text(figures.COEFFICIENTS.get(key, key.replace("_", " ")), _warned(estimate)),
                cells.coefficient(estimate, scale, judged=task.agreement.state)
                if key == ALPHA
                else cells.coefficient(estimate, replace(scale, target=None)),
            )
        )
        for key, estimate in found.items()
    ]
    columns = (Column("Measure"), Column("Value", f"alpha at least {target:g}", axis=cells.axis(scale)))
    return Table(finding or "Agreement on the whole", columns, tuple(rows), note="n: items with two answers or more")


def label_table(task: TaskReport) -> Table | None:
    """How often each label is given, and how far people agree on it."""
    measured = task.agreement
    labels = sorted(measured.prevalence, key=lambda label: -(measured.prevalence[label].value or 0.0))
    if not labels:
        return None
    shares = cells.scale(measured.prevalence.values(), is_share=True)
    same = cells.scale(measured.specific.values(), is_share=True)
    alphas = cells.scale(measured.per_label.values(), is_share=False)
    columns = [Column("Label"), Column("Share of labels", axis=cells.axis(shares))]
    columns += [Column("Second person agrees", axis=cells.axis(same))] if measured.specific else []
    columns += [Column("Alpha against the rest", axis=cells.axis(alphas))] if measured.per_label else []
    rows = []
    for label in labels[:LABELS]:
        row: list[Cell] = [cells.name(label), cells.share(measured.prevalence[label], shares)]
        row += [cells.share(measured.specific.get(label), same)] if measured.specific else []
        row += [cells.coefficient(measured.per_label.get(label), alphas)] if measured.per_label else []
        rows.append(Row(tuple(row)))
    left_out = max(len(labels) - LABELS, 0)
    return Table("Label by label", tuple(columns), tuple(rows), "the most frequent first", left_out)


def _slice_order(row: Slice) -> tuple[int, float]:
    alpha = row.agreement.coefficients.get(ALPHA)
    urgency = {State.NOT_MET: 0, State.NOT_ENOUGH: 1, State.MET: 2, State.NOT_MEASURED: 3}
    worst = min(urgency[row.agreement.state], urgency[row.accuracy_state])
    value = alpha.value if alpha is not None and alpha.value is not None else 2.0
    return worst, value


def slice_table(report: QualityReport, task: TaskReport, *, column: str, at_most: int) -> Table:
    """One column's values against the targets, what needs a person first."""
    found = sorted((row for row in task.slices if row.column == column), key=_slice_order)
    alphas = cells.scale(
        (row.agreement.coefficients.get(ALPHA) for row in found), report.agreement_target, is_share=False
    )
    has_accuracy = any(row.accuracy is not None and row.accuracy.value is not None for row in found)
    shares = cells.scale((row.accuracy for row in found), report.accuracy_target, is_share=True)
    columns = [Column(column), Column("Alpha", f"at least {report.agreement_target:g}", axis=cells.axis(alphas))]
    if has_accuracy:
        aim = f"at least {figures.number_share(report.accuracy_target)}"
        columns.append(Column("Decided labels against gold", aim, axis=cells.axis(shares)))
    columns += [Column("Items", is_number=True), Column("Labels", is_number=True)]
    rows = []
    for row in found[:at_most]:
        alpha = row.agreement.coefficients.get(ALPHA)
        line: list[Cell] = [cells.name(row.title or row.value, row.note)]
        line.append(cells.coefficient(alpha, alphas, judged=row.agreement.state))
        if has_accuracy:
            line.append(cells.share(row.accuracy, shares, judged=row.accuracy_state))
        line += [cells.number(row.n_items), cells.number(row.n_ratings)]
        rows.append(Row(tuple(line), State.NOT_MET in (row.agreement.state, row.accuracy_state)))
    return Table(f"By {column}", tuple(columns), tuple(rows), "most urgent first", max(len(found) - at_most, 0))


def consensus_blocks(task: TaskReport) -> tuple[Block, ...]:
    """How many items the votes decide, how well that agrees with the key, and what they decide."""
    decided = task.consensus
    if decided is None:
        return ()
    names = {
        "majority": "majority vote",
        "ds_map": "Dawid-Skene with priors (DS-MAP): votes weighted by skill",
        "one_coin": "Dawid-Skene with one skill for each person",
        "tied": "Dawid-Skene with one table of confusions for all",
    }
    facts = [
        ("Method", names.get(decided.model, decided.model)),
        ("Decided", figures.plural(decided.n_decided, "item")),
        ("To adjudicate", figures.plural(decided.n_adjudicate, "item")),
    ]
    for words, accuracy in (("Against gold", decided.accuracy), ("Majority against gold", decided.majority_accuracy)):
        if accuracy is not None and accuracy.value is not None:
            facts.append((words, figures.share_sentence(accuracy)))
    table = _shares("What is decided", decided.labels)
    return (Facts(tuple(facts)), *((table,) if table is not None else ()))


def _shares(title: str, estimates: Mapping[str, Estimate]) -> Table | None:
    if not estimates:
        return None
    ordered = sorted(estimates.items(), key=lambda pair: -(pair[1].value or 0.0))
    scale = cells.scale(estimates.values(), is_share=True)
    rows = tuple(Row((cells.name(label), cells.share(e, scale))) for label, e in ordered[:LABELS])
    columns = (Column("Label"), Column("Share of items", axis=cells.axis(scale)))
    return Table(title, columns, rows, left_out=max(len(ordered) - LABELS, 0))


def intra_blocks(task: TaskReport) -> tuple[Block, ...]:
    """Does a person answer the same item the same way twice?"""
    if task.intra is None:
        return ()
    said = f"Asked twice, the same person gives the same answer in {figures.share_sentence(task.intra)}."
    return (Points((Point(said, f"{figures.plural(task.repeats, 'repeat')} in the data"),), "Agreement with oneself"),)


def _metric_name(key: str) -> str:
    return METRICS.get(key, key.replace("_", " ").capitalize())


def _metric(name: str, estimate: Estimate) -> str:
    is_coefficient = name.endswith(("alpha", "kappa", "auc", "brier", "error"))
    return figures.coefficient_sentence(estimate) if is_coefficient else figures.share_sentence(estimate)


def _model_table(row: ModelRow, at_most: int) -> Table:
    lines = [(_metric_name(key), _metric(key, e)) for key, e in row.metrics.items()]
    if row.human_human is not None:
        lines.append(("The same among people, on the same items", figures.coefficient_sentence(row.human_human)))
    rows = [Row((cells.text(words), cells.text(value))) for words, value in lines]
    about = f"against {row.reference}, {figures.plural(row.n, 'item')}"
    if row.positive:
        about += f", positive: {row.positive}, threshold {row.threshold:g}"
    return Table(row.model, (Column("Measure"), Column("Value")), tuple(rows[:at_most]), about)


def _model_slices(row: ModelRow, at_most: int) -> Table | None:
    if not row.slices:
        return None
    keys = tuple(dict.fromkeys(key for part in row.slices for key in part.metrics))[:3]
    scales = {key: cells.scale((part.metrics.get(key) for part in row.slices), is_share=True) for key in keys}
    columns = [Column("Part")] + [Column(_metric_name(key), axis=cells.axis(scales[key])) for key in keys]
    rows = tuple(
        Row((cells.name(part.value, part.column), *(cells.share(part.metrics.get(key), scales[key]) for key in keys)))
        for part in row.slices[:at_most]
    )
    return Table(f"{row.model}, part by part", tuple(columns), rows, left_out=max(len(row.slices) - at_most, 0))


def model_blocks(task: TaskReport, at_most: int) -> tuple[Block, ...]:
    """Each model against people."""
    tables: Iterable[Table | None] = (
        table for row in task.models for table in (_model_table(row, at_most), _model_slices(row, at_most))
    )
    return tuple(table for table in tables if table is not None)


def times_blocks(task: TaskReport) -> tuple[Block, ...]:
    """Handle time, and what the clock readings are worth."""
    times = task.times
    if times is None:
        return ()
    facts = (
        ("Median", figures.duration_sentence(times.median_seconds)),
        ("Slowest tenth above", figures.duration_sentence(times.p90_seconds)),
        ("Timed labels", figures.count(times.n_timed)),
    )
    notes = tuple(Point(note) for note in times.notes)
    fast = tuple(Point(row.rater, "; ".join(row.reasons)) for row in sorted(times.speeders, key=lambda row: row.rater))
    blocks: list[Block] = [Facts(facts)]
    blocks += [Points(notes, "About these times")] if notes else []
    blocks += [Points(fast, "Much faster than the others: ask why before you judge")] if fast else []
    return tuple(blocks)


def span_blocks(task: TaskReport) -> tuple[Block, ...]:
    """Agreement on marked characters, on the whole and by type."""
    spans = task.spans
    if spans is None:
        return ()
    scale = cells.scale(spans.agreement.values(), is_share=False)
    rows = tuple(
        Row((cells.text(SPANS.get(key, key.replace("_", " "))), cells.coefficient(e, scale)))
        for key, e in spans.agreement.items()
    )
    columns = (Column("Measure"), Column("Value", axis=cells.axis(scale)))
    blocks: list[Block] = [Table("Marked characters", columns, rows, figures.plural(spans.n_spans, "span"))]
    if len(spans.per_type) > 1:
        by_type = cells.scale(spans.per_type.values(), is_share=False)
        each = tuple(Row((cells.name(kind), cells.coefficient(e, by_type))) for kind, e in spans.per_type.items())
        blocks.append(Table("By type", (Column("Type"), Column("F1", axis=cells.axis(by_type))), each))
    return tuple(blocks)
