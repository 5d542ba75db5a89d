"""How often the interval of carbon holds the truth: simulated, with and without stated ranges."""

import numpy as np

from breakeven.analysis.impacts import Dated, carbon, grid_intensity, overhead
from breakeven.analysis.uncertain import Observation, as_estimate, mean_of
from breakeven.records import Estimate, Kind
from breakeven.units import J_PER_KWH

N_REPEATS, N_BLOCKS = 3000, 6
TRUE_J, NOISE = 5e5, 0.02
PUE, FACTOR = (1.4, 1.7), (0.30, 0.40)


def pue(*, is_ranged: bool) -> Dated:
    low, high = PUE if is_ranged else (None, None)
    return overhead(1.55, year=2024, source="a survey", low=low, high=high)


def factor(*, is_ranged: bool) -> Dated:
    low, high = FACTOR if is_ranged else (None, None)
    return grid_intensity(0.35, place="x", year=2024, source="a survey", low=low, high=high)


def energy(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Estimate:
    seen = [
        Observation(value=v, low=v, high=v, kinds=(Kind.MEASURED,), origins=(), run_ids=(str(i),))
        for i, v in enumerate(values.tolist())
    ]
    return as_estimate(mean_of(seen), "energy_j", what="mean over blocks")


def coverage(*, is_ranged: bool, varies: bool) -> float:
    rng = np.random.default_rng(20261122)
    held = 0
    for _ in range(N_REPEATS):
        measured = energy(rng.normal(TRUE_J, NOISE * TRUE_J, N_BLOCKS))
        found = carbon(measured, factor(is_ranged=is_ranged), overhead=pue(is_ranged=is_ranged))
        true_pue = rng.uniform(*PUE) if varies else 1.55
        true_factor = rng.uniform(*FACTOR) if varies else 0.35
        truth = TRUE_J * true_pue * true_factor / J_PER_KWH
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    return held / N_REPEATS


def test_with_exact_assumptions_the_interval_covers_as_the_energys_does() -> None:
    assert 0.94 <= coverage(is_ranged=False, varies=False) <= 0.96


def test_with_true_ranges_the_interval_covers_at_least_as_often() -> None:
    assert coverage(is_ranged=True, varies=True) >= 0.95


def test_a_point_for_what_is_a_range_covers_far_too_rarely() -> None:
    assert coverage(is_ranged=False, varies=True) < 0.30
