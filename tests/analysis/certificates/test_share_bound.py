"""How often a loss of exactly the margin is granted, over every outcome, and what others grant."""

import math
from collections.abc import Callable

import pytest
from scipy import stats

from breakeven.analysis.certificates.clustering import one_sided
from breakeven.analysis.certificates.share_bound import is_shown, power
from breakeven.formulas.tango import tango_score

Z = one_sided(0.95)
CASES = [
    pytest.param(268, 0.01, 0.0, id="268 examples, one point, all of it lost"),
    pytest.param(872, 0.01, 0.02, id="872 examples, one point, 5 % differ"),
    pytest.param(872, 0.02, 0.015, id="872 examples, two points, 5 % differ"),
    pytest.param(1500, 0.01, 0.005, id="1,500 examples, one point, 2 % differ"),
]


def by_tango(lost: int, gained: int, n: int, *, margin: float) -> bool:
    return tango_score(lost, gained, n, difference=margin) < -Z


def by_wald(lost: int, gained: int, n: int, *, margin: float) -> bool:
    loss = (lost - gained) / n
    return loss + Z * math.sqrt(((lost + gained) / n - loss**2) / n) < margin


def granted(
    shows: Callable[..., bool], n: int, *, lost: float, gained: float, margin: float
) -> float:
    """Chance that a rule shows the margin: sum over what is gained and lost."""
    most_gained, most_lost = (int(stats.binom.ppf(1 - 1e-6, n, p)) for p in (gained, lost))
    chance = 0.0
    for g in range(most_gained + 1):
        left = stats.binom(n - g, lost / (1 - gained))
        each = sum(left.pmf(k) for k in range(most_lost + 1) if shows(k, g, n, margin=margin))
        chance += float(stats.binom.pmf(g, n, gained)) * each
    return chance


@pytest.mark.parametrize(("n", "margin", "gained"), CASES)
def test_a_loss_of_the_margin_is_granted_in_at_most_5_percent(
    n: int, margin: float, gained: float
) -> None:
    assert power(n, lost=margin + gained, gained=gained, margin=margin, level=0.95) <= 0.05


@pytest.mark.parametrize(("n", "margin", "gained"), CASES[:2])
def test_the_closed_sum_is_the_sum_over_every_outcome(n: int, margin: float, gained: float) -> None:
    found = granted(
        lambda lost, won, of, *, margin: is_shown(lost, won, of, margin=margin, level=0.95),
        n,
        lost=margin + gained,
        gained=gained,
        margin=margin,
    )

    expected = power(n, lost=margin + gained, gained=gained, margin=margin, level=0.95)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("n", "gained", "by_bound", "by_tango_alone", "by_walds"),
    [
        pytest.param(268, 0.0, 0.0, 0.0676, 0.2508, id="nothing gained"),
        pytest.param(268, 0.002, 0.0188, 0.0529, 0.1711, id="little differs"),
        pytest.param(872, 0.02, 0.0452, 0.0491, 0.0532, id="5 % differ"),
    ],
)
def test_usual_intervals_grant_a_loss_of_one_point_more_often(
    n: int, gained: float, by_bound: float, by_tango_alone: float, by_walds: float
) -> None:
    margin, lost = 0.01, 0.01 + gained

    usual = [granted(r, n, lost=lost, gained=gained, margin=margin) for r in (by_tango, by_wald)]

    assert usual == pytest.approx([by_tango_alone, by_walds], abs=1e-4)
    exact = power(n, lost=lost, gained=gained, margin=margin, level=0.95)
    assert exact == pytest.approx(by_bound, abs=1e-4)
