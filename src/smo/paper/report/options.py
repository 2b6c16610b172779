"""What the person asked for: every choice that changes a report, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `smo report`; an empty name means "guess it and say so"."""

    files: tuple[Path, ...]
    out: Path
    item: str = ""
    rater: str = ""
    label: str = ""
    task: str = ""
    time: str = ""
    gold: str = ""  # a file, or a column of the label file
    items: Path | None = None
    spans: Path | None = None
    predictions: Path | None = None
    by: tuple[str, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)  # task -> nominal | ordinal | interval | ratio
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # task -> values that mean "no answer"
    positive: Mapping[str, str] = field(default_factory=dict)  # task -> the label that models look for
    threshold: float = 0.5
    accuracy_target: float = 0.95
    agreement_target: float = 0.667
    content: bool = True
    command: str = "smo report"
    version: str = ""
