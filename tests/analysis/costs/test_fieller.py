import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.fieller import Span, VolumeSet, bounds_set, fieller_set, plug_in_df
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of

SIZES = st.floats(min_value=1e-3, max_value=1e6)
VALUES = st.just(0.0) | SIZES | SIZES.map(lambda x: -x)
VARIANCES = st.just(0.0) | SIZES


def known(value: float, sd: float = 0.0) -> Uncertain:
    """A value whose standard deviation is known, so that the quantile is 1.96."""
    return Uncertain(value=value, low=value, high=value, variance=sd**2)


def sample(values: np.ndarray) -> Uncertain:
    return mean_of(
        [
            Observation(
                value=float(v), low=float(v), high=float(v), kinds=(), origins=(), run_ids=()
            )
            for v in values
        ]
    )


def test_with_nothing_in_doubt_the_set_is_the_ratio() -> None:
    assert fieller_set(known(9.0), known(3.0)).spans == (Span(low=3.0, high=3.0),)


def test_known_numerator_divides_by_the_ends_of_the_denominator() -> None:
    found = fieller_set(known(9.0), known(3.0, sd=0.5))
    assert found.low == pytest.approx(9 / (3 + 1.959964 * 0.5))
    assert found.high == pytest.approx(9 / (3 - 1.959964 * 0.5))


def test_known_denominator_scales_the_numerators_interval() -> None:
    found = fieller_set(known(9.0, sd=1.5), known(3.0))
    assert found.low == pytest.approx((9 - 1.959964 * 1.5) / 3)
    assert found.high == pytest.approx((9 + 1.959964 * 1.5) / 3)


def test_both_in_doubt_agrees_with_the_textbook_formula() -> None:
    """Fieller 1954 as printed in Finney, Statistical Method in Biological Assay, eq. 2.5."""
    a, b, va, vb, cov, t = 9.0, 3.0, 1.0, 0.16, 0.1, 1.959964
    g = t * t * vb / b**2
    middle = a / b - g * cov / vb
    root = math.sqrt(va - 2 * a / b * cov + (a / b) ** 2 * vb - g * (va - cov**2 / vb))
    found = fieller_set(known(a, 1.0), known(b, 0.4), covariance=cov)
    assert found.low == pytest.approx((middle - t / b * root) / (1 - g), rel=1e-6)
    assert found.high == pytest.approx((middle + t / b * root) / (1 - g), rel=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [
        pytest.param(known(9.0, 1.0), known(0.3, 0.5), "half-line", id="saving unclear"),
        pytest.param(known(0.5, 1.0), known(0.3, 0.5), "everything", id="nothing clear"),
        pytest.param(known(-9.0, 1.0), known(3.0, 0.5), "empty", id="cheaper from the start"),
        pytest.param(known(9.0, 1.0), known(-3.0, 0.5), "empty", id="dearer for ever"),
        pytest.param(known(9.0), known(0.0), "empty", id="no saving, surely"),
        pytest.param(known(0.0), known(0.0), "everything", id="equal, surely"),
        pytest.param(known(0.5, 1.0), known(3.0, 0.5), "from zero", id="start unclear"),
    ],
)
def test_shape_of_the_set(a: Uncertain, b: Uncertain, shape: str) -> None:
    found = fieller_set(a, b)
    seen = {
        (): "empty",
        (False, False): "interval",
        (False, True): "half-line",
        (True, True): "everything",
        (True, False): "from zero",
    }
    key = (found.low == 0, found.high == math.inf) if found.spans else ()
    assert seen[key] == shape


def test_half_line_when_the_denominators_end_is_exactly_zero() -> None:
    sd = 3.0 / 1.959963984540054
    for sign in (1.0, -1.0):
        found = fieller_set(known(sign * 9.0), known(sign * 3.0, sd=sd))
        assert found.low == pytest.approx(1.5, rel=1e-6)
        assert found.high == math.inf or (found.high or 0) > 1e9


def test_degenerate_quadratic_gives_exact_half_lines() -> None:
    t2 = 1.959963984540054**2
    exact = Uncertain(value=0.0, low=0.0, high=0.0, variance=0.0)
    left = fieller_set(known(9.0), exact, covariance=1.0)
    right = fieller_set(known(9.0), exact, covariance=-1.0)
    assert left.spans == ()
    assert right.low == pytest.approx(81 / (2 * t2))


def test_membership_of_a_volume() -> None:
    outside = VolumeSet(
        spans=(Span(low=0.0, high=1.0), Span(low=5.0, high=math.inf)), is_denominator_clear=False
    )
    assert 0.5 in outside
    assert 3.0 not in outside
    assert 1e12 in outside
    assert (outside.low, outside.high) == (0.0, math.inf)


def test_degrees_of_freedom_follow_the_part_that_matters() -> None:
    few = Uncertain(value=9.0, low=9.0, high=9.0, variance=1.0, curvature=1.0)
    many = Uncertain(value=3.0, low=3.0, high=3.0, variance=1e-9, curvature=1e-18 / 50)
    assert plug_in_df(few, many) == pytest.approx(1.0, rel=1e-6)
    assert plug_in_df(few, known(0.0)) == math.inf
    assert plug_in_df(Uncertain.exact(0.0), many) == math.inf


@pytest.mark.parametrize(
    ("a", "b", "spans"),
    [
        ((8, 9, 10), (2, 3, 4), ((2.0, 5.0),)),
        ((8, 9, 10), (-1, 1, 4), ((2.0, math.inf),)),
        ((8, 9, 10), (-4, -3, -2), ()),
        ((-10, -9, -8), (-4, -3, -2), ((2.0, 5.0),)),
        ((-10, -9, -8), (2, 3, 4), ()),
        ((-1, 0, 1), (-1, 0, 1), ((0.0, math.inf),)),
        ((9, 9, 9), (0, 0, 0), ()),
        ((0, 0, 0), (0, 0, 0), ((0.0, math.inf),)),
        ((-10, -9, -8), (0, 1, 4), ()),
    ],
)
def test_worst_case_by_hand(
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    spans: tuple[tuple[float, float], ...],
) -> None:
    extra = Uncertain(low=a[0], value=a[1], high=a[2])
    saved = Uncertain(low=b[0], value=b[1], high=b[2])
    found = bounds_set(extra, saved)
    assert found.spans == tuple(Span(low=low, high=high) for low, high in spans)
    assert found.is_denominator_clear == (b[0] > 0 or b[2] < 0)


@given(
    st.floats(min_value=1e-3, max_value=1e6),
    st.floats(min_value=1e-3, max_value=1e6),
    st.floats(min_value=0, max_value=0.3),
    st.floats(min_value=0, max_value=0.3),
)
def test_the_point_ratio_is_always_in_the_set(a: float, b: float, cv_a: float, cv_b: float) -> None:
    found = fieller_set(known(a, a * cv_a), known(b, b * cv_b))
    assert found.low is not None
    assert found.high is not None
    assert found.low <= a / b * (1 + 1e-9)
    assert found.high >= a / b * (1 - 1e-9)


@given(VALUES, VALUES, VARIANCES, VARIANCES)
def test_ends_of_the_set_are_where_the_test_just_rejects(
    a: float, b: float, var_a: float, var_b: float
) -> None:
    found = fieller_set(
        Uncertain(value=a, low=a, high=a, variance=var_a),
        Uncertain(value=b, low=b, high=b, variance=var_b),
    )
    ends = [e for s in found.spans for e in (s.low, s.high) if 0 < e < math.inf]
    for end in ends:
        half_width = 1.959964 * math.sqrt(var_a + end**2 * var_b)
        assert abs(a - end * b) == pytest.approx(half_width, rel=1e-3, abs=1e-6 * (abs(a) + 1e-9))


@given(VALUES, VALUES, VARIANCES, VARIANCES)
def test_swapping_the_two_pathways_leaves_the_set_alone(
    a: float, b: float, var_a: float, var_b: float
) -> None:
    extra = Uncertain(value=a, low=a, high=a, variance=var_a)
    saved = Uncertain(value=b, low=b, high=b, variance=var_b)
    swapped = fieller_set(extra.scaled(-1.0), saved.scaled(-1.0))
    assert swapped.spans == fieller_set(extra, saved).spans


@pytest.mark.parametrize(
    ("n_repeats", "n_blocks", "cv"),
    [(3, 6, 0.05), (5, 10, 0.1), (2, 6, 0.02)],
    ids=["3 repeats, 6 blocks", "5 repeats, 10 blocks", "2 repeats, 6 blocks"],
)
def test_coverage_is_nominal(n_repeats: int, n_blocks: int, cv: float) -> None:
    """STATISTICS promises 93.7 to 95.7 %; 1,500 draws have a standard error of 0.6 %."""
    rng = np.random.default_rng(1)
    extra, saved, n_draws = 100.0, 1.0, 1500
    hits = 0
    for _ in range(n_draws):
        development = sample(rng.normal(extra, cv * extra, n_repeats))
        savings = sample(rng.normal(saved, 2 * cv * saved, n_blocks))
        hits += extra / saved in fieller_set(development, savings)
    assert 0.93 <= hits / n_draws <= 0.975


def test_small_savings_leave_the_set_unbounded_most_of_the_time() -> None:
    """STATISTICS: 3 % saving at 5 to 10 % noise has no finite break-even in 77 to 90 % of cases."""
    rng = np.random.default_rng(2)
    unbounded = 0
    for _ in range(300):
        old, new = rng.normal(1.0, 0.08, 10), rng.normal(0.97, 0.08, 10)
        saved = sample(old) - sample(new)
        unbounded += not fieller_set(known(100.0), saved).is_denominator_clear
    assert 0.7 <= unbounded / 300 <= 0.97


def test_delta_method_covers_less_than_fieller_when_the_saving_is_small() -> None:
    """The reason for Fieller: the usual interval is bounded just when it must not be."""
    rng = np.random.default_rng(3)
    extra, saved, n_draws = 100.0, 1.0, 600
    fieller, delta = 0, 0
    for _ in range(n_draws):
        savings = sample(rng.normal(saved, 1.4, 10))
        fieller += extra / saved in fieller_set(known(extra), savings)
        point = extra / savings.value
        half = 2.262 * abs(point) * math.sqrt(savings.variance) / abs(savings.value)
        delta += abs(point - extra / saved) <= half
    assert fieller / n_draws >= 0.93
    assert delta < fieller
