"""What made-up searches are tried on: nothing deserves a certificate, or one does."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from benchmarks.certificate_world import Truth, World
from breakeven.analysis.certificates.clustering import one_sided

LEVEL = 0.95


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
    n_selection: int = 128
    n_certification: int = 1855
    expected: float | None = None


def formula_power(*, n: int, margin: float, disagreement: float, level: float = LEVEL) -> float:
    """Power of n examples if nothing is lost, by the formula behind n = 6.18 d / m^2.

    Examples:
        >>> round(formula_power(n=3092, margin=0.01, disagreement=0.05), 3)
        0.8
    """
    return float(special.ndtr(margin / math.sqrt(disagreement / n) - one_sided(level)))


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
            n_selection=256,
            n_certification=n,
            expected=formula_power(n=n, margin=0.01, disagreement=0.03),
        )
        for n in (600, 1000, 1855, 3000, 7600)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One kind of source that a bound must cover.

    Attributes:
        name: In the table.
        world: Its only configuration loses exactly what may be lost.
        n_examples: Of each sample.
    """

    name: str
    world: World
    n_examples: int = 2000


def coverage_worlds() -> tuple[Coverage, ...]:
    """Sources that go wrong together, alike in size or a few large ones among many small."""
    alone = at_the_margin(1)
    return (
        Coverage(name="1", world=alone),
        *(
            Coverage(name="1 to 10", world=replace(alone, sizes=(1, 10), together=rho))
            for rho in (0.05, 0.2, 0.5)
        ),
        Coverage(name="50", world=replace(alone, sizes=(50, 50), together=0.05)),
        *(_few_large(*shape) for shape in FEW_LARGE),
    )


FEW_LARGE = ((4, 150, 600, 0.3, 0.03), (8, 100, 800, 0.3, 0.03), (3, 300, 300, 0.2, 0.04))
"""Large sources, examples of each, sources of one, correlation and disagreement at a loss of 0.02:
each granted 8 to 15 % before small sources stopped to speak for large ones."""


def _few_large(
    n_large: int, size: int, n_single: int, together: float, disagreement: float
) -> Coverage:
    world = at_the_margin(1, margin=0.02, disagreement=disagreement)
    return Coverage(
        name=f"{n_large} of {size} and {n_single} of 1",
        world=replace(world, large=(size,) * n_large, together=together),
        n_examples=n_large * size + n_single,
    )
