"""Statistics that add up: the state of a whole is the sum of the states of its shards, days or slices.

A state is a sparse table: keys, and sums over the rows with these keys. Merging adds rows of equal keys, subtracting
takes back what was added (a correction, an appeal, an erased person), rolling up adds over keys. What does not add up
(a fit, a rank, a test) is made from the merged state by `finish`, never merged itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import polars as pl

from smo.measure.batch import Kind, checked
from smo.measure.estimate import Estimate

Finished = Estimate | pl.DataFrame


@dataclass(frozen=True, slots=True)
class Additive:
    """One statistic that adds up.

    `needs` are the columns of a batch and what each holds; those of `may_lack` may be absent or empty. `keys` and
    `sums` are the columns of its state; the first sum counts and is whole. `shard_by` "item": all rows of an item must
    come in one batch, or the state is that of another table. `cells` makes the state's rows of one checked batch,
    apart for each value of the columns named second. `finish` makes numbers of the rows of one slice,
    with intervals of a confidence.
    """

    name: str
    needs: Mapping[str, Kind]
    keys: dict[str, Any]
    sums: dict[str, Any]
    cells: Callable[[pl.DataFrame, tuple[str, ...]], pl.DataFrame]
    finish: Callable[[pl.DataFrame, float], Finished]
    shard_by: Literal["row", "item"] = "row"
    may_lack: frozenset[str] = frozenset()

    @property
    def count(self) -> str:
        """The sum that counts: a row of the state lives while it is above 0."""
        return next(iter(self.sums))


@dataclass(frozen=True, slots=True)
class State:
    """The sums of some rows: `cells` holds `by`, the statistic's keys and its sums, in order of the keys."""

    statistic: Additive
    cells: pl.DataFrame
    by: tuple[str, ...] = ()


def init(statistic: Additive, by: Sequence[str] = ()) -> State:
    """The state of nothing, kept apart by the columns `by` (day, policy, language ...).

    Errors: ValueError for a column named twice, or one that the statistic itself needs or makes.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> init(ADDITIVE, ["language"]).cells.columns
    ['language', 'n', 'successes']
    """
    _require_names(statistic, tuple(by))
    columns = {**dict.fromkeys(by, pl.String), **statistic.keys, **statistic.sums}
    return State(statistic, pl.DataFrame(schema=columns), tuple(by))


def add(state: State, batch: Any) -> State:
    """The state with the rows of a batch added. Shapes: `batch` is a polars, pandas or pyarrow table.

    Errors: ValueError where the batch lacks a column of `needs` or holds what a column cannot (with how many).

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> add(init(ADDITIVE), pl.DataFrame({"value": [True, False, True]})).cells.rows()
    [(3, 2)]
    """
    statistic = state.statistic
    table = checked(batch, statistic.needs, may_lack=statistic.may_lack, by=state.by)
    cells = statistic.cells(table, state.by) if table.height else init(statistic, state.by).cells
    return merge(
        state, State(statistic, _in_order(cells.select(init(statistic, state.by).cells.columns), state), state.by)
    )


def merge(first: State, second: State) -> State:
    """The state of the rows of both: whole numbers are exact, others to rounding.

    Errors: ValueError when they are states of different statistics or kept apart by different columns.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> part = add(init(ADDITIVE), pl.DataFrame({"value": [True, False]}))
    >>> merge(part, part).cells.rows()
    [(4, 2)]
    """
    _require_same(first, second)
    if first.cells.is_empty() or second.cells.is_empty():
        return second if first.cells.is_empty() else first
    return replace(first, cells=_summed(pl.concat([first.cells, second.cells]), first))


def merged(states: Sequence[State]) -> State:
    """All of them in one: faster than one by one. Errors: ValueError for none, or as `merge`.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> merged([add(init(ADDITIVE), pl.DataFrame({"value": [True]}))] * 3).cells.rows()
    [(3, 3)]
    """
    if not states:
        raise ValueError("there is no state to merge")
    for state in states[1:]:
        _require_same(states[0], state)
    filled = [state.cells for state in states if state.cells.height]
    return replace(states[0], cells=_summed(pl.concat(filled), states[0])) if filled else states[0]


def subtract(whole: State, part: State) -> State:
    """The state without the rows of `part`: whole numbers are as if they had never been added, others to rounding.

    Errors: ValueError when `part` holds more than `whole`, or as `merge`.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> part = add(init(ADDITIVE), pl.DataFrame({"value": [True, False]}))
    >>> subtract(merge(part, part), part).cells.rows() == part.cells.rows()
    True
    """
    _require_same(whole, part)
    if part.cells.is_empty():
        return whole
    taken = part.cells.with_columns(-pl.col(name) for name in part.statistic.sums)
    left = _summed(pl.concat([whole.cells, taken]) if whole.cells.height else taken, whole)
    if (left.get_column(whole.statistic.count) < 0).any():
        raise ValueError("what is subtracted was never added")
    return replace(whole, cells=left)


def roll_up(state: State, by: Sequence[str] = ()) -> State:
    """The state kept apart by fewer columns: the sum over the others.

    Errors: ValueError for a column by which the state is not kept apart.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> table = pl.DataFrame({"value": [True, False], "language": ["de", "fr"]})
    >>> roll_up(add(init(ADDITIVE, ["language"]), table)).cells.rows()
    [(2, 1)]
    """
    if unknown := [name for name in by if name not in state.by]:
        raise ValueError(
            f"the state is not kept apart by {', '.join(unknown)}, but by {', '.join(state.by) or 'nothing'}"
        )
    fewer = State(state.statistic, state.cells.select(*by, *state.statistic.keys, *state.statistic.sums), tuple(by))
    return replace(fewer, cells=_summed(fewer.cells, fewer))


def finish(state: State, *, confidence: float = 0.90, basis: str | None = None) -> Finished:
    """The number, or table of numbers, of all rows together; "not measurable" where there are none.

    `basis` says what the rows were measured against, where it is not what this statistic is usually made from.
    Errors: ValueError for an unknown basis or a confidence outside 0 to 1.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> finish(add(init(ADDITIVE), pl.DataFrame({"value": [True, False]}))).value
    0.5
    """
    _require_confidence(confidence)
    found = state.statistic.finish(roll_up(state).cells, confidence)
    return replace(found, basis=basis) if isinstance(found, Estimate) and basis is not None else found


def finish_by(state: State, by: Sequence[str], *, confidence: float = 0.90) -> pl.DataFrame:
    """The same for each slice: the columns `by`, then those of the table, or `value, low, high, n, method, warnings`.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> table = pl.DataFrame({"value": [True, True], "language": ["de", "fr"]})
    >>> finish_by(add(init(ADDITIVE, ["language"]), table), ["language"]).select("language", "value", "n").rows()
    [('de', 1.0, 1), ('fr', 1.0, 1)]
    """
    _require_confidence(confidence)
    slices = roll_up(state, by).cells
    parts = [
        _row_of(part, state.statistic.finish(part.drop(by), confidence), by=by)
        for part in slices.partition_by(by, maintain_order=True)
    ]
    if not parts:
        return pl.DataFrame(schema=slices.select(by).schema)
    return pl.concat(parts, how="vertical_relaxed")


def restored(statistic: Additive, cells: Any, *, by: Sequence[str] = ()) -> State:
    """A state from its rows as they were stored or sent. Shapes: a polars or pyarrow table with the columns of `cells`.

    Errors: ValueError for other columns, or for a count that is not whole and above 0.

    >>> from smo.measure.additive.proportion import ADDITIVE
    >>> state = add(init(ADDITIVE), pl.DataFrame({"value": [True]}))
    >>> restored(ADDITIVE, state.cells.to_arrow()).cells.equals(state.cells)
    True
    """
    empty = init(statistic, by)
    table = cells if isinstance(cells, pl.DataFrame) else pl.DataFrame(cells)
    if sorted(table.columns) != sorted(empty.cells.columns):
        raise ValueError(f"a state of {statistic.name} has the columns {', '.join(empty.cells.columns)}")
    typed = table.select(empty.cells.columns).cast(dict(statistic.keys | statistic.sums))
    if not (typed.get_column(statistic.count) > 0).all():
        raise ValueError(f"{statistic.count} of a state's rows is at least 1")
    return replace(empty, cells=_summed(typed, empty))


def _row_of(part: pl.DataFrame, found: Finished, *, by: Sequence[str]) -> pl.DataFrame:
    if isinstance(found, Estimate):
        columns = {name: [getattr(found, name)] for name in ("value", "low", "high", "n", "method")}
        schema = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64, "method": pl.String}
        found = pl.DataFrame(columns, schema=schema).with_columns(warnings=pl.lit("; ".join(found.warnings)))
    here = part.select(by).head(1)
    return pl.concat([here.join(found.head(0), how="cross"), here.join(found, how="cross")])


def _summed(cells: pl.DataFrame, state: State) -> pl.DataFrame:
    """Rows of equal keys added; rows of which nothing is left are dropped."""
    statistic = state.statistic
    keys = (*state.by, *statistic.keys)
    sums = [pl.col(name).sum() for name in statistic.sums]
    together = cells.group_by(keys, maintain_order=True).agg(sums) if keys else cells.select(sums)
    return _in_order(together, state)


def _in_order(cells: pl.DataFrame, state: State) -> pl.DataFrame:
    keys = (*state.by, *state.statistic.keys)
    kept = cells.filter(pl.col(state.statistic.count) != 0)
    return kept.sort(keys) if keys else kept


def _require_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")


def _require_same(first: State, second: State) -> None:
    if first.statistic.name != second.statistic.name or first.by != second.by:
        names = [f"{state.statistic.name} by {', '.join(state.by) or 'nothing'}" for state in (first, second)]
        raise ValueError(f"states of {names[0]} and of {names[1]} do not add up")


def _require_names(statistic: Additive, by: tuple[str, ...]) -> None:
    taken = {*statistic.keys, *statistic.sums, *statistic.needs}
    if wrong := [name for name in by if name in taken or by.count(name) > 1]:
        raise ValueError(
            f"{', '.join(wrong)}: {statistic.name} itself has such a column, or it is named twice; rename it"
        )
