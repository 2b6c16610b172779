"""The public sets come in as past decisions, and the board shows how they stand: agreement measured, accuracy not."""

from pathlib import Path

import polars as pl
import pytest

from smo.catalog import actions as catalog
from smo.catalog.rules.projects import ProjectSettings
from smo.intake import actions as intake
from smo.jobs import facts, imports
from smo.kernel.clock import today
from smo.kernel.permissions import SYSTEM
from smo.measure.agreement import krippendorff_alpha
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings
from smo.measure.state import State
from smo.reporting import queries as reporting
from smo.reporting.rules import WhyNot
from smo.warehouse import lake
from tests.measure import public_sets

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
]


def bring(project: str, path: Path, *, kind: str) -> None:
    import_id = intake.receive_import(by=SYSTEM, project=project, kind=kind, file_name=path.name, content=path)
    guesses = intake.look_into(by=SYSTEM, import_id=import_id).guesses
    intake.map_import(by=SYSTEM, import_id=import_id, mapping=guesses, make_questions=kind == "decisions")
    intake.stage_import(by=SYSTEM, import_id=import_id)
    imports.publish(by=SYSTEM, import_id=import_id)


def alpha_of_the_file(name: str, task: str, *, is_ordinal: bool) -> Estimate:
    """What `smo report` measures: each person's first answer, all of those who are not named."""
    rows = public_sets.labels(name).filter(pl.col("task") == task)
    first = rows.filter(pl.col("rater").is_not_null()).unique(["item", "rater"], keep="first", maintain_order=True)
    whole = pl.concat([first, rows.filter(pl.col("rater").is_null())])
    ratings = Ratings.from_frame(whole, item="item", rater="rater", label="label")
    return krippendorff_alpha(ratings, "ordinal" if is_ordinal else "nominal")


@pytest.mark.parametrize("name", ["hatecheck", "multilingual_hatecheck", "xstest", "convabuse", "toxic_spans"])
def test_real_sets_show_their_states_on_the_board(where, acting, settings, tmp_path, name) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    folder = public_sets.folder(name)
    code = name.replace("_", "-")
    catalog.create_product(by=SYSTEM, code="sets", name="Public sets")
    catalog.create_project(by=SYSTEM, settings=ProjectSettings(code, name, "sets"))
    for kpi, value in (("agreement", 0.6), ("decision_accuracy", 0.95)):
        wanted = catalog.NewTarget(project=code, kpi=kpi, value=value, starts_on=today("UTC"))
        catalog.set_target(by=SYSTEM, target=wanted)
    bring(code, folder / "items.jsonl.gz", kind="items")
    bring(code, folder / "labels.csv.gz", kind="decisions")
    facts.refresh(where)

    [row] = reporting.board(by=acting("delivery_manager"))
    shown = {cell.kpi: cell for cell in row.cells}
    accuracy, agreement = shown["decision_accuracy"], shown["agreement"]
    assert (accuracy.state, accuracy.why_not) == (State.NOT_MEASURED, WhyNot.NO_PLAN)
    answers = pl.DataFrame(pl.from_arrow(lake.facts("answer", lake=where))).filter(pl.col("is_main"))
    ((task, kind),) = answers.select("question", "type").unique().rows()
    expected = alpha_of_the_file(name, task, is_ordinal=kind == "scale")
    assert agreement.estimate.n == expected.n
    assert agreement.estimate.value == pytest.approx(expected.value, abs=0.005)
    assert agreement.estimate.low == pytest.approx(expected.low, abs=0.02)
    judged = State.MET if expected.low > 0.61 else State.NOT_MET if expected.high < 0.59 else None
    assert judged is None or agreement.state == judged
