import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.sweeps.cells import observed

from breakeven.analysis.sweeps.axis_words import fit_words
from breakeven.analysis.sweeps.slope import Placed, line_fit
from breakeven.records import Resource

SLOPES = st.floats(min_value=0.01, max_value=10)


@given(slope=SLOPES, fixed=SLOPES, drift=st.floats(min_value=0.5, max_value=2))
def test_a_straight_cost_is_found_again_in_every_block(
    slope: float, fixed: float, drift: float
) -> None:
    placed = [
        Placed(x=x, blocks=observed(fixed + slope * x, drift * (fixed + slope * x)))
        for x in (8.0, 16.0, 64.0)
    ]

    fit = line_fit(placed, x="tokens", resource=Resource.CPU_S)

    assert fit is not None
    assert fit.slope.value == pytest.approx(slope * (1 + drift) / 2, rel=1e-6)
    assert fit.intercept.value == pytest.approx(fixed * (1 + drift) / 2, rel=1e-4)
    assert fit.r_squared == pytest.approx(1.0)
    assert fit.residual_frac == pytest.approx(0.0, abs=1e-6)


def test_a_bend_is_seen_in_r_squared_and_residual() -> None:
    placed = [Placed(x=x, blocks=observed(c)) for x, c in ((0.0, 1.0), (1.0, 1.0), (2.0, 4.0))]

    fit = line_fit(placed, x="tokens", resource=Resource.CPU_S)

    assert fit is not None
    assert fit.slope.value == pytest.approx(1.5)
    assert fit.r_squared == pytest.approx(0.75)
    assert fit.residual_frac == pytest.approx(1.0)
    assert (fit.slope.low, fit.slope.method) == (
        None,
        "least squares in each of 1 block; no interval",
    )


def test_costs_that_never_change_have_no_share_that_a_line_explains() -> None:
    placed = [Placed(x=x, blocks=observed(2.0, 2.0)) for x in (1.0, 2.0, 3.0)]

    fit = line_fit(placed, x="layers", resource=Resource.CPU_S)

    assert fit is not None
    assert fit.r_squared is None
    assert fit.residual_frac == pytest.approx(0.0, abs=1e-9)
    words = fit_words(fit, Resource.CPU_S, per="layer", of="example")
    assert words.endswith("no R2, for the cost does not vary, off by at most 0.0 %")


def test_a_cost_of_0_has_no_share_to_be_off_by() -> None:
    placed = [Placed(x=x, blocks=observed(c)) for x, c in ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))]

    fit = line_fit(placed, x="tokens", resource=Resource.CPU_S)

    assert fit is not None
    assert fit.r_squared == pytest.approx(1.0)
    assert fit.residual_frac is None
    assert fit_words(fit, Resource.CPU_S, per="token", of="example").endswith("R2 1.0000")


@pytest.mark.parametrize("xs", [(1.0, 2.0), (1.0, 1.0, 2.0)])
def test_two_places_make_no_fit(xs: tuple[float, ...]) -> None:
    placed = [Placed(x=x, blocks=observed(1.0)) for x in xs]

    assert line_fit(placed, x="layers", resource=Resource.CPU_S) is None


def test_without_a_common_block_there_is_no_fit() -> None:
    alone = [Placed(x=float(i), blocks={i: observed(1.0)[0]}) for i in range(3)]

    assert line_fit(alone, x="layers", resource=Resource.CPU_S) is None
