"""The report's charts: each finding names its question; here it gets its rows and is drawn."""

from collections.abc import Callable, Iterable, Mapping

from smo.charts.agreement import agreement
from smo.charts.confusion import Bar, confusion
from smo.charts.draw import for_page, svg
from smo.charts.figure import Figure
from smo.charts.handle_times import Line, handle_times
from smo.charts.label_shares import label_shares
from smo.charts.models_against_people import models_against_people
from smo.charts.rater_intervals import rater_intervals
from smo.charts.slices_against_target import slices_against_target
from smo.charts.whiskers import Mark, most_urgent_first
from smo.measure.estimate import Estimate
from smo.paper import figures
from smo.paper.report.cells import cut
from smo.paper.report.document import Drawing
from smo.paper.report.model import Agreement, Finding, QualityReport, TaskReport
from smo.paper.report.people_tables import shown_people

ALPHA = "krippendorff_alpha"
AT_MOST = 10  # rows of a chart that is read at a glance
PEOPLE = 20
CHART_NAME = 60  # letters of a name that a chart is given; what does not fit is cut when it is drawn
LONG = 16  # letters: names longer than this stand above their rows and take the room of two
SHORT_NAMES = {
    "krippendorff_alpha": "Alpha",
    "fleiss_kappa": "Fleiss’ kappa",
    "cohen_kappa": "Cohen’s kappa",
    "weighted_kappa": "Weighted kappa",
    "gwet_ac1": "Gwet’s AC1",
    "gwet_ac2": "Gwet’s AC2",
    "percent_agreement": "Raw agreement",
    "masi_alpha": "Alpha (MASI)",
    "jaccard_alpha": "Alpha (Jaccard)",
    "nominal_alpha": "Alpha, nominal",
    "interval_alpha": "Alpha, interval",
}
HIGHLIGHTS = 4  # bars of the confusion chart before "other pairs"


def _tasks(report: QualityReport, finding: Finding) -> tuple[TaskReport, ...]:
    return tuple(task for task in report.tasks if finding.task in ("", task.task))


def _alpha(measured: Agreement) -> Estimate | None:
    return measured.coefficients.get(ALPHA)


def _short_share(estimate: Estimate) -> str:
    return figures.share(estimate).removesuffix(f"{figures.NARROW}%")


def _slice_marks(task: TaskReport, finding: Finding) -> list[Mark]:
    rows = [row for row in task.slices if finding.column in ("", row.column)]
    marks: list[Mark] = []
    for row in rows:
        if finding.measure == "accuracy":
            if row.accuracy is not None:
                marks.append(
                    Mark(
                        cut(row.title or row.value, CHART_NAME),
                        row.accuracy,
                        _short_share(row.accuracy),
                        row.accuracy_state,
                    )
                )
        elif (alpha := _alpha(row.agreement)) is not None:
            marks.append(
                Mark(cut(row.title or row.value, CHART_NAME), alpha, figures.coefficient(alpha), row.agreement.state)
            )
    return marks


def _most_urgent(marks: list[Mark], note: str) -> tuple[list[Mark], str]:
    """The most urgent rows, as many as are read at a glance, and a note that says so."""
    ordered = most_urgent_first(marks)
    is_long = 3 * sum(len(mark.name) > LONG for mark in marks) > len(marks)
    shown = ordered[: AT_MOST * 6 // 10 if is_long else AT_MOST]
    if len(shown) == len(marks):
        return shown, note
    return shown, f"{note}; {len(shown)} of {len(marks)}".removeprefix("; ")


def _slices(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    tasks = _tasks(report, finding)
    marks = _slice_marks(tasks[0], finding) if tasks else []
    is_share = finding.measure == "accuracy"
    target = report.accuracy_target if is_share else report.agreement_target
    if not marks:
        return None
    shown, note = _most_urgent(marks, finding.subtitle)
    return slices_against_target(shown, title=finding.title, note=note, target=target, is_share=is_share, width=width)


def _agreement(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    tasks = _tasks(report, finding)
    if finding.task and tasks:
        rows = [(SHORT_NAMES.get(key, key), e) for key, e in tasks[0].agreement.coefficients.items()]
        marks = [Mark(words, e, figures.coefficient(e)) for words, e in rows if e.value is not None]
        note, target = finding.subtitle, None
    else:
        found = [(task, _alpha(task.agreement)) for task in tasks]
        marks = [
            Mark(cut(t.title or t.task, CHART_NAME), e, figures.coefficient(e), t.agreement.state)
            for t, e in found
            if e is not None
        ]
        marks, note = _most_urgent(marks, finding.subtitle)
        target = report.agreement_target
    if not marks:
        return None
    return agreement(marks, title=finding.title, note=note, target=target, width=width)


def _confusion(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    tasks = _tasks(report, finding)
    pairs = sorted((p for task in tasks[:1] for p in task.confusion), key=lambda pair: -pair.n)
    if not pairs:
        return None
    joined = " as " if pairs[0].truth else " / "
    bars = [
        Bar(f"{cut(p.label_a, CHART_NAME)}{joined}{cut(p.label_b, CHART_NAME)}", p.n, figures.count(p.n))
        for p in pairs[:HIGHLIGHTS]
    ]
    if rest := pairs[HIGHLIGHTS:]:
        total = sum(pair.n for pair in rest)
        bars.append(Bar(figures.plural(len(rest), "other pair"), total, figures.count(total)))
    return confusion(bars, title=finding.title, note=finding.subtitle, width=width)


def _raters(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    tasks = _tasks(report, finding)
    rows = shown_people(tasks[0], PEOPLE) if tasks else []
    measured = [(row, row.shrunk or row.against_gold or row.against_consensus) for row in rows]
    marks = [
        Mark(cut(row.rater, CHART_NAME), e, _short_share(e), is_marked=bool(row.reasons))
        for row, e in measured
        if e is not None and e.value is not None
    ]
    if not marks:
        return None
    notes = [finding.subtitle] + (["bold: where to look"] if any(mark.is_marked for mark in marks) else [])
    notes += [f"{len(rows)} of {figures.count(len(tasks[0].raters))}"] if len(rows) < len(tasks[0].raters) else []
    note = "; ".join(note for note in notes if note)
    return rater_intervals(marks, title=finding.title, note=note, width=width)


def _times(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    times = next((task.times for task in _tasks(report, finding) if task.times is not None), None)
    if times is None or not times.histogram:
        return None
    named = (("median", times.median_seconds.value), ("P90", times.p90_seconds.value))
    lines = [Line(value, f"{words} {figures.duration(value)}") for words, value in named if value is not None]
    edges = [edge for edge, _ in times.histogram]
    every = max(len(edges) // 4, 1)
    ticks = [Line(edge, figures.duration(edge)) for edge in edges[every - 1 :: every]]
    return handle_times(times.histogram, lines, ticks=ticks, title=finding.title, note=finding.subtitle, width=width)


def _models(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    rows = [row for task in _tasks(report, finding) for row in task.models]
    measure = finding.measure or "accuracy"
    is_share = not measure.endswith("alpha")
    printed = _short_share if is_share else figures.coefficient
    marks = [
        Mark(cut(row.model, CHART_NAME), e, printed(e)) for row in rows if (e := row.metrics.get(measure)) is not None
    ]
    if not marks:
        return None
    people = None if is_share else next((r.human_human.value for r in rows if r.human_human is not None), None)
    return models_against_people(
        marks, title=finding.title, note=finding.subtitle, people=people, is_share=is_share, width=width
    )


def _consensus(report: QualityReport, finding: Finding, *, width: int) -> Figure | None:
    decided = next((task.consensus for task in _tasks(report, finding) if task.consensus is not None), None)
    rows = list(decided.labels.items()) if decided is not None else []
    marks = [
        Mark(cut(label, CHART_NAME), share, figures.share(share)) for label, share in rows if share.value is not None
    ][:AT_MOST]
    return label_shares(marks, title=finding.title, note=finding.subtitle, width=width) if marks else None


QUESTIONS: Mapping[str, Callable[..., Figure | None]] = {
    "slices": _slices,
    "agreement": _agreement,
    "confusion": _confusion,
    "raters": _raters,
    "times": _times,
    "models": _models,
    "consensus": _consensus,
}


def _drawn(figure: Figure) -> Drawing:
    paper = svg(figure.spec)
    page = for_page(paper, description=figure.description)
    return Drawing(figure.title, figure.note, figure.description, page, paper, figure.width, figure.height)


def pictures(report: QualityReport, findings: Iterable[Finding], *, width: int) -> tuple[Drawing, ...]:
    """The charts of some findings, in their order; a finding without rows to draw is left out."""
    drawn = (
        QUESTIONS[finding.question](report, finding, width=width)
        for finding in findings
        if finding.question in QUESTIONS
    )
    return tuple(_drawn(figure) for figure in drawn if figure is not None)
