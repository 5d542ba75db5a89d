"""Saturation: a plateau is found with its interval, and nothing is found in a straight line."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize

from breakeven.analysis.saturation import saturation
from breakeven.analysis.saturation.models import bends, plateau_rss, power_rss

XS = np.logspace(1, 5, 12)
U = np.log10(XS)
NOISE = 0.006


def noisy(ys: np.ndarray, rng: np.random.Generator) -> list[float]:
    return [float(y) for y in ys + rng.normal(0, NOISE, len(ys))]


def plateau(u: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.05 * np.minimum(u, 3.0))


def straight(u: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.05 * u)


def flattening(u: np.ndarray) -> np.ndarray:
    return np.asarray(0.9 - 0.4 * 10 ** (-0.4 * u))


def test_a_plateau_by_hand() -> None:
    """0.1 per tenfold up to 1,000, then level: the join is at 1,000 and nothing is left over."""
    xs = [10, 100, 1e3, 1e4, 1e5, 1e6]
    found = saturation(xs, [0.6, 0.7, 0.8, 0.8, 0.8, 0.8])
    assert found is not None
    assert found.is_shown
    assert found.at.value == pytest.approx(1000)
    assert found.plateau.rss == pytest.approx(0, abs=1e-12)
    assert found.p == pytest.approx(1 / 2000)


def test_the_best_plateau_is_that_of_a_general_optimizer() -> None:
    """Independent source: scipy's differential evolution over all three parameters."""
    y = np.array(noisy(plateau(U), np.random.default_rng(4)))

    def missed(values: np.ndarray) -> float:
        a, b, c = values
        return float(np.sum((y - a - b * np.minimum(U, c)) ** 2))

    other = optimize.differential_evolution(
        missed, optimize.Bounds([0, 0, 1.4], [1, 0.2, 5]), rng=np.random.default_rng(1), tol=1e-10
    )
    assert plateau_rss(U, y[:, None], bends(U, y)).min() == pytest.approx(other.fun, rel=1e-6)


def test_the_power_law_is_found_whatever_its_ceiling() -> None:
    assert power_rss(U, flattening(U)).min() < 1e-6
    assert power_rss(U, straight(U)).min() < 1e-5 + power_rss(U, plateau(U)).min()


def test_a_loss_that_falls_to_a_floor_saturates_as_well() -> None:
    falling = [-y for y in noisy(plateau(U), np.random.default_rng(4))]
    down, up = (
        saturation(XS.tolist(), falling, lower_is_better=True),
        saturation(XS.tolist(), falling),
    )
    assert down is not None
    assert down.is_shown
    assert up is not None
    assert up.reason == "not shown: it does not get better with x"


def test_the_interval_of_the_plateau_holds_its_beginning_19_times_of_20() -> None:
    """docs/method/curves.md quotes it."""
    rng, n_rounds = np.random.default_rng(7), 300
    found = [saturation(XS.tolist(), noisy(plateau(U), rng)) for _ in range(n_rounds)]
    covered = np.mean([f is not None and f.at.low <= 1000 <= f.at.high for f in found])
    assert 0.92 <= covered <= 0.98
    assert np.mean([f is not None and f.is_shown for f in found]) > 0.95


@pytest.mark.parametrize("curve", [straight, flattening])
def test_no_point_is_shown_in_a_line_or_in_a_curve_without_an_end(curve: object) -> None:
    assert callable(curve)
    rng = np.random.default_rng(8)
    found = [saturation(XS.tolist(), noisy(curve(U), rng)) for _ in range(200)]
    assert np.mean([f is not None and f.is_shown for f in found]) <= 0.05


def test_the_place_where_the_gain_falls_below_a_threshold_is_covered() -> None:
    """The slope of 0.9 - 0.4 x^-0.4 is 0.16 ln 10 x^-0.4 per tenfold: 0.02 at x = 1,456."""
    truth = (0.16 * math.log(10) / 0.02) ** (1 / 0.4)
    assert truth == pytest.approx(1456, abs=1)
    rng = np.random.default_rng(9)
    found = [saturation(XS.tolist(), noisy(flattening(U), rng), gain=0.02) for _ in range(120)]
    seen = [f.gain_at for f in found if f is not None and f.gain_at is not None]
    assert len(seen) > 114
    assert 0.90 <= np.mean([one.low <= truth <= one.high for one in seen]) <= 0.99


def test_a_gain_that_a_plateau_ends_falls_away_where_it_begins() -> None:
    noise = np.random.default_rng(4).normal(0, 0.001, len(U))
    found = saturation(XS.tolist(), (plateau(U) + noise).tolist(), gain=0.01)
    assert found is not None
    assert found.gain_at == found.at
    assert found.gain_reason == "where the plateau begins"


def test_a_gain_that_is_still_there_or_never_was_is_not_shown() -> None:
    ys = noisy(straight(U), np.random.default_rng(4))
    still, never = (saturation(XS.tolist(), ys, gain=gain) for gain in (0.02, 0.2))
    assert still is not None
    assert "may still bring 0.02 at the largest x" in still.gain_reason
    assert never is not None
    assert "may have brought less from the start" in never.gain_reason


def test_imagenet_depth_is_too_few_points_to_say_more_than_that() -> None:
    """Schwartz et al. 2020, figure 4b has five ResNets: fewer than three parameters need."""
    assert saturation([1.8, 3.6, 3.8, 7.6, 11.3], [69.8, 73.3, 76.2, 77.4, 78.4]) is None
    assert saturation([1, 1, 1, 2, 2, 3, 3], [1, 2, 1, 2, 3, 3, 4]) is None


@pytest.mark.parametrize(("xs", "gain"), [([0, 1, 2, 3, 4, 5], None), ([1, 2, 3, 4, 5, 6], 0.0)])
def test_what_has_no_logarithm_or_no_threshold_is_refused(xs: list[float], gain: float) -> None:
    with (
        np.errstate(divide="ignore"),
        pytest.raises(ValueError, match=r"no logarithm|never reached"),
    ):
        saturation(xs, [1, 2, 3, 4, 5, 6], gain=gain)


@given(st.lists(st.integers(0, 100), min_size=6, max_size=20), st.floats(0.1, 1e6))
def test_the_unit_of_x_moves_the_point_and_nothing_else(ys: list[int], unit: float) -> None:
    assume(len(set(ys)) > 1)
    xs = np.logspace(0, 3, len(ys))
    one, two = saturation(xs.tolist(), ys), saturation((unit * xs).tolist(), ys)
    assert one is not None
    assert two is not None
    assert two.p == pytest.approx(one.p, abs=0.002)
    assert two.plateau.rss == pytest.approx(one.plateau.rss, rel=1e-6, abs=1e-9)


def test_what_never_varies_has_no_point() -> None:
    assert saturation([1, 2, 3, 4, 5, 6], [0.5] * 6) is None
