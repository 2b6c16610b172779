"""DOMAIN V1: what cannot be filled in afterwards is kept from the file to the record, and from there to the facts."""

from datetime import UTC, datetime

import pytest

from smo.intake import actions as intake
from smo.intake.models import Item
from smo.intake.rules.mapping import ITEM_ROLES
from smo.jobs import facts, imports
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions
from smo.labeling.models import Assignment, Decision
from smo.warehouse import lake
from tests.apps.labeling.conftest import answer, make_actor, make_work

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")]

ROW = {
    "key": "v1", "text": "A harmless line.", "language": "ps", "market": "AF", "surface": "comments",
    "source": "reports", "received_at": "2026-03-01T08:00:00Z", "score": "0.87", "inclusion_probability": "0.05",
}  # fmt: skip


@pytest.fixture
def labeled(settings, tmp_path) -> tuple[Item, Decision]:
    """An item from a file with every column there is, and what somebody decided about it."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    work = make_work()
    content = [f"{','.join(ROW)}\n{','.join(ROW.values())}\n".encode()]
    import_id = intake.receive_import(by=SYSTEM, project=work.code, kind="items", file_name="v1.csv", content=content)
    guesses = intake.look_into(by=SYSTEM, import_id=import_id).guesses
    assert set(guesses) == set(ITEM_ROLES) - {"turns"}
    intake.map_import(by=SYSTEM, import_id=import_id, mapping=guesses)
    intake.stage_import(by=SYSTEM, import_id=import_id)
    imports.publish(by=SYSTEM, import_id=import_id)
    person = make_actor()
    (claim,) = actions.claim_items(by=person, queue_id=work.queue())
    told = {"active_ms": 4000, "idle_ms": 500, "elapsed_ms": 9000, "view_mode": "greyscale", "translation_used": True}
    sent = answer(claim, **told, prelabel_shown=True, tool_version="desk 1", confidence=80, note="plain")
    done = actions.submit_decision(by=person, submission=sent)
    return Item.objects.get(), Decision.objects.get(pk=done.decision_id)


def test_domain_v1_an_item_keeps_where_it_came_from_and_how_it_was_chosen(labeled) -> None:
    item, _ = labeled
    kept = (item.item_key, item.kind, item.text, item.language_declared, item.market, item.surface, item.source)
    assert kept == ("v1", "text", "A harmless line.", "ps", "AF", "comments", "reports")
    assert (item.model_score, item.inclusion_probability) == (0.87, 0.05)
    assert item.received_at == datetime(2026, 3, 1, 8, tzinfo=UTC)


def test_domain_v1_a_decision_keeps_times_versions_and_what_was_shown(labeled) -> None:
    _, decision = labeled
    claim = Assignment.objects.get()
    assert decision.claimed_at == claim.claimed_at <= decision.opened_at <= decision.received_at
    assert (decision.active_ms, decision.idle_ms, decision.client_elapsed_ms) == (4000, 500, 9000)
    assert (decision.view_mode, decision.translation_used, decision.prelabel_shown) == ("greyscale", True, True)
    assert (decision.tool_version, decision.confidence, decision.note) == ("desk 1", 80, "plain")
    assert (decision.decision_mode, decision.answers) == ("human_assisted", {"violation": "no"})
    assert (decision.schema_version_id, decision.guideline_version_id) == (
        claim.schema_version_id,
        claim.guideline_version_id,
    )


def test_domain_v1_facts_carry_slice_versions_mode_and_times(labeled, where) -> None:
    item, decision = labeled
    facts.refresh(where)
    [made] = lake.facts("decision", lake=where).to_pylist()
    assert (made["item"], made["decision"], made["person"]) == (str(item.id), str(decision.id), str(decision.person_id))
    assert (made["language"], made["market"], made["mode"], made["outcome"]) == (
        "ps",
        "AF",
        "human_assisted",
        "decided",
    )
    assert made["schema_version"] == str(decision.schema_version_id)
    assert made["guideline_version"] == str(decision.guideline_version_id)
    assert (made["active_seconds"], made["item_received_at"]) == (4.0, item.received_at)
    waited = (decision.received_at - decision.opened_at).total_seconds()
    assert made["handle_seconds"] == pytest.approx(waited, abs=1e-3)
    [came] = lake.facts("item", lake=where).to_pylist()
    assert (came["item"], came["state"]) == (str(item.id), "late")
    [given] = lake.facts("answer", lake=where).to_pylist()
    assert (given["question"], given["label"], given["is_main"]) == ("violation", "no", True)
    assert (made["idle_seconds"], made["view_mode"], made["tool_version"]) == (0.5, "greyscale", "desk 1")
    assert (made["translation_used"], made["prelabel_shown"]) == (True, True)
    assert (made["surface"], made["source"]) == ("comments", "reports")
    assert (made["model_score"], made["inclusion_probability"]) == (0.87, 0.05)
