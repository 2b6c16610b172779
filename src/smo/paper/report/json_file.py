"""report.json: the whole report as plain values, for programs; docs/reference/report-json.md is its contract."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from smo.measure.estimate import Estimate
from smo.paper.report.model import Agreement, ModelRow, QualityReport, Slice, TaskReport

SCHEMA_VERSION = 1
Json = dict[str, Any]


def plain(value: object) -> Any:
    """Any value of the report as JSON knows it; what is not a finite number is null."""
    if isinstance(value, Estimate):
        return estimate(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(inner) for inner in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def estimate(value: Estimate | None) -> Json | None:
    """A number with its interval, n and basis; what is unknown is left out, except value, low, high and n."""
    if value is None:
        return None
    found: Json = {
        "value": plain(value.value),
        "low": plain(value.low),
        "high": plain(value.high),
        "n": value.n,
        "basis": value.basis,
        "method": value.method,
        "confidence": value.confidence,
    }
    optional = {"successes": value.successes, "n_effective": value.n_effective, "n_kish": value.n_kish}
    found |= {name: plain(number) for name, number in optional.items() if number is not None}
    return found | ({"warnings": list(value.warnings)} if value.warnings else {})


def agreement(value: Agreement) -> Json:
    """The coefficients by name, beside prevalence and agreement by label."""
    return {name: estimate(coefficient) for name, coefficient in value.coefficients.items()} | {
        "state": value.state.value,
        "prevalence": plain(value.prevalence),
        "specific_agreement": plain(value.specific),
        "label_alpha": plain(value.per_label),
    }


def _slice(value: Slice) -> Json:
    return {
        "title": value.title or value.value,
        "n_items": value.n_items,
        "n_ratings": value.n_ratings,
        "n_raters": value.n_raters,
        "agreement": agreement(value.agreement),
        "accuracy": estimate(value.accuracy),
        "accuracy_state": value.accuracy_state.value,
        "note": value.note,
    }


def slices(values: Iterable[Slice]) -> dict[str, Json]:
    """Slices by column and value."""
    found: dict[str, Json] = {}
    for value in values:
        found.setdefault(value.column, {})[value.value] = _slice(value)
    return found


def _model(row: ModelRow) -> Json:
    by_column: dict[str, Json] = {}
    for part in row.slices:
        by_column.setdefault(part.column, {})[part.value] = plain(part.metrics)
    names = [field.name for field in fields(row) if field.name not in {"slices", "metrics"}]
    return {name: plain(getattr(row, name)) for name in names} | {
        "metrics": plain(row.metrics),
        "slices": by_column,
    }


def task(value: TaskReport) -> Json:
    """One task; the keys that issue and docs name come first."""
    special = {"agreement": agreement(value.agreement), "slices": slices(value.slices)}
    special["models"] = [_model(row) for row in value.models]  # type: ignore[assignment]
    names = [field.name for field in fields(value) if field.name not in {*special, "task"}]
    return {name: plain(getattr(value, name)) for name in names} | special


def document(report: QualityReport) -> Json:
    """The whole report as one JSON object."""
    names = [field.name for field in fields(report) if field.name != "tasks"]
    return (
        {"schema_version": SCHEMA_VERSION}
        | {name: plain(getattr(report, name)) for name in names}
        | {"tasks": {value.task: task(value) for value in report.tasks}}
    )


def write_json(report: QualityReport, path: Path) -> None:
    """UTF-8, two spaces, no NaN: a file that every reader takes."""
    text = json.dumps(document(report), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
