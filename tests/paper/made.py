"""Reports made from small tables, for tests of what is written and said."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from smo.measure.intervals import proportion
from smo.measure.ratings import Ratings
from smo.measure.state import State
from smo.paper.report.assess_agreement import agreement
from smo.paper.report.model import Adjudication, Agreement, Input, QualityReport, Sentence, Slice, TaskReport

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "report.schema.json"


def _agreement() -> Agreement:
    frame = pl.DataFrame({"item": [1, 1, 2, 2, 3, 3], "rater": list("ababab"), "label": list("xxyyxy")})
    return agreement(Ratings.from_frame(frame, item="item", rater="rater", label="label"), "nominal", target=0.667)


def report_of(*, item: str = "i1", text: str = "words", n_open: int = 1) -> QualityReport:
    """One task with one slice and some open items."""
    agreed = _agreement()
    part = Slice("lang", "fr", 3, 6, 2, agreed, proportion(95, 100, basis="gold"), State.NOT_ENOUGH, "French")
    open_ = tuple(
        Adjudication(f"{item}{'' if i == 0 else i}", "tie", {"x": 1, "y": 1}, 0.5, text) for i in range(n_open)
    )
    task = TaskReport(
        "hate", "choice", "nominal", "guessed", ("x", "y"), 3, 6, 2, {"missing_answers": 0}, agreed,
        slices=(part,), adjudicate=open_,
    )  # fmt: skip
    return QualityReport(
        "Hold the labels back", "why", (), (Sentence(State.NOT_MET, "It misses", task="hate"),), (), ("careful",),
        (Input("labels.csv", "labels", 6, "0" * 64),), (), (), (task,), 6, 3, 2, "", 0.667, 0.95, True,
        datetime(2026, 11, 22, tzinfo=UTC), "smo report labels.csv --out r", "0.1.0",
    )  # fmt: skip
