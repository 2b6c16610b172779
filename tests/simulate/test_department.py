"""The example department: harmless in every word, whole or absent, and the product tells its known truth."""

import json
from datetime import UTC, datetime
from random import Random

import pytest

from smo.catalog import queries as catalog
from smo.jobs import facts
from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from smo.people import queries as people_queries
from smo.people.rules import ROLES
from smo.reporting import queries as reporting
from smo.simulate import department, history, phrases, projects

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def own_places(settings, tmp_path) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.LAKE_URL = str(tmp_path / "lake")


@pytest.mark.parametrize("project", projects.PROJECTS, ids=lambda project: project.code)
def test_the_same_seed_makes_the_same_past(project) -> None:
    first, second = (history.items_of(project, Random("seed"), until=AT) for _ in range(2))
    assert first == second
    assert len({item.key for item in first}) == project.items + project.waiting
    assert list(history.labels_of(project, first, rng=Random(1))) == list(
        history.labels_of(project, second, rng=Random(1))
    )


@pytest.mark.parametrize("project", [p for p in projects.PROJECTS if p.marks], ids=lambda project: project.code)
def test_a_violation_is_only_named_in_brackets(project) -> None:
    known = {text for texts in phrases.HARMLESS.values() for text in texts}
    for item in history.items_of(project, Random("seed"), until=AT):
        plain = item.text.split(" [")[0].rsplit(" (", 1)[0]
        assert plain in known


def test_people_err_as_often_as_the_truth_says() -> None:
    project, rng = projects.PROJECTS[1], Random("seed")
    truth = {"violation": "no"}
    wrong = sum(history.judged(project, truth, rng=rng, error_rate=0.2) != truth for _ in range(5000))
    assert 0.17 < wrong / 5000 < 0.23


@pytest.mark.django_db
def test_the_department_moves_in_whole_and_its_numbers_tell_the_truth(own_places, settings) -> None:
    logins = department.move_in()
    assert {login.role for login in logins} == set(ROLES)
    facts.refresh(settings.LAKE_URL)
    states = {row.project: {cell.kpi: str(cell.state) for cell in row.cells} for row in reporting.board(by=SYSTEM)}
    assert set(states) == {project.code for project in projects.PROJECTS}
    assert states["comments-latam"]["decision_accuracy"] == "met"
    assert states["comments-arabic"]["decision_accuracy"] == "not_met"
    assert states["chats-safety"]["decision_accuracy"] == "not_measured"
    assert states["comments-latam"]["critical_error_accuracy"] == "not_enough_evidence"
    shown = {state for cells in states.values() for state in cells.values()}
    assert shown == {"met", "not_met", "not_enough_evidence", "not_measured"}


@pytest.mark.django_db
def test_where_somebody_is_already_nobody_moves_in(own_places) -> None:
    people.create_admin(by=SYSTEM, name="Ada", email="ada@example.org", password="three words of mine 47")
    assert department.move_in() == ()
    assert catalog.projects(by=SYSTEM) == ()


@pytest.mark.django_db
def test_a_fault_in_the_middle_leaves_nothing(own_places, monkeypatch) -> None:
    def fails(*args: object, **more: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(department.working, "audit", fails)
    with pytest.raises(RuntimeError, match="in the middle"):
        department.move_in()
    assert not people_queries.accounts_exist()
    assert catalog.projects(by=SYSTEM) == ()


def test_every_item_says_that_it_is_simulated() -> None:
    rows = [item.row() for p in projects.PROJECTS for item in history.items_of(p, Random(3), until=AT)]
    assert {row["source"] for row in rows} == {"simulated"}
    assert json.dumps(rows, ensure_ascii=False)
