"""The whole quality report as plain values: what the page, the PDF, the workbook and the JSON file are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smo.measure.estimate import Estimate
from smo.measure.state import State
from smo.tables.problem import Problem


@dataclass(frozen=True, slots=True)
class Input:
    """One file that was read, with what proves which one it was."""

    path: str
    role: str  # labels | gold | items | spans | predictions
    rows: int
    sha256: str
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line of the first page; every number in it comes from a computed term."""

    state: State
    text: str
    detail: str = ""
    task: str = ""
    weight: float = 0.0  # larger comes first
    kind: str = ""  # what it is about; the first page says each kind only a few times


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next, and what it costs and brings."""

    text: str
    detail: str = ""
    effort: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A chart's title, made from the terms that the chart draws."""

    question: str  # slices | agreement | confusion | raters | times | models | consensus
    title: str
    subtitle: str = ""
    task: str = ""
    column: str = ""
    measure: str = ""  # accuracy | krippendorff_alpha: what the dots stand for


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree: coefficients by name, beside what they depend on."""

    coefficients: Mapping[str, Estimate]  # krippendorff_alpha, fleiss_kappa, gwet_ac1, percent_agreement, ...
    prevalence: Mapping[str, Estimate] = field(default_factory=dict)  # share of ratings by label
    specific: Mapping[str, Estimate] = field(default_factory=dict)  # specific agreement by label
    per_label: Mapping[str, Estimate] = field(default_factory=dict)  # alpha of label against the rest
    state: State = State.NOT_MEASURED


@dataclass(frozen=True, slots=True)
class ConfusionPair:
    """Two labels that are given for the same item, and by how much more than their base rates explain."""

    label_a: str
    label_b: str
    n: int
    share: Estimate
    expected: float
    excess: float
    truth: str = ""  # "gold" | "consensus" | "" when neither side is the truth


@dataclass(frozen=True, slots=True)
class Slice:
    """The same measurements for one value of one column."""

    column: str
    value: str
    n_items: int
    n_ratings: int
    n_raters: int
    agreement: Agreement
    accuracy: Estimate | None = None  # majority against gold
    accuracy_state: State = State.NOT_MEASURED
    title: str = ""  # the name to show; `value` stays the key
    note: str = ""  # one computed remark, or nothing
    confusion: ConfusionPair | None = None  # the commonest one in this slice


@dataclass(frozen=True, slots=True)
class RaterRow:
    """One person's figures; people are listed by name, never by value."""

    rater: str
    n: int
    against_gold: Estimate | None = None
    against_consensus: Estimate | None = None
    shrunk: Estimate | None = None
    group: int | None = None  # people of one group cannot be separated
    state: State = State.NOT_MEASURED
    intra: Estimate | None = None
    median_seconds: float | None = None
    reasons: tuple[str, ...] = ()  # why to look here, in words


@dataclass(frozen=True, slots=True)
class Adjudication:
    """An item that the votes do not decide."""

    item: str
    reason: str
    votes: Mapping[str, int]
    posterior: float
    text: str = ""
    slices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelError:
    """A label that is probably wrong."""

    item: str
    given: str
    suggested: str
    probability: float
    votes: Mapping[str, int]
    kind: str  # gold | consensus
    text: str = ""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model against people."""

    model: str
    task: str
    n: int
    reference: str  # gold | consensus | majority
    positive: str
    threshold: float
    metrics: Mapping[str, Estimate]  # accuracy, precision, recall, false_positive_rate, auc, human_model_alpha, ...
    human_human: Estimate | None = None  # the same coefficient among people on the same items
    slices: tuple["ModelSlice", ...] = ()


@dataclass(frozen=True, slots=True)
class ModelSlice:
    """One model against people, for one value of one column."""

    column: str
    value: str
    metrics: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the votes decide, and what is left to adjudicate."""

    model: str  # majority | ds_map
    n_decided: int
    n_adjudicate: int
    accuracy: Estimate | None = None  # against gold where there is gold
    majority_accuracy: Estimate | None = None
    labels: Mapping[str, Estimate] = field(default_factory=dict)  # share of decided items by label
    warnings: tuple[str, ...] = ()  # why another model was used than was asked for


@dataclass(frozen=True, slots=True)
class Times:
    """Handle time, where times are given."""

    median_seconds: Estimate
    p90_seconds: Estimate
    n_timed: int
    notes: tuple[str, ...] = ()
    histogram: tuple[tuple[float, int], ...] = ()  # (upper edge in seconds, ratings)
    speeders: tuple[RaterRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Spans:
    """Do people mark the same characters?"""

    agreement: Mapping[str, Estimate]  # character_f1, exact_match, character_alpha
    per_type: Mapping[str, Estimate] = field(default_factory=dict)
    n_spans: int = 0


@dataclass(frozen=True, slots=True)
class TaskReport:
    """Everything about one question that people answered."""

    task: str
    labeltype: str
    level: str
    level_why: str
    labels: tuple[str, ...]
    n_items: int
    n_ratings: int
    n_raters: int | None  # None: no rater ids
    excluded: Mapping[str, int]  # reason -> rows or items left out of agreement
    agreement: Agreement
    consensus: Consensus | None = None
    slices: tuple[Slice, ...] = ()
    raters: tuple[RaterRow, ...] = ()
    confusion: tuple[ConfusionPair, ...] = ()
    adjudicate: tuple[Adjudication, ...] = ()
    label_errors: tuple[LabelError, ...] = ()
    models: tuple[ModelRow, ...] = ()
    intra: Estimate | None = None
    times: Times | None = None
    spans: Spans | None = None
    problems: tuple[Problem, ...] = ()
    holds: tuple[Sentence, ...] = ()
    fails: tuple[Sentence, ...] = ()
    findings: tuple[Finding, ...] = ()
    title: str = ""  # the name to show
    n_doubtful_keys: int = 0  # all of them; `label_errors` lists the first
    repeats: int = 0  # second and later answers of one person to one item


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The report: a first page in words, then each task."""

    headline: str
    summary: str
    holds: tuple[Sentence, ...]
    fails: tuple[Sentence, ...]
    steps: tuple[Step, ...]
    care: tuple[str, ...]  # read with care: how the data limit what may be said
    inputs: tuple[Input, ...]
    guesses: tuple[str, ...]
    problems: tuple[Problem, ...]
    tasks: tuple[TaskReport, ...]
    n_ratings: int
    n_items: int
    n_raters: int | None
    period: str
    agreement_target: float
    accuracy_target: float
    has_content: bool
    made_at: datetime
    command: str
    version: str
    findings: tuple[Finding, ...] = ()  # the charts of the first page, in order
