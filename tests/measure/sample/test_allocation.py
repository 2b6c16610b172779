"""Allocation: floors, caps and sums hold; Neyman's is the best there is and equals the published example."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.sample import Ask, allocate, neyman, standard_error

SIZES = st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 500), min_size=1)
# DOMAIN 7.3: Barnett 2021, the allocation behind YouTube's violative view rate
WEIGHTS = {"a": 0.80, "b": 0.10, "c": 0.05, "d": 0.01, "e": 0.04}
SHARES = {"a": 0.0005, "b": 0.005, "c": 0.01, "d": 0.05, "e": 0.0025}
SPREADS = {name: math.sqrt(share * (1 - share)) for name, share in SHARES.items()}


@given(
    sizes=SIZES,
    size=st.integers(1, 400),
    allocation=st.sampled_from(["proportional", "equal", "power", "neyman"]),
    minimum=st.integers(0, 5),
    maximum=st.just(0) | st.integers(5, 20),
    spread=st.floats(0, 2),
)
def test_floors_caps_and_sum_are_kept(sizes, size, allocation, minimum, maximum, spread) -> None:
    spreads = {name: spread * place for place, name in enumerate(sizes)}
    counts = allocate(sizes, Ask(size, 1, allocation, minimum, maximum, spreads=spreads))
    most = {name: min(many, maximum or many) for name, many in sizes.items()}
    least = {name: min(max(minimum, 1), most[name]) for name in sizes}
    assert counts.keys() == sizes.keys()
    assert all(least[name] <= counts[name] <= most[name] for name in sizes)
    assert sum(counts.values()) == max(sum(least.values()), min(size, sum(most.values())))


def test_without_floors_it_is_proportional() -> None:
    assert allocate({"a": 600, "b": 300, "c": 100}, Ask(size=100, seed=1)) == {"a": 60, "b": 30, "c": 10}


def test_a_power_of_one_is_proportional_and_of_zero_equal() -> None:
    sizes = {"a": 600, "b": 300, "c": 100}
    for exponent, same in ((1.0, "proportional"), (0.0, "equal")):
        power = allocate(sizes, Ask(90, 1, "power", exponent=exponent))
        assert power == allocate(sizes, Ask(90, 1, same))


class TestNeyman:
    def test_the_published_example(self) -> None:
        counts = neyman(WEIGHTS, SPREADS, size=4000)
        assert list(counts.values()) == [2098, 828, 584, 256, 234]
        assert 100 * standard_error(WEIGHTS, SPREADS, counts=counts) == pytest.approx(0.0539, abs=5e-5)
        even = neyman(WEIGHTS, dict.fromkeys(WEIGHTS, 1.0), size=4000)
        assert 100 * standard_error(WEIGHTS, SPREADS, counts=even) == pytest.approx(0.0701, abs=5e-5)
        prevalence = sum(WEIGHTS[name] * SHARES[name] for name in WEIGHTS)
        assert prevalence == pytest.approx(0.00200, abs=5e-6)

    def test_no_other_allocation_is_better(self) -> None:
        counts = neyman(WEIGHTS, SPREADS, size=400)
        best = standard_error(WEIGHTS, SPREADS, counts=counts)
        for giver in counts:
            for taker in counts:
                moved = counts | {giver: counts[giver] - 5, taker: counts[taker] + 5}
                assert giver == taker or standard_error(WEIGHTS, SPREADS, counts=moved) >= best

    def test_dear_audits_are_fewer(self) -> None:
        plain, dear = (neyman(WEIGHTS, SPREADS, size=1000, costs=costs) for costs in ({}, {"a": 4.0}))
        ratio = (dear["a"] / dear["b"]) / (plain["a"] / plain["b"])
        assert ratio == pytest.approx(0.5, rel=0.02)

    @given(scale=st.floats(0.01, 100))
    def test_units_of_weight_and_spread_do_not_matter(self, scale: float) -> None:
        scaled = {name: scale * weight for name, weight in WEIGHTS.items()}
        assert neyman(scaled, SPREADS, size=4000) == neyman(WEIGHTS, SPREADS, size=4000)

    def test_a_stratum_is_never_asked_for_more_than_it_has(self) -> None:
        counts = neyman({"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.0}, size=100, sizes={"a": 10, "b": 500})
        assert counts == {"a": 10, "b": 90}

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"spreads": {"a": 1.0}}, "needs the spread"),
            ({"spreads": dict.fromkeys(WEIGHTS, 0.0)}, "nothing tells them apart"),
            ({"spreads": dict.fromkeys(WEIGHTS, math.nan)}, "finite"),
            ({"weights": WEIGHTS | {"a": -1.0}}, "0 or more"),
            ({"weights": WEIGHTS | {"a": math.inf}}, "finite"),
            ({"costs": {"a": 0.0}}, "above 0"),
            ({"size": 0}, "at least one"),
        ],
    )
    def test_senseless_numbers_are_refused(self, changes: dict, words: str) -> None:
        given = {"weights": WEIGHTS, "spreads": SPREADS, "size": 100} | changes
        with pytest.raises(ValueError, match=words):
            neyman(given.pop("weights"), given.pop("spreads"), **given)

    def test_a_stratum_without_a_unit_has_no_standard_error(self) -> None:
        with pytest.raises(ValueError, match="gets no unit"):
            standard_error(WEIGHTS, SPREADS, counts={"a": 100})

    def test_a_census_is_certain(self) -> None:
        sizes = {"a": 10, "b": 20}
        assert standard_error({"a": 10, "b": 20}, {"a": 1, "b": 2}, counts=sizes, sizes=sizes) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0}, {"allocation": "best"}, {"minimum": 5, "maximum": 2}, {"minimum": -1}, {"floor": 0.0},
        {"exponent": 2.0}, {"days": 0}, {"factor": 0.5}, {"factor": math.inf}, {"floor": math.nan},
    ],
)  # fmt: skip
def test_a_senseless_ask_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Ask(**{"size": 10, "seed": 1} | wrong)


@pytest.mark.parametrize("sizes", [{"a": -5, "b": 50}, {"a": 50}])
def test_neyman_refuses_sizes_that_no_stratum_has(sizes):
    with pytest.raises(ValueError, match="sizes, where known"):
        neyman({"a": 0.5, "b": 0.5}, {"a": 0.1, "b": 0.3}, size=10, sizes=sizes)


@pytest.mark.parametrize("faulty", [{"size": 1.5}, {"size": float("nan")}, {"seed": 0.5}, {"seed": "7"}])
def test_ask_refuses_a_size_or_seed_that_is_not_whole(faulty):
    with pytest.raises(ValueError, match="whole numbers"):
        Ask(**({"size": 10, "seed": 1} | faulty))
