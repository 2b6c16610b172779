"""Plan a sample: how many cases a question takes, what a plan can and cannot tell, and which units to draw."""

from pathlib import Path
from typing import Annotated

import typer

from smo.cli import plan_answers
from smo.cli.answers import faults_in_words, show

app = typer.Typer(
    name="plan",
    help="Plan a sample: how many cases a question takes, what a plan can and cannot tell, and which units to draw.\n\n"
    "No server and no database are needed. Shares are numbers from 0 to 1.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")]
Confidence = Annotated[float, typer.Option("--confidence", help="Two-sided confidence of the interval.")]
OneSided = Annotated[float, typer.Option("--confidence", help="One-sided confidence.")]
Power = Annotated[float, typer.Option("--power", help="How often the sample shall show it.")]
Population = Annotated[int | None, typer.Option("--population", help="How many cases there are in all.")]
Effect = Annotated[
    float, typer.Option("--design-effect", help="Factor for clustered cases, such as 1.78 for 40 of each person.")
]
Size = Annotated[int | None, typer.Option("--size", help="Turn the question around: what do so many cases say?")]
LotSize = Annotated[int | None, typer.Option("--lot-size", help="Units in the lot; without it, a stream without end.")]
ProducerRisk = Annotated[float, typer.Option("--producer-risk", help="Chance to refuse a good lot.")]
ConsumerRisk = Annotated[float, typer.Option("--consumer-risk", help="Chance to accept a bad lot.")]
Level = Annotated[str, typer.Option("--level", help="Inspection level of ISO 2859-1: S-1 to S-4, I, II, III.")]


@app.command()
def share(
    around: Annotated[float, typer.Option("--around", help="The share that you expect.")],
    half_width: Annotated[float | None, typer.Option("--half-width", help="Wanted precision, plus or minus.")] = None,
    *,
    size: Size = None,
    confidence: Confidence = 0.95,
    population: Population = None,
    design_effect: Effect = 1.0,
    cells: Annotated[int, typer.Option("--cells", help="So many groups, each to be known as precisely.")] = 1,
    json: Json = False,
) -> None:
    """How many cases a share takes: smo plan share --around 0.95 --half-width 0.02"""
    with faults_in_words():
        asked = plan_answers.ShareAsked(around, half_width, size, confidence, population, design_effect, cells)
        show(plan_answers.share(asked), as_json=json)


@app.command()
def difference(
    first: Annotated[float, typer.Option("--from", help="The one share.")],
    second: Annotated[float, typer.Option("--to", help="The other share.")],
    *,
    size: Size = None,
    power: Power = 0.80,
    confidence: Confidence = 0.95,
    design_effect: Effect = 1.0,
    json: Json = False,
) -> None:
    """How many cases tell two shares apart: smo plan difference --from 0.95 --to 0.93"""
    with faults_in_words():
        answer = plan_answers.difference(
            first, second, size=size, power=power, confidence=confidence, effect=design_effect
        )
        show(answer, as_json=json)


@app.command()
def bound(
    target: Annotated[float, typer.Option("--target", help="The share to reach.")],
    truly: Annotated[float, typer.Option("--truly", help="What the share truly is, as you believe.")],
    *,
    size: Size = None,
    power: Power = 0.80,
    confidence: OneSided = 0.95,
    json: Json = False,
) -> None:
    """How many cases prove that a target is met: smo plan bound --target 0.95 --truly 0.97"""
    with faults_in_words():
        show(plan_answers.bound(target, truly, size=size, power=power, confidence=confidence), as_json=json)


@app.command()
def zero(
    below: Annotated[float | None, typer.Option("--below", help="The share of errors to exclude.")] = None,
    *,
    size: Size = None,
    confidence: OneSided = 0.95,
    lot_size: LotSize = None,
    json: Json = False,
) -> None:
    """How many clean cases prove errors rare: smo plan zero --below 0.01"""
    with faults_in_words():
        show(plan_answers.zero(below, size=size, confidence=confidence, lot_size=lot_size), as_json=json)


@app.command()
def lot(
    aql: Annotated[float | None, typer.Option("--aql", help="Share of errors of a lot that is still good.")] = None,
    lq: Annotated[float | None, typer.Option("--lq", help="Share of errors of a lot that is bad.")] = None,
    *,
    lot_size: LotSize = None,
    producer_risk: ProducerRisk = 0.05,
    consumer_risk: ConsumerRisk = 0.10,
    size: Annotated[int | None, typer.Option("--size", help="Look at a plan of your own: units in the sample.")] = None,
    accept: Annotated[int | None, typer.Option("--accept", help="... accepted with at most so many errors.")] = None,
    level: Level = "",
    json: Json = False,
) -> None:
    """Which plan accepts good lots and refuses bad ones: smo plan lot --aql 0.02 --lq 0.05

    What a plan of your own does: smo plan lot --size 125 --accept 3
    """
    with faults_in_words():
        asked = plan_answers.LotAsked(aql, lq, lot_size, (producer_risk, consumer_risk), size, accept, level)
        show(plan_answers.lot(asked), as_json=json)


@app.command()
def sequential(
    good: Annotated[float, typer.Option("--good", help="Share of errors of a lot that is still good.")],
    bad: Annotated[float, typer.Option("--bad", help="Share of errors of a lot that is bad.")],
    *,
    producer_risk: ProducerRisk = 0.05,
    consumer_risk: ConsumerRisk = 0.10,
    most: Annotated[int | None, typer.Option("--most", help="Decide after so many units in any case.")] = None,
    json: Json = False,
) -> None:
    """When to stop looking at a lot: smo plan sequential --good 0.02 --bad 0.05"""
    with faults_in_words():
        show(plan_answers.sequential(good, bad, risks=(producer_risk, consumer_risk), most=most), as_json=json)


@app.command()
def neyman(
    strata: Annotated[
        Path,
        typer.Argument(
            metavar="STRATA",
            help="CSV or Parquet with the columns stratum, size (or weight), share (or spread), and cost where it "
            "differs.",
        ),
    ],
    size: Annotated[int, typer.Option("--size", help="Cases in all.")],
    *,
    minimum: Annotated[int, typer.Option("--minimum", help="At least so many of each stratum.")] = 1,
    json: Json = False,
) -> None:
    """How to share a sample among strata: smo plan neyman strata.csv --size 4000"""
    with faults_in_words():
        show(plan_answers.allocation(plan_answers.read(strata), size=size, minimum=minimum), as_json=json)


@app.command()
def draw(
    frame: Annotated[Path, typer.Argument(metavar="FRAME", help="CSV, Parquet or JSONL with a row for each unit.")],
    size: Annotated[int, typer.Option("--size", help="How many to draw.")],
    seed: Annotated[int, typer.Option("--seed", help="Any whole number; with it anyone can draw the same again.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the sample goes: CSV or Parquet.")],
    *,
    design: Annotated[str, typer.Option("--design", help="How it is drawn; see docs/reference/sampling.md.")] = "",
    identity: Annotated[str, typer.Option("--id", help="Column with the unit's id.")] = "id",
    stratum: Annotated[list[str], typer.Option("--stratum", help="Column that makes strata. Repeatable.")] = [],  # noqa: B006 - typer copies it
    risk: Annotated[str, typer.Option("--risk", help="Column with the risk, 0 or more.")] = "",
    at: Annotated[str, typer.Option("--at", help="Column with the day, or any number to order by.")] = "",
    allocation: Annotated[str, typer.Option("--allocation", help="proportional, equal or power.")] = "proportional",
    minimum: Annotated[int, typer.Option("--minimum", help="At least so many of each stratum.")] = 0,
    maximum: Annotated[int, typer.Option("--maximum", help="At most so many of each stratum; 0: no cap.")] = 0,
    json: Json = False,
) -> None:
    """Draw a sample that anyone can draw again: smo plan draw frame.csv --size 200 --seed 4711 -o sample.csv

    Beside the sample, in the same name with .draw.json, lies what proves it: seed, frame hash, design and sizes.
    """
    with faults_in_words():
        columns = plan_answers.Columns(identity, tuple(stratum), risk, at)
        bounds = {"allocation": allocation, "minimum": minimum, "maximum": maximum}
        given = plan_answers.DrawAsked(design, columns, size, seed, bounds)
        show(plan_answers.draw(plan_answers.read(frame), given, out=out), as_json=json)
