"""How often certificates are granted falsely, and how often rightly, over whole made-up searches.

Each trial draws a selection set and a certification set of other sources, runs the search of
`breakeven optimize` on the first, and certifies what it chose on the second and on fresh blocks.
`python -m benchmarks.certificates --trials 2000` prints a table and exits with 1 after a miss.
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from benchmarks.certificate_world import REFERENCE, Sample, Truth, World, WorldBench
from breakeven.analysis.certify import Claim, Evidence, certify
from breakeven.analysis.clustering import one_sided
from breakeven.analysis.loss_bound import loss_bound
from breakeven.analysis.paired_sums import PairedSums, means
from breakeven.analysis.search.answer import Aim, answer
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.rounds import search_cells
from breakeven.analysis.search.rules import Rules
from breakeven.analysis.stats import wilson
from breakeven.records import Certificate
from breakeven.testing.certificates import paired_costs

LEVEL = 0.95
N_BLOCKS = 6
"""Fresh blocks of each certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is searched, and what is true.

    Attributes:
        name: In the table.
        world: The truth.
        margin: Most that may be lost.
        min_saving: Factor asked for.
        n_selection: Examples to select on.
        n_certification: Examples to certify on, of other sources.
        expected: Power by the sample-size formula; None where nothing deserves a certificate.
    """

    name: str
    world: World
    margin: float = 0.01
    min_saving: float = 1.0
    n_selection: int = 400
    n_certification: int = 1855
    expected: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of many trials.

    Attributes:
        n: Trials.
        n_false: Certificates of a configuration that did not deserve it.
        n_right: Certificates of one that did.
        n_deserving: Trials in which the search chose one that did.
    """

    n: int
    n_false: int
    n_right: int
    n_deserving: int


def formula_power(*, n: int, margin: float, disagreement: float, level: float = LEVEL) -> float:
    """Power of n examples if nothing is lost, by the formula behind n = 6.18 d / m^2.

    Examples:
        >>> round(formula_power(n=3092, margin=0.01, disagreement=0.05), 3)
        0.8
    """
    return float(special.ndtr(margin / math.sqrt(disagreement / n) - one_sided(level)))


def tally(scenario: Scenario, *, n_trials: int, first_seed: int = 0) -> Tally:
    """Run a scenario again and again."""
    certificates = [trial(scenario, seed=first_seed + i) for i in range(n_trials)]
    deserve = [chosen is not None and _deserves(scenario, chosen) for chosen, _ in certificates]
    granted = [found is not None and found.granted for _, found in certificates]
    pairs = list(zip(granted, deserve, strict=True))
    return Tally(
        n=n_trials,
        n_false=sum(g and not d for g, d in pairs),
        n_right=sum(g and d for g, d in pairs),
        n_deserving=sum(deserve),
    )


def trial(scenario: Scenario, *, seed: int) -> tuple[Cell | None, Certificate | None]:
    """Search and certify once; nothing where the search keeps the reference."""
    rng, world = np.random.default_rng(seed), scenario.world
    bench = WorldBench(world=world, sample=world.sample(scenario.n_selection, rng), rng=rng)
    rules = Rules(max_drop=scenario.margin, seed=seed)
    searched = search_cells(world.cells, bench, reference=REFERENCE, rules=rules)
    fresh = world.sample(scenario.n_certification, rng)
    n_independent = round(len(fresh.groups) / _worst(fresh))
    aim = Aim(max_drop=scenario.margin, n_examples=n_independent)
    name = answer(searched, aim, rng).chosen.name
    cell = next((cell for cell in world.cells if cell.name == name), None)
    if cell is None:
        return None, None
    costs = world.costs([REFERENCE, cell], N_BLOCKS, rng)
    claim = Claim(
        reference=REFERENCE.name,
        candidate=cell.name,
        max_drop=scenario.margin,
        min_saving=scenario.min_saving,
        level=LEVEL,
    )
    both = _paired(fresh, cell)
    evidence = Evidence(answers=both, costs=paired_costs(costs[0].tolist(), costs[1].tolist()))
    return cell, certify(claim, evidence)


def coverage(world: World, *, n_examples: int, n_trials: int, seed: int = 0) -> float:
    """Share of trials in which the true loss of the only configuration is not above its bound."""
    rng, cell = np.random.default_rng(seed), world.cells[0]
    true = world.truth(cell).loss
    bounds = (
        loss_bound(_paired(world.sample(n_examples, rng), cell), level=LEVEL).high
        for _ in range(n_trials)
    )
    return sum(high >= true for high in bounds) / n_trials


def _paired(sample: Sample, cell: Cell) -> PairedSums:
    reference, candidate = sample.right[REFERENCE.alike], sample.right[cell.alike]
    return means("accuracy", reference, candidate, sample.groups)


def _worst(sample: Sample) -> float:
    sizes = np.bincount(sample.groups)
    return float(np.sum(sizes**2) / np.sum(sizes))


def _deserves(scenario: Scenario, cell: Cell) -> bool:
    truth = scenario.world.truth(cell)
    return truth.loss < scenario.margin and truth.factor > scenario.min_saving


def at_the_margin(
    n_groups: int, *, margin: float = 0.01, disagreement: float = 0.03, most: float = 1.0
) -> World:
    """Configurations that save much and lose the margin, or up to `most` times as much."""
    rng = np.random.default_rng(n_groups)
    factors = rng.uniform(1.5, 12.0, size=n_groups)
    times = np.linspace(1.0, most, n_groups)
    truths = [
        Truth(loss=margin * t, disagreement=disagreement * t, factor=f)
        for f, t in zip(factors, rng.permutation(times), strict=True)
    ]
    return World(truths=truths)


def without_a_saving(n_groups: int) -> World:
    """Configurations that lose nothing and cost exactly as much as the reference, or more."""
    return World(truths=[Truth(loss=0.0, disagreement=0.01, factor=1.0)] * n_groups)


def one_deserves(n_groups: int, *, disagreement: float = 0.03, margin: float = 0.01) -> World:
    """One that loses nothing, among others that save as much or more and lose far too much."""
    bad = at_the_margin(n_groups - 1).truths
    worse = [replace(truth, loss=4 * margin, disagreement=8 * margin) for truth in bad]
    good = Truth(loss=0.0, disagreement=disagreement, factor=6.0)
    return World(truths=[*worse, good])


def false_scenarios() -> tuple[Scenario, ...]:
    """Nothing deserves a certificate: at most 5 % of trials may grant one."""
    grouped = replace(at_the_margin(12), sizes=(1, 10), together=0.2)
    large = replace(at_the_margin(12), sizes=(20, 60), together=0.05)
    wider = at_the_margin(12, most=3.0)
    return (
        Scenario(name="20 at the margin", world=at_the_margin(4)),
        Scenario(name="60 at the margin", world=at_the_margin(12)),
        Scenario(name="300 at the margin", world=at_the_margin(60)),
        Scenario(name="60 from the margin to three times it", world=wider),
        Scenario(name="60, test of 600", world=at_the_margin(12), n_certification=600),
        Scenario(name="60, test of 7,600", world=at_the_margin(12), n_certification=7600),
        Scenario(name="60, sources of 1 to 10", world=grouped, n_certification=3000),
        Scenario(name="60, sources of 20 to 60", world=large, n_certification=6000),
        Scenario(name="60 that save nothing", world=without_a_saving(12)),
    )


def power_scenarios() -> tuple[Scenario, ...]:
    """One deserves it: as many are granted as the formula says, or more."""
    return tuple(
        Scenario(
            name=f"one of 60, test of {n:,}",
            world=one_deserves(12),
            n_certification=n,
            expected=formula_power(n=n, margin=0.01, disagreement=0.03),
        )
        for n in (600, 1000, 1855, 3000, 7600)
    )


def coverage_worlds() -> tuple[World, ...]:
    """Sources of 1 to 10 examples that go wrong together more and more."""
    alone = at_the_margin(1)
    return (
        alone,
        *(replace(alone, sizes=(1, 10), together=rho) for rho in (0.05, 0.2, 0.5)),
        replace(alone, sizes=(50, 50), together=0.05),
    )


def false_rows(n_trials: int, words: str) -> Iterator[tuple[str, bool]]:
    """A line for each scenario, and whether 5 % was kept as far as so many trials tell."""
    yield "| nothing deserves it | searches | granted | 95 % interval | |", True
    yield "|---|---|---|---|---|", True
    for scenario in false_scenarios():
        if words in scenario.name:
            found = tally(scenario, n_trials=n_trials)
            share = wilson(found.n_false, found.n)
            kept = share.low <= 1 - LEVEL
            yield (
                f"| {scenario.name} | {found.n:,} | {share.value:.2%} | {share.low:.2%} to "
                f"{share.high:.2%} | {'pass' if kept else '**MISS**'} |",
                kept,
            )


def power_rows(n_trials: int, words: str) -> Iterator[tuple[str, bool]]:
    """A line for each scenario, and whether power is that of the formula or more."""
    yield "| one deserves it | searches | chose it | then granted | formula | |", True
    yield "|---|---|---|---|---|---|", True
    for scenario in power_scenarios():
        if words in scenario.name:
            found = tally(scenario, n_trials=n_trials)
            share = wilson(found.n_right, max(1, found.n_deserving))
            expected = scenario.expected or 0.0
            kept = share.high >= expected
            yield (
                f"| {scenario.name} | {found.n:,} | {found.n_deserving / found.n:.1%} | "
                f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%}) | {expected:.1%} | "
                f"{'pass' if kept else '**MISS**'} |",
                kept,
            )


def coverage_rows(n_trials: int) -> Iterator[tuple[str, bool]]:
    """A line for each kind of source, and whether 95 % was covered as far as trials tell."""
    yield "| sources of | correlation | samples of 2,000 | bound covers the loss | |", True
    yield "|---|---|---|---|---|", True
    for world in coverage_worlds():
        covered = coverage(world, n_examples=2000, n_trials=n_trials)
        kept = wilson(round(covered * n_trials), n_trials).high >= LEVEL
        low, high = world.sizes
        yield (
            f"| {low if low == high else f'{low} to {high}'} | {world.together} | {n_trials:,} | "
            f"{covered:.2%} | {'pass' if kept else '**MISS**'} |",
            kept,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every table; 1 after a miss."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.certificates")
    parser.add_argument("--trials", type=int, default=200, help="searches of each scenario")
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    asked = parser.parse_args(arguments)
    tables = [false_rows(asked.trials, asked.only), power_rows(asked.trials, asked.only)]
    if not asked.only:
        tables.append(coverage_rows(asked.trials))
    is_kept = True
    for rows in tables:
        for line, kept in rows:
            is_kept &= kept
            print(line, flush=True)
        print()
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
