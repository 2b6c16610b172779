"""The eight public aggregation sets, where they lie beside the repository."""

from pathlib import Path

import polars as pl
import pytest

from smo.measure.ratings import Ratings

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


def folder(name: str) -> Path:
    """Where a public set lies; skips the test that asks for it where it does not."""
    if not (FOLDER / name).is_dir():
        pytest.skip(f"the public set {name} does not lie beside the repository (../shared/data)")
    return FOLDER / name


def aggregation(name: str) -> tuple[Ratings, pl.DataFrame]:
    """Ratings and truth (`item, label`) of one of the eight sets."""
    place = folder(f"aggregation/{name}")
    labels = pl.read_csv(place / "labels.csv")
    truth = pl.read_csv(place / "truth.csv").rename({"task": "item", "truth": "label"})
    return Ratings.from_frame(labels, item="task", rater="worker", label="label"), truth


def labels(name: str) -> pl.DataFrame:
    """`item, rater, task, label, started_at, submitted_at` of a set, all text, as in its file."""
    names = {"item_id": "item", "annotator_id": "rater", "value": "label"}
    return pl.read_csv(folder(name) / "labels.csv.gz", infer_schema=False).rename(names)


def first_answers(name: str) -> pl.DataFrame:
    """The same without repeats of a named rater."""
    return labels(name).unique(["item", "rater", "task"], keep="first", maintain_order=True)
