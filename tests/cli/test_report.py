"""smo report: one command, any table of labels, all files or none."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from smo.cli.commands import report as report_command
from smo.cli.main import app
from smo.paper.report import run

FILES = {"report.html", "report.pdf", "report.xlsx", "report.json", "consensus.parquet"}
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "report.schema.json"
LABELS = "item_id,annotator_id,value\n" + "".join(
    f"{item},{who},{'spam' if (item + shift) % 3 == 0 else 'fine'}\n"
    for item in range(40)
    for who, shift in (("ann", 0), ("ben", 0), ("cat", 1 if item % 10 == 0 else 0))
)


def _run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *(str(argument) for argument in arguments)])
    return result.exit_code, result.output


def _labels(folder: Path, text: str = LABELS, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _task(out: Path) -> dict:  # type: ignore[type-arg]
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return next(iter(report["tasks"].values()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("report")
    gold = _labels(
        folder, "item_id,gold\n" + "".join(f"{i},{'spam' if i % 3 == 0 else 'fine'}\n" for i in range(40)), "g.csv"
    )
    items = folder / "items.jsonl"
    items.write_text(
        "".join(
            json.dumps({"item_id": i, "text": f"words {i}", "lang": "fr" if i % 2 else "it"}) + "\n" for i in range(40)
        ),
        encoding="utf-8",
    )
    code, output = _run(_labels(folder), "--gold", gold, "--items", items, "--out", folder / "out")
    assert code == 0, output
    return folder / "out", output


def test_report_writes_every_file_and_nothing_else(made: tuple[Path, str]) -> None:
    assert {path.name for path in made[0].iterdir()} == FILES


def test_report_says_the_answer_and_where_to_read_on(made: tuple[Path, str]) -> None:
    report = json.loads((made[0] / "report.json").read_text(encoding="utf-8"))
    assert made[1].startswith(report["headline"])
    assert "report.html" in made[1]
    assert "item is item_id" in made[1]


def test_report_json_holds_the_documented_schema(made: tuple[Path, str]) -> None:
    report = json.loads((made[0] / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_report_counts_and_slices(made: tuple[Path, str]) -> None:
    task = _task(made[0])
    assert (task["n_items"], task["n_ratings"], task["n_raters"]) == (40, 120, 3)
    assert set(task["slices"]["lang"]) == {"fr", "it"}
    assert task["slices"]["lang"]["fr"]["title"] == "French"
    assert task["consensus"]["accuracy"]["n"] <= 40
    assert [row["rater"] for row in task["raters"]] == ["ann", "ben", "cat"]


def test_report_consensus_has_a_row_for_each_item(made: tuple[Path, str]) -> None:
    frame = pl.read_parquet(made[0] / "consensus.parquet")
    assert frame.height == 40
    assert {"item", "task", "label", "posterior.spam", "posterior.fine", "n"} <= set(frame.columns)
    assert frame.select(
        pl.sum_horizontal("posterior.spam", "posterior.fine").round(9)
    ).to_series().unique().to_list() == [1]


def test_report_every_written_file_can_be_opened(made: tuple[Path, str]) -> None:
    assert openpyxl.load_workbook(made[0] / "report.xlsx").sheetnames[0] == "Summary"
    assert (made[0] / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "<script src" not in (made[0] / "report.html").read_text(encoding="utf-8")


def test_report_no_content_leaves_texts_out_everywhere(tmp_path: Path) -> None:
    items = _labels(
        tmp_path, '{"item_id": 0, "text": "very secret words"}\n{"item_id": 1, "text": "very secret"}\n', "i.jsonl"
    )
    code, output = _run(_labels(tmp_path), "--items", items, "--no-content", "--out", tmp_path / "out")
    assert code == 0, output
    for name in ("report.json", "report.html"):
        assert "very secret" not in (tmp_path / "out" / name).read_text(encoding="utf-8")
    strings = [
        cell.value
        for sheet in openpyxl.load_workbook(tmp_path / "out" / "report.xlsx")
        for row in sheet
        for cell in row
    ]
    assert not [value for value in strings if "very secret" in str(value)]


def test_report_anonymous_labels_are_measured_without_skill(tmp_path: Path) -> None:
    text = "\n".join(line.split(",")[0] + "," + line.split(",")[2] for line in LABELS.strip().split("\n"))
    code, output = _run(_labels(tmp_path, text), "--out", tmp_path / "out")
    assert code == 0, output
    task = _task(tmp_path / "out")
    assert (task["n_raters"], task["raters"], task["consensus"]["model"]) == (None, [], "majority")


def test_report_options_name_task_level_missing_and_positive(tmp_path: Path) -> None:
    rows = "".join(
        f"{i},{who},severity,{(i + shift) % 3 - 1}\n" for i in range(30) for who, shift in (("a", 0), ("b", i % 2))
    )
    labels = _labels(tmp_path, "item,rater,task,label\n" + rows + "99,a,severity,skip\n99,b,severity,1\n")
    code, output = _run(labels, "--missing", "severity=skip", "--level", "severity=interval", "--out", tmp_path / "out")
    assert code == 0, output
    task = _task(tmp_path / "out")
    assert task["level"] == "interval"
    assert task["labels"] == ["-1", "0", "1"]
    assert task["excluded"]["missing_answers"] == 1
    assert task["excluded"]["single_label_items"] == 1


def test_report_one_label_only_is_a_report_not_a_crash(tmp_path: Path) -> None:
    code, output = _run(_labels(tmp_path, "item,rater,label\n1,a,x\n1,b,x\n2,a,x\n"), "--out", tmp_path / "out")
    assert code == 0, output
    assert _task(tmp_path / "out")["agreement"]["krippendorff_alpha"]["value"] is None


def test_report_one_row_is_a_report_not_a_crash(tmp_path: Path) -> None:
    code, output = _run(_labels(tmp_path, "item,rater,label\n1,a,x\n"), "--out", tmp_path / "out")
    assert code == 0, output
    assert _task(tmp_path / "out")["n_items"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv"], "nowhere.csv"),
        (["labels.csv", "--item", "nothing"], "nothing"),
        (["labels.csv", "--by", "market"], "market"),
        (["labels.csv", "--level", "hate=nominal"], "hate"),
        (["labels.csv", "--level", "label=large"], "large"),
        (["labels.csv", "--missing", "skip"], "TASK=VALUE"),
        (["labels.csv", "--target", "95"], "0.95"),
    ],
)
def test_report_bad_input_ends_in_words_and_exit_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    _labels(tmp_path)
    monkeypatch.chdir(tmp_path)
    code, output = _run(*arguments, "--out", "out")
    assert code == 2
    assert words in output
    assert not (tmp_path / "out").exists()


def test_report_a_failed_run_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in FILES:
        (out / name).write_text("old", encoding="utf-8")
    monkeypatch.setitem(run.WRITERS, "report.pdf", _fail)
    result = CliRunner().invoke(app, ["report", str(_labels(tmp_path)), "--out", str(out)])
    assert isinstance(result.exception, OSError)
    assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == dict.fromkeys(FILES, "old")


def _fail(*_: object) -> None:
    raise OSError("No space left on device")


def test_report_needs_no_server_and_no_database(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom smo.cli.main import main\n"
        f"sys.argv = ['smo', 'report', {str(_labels(tmp_path))!r}, '--out', {str(tmp_path / 'out')!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "loaded = {'django', 'psycopg', 'procrastinate', 'ibis', 'altair', 'pandas'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_report_help_teaches() -> None:
    code, output = _run("--help")
    assert code == 0
    assert "Start with: smo report labels.csv --out report" in " ".join(output.split())


def test_report_keys_in_a_column_are_keys_and_no_slice(tmp_path: Path) -> None:
    rows = "".join(f"{i},{who},{'x' if i % 5 else 'y'},{'x' if i % 5 else 'y'}\n" for i in range(60) for who in "ab")
    labels = _labels(tmp_path, "item,rater,label,truth\n" + rows)
    code, output = _run(labels, "--gold", "truth", "--out", tmp_path / "out")
    assert code == 0, output
    task = _task(tmp_path / "out")
    assert task["slices"] == {}
    assert task["consensus"]["accuracy"]["n"] == 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--threshold", "7"), "not a score between 0 and 1"),
        (("--positive", "label=nobody"), 'no label "nobody"'),
        (("--gold", "nofile.csv"), "neither a file nor a column"),
    ],
)
def test_report_refuses_what_would_change_nothing_or_all(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("older")
    code, output = _run(_labels(tmp_path), *arguments, "--out", tmp_path / "out")
    assert code == 2
    assert said in output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]


def test_report_hands_on_names_and_not_folders() -> None:
    assert report_command._short("/home/ana/client/labels.csv") == "labels.csv"
    assert report_command._short("--out=/home/ana/out") == "--out=out"
    assert report_command._short("--missing=hate=n/a") == "--missing=hate=n/a"
