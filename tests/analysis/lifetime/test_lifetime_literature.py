"""Worked examples from the literature, or against an independent way to the same number."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats
from tests.analysis.lifetime_cases import published

from breakeven.analysis.costs.equivalents import ratio_of
from breakeven.analysis.costs.fieller import fieller_set
from breakeven.analysis.lifetime import Lives, study_lives
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Resource
from breakeven.store import Store

SLEEP = (
    (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0),
    (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4),
)
"""Hours of sleep gained by ten patients under two drugs (Student 1908, Biometrika 6, p. 20)."""

RESOURCES = (Resource.DURATION_S, Resource.ENERGY_J, Resource.FLOPS)


@pytest.fixture(scope="module")
def durlich(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Resource, Lives]:
    path = published(shared_dir, tmp_path_factory.mktemp("literature") / "store")
    with Store(path, create=False) as store:
        (definition,), runs = store.studies(), store.runs()
    return {r: study_lives(definition, runs, resource=r) for r in RESOURCES}


def moments() -> tuple[Uncertain, Uncertain, float]:
    """Means of both drugs with their variances, and the covariance of the paired means."""
    first, second = (np.array(drug) for drug in SLEEP)
    n = len(first)
    covariance = float(np.cov(first, second)[0, 1]) / n
    parts = []
    for drug in (first, second):
        value, variance = float(drug.mean()), float(drug.var(ddof=1)) / n
        parts.append(
            Uncertain(
                value=value,
                low=value,
                high=value,
                variance=variance,
                curvature=variance**2 / (n - 1),
            )
        )
    return parts[0], parts[1], covariance


def test_students_sleep_data_by_inverting_scipys_paired_t_test() -> None:
    """Ratios that the t test of `first - ratio * second` does not reject are Fieller's set."""
    first, second = (np.array(drug) for drug in SLEEP)
    numerator, denominator, covariance = moments()
    t2 = stats.t.ppf(0.975, 9) ** 2

    def rejected(ratio: float) -> float:
        return float(stats.ttest_1samp(first - ratio * second, 0.0).statistic) ** 2 - t2

    point = numerator.value / denominator.value
    by_test = [optimize.brentq(rejected, *ends) for ends in ((-5.0, point), (point, 5.0))]
    # Satterthwaite's degrees of freedom are those of two samples; of pairs there are nine
    paired = [
        _with_df(part, 9 * _share(numerator, denominator)) for part in (numerator, denominator)
    ]
    found = fieller_set(paired[0], paired[1], covariance=covariance)

    assert point == pytest.approx(0.75 / 2.33)
    assert (found.low, found.high) == pytest.approx((0.0, by_test[1]), rel=1e-6)
    assert by_test[0] < 0


def _share(numerator: Uncertain, denominator: Uncertain) -> float:
    """Degrees of freedom to give each part, so that those of the difference come out as nine."""
    ratio = numerator.value / denominator.value
    parts = (numerator.variance, ratio**2 * denominator.variance)
    return sum(part**2 for part in parts) / sum(parts) ** 2


def _with_df(part: Uncertain, df: float) -> Uncertain:
    return Uncertain(
        value=part.value,
        low=part.low,
        high=part.high,
        variance=part.variance,
        curvature=part.variance**2 / df,
    )


def test_students_first_drug_has_no_bounded_ratio_below_it() -> None:
    """Its own gain, 0.75 h with p = .22, cannot be told from none, so neither can a ratio to it."""
    numerator, denominator, covariance = moments()
    found = fieller_set(denominator, numerator, covariance=covariance)

    assert stats.ttest_1samp(SLEEP[0], 0.0).pvalue == pytest.approx(0.2176, abs=5e-5)
    assert not found.is_denominator_clear
    assert found.high == math.inf


def test_zerbes_quadratic_of_a_ratio_in_a_linear_model() -> None:
    """Zerbe 1978, The American Statistician 32: A r^2 + B r + C = 0 for K'b / L'b.

    With A = (L'b)^2 - t^2 L'VL, B = 2 (t^2 K'VL - K'b L'b) and C = (K'b)^2 - t^2 K'VK; here
    intercept over slope of a line through five points.
    """
    x, y = np.array([1.0, 2, 3, 4, 5]), np.array([2.1, 2.9, 4.2, 4.8, 6.1])
    design = np.column_stack([np.ones(5), x])
    (b0, b1), (rss,), *_ = np.linalg.lstsq(design, y, rcond=None)
    v = rss / 3 * np.linalg.inv(design.T @ design)
    t2 = stats.t.ppf(0.975, 3) ** 2
    roots = np.sort(
        np.roots([b1**2 - t2 * v[1, 1], 2 * (t2 * v[0, 1] - b0 * b1), b0**2 - t2 * v[0, 0]])
    )
    # both variances share the residuals' three degrees of freedom
    parts = [
        Uncertain(value=value, low=value, high=value, variance=var)
        for value, var in ((b0, v[0, 0]), (b1, v[1, 1]))
    ]
    level = 2 * stats.norm.cdf(math.sqrt(t2)) - 1
    found = fieller_set(parts[0], parts[1], covariance=v[0, 1], level=level)

    assert (found.low, found.high) == pytest.approx((roots[0], roots[1]), rel=1e-9)


@pytest.mark.parametrize(
    ("resource", "times"),
    [(Resource.DURATION_S, 42.5), (Resource.ENERGY_J, 88.8), (Resource.FLOPS, 22.3)],
)
def test_distilling_for_no_task_costs_so_many_times_distilling_for_one(
    durlich: dict[Resource, Lives], resource: Resource, times: float
) -> None:
    """Section 4.4: time > 40 x, energy "almost 100 x", FLOPs > 20 x."""
    rows = {r.row: r.amounts[resource] for of in durlich[resource].members for r in of.rows}
    found = ratio_of(rows["TA/distil"], rows["TS/distil"], "distillations")

    assert found.value is not None
    assert found.value == pytest.approx(times, abs=0.05)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("resource", "saved"),
    [(Resource.DURATION_S, 0.465), (Resource.ENERGY_J, 0.473), (Resource.FLOPS, 0.319)],
)
def test_fine_tuning_the_small_model_saves_about_half(
    durlich: dict[Resource, Lives], resource: Resource, saved: float
) -> None:
    """Section 4.4: about 50 % of time and energy, 30 % of FLOPs."""
    rows = {r.row: r.amounts[resource] for of in durlich[resource].members for r in of.rows}

    assert 1 - rows["TA/finetune"].value / rows["FT/finetune"].value == pytest.approx(
        saved, abs=5e-4
    )


def test_energy_break_even_from_the_printed_gap_has_the_printed_interval(
    durlich: dict[Resource, Lives],
) -> None:
    """77.1 Wh over 2.0 to 2.2 Wh a test set of 13,504 x 256 tokens: 1.21e8 to 1.33e8."""
    pair = durlich[Resource.ENERGY_J].pair(
        *(durlich[Resource.ENERGY_J].named(n) for n in ("TS", "FT"))
    )
    gap = [pair.extra.value * 13_504 * 256 / (wh * 3600) for wh in (2.2, 2.1, 2.0)]

    assert gap == pytest.approx([1.21e8, 1.27e8, 1.33e8], rel=3e-3)


def test_time_break_even_rests_on_one_second(durlich: dict[Resource, Lives]) -> None:
    """0.5 to 1.5 s a test set gives 7.7e9 to 2.6e9 tokens."""
    of = durlich[Resource.DURATION_S]
    extra = of.pair(of.named("TS"), of.named("FT")).extra.value
    gap = [extra * 13_504 * 256 / seconds for seconds in (1.5, 0.5)]

    assert gap == pytest.approx([2.6e9, 7.7e9], rel=2e-2)
