"""A report made by hand, with what is awkward to print: long names, four scripts, markup, nothing measured."""

from dataclasses import replace
from datetime import UTC, datetime

from smo.measure.estimate import Estimate
from smo.measure.state import State
from smo.paper.report.model import (
    Adjudication,
    Agreement,
    ConfusionPair,
    Consensus,
    Finding,
    Input,
    LabelError,
    ModelRow,
    ModelSlice,
    QualityReport,
    RaterRow,
    Sentence,
    Slice,
    Spans,
    Step,
    TaskReport,
    Times,
)
from smo.tables.problem import Problem

SCRIPT = "</script><script>window.hacked=1</script><img src=x onerror=alert(1)>"
TYPST = '#panic("x") *bold* $x$ @ref <label> \\ `raw` [a] #read("/etc/passwd")'
ARABIC = "أنت شخص رائع (مثال)"
CHINESE = "这是一个例子"


def share(value: float | None, low: float | None = None, high: float | None = None, n: int = 600) -> Estimate:
    return Estimate(value, low, high, n=n, basis="gold", method="wilson")


def alpha(value: float | None, low: float | None = None, high: float | None = None, n: int = 3120) -> Estimate:
    return Estimate(value, low, high, n=n, basis="overlap", method="jackknife")


def agreement(value: float, low: float, high: float, state: State) -> Agreement:
    labels = {"hateful": share(0.687, 0.67, 0.70, 11184), "non-hateful": share(0.313, 0.30, 0.33, 11184)}
    return Agreement(
        coefficients={
            "krippendorff_alpha": alpha(value, low, high),
            "fleiss_kappa": alpha(value - 0.001, low, high),
            "gwet_ac1": alpha(value + 0.02, low + 0.02, high + 0.02),
            "percent_agreement": alpha(0.93, 0.92, 0.94),
        },
        prevalence=labels,
        specific={"hateful": share(0.95, 0.94, 0.96), "non-hateful": share(0.9, 0.88, 0.92)},
        per_label={"hateful": alpha(value, low, high), "non-hateful": alpha(value, low, high)},
        state=state,
    )


def slices() -> tuple[Slice, ...]:
    rows = [
        ("ar", "Arabic (العربية)", 0.91, 0.889, 0.927, State.NOT_MET),
        ("fr", "French", 0.962, 0.947, 0.973, State.NOT_ENOUGH),
        ("de", "German", 0.967, 0.952, 0.978, State.MET),
        ("zh", f"Chinese {CHINESE}", 0.975, 0.96, 0.985, State.MET),
        ("en", "English", 0.98, 0.969, 0.987, State.MET),
    ]
    measured = (
        Slice(
            "lang",
            code,
            600,
            1800,
            3,
            agreement(v - 0.2, lo - 0.2, hi - 0.2, state),
            share(v, lo, hi),
            state,
            title=title,
        )
        for code, title, v, lo, hi, state in rows
    )
    return (*measured, Slice("lang", "xx", 3, 3, 1, Agreement({}), None, title="no overlap"))


def raters(count: int = 40) -> tuple[RaterRow, ...]:
    return tuple(
        RaterRow(
            rater=f"rater {i}" if i != 7 else SCRIPT,
            n=100 + i,
            against_gold=share(0.9 + i / 1000, 0.86, 0.95, 100),
            against_consensus=share(0.93, 0.9, 0.96, 100 + i),
            shrunk=share(0.94, 0.91, 0.96, 100 + i),
            group=i % 3,
            state=State.NOT_ENOUGH,
            median_seconds=12.5,
            reasons=("answers twice as fast as the others on the same items",) if i in {3, 39} else (),
        )
        for i in range(count)
    )


def task(name: str = "hateful") -> TaskReport:
    items = tuple(
        Adjudication(
            f"item-{i}", "tie", {"hateful": 2, "non-hateful": 2}, 0.5, ARABIC if i % 2 else SCRIPT, {"lang": "ar"}
        )
        for i in range(30)
    )
    return TaskReport(
        task=name,
        title=name,
        labeltype="choice",
        level="nominal",
        level_why="two labels in words",
        labels=("hateful", "non-hateful"),
        n_items=3728,
        n_ratings=11184,
        n_raters=40,
        excluded={"items with one answer only": 12},
        agreement=agreement(0.74, 0.72, 0.76, State.MET),
        consensus=Consensus(
            "ds_map",
            3700,
            28,
            share(0.97, 0.956, 0.98),
            share(0.965, 0.95, 0.975),
            {"hateful": share(0.68, 0.67, 0.69), "non-hateful": share(0.32, 0.31, 0.33)},
        ),
        slices=slices(),
        raters=raters(),
        confusion=tuple(
            ConfusionPair(f"veiled insult {i}", TYPST, 61 - 10 * i, share(0.43, 0.36, 0.5, 142), 20.0, 41.0, "gold")
            for i in range(6)
        ),
        adjudicate=items,
        label_errors=(LabelError("item-1", "hateful", "non-hateful", 0.98, {"non-hateful": 5}, "gold", CHINESE),),
        models=(
            ModelRow(
                "model-a",
                name,
                3728,
                "gold",
                "hateful",
                0.5,
                {
                    "accuracy": share(0.8, 0.78, 0.82),
                    "auc": alpha(0.88, 0.86, 0.9),
                    "human_model_alpha": alpha(0.5, 0.4, 0.6),
                },
                alpha(0.74, 0.72, 0.76),
                (ModelSlice("lang", "ar", {"accuracy": share(0.7, 0.6, 0.8)}),),
            ),
        ),
        intra=share(0.86, 0.82, 0.89, 345),
        repeats=345,
        times=Times(
            share(14.2, 13.8, 14.9, 3966),
            share(61.0, 58.0, 66.0, 3966),
            3966,
            ("Times carry no zone.",),
            ((5.0, 10), (10.0, 200), (20.0, 340), (40.0, 120), (80.0, 30)),
            raters(2),
        ),
        spans=Spans(
            {"character_f1": alpha(0.6, 0.58, 0.62)},
            {"insult": alpha(0.6, 0.5, 0.7), "threat": alpha(0.4, 0.2, 0.6)},
            90,
        ),
        problems=(
            Problem("variants", "“Hateful” and “hateful” are one label.", "Merge them.", 4, "warning", task=name),
        ),
        findings=(
            Finding("agreement", "One label carries the agreement", "Coefficients, n 3,120 items", task=name),
            Finding("slices", "Arabic misses, French may", "Accuracy in %, gold", name, "lang", "accuracy"),
            Finding("raters", "40 people cannot be told apart", "Joined estimate in %", name, measure="shrunk"),
            Finding("confusion", "One confusion is 43 % of errors", "By key and label", name),
            Finding("models", "The model is below people", "Alpha", name, measure="human_model_alpha"),
            Finding("times", "Half take less than 14 s", "Handle time, n 3,966", name),
            Finding("consensus", "Two in three are hateful", "Share of items", name),
        ),
        holds=(Sentence(State.MET, "People agree on “hateful”", "alpha 0.74 (0.72–0.76), n 3,120"),),
        fails=(
            Sentence(State.NOT_MET, "Arabic is at 91.0 % (88.9–92.7, n 600, gold)", "37 of 54 errors are on H-2.3"),
        ),
    )


def report() -> QualityReport:
    severity = replace(
        task("severity"),
        agreement=agreement(0.68, 0.65, 0.71, State.NOT_ENOUGH),
        raters=(),
        n_raters=None,
        slices=(),
        models=(),
        times=None,
        spans=None,
        intra=None,
        findings=(),
    )
    return QualityReport(
        headline="Use the labels in four of six languages. Hold back Arabic, audit French",
        summary="Overall accuracy is 96.1 % (95.5–96.6, n 3,600, gold) against a target of 95 %; it hides Arabic.",
        holds=(
            Sentence(
                State.MET, "English, Chinese and German meet 95 %", "96.7 to 98.0 %; lowest bound 95.2 % (German)"
            ),
            Sentence(State.MET, "People agree on “hateful”", "alpha 0.74 (0.72–0.76), n 3,120"),
        ),
        fails=(
            Sentence(
                State.NOT_MET, "Arabic is at 91.0 % (88.9–92.7, n 600, gold)", "37 of its 54 errors are on rule H-2.3"
            ),
            Sentence(
                State.NOT_ENOUGH,
                "French cannot be told: 96.2 % (94.7–97.3, n 600, gold)",
                "Its interval crosses the target",
            ),
            Sentence(State.NOT_MEASURED, "Critical errors are not measured", "The file has no severity on its keys"),
        ),
        steps=(
            Step(
                "Adjudicate 214 Arabic items before anyone trains on them",
                "report.xlsx, sheet adjudicate",
                "about 4 h of work",
            ),
            Step("Key 1,270 more French items", "", "about 21 h at 1 min per item"),
        ),
        care=(
            "Gold was chosen, not drawn at random, so figures hold for the mix in the gold set.",
            f"A label reads {SCRIPT}",
        ),
        inputs=(
            Input(r"C:\data\labels_w47.parquet", "labels", 11184, "9f2c" * 16, "utf-8"),
            Input("keys.csv", "gold", 600, "a1b2" * 16),
        ),
        guesses=("item: column “id”, because it repeats", "rater: column “worker”"),
        problems=(
            Problem(
                "duplicates",
                f"Rows stand twice {TYPST}",
                "Keep one.",
                12,
                "warning",
                "labels.csv",
                7,
                "label",
                examples=(SCRIPT, ARABIC),
            ),
            Problem(
                "page-times", "Many labels have the same start and end.", "Record one time for each label.", 3, "note"
            ),
        ),
        tasks=(task(), severity),
        n_ratings=12480,
        n_items=6240,
        n_raters=40,
        period="16–22 Nov 2026",
        agreement_target=0.667,
        accuracy_target=0.95,
        has_content=True,
        made_at=datetime(2026, 11, 23, 8, 12, tzinfo=UTC),
        command="smo report labels_w47.parquet --gold keys.csv --target 0.95",
        version="0.1.0",
        findings=(
            Finding(
                "slices", "Arabic misses, French may", "Accuracy in %, n 600 each, gold", "hateful", "lang", "accuracy"
            ),
            Finding("agreement", "Only severity falls short", "Krippendorff alpha, n 3,120 items"),
            Finding("confusion", "One confusion is 43 % of errors", "Errors by key and label, n 142", "hateful"),
        ),
    )


def empty() -> QualityReport:
    """One row in, nothing measured."""
    bare = TaskReport("label", "choice", "nominal", "", ("a",), 1, 1, None, {}, Agreement({}), title="label")
    return replace(
        report(),
        headline="Nothing can be said yet: no item has two answers",
        summary="",
        holds=(),
        fails=(Sentence(State.NOT_MEASURED, "Agreement is not measured"),),
        steps=(),
        care=(),
        guesses=(),
        problems=(),
        tasks=(bare,),
        findings=(),
        n_raters=None,
        period="",
    )
