"""How many examples show a margin: the numbers of STATISTICS.md; both questions agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.certificates.loss_bound import LossBound, loss_bound
from breakeven.analysis.certificates.sample_size import needed, resolution
from breakeven.analysis.certificates.share_bound import power
from breakeven.testing.certificates import paired


def disagreeing(share: float, *, design_effect: float = 1.0) -> LossBound:
    return LossBound(
        value=0.0,
        high=0.1,
        noise=share * design_effect,
        slip=design_effect,
        design_effect=design_effect,
        n_telling=40.0,
        method="",
    )


@pytest.mark.parametrize(
    ("n", "share", "points"),
    [
        pytest.param(436, 0.02, 1.7, id="half of SST-2 dev at 2 %"),
        pytest.param(436, 0.05, 2.7, id="at 5 %"),
        pytest.param(872, 0.02, 1.2, id="all of it at 2 %"),
        pytest.param(872, 0.05, 1.9, id="all of it at 5 %"),
    ],
)
def test_what_sst2_can_prove(n: int, share: float, points: float) -> None:
    found = resolution(disagreeing(share), n_examples=n, level=0.95)
    assert found * 100 == pytest.approx(points, abs=0.05)


def test_one_point_at_5_percent_takes_about_3090_examples() -> None:
    assert needed(disagreeing(0.05), margin=0.01, level=0.95) == pytest.approx(3090, abs=5)


def test_sources_that_err_as_one_take_as_many_times_more() -> None:
    one, five = (
        needed(disagreeing(0.05, design_effect=e), margin=0.01, level=0.95) for e in (1, 5)
    )
    assert one is not None
    assert five == pytest.approx(5 * one, abs=5)


def test_half_the_margin_lost_takes_four_times_as_many() -> None:
    none, half = (needed(disagreeing(0.05), margin=0.01, loss=x, level=0.95) for x in (0, 0.005))
    assert none is not None
    assert half == pytest.approx(4 * none, abs=4)


def test_a_gain_is_not_counted_on() -> None:
    told = [needed(disagreeing(0.05), margin=0.01, loss=x, level=0.95) for x in (0.0, -0.005)]
    assert told[0] == told[1]


def test_without_a_difference_the_exact_bound_decides() -> None:
    assert needed(disagreeing(0.0), margin=0.01, level=0.95) == 299


def test_no_number_shows_a_margin_that_is_lost() -> None:
    assert needed(disagreeing(0.05), margin=0.01, loss=0.01, level=0.95) is None


@given(st.floats(0.001, 0.3), st.integers(100, 100_000))
def test_so_many_examples_show_the_margin_they_resolve(share: float, n: int) -> None:
    bound = disagreeing(share)
    margin = resolution(bound, n_examples=n, level=0.95)
    assert needed(bound, margin=margin, level=0.95) == pytest.approx(n, abs=2)


@pytest.mark.parametrize(("lost", "gained"), [(1, 1), (1, 0), (4, 4), (9, 9)])
def test_where_little_differs_the_power_is_worked_out(lost: int, gained: int) -> None:
    bound, share = loss_bound(paired(lost, gained, n=872), level=0.95), (lost + gained) / 872 / 2
    margin = resolution(bound, n_examples=872, level=0.95)
    shown = [
        power(872, lost=share, gained=share, margin=margin * factor, level=0.95)
        for factor in (1.0, 0.99)
    ]
    assert shown[0] >= 0.8
    assert shown[1] < 0.82
    n = needed(bound, margin=0.01, loss=lost / 872 - gained / 872, level=0.95)
    assert n is not None
    rates = {"lost": lost / 872, "gained": gained / 872}
    assert power(n, **rates, margin=0.01, level=0.95) >= 0.8


def test_power_is_the_sum_over_every_outcome() -> None:
    # 299 examples show a point by 0 lost alone; 1 gained lets none be lost either
    assert power(299, lost=0.001, gained=0.0, margin=0.01, level=0.95) == pytest.approx(0.999**299)
