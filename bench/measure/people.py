"""Whether what is said of people is true: coverage and calibration by simulation: `python -m bench.measure.people`."""

import sys
import time

import numpy as np
import polars as pl
import statsmodels.api as sm
from scipy import special

from smo.measure.people.case_mix import adjusted_rates
from smo.measure.people.ranking import ranking
from smo.measure.people.separation import separate
from smo.measure.people.slice_skill import slice_skill

SEED = 20261122
BEST = 0.2


def skill(rounds: int, *, people: int, cases: int) -> None:
    """Beta-binomial posteriors, ranks and the chance to be among the best, over people with a known skill."""
    rng = np.random.default_rng(SEED)
    hits, ranks, said, true, below_said, below, luck = [], [], [], [], [], [], []
    for _ in range(rounds):
        truth = rng.beta(57, 3, people)
        n = rng.integers(cases // 2, 2 * cases, people)
        table = pl.DataFrame(
            {"rater": [f"p{at:04}" for at in range(people)], "n": n, "correct": rng.binomial(n, truth)}
        )
        found = ranking(table, rng=rng, best_share=BEST)
        skills = slice_skill(table.rename({"correct": "score"}), target=0.93)
        hits.append((found["low"].to_numpy() <= truth) & (truth <= found["high"].to_numpy()))
        place = (-truth).argsort().argsort() + 1
        ranks.append((found["rank_low"].to_numpy() <= place) & (place <= found["rank_high"].to_numpy()))
        said.append(found["chance_best"].to_numpy())
        true.append(place <= BEST * people)
        below_said.append(skills["chance_below"].to_numpy())
        below.append(truth < 0.93)
        luck.append((table["correct"] / table["n"]).to_numpy() < 0.93)
    chance, is_best, sure, is_below = (np.concatenate(part) for part in (said, true, below_said, below))
    print(f"\n{people} people, about {cases} cases each, {rounds} rounds, seed {SEED}")
    print(f"- 90 % intervals hold the skill in {100 * np.mean(hits):.1f} %, the rank in {100 * np.mean(ranks):.1f} %")
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        part = (chance >= low) & (chance < high)
        if part.sum() >= 50:
            said_here, true_here = 100 * chance[part].mean(), 100 * is_best[part].mean()
            print(f"- among the best {BEST:.0%}: said {said_here:.0f} %, true {true_here:.0f} %")
    listed, raw = sure > 0.9, np.concatenate(luck)
    print(f"- below 93 % with P > 0.9: {listed.sum()} listed, {100 * is_below[listed].mean():.0f} % truly below")
    print(f"- below 93 % by the raw share: {raw.sum()} listed, {100 * is_below[raw].mean():.0f} % truly below")


def groups(rounds: int) -> None:
    rng = np.random.default_rng(SEED)
    for people, n in ((10, 200), (30, 200), (100, 50)):
        size = np.full(people, n)
        parted = sum(separate(rng.binomial(size, 0.93), size).max() > 0 for _ in range(rounds))
        print(f"- {people} equal people, {n} cases each: parted in {100 * parted / rounds:.1f} % of {rounds:,}")


def case_mix(rounds: int) -> None:
    """Coverage of adjusted rates, and error against raw and fixed-effects rates, with unequal mixes."""
    rng = np.random.default_rng(SEED)
    hits, errors = [], {"mixed": [], "raw": [], "fixed effects": []}
    for _ in range(rounds):
        effect = rng.normal(0, 0.4, 40)
        share = rng.dirichlet([0.7] * 3, 40)
        n = rng.poisson(60 * share)
        base = np.array([-3.0, -2.0, -1.0])
        events = rng.binomial(n, special.expit(base + effect[:, None]))
        rows = {
            "who": np.repeat(np.arange(40), 3),
            "work": np.tile(["a", "b", "c"], 40),
            "n": n.ravel(),
            "events": events.ravel(),
        }
        mix = n.sum(axis=0) / n.sum()
        truth = special.expit(base + effect[:, None]) @ mix
        people = adjusted_rates(pl.DataFrame(rows), person="who", mix=["work"]).people
        hits.append((people["low"].to_numpy() <= truth) & (truth <= people["high"].to_numpy()))
        errors["mixed"].append(people["value"].to_numpy() - truth)
        errors["raw"].append(people["raw"].to_numpy() - truth)
        x = np.column_stack([np.eye(40)[np.repeat(np.arange(40), 3)], np.tile(np.eye(3)[:, 1:], (40, 1))])
        seen = n.ravel() > 0
        y = np.column_stack([events.ravel(), (n - events).ravel()])[seen]
        fit = sm.GLM(y, x[seen], family=sm.families.Binomial()).fit_regularized(alpha=1e-6, L1_wt=0.0)
        level = np.array([0.0, *fit.params[40:]])
        errors["fixed effects"].append(special.expit(fit.params[:40, None] + level) @ mix - truth)
    print(f"\nCase mix: 40 people, about 60 cases each, unequal mixes, {rounds} rounds, seed {SEED}")
    print(f"- 90 % intervals hold the truth in {100 * np.mean(hits):.1f} %")
    for name, parts in errors.items():
        print(f"- root mean squared error, {name}: {100 * np.sqrt(np.mean(np.square(parts))):.2f} points")


def speed() -> None:
    rng = np.random.default_rng(SEED)
    people, mixes = 1000, 100
    rows = {"who": np.repeat(np.arange(people), mixes), "work": np.tile(np.arange(mixes), people)}
    n = rng.poisson(5, people * mixes)
    chance = special.expit(
        -2.5 + np.repeat(rng.normal(0, 0.4, people), mixes) + np.tile(rng.normal(0, 0.8, mixes), people)
    )
    frame = pl.DataFrame(rows | {"n": n, "events": rng.binomial(n, chance)})
    start = time.process_time()
    adjusted_rates(frame, person="who", mix=["work"])
    print(f"- case mix, 1,000 people x 100 kinds of work, {n.sum():,} cases: {time.process_time() - start:.1f} CPU s")
    size = rng.integers(20, 500, people)
    table = pl.DataFrame(
        {"rater": np.arange(people), "n": size, "correct": rng.binomial(size, rng.beta(57, 3, people))}
    )
    start = time.process_time()
    ranking(table, rng=rng)
    print(f"- places of 1,000 people: {time.process_time() - start:.1f} CPU s")


def main() -> None:
    rounds = int(float(sys.argv[1])) if len(sys.argv) > 1 else 20
    skill(rounds, people=60, cases=100)
    skill(rounds, people=200, cases=40)
    print(f"\nEqual people, level 5 %, seed {SEED}")
    groups(20 * rounds)
    case_mix(rounds)
    print("\nSpeed")
    speed()


if __name__ == "__main__":
    main()
