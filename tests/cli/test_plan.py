"""smo plan answers from the command line: the published numbers, without Django, faults in words."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from smo.cli import main
from smo.cli.faults import CommandFault
from smo.measure.sample import Frame, from_json, probabilities

DOCS = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def ask(*words: str) -> str:
    shown = CliRunner().invoke(main.app, ["plan", *words], catch_exceptions=False)
    assert shown.exit_code == 0, shown.output
    return shown.output


def numbers(*words: str) -> dict:
    return json.loads(ask(*words, "--json"))


@pytest.fixture
def frame(tmp_path) -> Path:
    table = pl.DataFrame(
        {
            "id": [f"case-{place}" for place in range(500)],
            "market": ["DE", "FR", "FR", "IS", None] * 100,
            "score": [place / 500 for place in range(500)],
            "day": [f"2026-01-{1 + place % 28:02d}" for place in range(500)],
        }
    )
    table.write_csv(tmp_path / "frame.csv")
    table.write_parquet(tmp_path / "frame.parquet")
    return tmp_path / "frame.csv"


def test_it_starts_no_server_and_loads_no_django() -> None:
    code = """
import sys; sys.argv = ["smo", "plan", "share", "--around", "0.95", "--half-width", "0.02"]
from smo.cli import main
try: main.main()
except SystemExit: pass
print("loaded:", [name for name in ("django", "psycopg", "procrastinate", "ninja", "ibis") if name in sys.modules])
"""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SMO_", "DATABASE_URL"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**given, "PYTHONPATH": "src"}, capture_output=True, text=True, check=False
    )
    assert "457 cases" in done.stdout, done.stderr
    assert "loaded: []" in done.stdout


class TestAnswers:
    def test_a_share(self) -> None:
        found = numbers("share", "--around", "0.95", "--half-width", "0.02")
        assert found["n"] == {"wald": 457, "wilson": 469, "exact": 508}
        assert "0.02" not in ask("share", "--around", "0.95", "--size", "457", "--population", "457")
        assert numbers("share", "--around", "1", "--half-width", "0.02")["n"].keys() == {"wilson", "exact"}
        assert "1,371 in all" in ask("share", "--around", "0.95", "--half-width", "0.02", "--cells", "3")

    def test_a_difference(self) -> None:
        assert numbers("difference", "--from", "0.95", "--to", "0.93")["n_per_arm"] == 2213
        power = numbers("difference", "--from", "0.95", "--to", "0.93", "--size", "2213")["power"]
        assert power == pytest.approx(0.8, abs=1e-3)

    def test_a_bound(self) -> None:
        assert numbers("bound", "--target", "0.95", "--truly", "0.97")["n"] == {"wilson": 665, "exact": 694}
        power = numbers("bound", "--target", "0.95", "--truly", "0.97", "--size", "600")["power"]
        assert power["wilson"] == pytest.approx(0.80, abs=0.03)

    def test_zero_errors(self) -> None:
        sizes = [numbers("zero", "--below", share)["n"] for share in ("0.01", "0.005", "0.001")]
        assert sizes == [299, 598, 2995]
        assert numbers("zero", "--below", "0.01", "--lot-size", "1000")["n"] == 258
        assert numbers("zero", "--size", "299")["excluded"] == pytest.approx(0.01, abs=1e-4)

    def test_a_lot(self) -> None:
        found = numbers("lot", "--aql", "0.02", "--lq", "0.05")
        assert (found["plan"]["size"], found["plan"]["acceptance_number"]) == (306, 10)
        assert "accept with at most 3 errors" in ask("lot", "--size", "125", "--accept", "3")
        assert "code letter J" in ask("lot", "--level", "II", "--lot-size", "1000", "--accept", "2")

    def test_a_sequence(self) -> None:
        shown = ask("sequential", "--good", "0.02", "--bad", "0.05")
        assert "0.0328 n - 2.38" in shown
        assert "0.0328 n + 3.05" in shown
        assert "looks at 306" in shown

    def test_neyman(self, tmp_path) -> None:
        (tmp_path / "strata.csv").write_text(
            "stratum,weight,share\na,.80,.0005\nb,.10,.005\nc,.05,.01\nd,.01,.05\ne,.04,.0025\n"
        )
        found = numbers("neyman", str(tmp_path / "strata.csv"), "--size", "4000")
        assert list(found["counts"].values()) == [2098, 828, 584, 256, 234]
        assert "0.0539" in ask("neyman", str(tmp_path / "strata.csv"), "--size", "4000")


class TestDrawing:
    def draw(self, frame: Path, *words: str, out: str = "sample.csv") -> tuple[pl.DataFrame, Path]:
        path = frame.parent / out
        ask("draw", str(frame), "--size", "50", "--seed", "4711", "-o", str(path), *words)
        return pl.read_parquet(path) if out.endswith("parquet") else pl.read_csv(path), path.with_suffix(".draw.json")

    def test_the_sample_and_its_proof(self, frame) -> None:
        sample, proof = self.draw(frame, "--stratum", "market")
        assert sample["number"].to_list() == list(range(1, 51))
        assert sample["weight"].sum() == pytest.approx(500)
        record = from_json(proof.read_text())
        whole = Frame.from_frame(pl.read_csv(frame), id="id", stratum=["market"])
        assert probabilities(record, whole).sum() == pytest.approx(50)
        assert sorted(sample["drawn_stratum"].unique()) == ["-", "DE", "FR", "IS"]

    def test_again_and_from_another_format_it_is_the_same(self, frame) -> None:
        one, first = self.draw(frame)
        other, second = self.draw(frame.with_suffix(".parquet"), out="other.parquet")
        assert one["id"].to_list() == other["id"].to_list()
        assert from_json(first.read_text()) == from_json(second.read_text())

    @pytest.mark.parametrize(
        ("design", "words"),
        [
            ("systematic", ["--at", "day"]),
            ("risk_based", ["--risk", "score"]),
            ("stratified", ["--stratum", "market", "--allocation", "power", "--minimum", "8"]),
        ],
    )
    def test_other_designs(self, frame, design, words) -> None:
        sample, proof = self.draw(frame, "--design", design, *words)
        assert len(sample) == 50
        assert from_json(proof.read_text()).design == design

    def test_a_quota_for_each_person(self, frame) -> None:
        sample, _ = self.draw(frame, "--design", "per_person", "--stratum", "market")
        assert sample["drawn_stratum"].value_counts()["count"].to_list() == [50] * 4

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["--id", "nothing"], 'There is no column "nothing"; there are id, market, score, day.'),
            (["--design", "astrology"], "cannot be drawn from a file"),
            (["--design", "two_phase"], "cannot be drawn from a file"),
            (["--design", "risk_based"], "say --risk"),
            (["--design", "risk_based", "--risk", "market"], "values that are no numbers"),
            (["--id", "market"], "have no id"),
            (["--id", "day"], "stands in the frame twice"),
            (["--stratum", "market", "--allocation", "neyman"], "needs the spread"),
        ],
    )
    def test_faults_are_said(self, frame, words, says) -> None:
        with pytest.raises(CommandFault, match=re.escape(says)):
            self.draw(frame, *words)
        assert not (frame.parent / "sample.csv").exists()

    def test_a_file_that_is_none(self, tmp_path) -> None:
        with pytest.raises(CommandFault, match="There is no file"):
            ask("draw", str(tmp_path / "no.csv"), "--size", "5", "--seed", "1", "-o", str(tmp_path / "s.csv"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["share", "--around", "2", "--half-width", "0.1"], "An expected share lies between 0 and 1"),
        (["share", "--around", "0.9"], "either --half-width or --size"),
        (["zero"], "either --below or --size"),
        (["lot", "--aql", "0.01"], "Say --aql and --lq"),
        (["lot", "--size", "10"], "has --accept too"),
        (["lot", "--size", "10", "--accept", "1", "--lot-size", "5"], "cannot be drawn from a lot"),
        (["difference", "--from", "0.9", "--to", "0.9"], "equal shares"),
        (["bound", "--target", "0.9", "--truly", "0.9"], "a target that it equals"),
        (["sequential", "--good", "0.05", "--bad", "0.02"], "lies above 0 and below the bad one"),
    ],
)
def test_what_makes_no_sense_is_said(words, says) -> None:
    with pytest.raises(CommandFault, match=re.escape(says)):
        ask(*words)


def test_the_examples_in_the_document_and_in_help_are_true() -> None:
    rows = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `smo plan ")]
    assert len(rows) == 8
    for row in rows:
        command, says = row.split("`", 2)[1], row.split("|")[2]
        words = command.removeprefix("smo plan ").split()
        if words[0] in {"neyman", "draw"}:
            continue  # they need files, and stand above
        shown = ask(*words)
        told = re.findall(r"\((\d[\d,]*)", says)
        assert all(number in shown for number in told), (command, told)
        assert command in " ".join(ask(words[0], "--help").split())
