"""Certificates over whole searches: hardly ever granted falsely, as often as foretold rightly.

The exact size of the bound is worked out over every outcome; the searches are a small part of
`python -m benchmarks.certificates`.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.certificate_scenarios import (
    Coverage,
    Scenario,
    at_the_margin,
    coverage_worlds,
    formula_power,
    one_deserves,
    without_a_saving,
)
from benchmarks.certificates import coverage, main, tally, trial
from breakeven.analysis.certificates.clustering import one_sided
from breakeven.analysis.certificates.share_bound import power
from breakeven.formulas.tango import tango_score

N_SEARCHES = 200
SMALL = Scenario(
    name="small", world=at_the_margin(4, most=3.0), n_selection=128, n_certification=1000
)


def granted_exactly(n: int, *, disagreement: float, margin: float, loss: float) -> float:
    """Probability that n independent examples grant a candidate that loses so much."""
    lost, gained = (disagreement + loss) / 2, (disagreement - loss) / 2
    return power(n, lost=lost, gained=gained, margin=margin, level=0.95)


@pytest.mark.parametrize(
    ("n", "disagreement", "margin", "at_least"),
    [
        (268, 0.01, 0.01, 0.0),  # Tango's bound alone: 6.8 %
        (299, 0.01, 0.01, 0.049),
        (300, 0.02, 0.02, 0.01),  # 6.0 %
        (500, 0.03, 0.03, 0.03),  # 5.1 %
        (25000, 0.01, 0.01, 0.04),  # 5.1 %
        (92, 0.08, 0.01, 0.02),  # 5.8 %
        (436, 0.1, 0.02, 0.04),
        (872, 0.03, 0.01, 0.04),
        (1855, 0.03, 0.01, 0.04),
    ],
)
def test_at_the_margin_independent_examples_grant_at_most_5_percent(
    n: int, disagreement: float, margin: float, at_least: float
) -> None:
    granted = granted_exactly(n, disagreement=disagreement, margin=margin, loss=margin)
    assert at_least <= granted <= 0.05


@pytest.mark.parametrize(
    ("n", "disagreement", "margin", "expected"),
    [(1854, 0.03, 0.01, 0.774), (772, 0.05, 0.02, 0.766)],
)
def test_the_formula_for_the_number_of_examples_is_a_little_bright(
    n: int, disagreement: float, margin: float, expected: float
) -> None:
    granted = granted_exactly(n, disagreement=disagreement, margin=margin, loss=0.0)
    assert granted == pytest.approx(expected, abs=1e-3)
    assert granted < formula_power(n=n, margin=margin, disagreement=disagreement)


@pytest.mark.slow
def test_200_searches_where_nothing_deserves_it_grant_at_most_5_percent() -> None:
    found = tally(SMALL, n_trials=N_SEARCHES)
    assert found.n_deserving == 0
    assert found.n_false <= 0.05 * N_SEARCHES


@pytest.mark.slow
def test_200_searches_where_one_deserves_it_grant_as_many_as_the_formula_says() -> None:
    # 6.18 x 0.03 / 0.01^2 = 1,855 examples: 80 %
    scenario = replace(SMALL, world=one_deserves(4), n_selection=256, n_certification=1855)
    found = tally(scenario, n_trials=N_SEARCHES)
    expected = formula_power(n=1855, margin=0.01, disagreement=0.03)
    assert expected == pytest.approx(0.8, abs=1e-3)
    assert found.n_deserving > 0.8 * N_SEARCHES
    assert found.n_right / found.n_deserving == pytest.approx(expected, abs=0.08)
    assert found.n_false == 0


@pytest.mark.slow
def test_a_saving_that_is_none_is_granted_in_at_most_5_percent() -> None:
    found = tally(replace(SMALL, world=without_a_saving(4)), n_trials=40)
    assert found.n_false <= stats.binom.ppf(0.999, 40, 0.05)


@pytest.mark.parametrize("together", [0.05, 0.2, 0.5])
def test_sources_of_1_to_10_that_err_together_are_covered(together: float) -> None:
    world = replace(at_the_margin(1), sizes=(1, 10), together=together)
    covered = coverage(world, n_examples=2000, n_trials=400)
    assert covered >= stats.binom.ppf(0.001, 400, 0.95) / 400


@pytest.mark.parametrize("each", coverage_worlds()[-3:-1], ids=lambda each: each.name)
def test_a_few_large_sources_among_many_small_ones_are_covered(each: Coverage) -> None:
    covered = coverage(each.world, n_examples=each.n_examples, n_trials=200)
    assert covered >= 0.95


def test_taken_as_independent_they_are_not() -> None:
    world = replace(at_the_margin(1), sizes=(1, 10), together=0.5)
    rng, misses = np.random.default_rng(0), 0
    for _ in range(300):
        sample = world.sample(2000, rng)
        both = [sample.right[name] for name in ("reference", "route-0")]
        lost, gained = (int(np.sum(a > b)) for a, b in (both, both[::-1]))
        n = len(sample.groups)
        misses += tango_score(lost, gained, n, difference=0.01) < -one_sided(0.95)
    assert misses / 300 > 0.08


def test_one_trial_repeats() -> None:
    one, two = (trial(SMALL, seed=3) for _ in range(2))
    assert one == two


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--trials", "2", "--only", "20 at the margin"]) == 0
    assert "| 20 at the margin | 2 | " in capsys.readouterr().out
