"""How often an interval of a break-even holds the truth: Fieller's, and what is used instead.

Development is repeated three times with 2 % of scatter; the saving per item comes from randomized
blocks. The delta method takes t times its standard error to either side of the ratio; the
bootstrap takes percentiles of 999 resampled ratios. docs/method/break-even.md quotes the numbers.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy import stats

from breakeven.analysis.costs.fieller import fieller_set
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of

N_DRAWS, N_BOOT, N_REPEATS = 1500, 999, 3
EXTRA = 100.0


@dataclass(frozen=True)
class Coverage:
    """Shares of the draws: intervals that hold the truth, and sets without upper end."""

    fieller: float
    delta: float
    bootstrap: float
    unbounded: float


def sample(values: np.ndarray) -> Uncertain:
    rest = {"kinds": (), "origins": (), "run_ids": ()}
    return mean_of(
        [Observation(value=float(v), low=float(v), high=float(v), **rest) for v in values]
    )


@cache
def coverage(saving: float, noise: float, n_blocks: int) -> Coverage:
    """Simulate costs of 1 and 1 - saving per item, each with so much noise in a block."""
    rng = np.random.default_rng(20261122)
    truth = EXTRA / saving
    makes = rng.normal(EXTRA, 0.02 * EXTRA, (N_DRAWS, N_REPEATS))
    saves = rng.normal(saving, noise * np.sqrt(2), (N_DRAWS, n_blocks))
    sets = [fieller_set(sample(a), sample(b)) for a, b in zip(makes, saves, strict=True)]
    return Coverage(
        fieller=float(np.mean([truth in found for found in sets])),
        delta=_delta(makes, saves, truth),
        bootstrap=_bootstrap(makes, saves, truth, rng),
        unbounded=float(np.mean([not found.is_denominator_clear for found in sets])),
    )


def _delta(makes: np.ndarray, saves: np.ndarray, truth: float) -> float:
    a, b = makes.mean(axis=1), saves.mean(axis=1)
    var_a, var_b = (x.var(axis=1, ddof=1) / x.shape[1] for x in (makes, saves))
    ratio = a / b
    se = np.abs(ratio) * np.sqrt(var_a / a**2 + var_b / b**2)
    half = stats.t.ppf(0.975, saves.shape[1] - 1) * se
    return float(np.mean(np.abs(ratio - truth) <= half))


def _bootstrap(
    makes: np.ndarray, saves: np.ndarray, truth: float, rng: np.random.Generator
) -> float:
    hits = 0
    for a, b in zip(makes, saves, strict=True):
        tops = a[rng.integers(0, len(a), (N_BOOT, len(a)))].mean(axis=1)
        bottoms = b[rng.integers(0, len(b), (N_BOOT, len(b)))].mean(axis=1)
        low, high = np.quantile(tops / bottoms, (0.025, 0.975))
        hits += low <= truth <= high
    return hits / len(makes)


CASES = [(0.03, 0.10, 10), (0.10, 0.10, 6), (0.20, 0.10, 6), (0.50, 0.10, 6)]
"""Saving per item as a share, noise of a block, blocks."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_fiellers_set_holds_the_truth_as_often_as_promised(case: tuple[float, float, int]) -> None:
    """1,500 draws have a standard error of 0.6 points."""
    assert 0.93 <= coverage(*case).fieller <= 0.97


def test_the_delta_method_fails_where_the_saving_is_small() -> None:
    assert coverage(0.03, 0.10, 10).delta <= 0.80


def test_the_bootstrap_fails_with_few_blocks() -> None:
    assert min(coverage(*case).bootstrap for case in CASES) <= 0.88


def test_a_saving_of_three_percent_mostly_has_no_upper_end() -> None:
    assert 0.77 <= coverage(0.03, 0.10, 10).unbounded <= 0.95
