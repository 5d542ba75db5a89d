import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.samples.shape import density, normal_quantiles

SAMPLE = [148.0, 154.0, 158.0, 160.0, 161.0, 162.0, 166.0, 170.0, 182.0, 195.0, 236.0]


def test_the_density_is_that_of_scipy_at_the_same_bandwidth() -> None:
    found = density(SAMPLE)
    assert found is not None

    theirs = stats.gaussian_kde(SAMPLE, bw_method=found.bandwidth / np.std(SAMPLE, ddof=1))

    assert found.heights == pytest.approx(theirs(found.places))


@given(st.lists(st.floats(0.1, 1e6), min_size=8, max_size=40, unique=True))
def test_the_area_below_a_density_is_one(values: list[float]) -> None:
    found = density(values)

    if found is not None and found.bandwidth > np.ptp(values) / 20:
        assert np.trapezoid(found.heights, found.places) == pytest.approx(1.0, abs=0.02)


def test_half_of_the_values_alike_leave_the_standard_deviation() -> None:
    found = density([5.0] * 7 + [6.0])
    assert found is not None

    assert found.bandwidth == pytest.approx(0.9 * np.std([5.0] * 7 + [6.0], ddof=1) * 8**-0.2)


def test_seven_values_have_no_density_and_eight_have() -> None:
    assert density(SAMPLE[:7]) is None
    assert density(SAMPLE[:8]) is not None


@pytest.mark.parametrize("values", [[], [1.0, 2.0], [2.0, 2.0, 2.0]])
def test_too_few_or_equal_values_have_no_quantiles(values: list[float]) -> None:
    assert normal_quantiles(values) is None


def test_equal_values_have_no_density() -> None:
    assert density([0.3] * 9) is None


def test_quantiles_are_those_of_blom() -> None:
    found = normal_quantiles(SAMPLE)
    assert found is not None

    places = (np.arange(1, 12) - 3 / 8) / 11.25

    assert found.expected == pytest.approx(stats.norm.ppf(places))
    assert list(found.values) == sorted(SAMPLE)


@given(st.floats(-100, 100), st.floats(0.1, 50))
def test_a_sample_made_of_normal_quantiles_lies_on_its_line(mean: float, sd: float) -> None:
    expected = stats.norm.ppf((np.arange(1, 22) - 3 / 8) / 21.25)
    found = normal_quantiles(list(mean + sd * expected))
    assert found is not None

    line = found.intercept + found.slope * np.asarray(found.expected)

    assert line == pytest.approx(mean + sd * expected, abs=1e-9)
