"""Imports at work: a file is dropped, mapped, tried, checked and published; what is wrong is said where it stands."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from smo.catalog import actions as catalog
from smo.catalog.rules.projects import ProjectSettings
from smo.intake import models, queries
from smo.intake.rules.faults import FAULTS
from smo.intake.rules.mapping import ROLES
from smo.jobs import imports
from smo.kernel.permissions import SYSTEM
from smo.web.imports.words import _FAULTS, KIND_NAMES, ROLE_WORDS, STATE_WORDS, fault_words


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def manager(signed_in) -> Client:
    catalog.create_product(by=SYSTEM, code="app", name="App")
    catalog.create_project(by=SYSTEM, settings=ProjectSettings("hate", "Hate", "app"))
    return signed_in("admin")


def text(response) -> str:
    return response.content.decode()


def begun(client: Client, data: bytes, *, kind: str = "items", name: str = "items.csv") -> str:
    """A file sent in parts; the address of its page."""
    about = {"kind": kind, "file_name": name, "size": str(len(data))}
    told = client.post(reverse("imports:begin", args=["hate"]), about).json()
    for offset in range(0, len(data), 7):
        sent = data[offset : offset + 7]
        answer = client.post(
            told["part"], sent, content_type="application/octet-stream", headers={"X-Offset": str(offset)}
        )
        assert answer.json() == {"received": offset + len(sent)}
    assert client.post(told["end"]).url == told["page"]
    return told["page"]


def import_of(page: str):
    return models.Import.objects.get(pk=page.rsplit("/", 1)[1])


def work(page: str) -> None:
    """What the worker would do."""
    imports.run(import_of(page).id)


def brought(client: Client, page: str, mapping: dict[str, str]) -> None:
    """A file mapped, checked and published."""
    client.post(f"{page}/mapping", mapping)
    for _step in range(2):
        client.post(f"{page}/step")
        work(page)


def test_from_a_dropped_file_to_published_items(manager) -> None:
    page = begun(manager, b"id,body,lang\n1,one,en\n2,,de\n3,three,de\n")
    shown = text(manager.get(page))
    assert "three" in shown
    assert '<option value="body" selected>' in shown
    manager.post(f"{page}/mapping", {"key": "id", "text": "body", "language": "lang"})
    tried = text(manager.get(page))
    assert "2 of 3 rows can be taken" in tried
    assert "The item has neither a text nor turns" in tried
    manager.post(f"{page}/step")
    assert "hx-trigger" in text(manager.get(page))
    work(page)
    checked = text(manager.get(page, headers={"HX-Request": "true"}))
    assert "Publish 2 rows" in checked
    assert "<html" not in checked
    assert "hx-trigger" not in checked
    assert models.Item.objects.count() == 0
    manager.post(f"{page}/step")
    work(page)
    assert models.Item.objects.count() == 2
    assert "published" in text(manager.get(page))
    assert "items.csv" in text(manager.get(reverse("imports:imports", args=["hate"])))


def test_the_reject_file_names_every_row_and_runs_nothing(manager) -> None:
    page = begun(manager, b"id,text,score\n1,one,=1+1\n2,,\n")
    manager.post(f"{page}/mapping", {"key": "id", "text": "text", "score": "score"})
    manager.post(f"{page}/step")
    work(page)
    response = manager.get(f"{page}/rejected")
    assert response["Content-Disposition"].startswith("attachment")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "row,line,column,value,reason,remedy"
    assert lines[1].startswith("1,2,score,'=1+1,")
    assert len(lines) == 3


def test_a_part_out_of_place_is_told_where_to_go_on(manager) -> None:
    told = manager.post(
        reverse("imports:begin", args=["hate"]), {"kind": "items", "file_name": "x.csv", "size": "20"}
    ).json()
    octets = {"content_type": "application/octet-stream"}
    answer = manager.post(told["part"], b"later", headers={"X-Offset": "9"}, **octets)
    assert (answer.status_code, answer.json()) == (409, {"received": 0})
    assert "Choose the same file again" in text(manager.get(told["page"]))
    assert manager.post(told["end"]).status_code == 409


def test_a_plain_form_brings_a_file_whole(manager) -> None:
    file = SimpleUploadedFile("../../etc/items.csv", b"id,text\n1,<script>alert(1)</script>\n")
    answer = manager.post(reverse("imports:begin", args=["hate"]), {"kind": "items", "file": file})
    shown = text(manager.get(answer.url))
    assert "&lt;script&gt;alert(1)" in shown
    assert import_of(answer.url).file_name == "items.csv"


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [(b"PK\x03\x04zip", "a.xlsx", "Excel"), (b"\x00\x01\x02\x03\x04\x05\x06" * 20, "a.csv", "binary")],
)
def test_what_is_no_table_is_said_to_be_none(manager, data, name, words) -> None:
    assert words in text(manager.get(begun(manager, data, name=name)))


def test_a_column_that_is_needed_is_asked_for(manager) -> None:
    page = begun(manager, b"id,x\n1,one\n")
    answer = manager.post(f"{page}/mapping", {"key": "id"}, follow=True)
    assert "A column is needed for: text / turns" in text(answer)


def test_cancelling_drops_the_file_and_its_rows(manager, settings, django_capture_on_commit_callbacks) -> None:
    page = begun(manager, b"id,text\n1,one\n")
    path = settings.UPLOAD_DIR / import_of(page).path
    assert path.exists()
    assert "Cancel the import?" in text(manager.get(f"{page}/cancel"))
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(f"{page}/cancel")
    assert import_of(page).state == "cancelled"
    assert not path.exists()
    assert manager.post(f"{page}/step").status_code == 409


def test_an_import_has_no_page_under_another_project(manager) -> None:
    page = begun(manager, b"id,text\n1,one\n")
    catalog.create_project(by=SYSTEM, settings=ProjectSettings("other", "Other", "app"))
    assert manager.get(page.replace("/hate/", "/other/")).status_code == 404
    assert manager.post(page.replace("/hate/", "/other/") + "/step").status_code == 404


def test_answers_without_questions_fail_in_words_and_can_be_tried_again(manager) -> None:
    page = begun(manager, b"id,text\n1,one\n")
    manager.post(f"{page}/mapping", {"key": "id", "text": "text"})
    for _step in range(2):
        manager.post(f"{page}/step")
        work(page)
    labels = begun(manager, b"item,rater,label\n1,ann,yes\n1,bob,no\n", kind="decisions", name="labels.csv")
    mapping = {"key": "item", "rater": "rater", "label": "label"}
    manager.post(f"{labels}/mapping", mapping)
    manager.post(f"{labels}/step")
    work(labels)
    assert "has no questions" in text(manager.get(labels))
    manager.post(f"{labels}/mapping", {**mapping, "make_questions": "on"})
    for _step in range(2):
        manager.post(f"{labels}/step")
        work(labels)
    row = queries.import_state(by=SYSTEM, import_id=import_of(labels).id).row
    assert (row.state, row.rows_new) == ("published", 2)


def test_the_models_that_spoke_are_named(manager) -> None:
    answers = {"key": "item", "rater": "rater", "label": "label", "make_questions": "on"}
    brought(manager, begun(manager, b"id,text\n1,one\n2,two\n"), {"key": "id", "text": "text"})
    brought(manager, begun(manager, b"item,rater,label\n1,ann,yes\n2,ann,no\n", kind="decisions"), answers)
    address = reverse("imports:imports", args=["hate"])
    assert "Models that spoke" not in text(manager.get(address))
    said = b"item,model,label\n1,toxic-v3,yes\n2,toxic-v3,no\n"
    brought(manager, begun(manager, said, kind="predictions"), {"key": "item", "rater": "model", "label": "label"})
    assert "toxic-v3" in text(manager.get(address)).split("Models that spoke", 1)[1]


def test_everything_that_can_be_wrong_has_its_words() -> None:
    assert set(_FAULTS) == set(FAULTS)
    for code, words in FAULTS.items():
        assert all(fault_words(code))
        assert len(words) == 2
    assert set(KIND_NAMES) == set(models.ImportKind.values)
    assert set(STATE_WORDS) == set(models.ImportState.values)
    assert {role for roles in ROLES.values() for role in roles} <= set(ROLE_WORDS)
