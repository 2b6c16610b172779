"""A point on a numbered scale: config, answers, distance, and votes joined by their median."""

from collections.abc import Mapping, Sequence

import polars as pl

NAME = "scale"
TITLE = "A point on a numbered scale"
EXAMPLE_CONFIG: Mapping[str, object] = {"low": -3, "high": 1}
EXAMPLE_ANSWERS = (-3, 0, 1)
LEVELS = ("ordinal", "interval", "ratio")


def check_config(config: Mapping[str, object]) -> list[str]:
    """What is wrong with a config `{"low": -3, "high": 1, "step": 1, "level": "ordinal"}`, in words.

    Shapes: low, high and step are numbers, step is 1 when not given; level is ordinal, interval or ratio.

    >>> check_config({"low": -3, "high": 1}), check_config({"low": 5, "high": 1})
    ([], ['low (5) must be less than high (1).'])
    """
    numbers = {name: config.get(name, 1) for name in ("low", "high", "step")}
    faults = [f"{name} must be a number." for name, value in numbers.items() if _number(value) is None]
    faults += [f"{name} is missing." for name in ("low", "high") if name not in config]
    if faults:
        return faults
    low, high, step = (_number(value) or 0.0 for value in numbers.values())
    if low >= high:
        faults.append(f"low ({low:g}) must be less than high ({high:g}).")
    if step <= 0 or step > high - low > 0:
        faults.append(f"step ({step:g}) must be more than 0 and not more than the whole scale.")
    if config.get("level", "ordinal") not in LEVELS:
        faults.append(f"level must be one of: {', '.join(LEVELS)}.")
    return faults


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def check(answer: object, config: Mapping[str, object]) -> list[str]:
    """What is wrong with an answer, in words.

    Shapes: the answer is a number from low to high, a whole number of steps above low.

    >>> check(-2, {"low": -3, "high": 1}), check(2, {"low": -3, "high": 1})
    ([], ['2 lies outside the scale from -3 to 1.'])
    """
    value = _number(answer)
    low, high, step = (_number(config.get(name, 1)) for name in ("low", "high", "step"))
    if low is None or high is None or not step:
        return check_config(config)
    if value is None:
        return ["Choose a point on the scale."]
    if not low <= value <= high:
        return [f"{value:g} lies outside the scale from {low:g} to {high:g}."]
    steps = (value - low) / step
    return [] if abs(steps - round(steps)) < 1e-9 else [f"{value:g} lies between two points of the scale."]


def to_label(answer: float) -> str:
    """The number as it stands in a table.

    >>> to_label(-2), to_label(0.5)
    ('-2', '0.5')
    """
    return f"{answer:.15g}"


def from_label(label: str) -> float:
    """The number from a table's cell. Errors: ValueError when it is none.

    >>> from_label("-2")
    -2.0
    """
    return float(label)


def distance(labels: Sequence[str], config: Mapping[str, object]) -> str:
    """How far points differ, for alpha: by order, unless the config says that steps are equal (Krippendorff 2013).

    >>> distance(["1", "2"], {"low": 1, "high": 5}), distance(["1", "2"], {"low": 1, "high": 5, "level": "interval"})
    ('ordinal', 'interval')
    """
    del labels
    return str(config.get("level", "ordinal"))


def combine(answers: pl.DataFrame, config: Mapping[str, object]) -> pl.DataFrame:
    """The answers of each item joined by their median; when the two middle ones differ, it is not decided.

    Shapes: `answers` has `item`, `rater`, `label` (numbers as text); the answer has `item`, `label`, `posterior` (share
    of the answers that equal the median), `decided`, `n`. Source: the median minimises the absolute error.

    >>> votes = pl.DataFrame({"item": ["i"] * 3, "rater": ["a", "b", "c"], "label": ["1", "-3", "0"]})
    >>> combine(votes, {"low": -3, "high": 1}).select("label", "decided").rows()
    [('0', True)]
    """
    del config
    value = pl.col("value")
    given = answers.with_columns(value=pl.col("label").cast(pl.Float64, strict=False)).filter(value.is_not_null())
    middle = given.group_by("item").agg(
        low=value.quantile(0.5, "lower"),
        high=value.quantile(0.5, "higher"),
        posterior=(value == value.quantile(0.5, "lower")).mean(),
        n=pl.len(),
    )
    label = pl.col("low").map_elements(to_label, return_dtype=pl.String)
    decided = pl.col("low") == pl.col("high")
    return middle.sort("item").select("item", label.alias("label"), "posterior", decided.alias("decided"), "n")


def facts(answer: float) -> dict[str, str | int | float | bool]:
    """What of an answer is worth counting.

    >>> facts(-2)
    {'label': '-2', 'value': -2.0}
    """
    return {"label": to_label(answer), "value": float(answer)}


def looks_like(labels: Sequence[str]) -> float:
    """How well the different labels of a task fit this type: all are numbers.

    >>> looks_like(["-1", "0", "1"]), looks_like(["1", "yes"])
    (0.8, 0.0)
    """
    return 0.8 if labels and all(_is_number(label) for label in labels) else 0.0


def _is_number(label: str) -> bool:
    try:
        return abs(float(label)) < float("inf")
    except ValueError:
        return False
