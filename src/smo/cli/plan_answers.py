"""The answers of `smo plan`: questions in, one sentence and a table out."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from smo.cli.answers import Answer, count, percent
from smo.cli.faults import CommandFault
from smo.measure.acceptance.letters import code_letter, lettered_size
from smo.measure.acceptance.plans import (
    SinglePlan,
    outgoing_quality_limit,
    probability_of_acceptance,
    quality_at,
    single_plan,
)
from smo.measure.acceptance.sequential import characteristic, sequential_plan
from smo.measure.acceptance.zero import excluded_share, zero_acceptance_size
from smo.measure.sample import Ask, Frame, neyman, standard_error, to_json
from smo.measure.sizes.bound import exact_size_to_show, power_to_show
from smo.measure.sizes.difference import power_of_difference, size_for_difference
from smo.measure.sizes.share import half_width_of, size_for_half_width
from smo.shelf import things, verb

SHELF = "smo.measure.sampling"
_DRAWABLE = frozenset({"strata", "risk", "at", "quota"})
_ENDS = ("wilson", "exact")
_DAY = "smo day"
_RISK = "smo risk"
_ADDED = frozenset({"number", "drawn_stratum", "inclusion_probability", "weight"})
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class ShareAsked:
    """A question about one share: either the half-width or the size is given."""

    around: float
    half_width: float | None
    size: int | None
    confidence: float
    population: int | None
    effect: float
    cells: int


@dataclass(frozen=True, slots=True)
class LotAsked:
    """A question about a lot: two shares, or a plan of one's own."""

    aql: float | None
    lq: float | None
    lot_size: int | None
    risks: tuple[float, float]
    size: int | None
    accept: int | None
    level: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a frame is what."""

    identity: str
    strata: tuple[str, ...]
    risk: str
    at: str


@dataclass(frozen=True, slots=True)
class DrawAsked:
    """What to draw."""

    design: str
    columns: Columns
    size: int
    seed: int
    bounds: Mapping[str, Any]


def share(asked: ShareAsked) -> Answer:
    """Size for a half-width by three methods, or the half-width of a size."""
    if (asked.half_width is None) == (asked.size is None):
        raise CommandFault("Say either --half-width or --size.")
    if asked.cells < 1:
        raise CommandFault("--cells is 1 or more.")
    given: dict[str, Any] = {
        "confidence": asked.confidence,
        "population": asked.population,
        "effect": asked.effect,
    }
    told = f"a share around {percent(asked.around)} at {percent(asked.confidence)} confidence"
    if asked.size is not None:
        widths = {m: half_width_of(asked.size, asked.around, method=m, **given) for m in ("wald", "wilson", "exact")}
        return Answer(
            f"{count(asked.size)} cases know {told} to +/- {percent(widths['wilson'])} (Wilson).",
            {"asked": asdict(asked), "half_width": widths},
            ("interval", "half-width"),
            [(name, percent(width)) for name, width in widths.items()],
        )
    wanted = asked.half_width or 0.0
    methods = ("wald", "wilson", "exact") if 0 < asked.around < 1 else ("wilson", "exact")
    sizes = {m: size_for_half_width(asked.around, wanted, method=m, **given) for m in methods}
    first = sizes.get("wald", sizes["wilson"])
    whole = f" in each of {asked.cells} groups, {count(first * asked.cells)} in all," if asked.cells > 1 else ""
    return Answer(
        f"{count(first)} cases{whole} know {told} to +/- {percent(wanted)}.",
        {"asked": asdict(asked), "n": sizes, "in_all": {name: n * asked.cells for name, n in sizes.items()}},
        ("interval", "cases"),
        [(name, count(n)) for name, n in sizes.items()],
        ("wald is the textbook formula; wilson is what smo shows; exact keeps its confidence whatever the share.",),
    )


def difference(
    first: float, second: float, *, size: int | None, power: float, confidence: float, effect: float
) -> Answer:
    """Cases per arm for a difference, or the power of so many."""
    told = f"{percent(first)} from {percent(second)}"
    asked = {"from": first, "to": second, "confidence": confidence, "design_effect": effect}
    if size is not None:
        found = power_of_difference(first, second, n1=size, confidence=confidence, effect=effect)
        says = f"{count(size)} cases in each arm tell {told} {percent(found)} of the time."
        return Answer(says, {"asked": asked | {"size": size}, "power": found})
    n, _ = size_for_difference(first, second, power=power, confidence=confidence, effect=effect)
    says = f"{count(n)} cases in each arm tell {told} {percent(power)} of the time."
    steps = [(share, max(int(share * n), 1)) for share in (0.25, 0.5, 1.0, 2.0)]
    powers = [(m, power_of_difference(first, second, n1=m, confidence=confidence, effect=effect)) for _, m in steps]
    return Answer(
        says,
        {"asked": asked | {"power": power}, "n_per_arm": n, "power_of": [{"n": m, "power": p} for m, p in powers]},
        ("cases in each arm", "finds it"),
        [(count(m), percent(p)) for m, p in powers],
    )


def bound(target: float, truly: float, *, size: int | None, power: float, confidence: float) -> Answer:
    """Cases that prove a target, by exact sums; or how often so many do."""
    two_sided = 2 * confidence - 1
    if not 0 < two_sided < 1:
        raise CommandFault("A one-sided confidence lies between 0.5 and 1.")
    verdict = "at least" if truly > target else "below"
    told = f"prove a share {verdict} {percent(target)} when it truly is {percent(truly)}"
    asked = {"target": target, "truly": truly, "confidence": confidence}
    if size is not None:
        found = {m: power_to_show(size, target=target, share=truly, confidence=two_sided, method=m) for m in _ENDS}
        says = f"{count(size)} cases {told} {percent(found['wilson'])} of the time (Wilson)."
        rows = [(name, percent(value)) for name, value in found.items()]
        return Answer(says, {"asked": asked | {"size": size}, "power": found}, ("bound", "proves it"), rows)
    sizes = {m: exact_size_to_show(target, share=truly, power=power, confidence=two_sided, method=m) for m in _ENDS}
    says = f"{count(sizes['wilson'])} cases {told} {percent(power)} of the time (Wilson)."
    rows = [(name, count(n)) for name, n in sizes.items()]
    return Answer(says, {"asked": asked | {"power": power}, "n": sizes}, ("bound", "cases"), rows)


def zero(below: float | None, *, size: int | None, confidence: float, lot_size: int | None) -> Answer:
    """Clean cases for a share, or the share that clean cases exclude."""
    if (below is None) == (size is None):
        raise CommandFault("Say either --below or --size.")
    place = "" if lot_size is None else f" in a lot of {count(lot_size)}"
    asked = {"below": below, "size": size, "confidence": confidence, "lot_size": lot_size}
    if below is not None:
        n = zero_acceptance_size(below, confidence=confidence, lot_size=lot_size)
        says = f"{count(n)} cases without an error exclude {percent(below)} wrong{place}, at {percent(confidence)}."
        return Answer(says, {"asked": asked, "n": n}, notes=("One error found, and it is not excluded.",))
    found = excluded_share(size or 0, confidence=confidence, lot_size=lot_size)
    says = f"{count(size or 0)} cases without an error exclude {percent(found)} wrong{place}, at {percent(confidence)}."
    return Answer(says, {"asked": asked, "excluded": found})


def lot(asked: LotAsked) -> Answer:
    """A single plan for two shares, or what a plan of one's own does."""
    plan, notes = _plan_of(asked)
    named = {share for share in (asked.aql, asked.lq) if share is not None}
    shares = sorted(named | {0.001, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.10})
    chances = probability_of_acceptance(plan, shares).tolist()
    points = {f"{chance:g}": quality_at(plan, chance) for chance in (0.95, 0.50, 0.10)}
    worst, where = outgoing_quality_limit(plan)
    place = "" if plan.lot_size is None else f" of a lot of {count(plan.lot_size)}"
    notes += (
        f"Accepted 95 % of the time at {percent(points['0.95'])} wrong, half the time at {percent(points['0.5'])}, "
        f"10 % of the time at {percent(points['0.1'])}.",
        f"If refused lots are put right, at most {percent(worst)} wrong leaves on average (at {percent(where)} coming "
        "in).",
    )
    data = {"plan": asdict(plan), "acceptance": dict(zip(map(str, shares), chances, strict=True)), "accepts_at": points}
    return Answer(
        f"Look at {count(plan.size)} units{place} and accept with at most {count(plan.acceptance_number)} errors.",
        data | {"aoql": worst, "aoql_at": where},
        ("wrong in the lot", "accepted"),
        [(percent(share), percent(chance)) for share, chance in zip(shares, chances, strict=True)],
        notes,
    )


def _plan_of(asked: LotAsked) -> tuple[SinglePlan, tuple[str, ...]]:
    if asked.size is not None or asked.level:
        if asked.accept is None:
            raise CommandFault("A plan of your own has --accept too: the number of errors up to which it accepts.")
        if not asked.level:
            return SinglePlan(asked.size or 0, asked.accept, asked.lot_size), ()
        if asked.lot_size is None:
            raise CommandFault("A size by --level needs --lot-size.")
        size, letter = lettered_size(asked.lot_size, asked.level), code_letter(asked.lot_size, asked.level)
        told = f"Level {asked.level} gives a lot of {count(asked.lot_size)} the code letter {letter}."
        return SinglePlan(size, asked.accept, asked.lot_size), (told,)
    if asked.aql is None or asked.lq is None:
        raise CommandFault("Say --aql and --lq, or a plan of your own: --size and --accept.")
    risks = {"producer_risk": asked.risks[0], "consumer_risk": asked.risks[1]}
    return single_plan(asked.aql, asked.lq, lot_size=asked.lot_size, **risks), ()


def sequential(good: float, bad: float, *, risks: tuple[float, float], most: int | None) -> Answer:
    """A sequential plan with its exact chances and sizes, beside the fixed plan for the same risks."""
    plan = sequential_plan(
        good, bad, producer_risk=risks[0], consumer_risk=risks[1], most="auto" if most is None else most
    )
    fixed = single_plan(good, bad, producer_risk=risks[0], consumer_risk=risks[1])
    shares = sorted({good / 2, good, (good + bad) / 2, bad, min(1.5 * bad, 1.0)})
    found = characteristic(plan, shares)
    columns = zip(shares, found.accepted.tolist(), found.average_size.tolist(), strict=True)
    rows = [(percent(p), percent(chance), count(size)) for p, chance, size in columns]
    return Answer(
        f"After n units accept with at most {plan.slope:.4f} n - {plan.accept_at:.2f} errors, "
        f"refuse with at least {plan.slope:.4f} n + {plan.refuse_at:.2f}.",
        {"plan": plan.numbers(), "fixed": asdict(fixed), "shares": shares}
        | {"accepted": found.accepted.tolist(), "average_size": found.average_size.tolist()},
        ("wrong in the stream", "accepted", "units on average"),
        rows,
        (
            f"After {count(plan.most or 0)} units at the latest: accept with at most {plan.last_accepted} errors.",
            f"A fixed plan for the same risks looks at {count(fixed.size)} and accepts with at most "
            f"{fixed.acceptance_number}.",
        ),
    )


def allocation(table: pl.DataFrame, *, size: int, minimum: int) -> Answer:
    """Neyman's allocation, and what a proportional one would cost in precision."""
    names = _column(table, "stratum").cast(pl.String).to_list()
    if len(set(names)) < len(names):
        raise CommandFault("A stratum stands in the table twice.")
    weights = _numbers(table, "size" if "size" in table.columns else "weight")
    given = _numbers(table, "spread" if "spread" in table.columns else "share")
    spreads = given if "spread" in table.columns else [(p * (1 - p)) ** 0.5 if 0 <= p <= 1 else -1.0 for p in given]
    costs = dict(zip(names, _numbers(table, "cost"), strict=True)) if "cost" in table.columns else {}
    sizes = {n: int(w) for n, w in zip(names, weights, strict=True)} if "size" in table.columns else None
    weight, spread = dict(zip(names, weights, strict=True)), dict(zip(names, spreads, strict=True))
    counts = neyman(weight, spread, size=size, costs=costs, minimum=minimum, sizes=sizes)
    even = neyman(weight, dict.fromkeys(names, 1.0), size=size, minimum=minimum, sizes=sizes)
    error, even_error = (standard_error(weight, spread, counts=n, sizes=sizes) for n in (counts, even))
    return Answer(
        f"{count(sum(counts.values()))} cases: standard error {100 * error:.4f} percentage points; "
        f"proportional to size it would be {100 * even_error:.4f}.",
        {"counts": counts, "standard_error": error, "proportional": even, "proportional_standard_error": even_error},
        ("stratum", "cases", "proportional"),
        [(name, count(counts[name]), count(even[name])) for name in names],
    )


def draw(table: pl.DataFrame, asked: DrawAsked, *, out: Path) -> Answer:
    """Draw and write the sample and its record."""
    design = asked.design or ("stratified" if asked.columns.strata else "simple_random")
    needs = things(SHELF, "NEEDS")
    if design not in needs or not needs[design] <= _DRAWABLE:
        known = ", ".join(name for name, needed in needs.items() if needed <= _DRAWABLE)
        raise CommandFault(f'"{design}" cannot be drawn from a file: {known}.')
    lacking = [what for what in ("strata", "risk", "at") if what in needs[design] and not getattr(asked.columns, what)]
    if lacking:
        option = {"strata": "stratum"}.get(lacking[0], lacking[0])
        raise CommandFault(f"The design {design} needs a column: say --{option}.")
    table = _prepared(table, asked.columns)
    frame = Frame.from_frame(
        table,
        id=asked.columns.identity,
        stratum=asked.columns.strata,
        risk=_RISK if asked.columns.risk else "",
        at=_DAY if asked.columns.at else "",
    )
    sample = verb(SHELF, design).draw(frame, Ask(asked.size, asked.seed, **asked.bounds))
    drawn = table.drop(_DAY, _RISK, strict=False)[sample.rows].with_columns(
        sample.table().drop("row").rename({"stratum": "drawn_stratum"})
    )
    _write(drawn.select("number", pl.exclude("number")), out)
    proof = out.with_suffix(".draw.json")
    proof.write_text(to_json(sample.record) + "\n", encoding="utf-8")
    return Answer(
        f"Drew {count(len(sample))} of {count(len(frame))} into {out}; {proof.name} proves it.",
        {"sample": str(out), "record": str(proof), "drawn": len(sample), "frame_hash": sample.record.frame_hash.hex()},
        ("stratum", "units", "drawn"),
        [(one.name or "(all)", count(one.size), count(one.drawn)) for one in sample.record.strata[:_SHOWN]],
        (f"Frame hash {sample.record.frame_hash.hex()}, seed {asked.seed}, design {design}.",),
    )


def _prepared(table: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """The table with risk and day as numbers. Errors: CommandFault for a column that lacks or is in the way."""
    for name in (columns.identity, *columns.strata, *filter(None, (columns.risk, columns.at))):
        _column(table, name)
    taken = sorted(_ADDED & set(table.columns))
    if taken:
        raise CommandFault(f"The sample adds the columns {', '.join(taken)}, which the table has: rename them.")
    if columns.risk:
        table = table.with_columns(pl.Series(_RISK, _numbers(table, columns.risk)))
    return _dated(table, columns.at)


def read(path: Path) -> pl.DataFrame:
    """A table from CSV (also .gz and .zst), TSV, Parquet or JSONL. Errors: CommandFault."""
    if not path.is_file():
        raise CommandFault(f"There is no file {path}.")
    kinds = {name.lower() for name in path.suffixes}
    try:
        if ".parquet" in kinds:
            return pl.read_parquet(path)
        if kinds & {".jsonl", ".ndjson"}:
            return pl.read_ndjson(path)
        return pl.read_csv(path, separator="\t" if ".tsv" in kinds else ",", infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as fault:
        raise CommandFault(f"{path} cannot be read: {str(fault).splitlines()[0]}") from fault


def _write(table: pl.DataFrame, path: Path) -> None:
    if path.suffix.lower() == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path)


def _column(table: pl.DataFrame, name: str) -> pl.Series:
    if name not in table.columns:
        raise CommandFault(f'There is no column "{name}"; there are {", ".join(table.columns)}.')
    return table[name]


def _numbers(table: pl.DataFrame, name: str) -> list[float]:
    column = _column(table, name)
    numbers = column.cast(pl.Float64, strict=False)
    if numbers.null_count():
        raise CommandFault(f'The column "{name}" has {numbers.null_count()} values that are no numbers.')
    found: Sequence[float] = numbers.to_list()
    return list(found)


def _dated(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """With the day as a number: a date counts days since 1970, anything else is a number already."""
    if not name:
        return table
    column = table[name]
    if column.dtype == pl.String:
        with contextlib.suppress(pl.exceptions.PolarsError):
            column = column.str.to_datetime(time_zone="UTC") if column.str.contains(":").any() else column.str.to_date()
    if column.dtype.is_temporal():
        column = column.cast(pl.Datetime("us")).dt.epoch("us") / 86_400_000_000
    return table.with_columns(pl.Series(_DAY, _numbers(column.to_frame(), name)))
