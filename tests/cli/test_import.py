"""smo import: from a file to published rows, faults named with exit code 1, wrong words with exit code 2."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from smo import shelf
from smo.cli.faults import CommandFault
from smo.intake.models import Import, Item
from smo.kernel.errors import DomainError
from smo.labeling.models import Decision


@pytest.fixture
def run(db, settings, tmp_path):
    """The command, with files of the test's own."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    app = typer.Typer()
    app.command()(shelf.verb("smo.cli.commands", "import").command)

    def command(text: str, *arguments: str, name: str = "items.csv"):
        path: Path = tmp_path / name
        path.write_text(text)
        return CliRunner().invoke(app, [str(path), "--project", "hate", *arguments])

    return command


def test_items_and_decisions_into_a_new_project(run) -> None:
    done = run("id,body\n1,one\n2,two\n", "--create-project", "Hate", "--map", "text=body")
    assert done.exit_code == 0, done.output
    assert "2 new, 0 known already, 0 rejected" in done.output
    labels = "item,rater,task,label\n1,ann,hate,yes\n2,ann,hate,no\n"
    done = run(labels, "--kind", "decisions", "--make-questions", name="labels.csv")
    assert done.exit_code == 0, done.output
    assert [row.answers for row in Decision.objects.order_by("item__item_key")] == [{"hate": "yes"}, {"hate": "no"}]
    again = run("id,body\n1,one\n2,two\n", "--map", "text=body")
    assert "0 new, 2 known already" in again.output


def test_rejected_rows_are_told_and_end_with_1(run) -> None:
    done = run("id,text\n1,one\n,two\n", "--create-project", "Hate")
    assert done.exit_code == 1
    assert 'row 3, column "id"' in done.output
    assert "Give each row the id of its item." in done.output
    assert Item.objects.count() == 1


def test_a_dry_run_stores_nothing(run) -> None:
    done = run("id,text\n1,one\n2,\n", "--create-project", "Hate", "--dry-run")
    assert done.exit_code == 1
    assert "All 2 rows tried, 1 can be taken" in done.output
    assert Item.objects.count() == 0
    assert Import.objects.get().state == "cancelled"


def test_what_was_cut_off_goes_on_by_its_id(run, monkeypatch) -> None:
    def cut(**_named) -> None:
        raise ConnectionError("cut")

    with monkeypatch.context() as patch:
        patch.setattr("smo.jobs.imports.PUBLISH", {"items": cut})
        assert run("id,text\n1,one\n", "--create-project", "Hate").exit_code == 1
    import_id = Import.objects.get().id
    assert Item.objects.count() == 0
    assert run("", "--resume", str(import_id), name="other.csv").exit_code == 0
    assert Item.objects.count() == 1


def test_an_import_that_was_cut_off_before_it_was_mapped_goes_on(run) -> None:
    assert run("id,text\n1,one\n", "--create-project", "Hate").exit_code == 0
    begun = Import.objects.get()
    Import.objects.filter(pk=begun.pk).update(state="received", mapping={}, bytes_read=0, rows_read=0)
    refused = run("", "--resume", str(begun.id), "--dry-run", name="other.csv")
    assert isinstance(refused.exception, CommandFault)
    assert Import.objects.get().state == "received"
    run("", "--resume", str(begun.id), name="other.csv")
    assert Import.objects.get().state != "received"
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--kind", "songs"], CommandFault),
        ([], CommandFault),
        (["--create-project", "Hate", "--map", "text"], CommandFault),
        (["--create-project", "Hate", "--map", "text=nope"], DomainError),
        (["--resume", "x"], CommandFault),
        (["--by", "nobody@example.org"], CommandFault),
    ],
)
def test_wrong_words_change_nothing(run, arguments, error) -> None:
    done = run("id,text\n1,one\n", *arguments)
    assert isinstance(done.exception, error)
    assert Item.objects.count() == 0
    assert not Import.objects.exclude(state="cancelled").exists()
