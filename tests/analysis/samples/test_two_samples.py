"""Two samples: the test that they allow, and effect sizes against worked examples."""

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from breakeven.analysis.samples.effects import cliffs_delta, standardised
from breakeven.analysis.samples.two_samples import Sample, compare_samples, holm


def outside(values: list[float]) -> Sample:
    return {-1 - i: v for i, v in enumerate(values)}


def blocks(values: list[float]) -> Sample:
    return dict(enumerate(values))


STUDENT_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
STUDENT_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_students_sleep_is_paired_and_significant() -> None:
    """Student 1908, Biometrika 6: t = -4.0621 with 9 degrees of freedom, p = 0.0028."""
    found = compare_samples(
        blocks([x + 10 for x in STUDENT_1]), blocks([x + 10 for x in STUDENT_2])
    )
    assert found.is_paired
    assert found.test in {"paired t", "Wilcoxon signed rank"}
    t = stats.ttest_rel(STUDENT_1, STUDENT_2)
    assert (round(float(t.statistic), 4), round(float(t.pvalue), 4)) == (-4.0621, 0.0028)


def test_differences_that_are_hardly_normal_are_ranked() -> None:
    """One of the ten differences of Student's data is far off: W = 0.83, p = 0.03."""
    found = compare_samples(blocks(STUDENT_1), blocks(STUDENT_2))
    assert found.test == "Wilcoxon signed rank"
    assert "hardly be normal (Shapiro-Wilk p = 0.033)" in found.why
    assert found.effect is not None
    assert found.effect.name == "Cliff's delta"


def test_normal_differences_get_a_t_test_with_its_effect() -> None:
    left, right = [10.1, 10.4, 10.2, 10.6], [9.0, 9.35, 9.12, 9.43]
    found = compare_samples(blocks(left), blocks(right))
    d = np.log(np.divide(left, right))
    assert found.test == "paired t"
    assert found.p == pytest.approx(float(stats.ttest_rel(np.log(left), np.log(right)).pvalue))
    assert found.why == (
        "nothing speaks against normality of the log ratios; by sign flips p = 0.12"
    )
    assert found.effect is not None
    assert found.effect.size.value == pytest.approx(d.mean() / d.std(ddof=1))
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(math.exp(d.mean()))


def test_a_test_and_the_ratio_beside_it_say_the_same() -> None:
    """BERT's seconds per sentence: differences scatter with their size (p = 0.067), ratios less."""
    left, right = [0.101, 0.1467, 0.1395, 0.14], [0.5627, 0.2406, 0.32, 0.305]
    assert float(stats.ttest_rel(left, right).pvalue) > 0.05
    found = compare_samples(blocks(left), blocks(right))
    assert found.ratio is not None
    assert found.ratio.high < 1
    assert found.p is not None
    assert found.p < 0.05
    assert found.effect is not None
    assert found.effect.size.high < 0


@given(
    st.lists(st.floats(0.1, 100.0), min_size=3, max_size=8),
    st.lists(st.floats(0.1, 100.0), min_size=3, max_size=8),
    st.sampled_from([blocks, outside]),
)
def test_p_is_below_5_percent_where_the_interval_of_a_t_test_leaves_1_out(
    left: list[float], right: list[float], make: Callable[[list[float]], Sample]
) -> None:
    found = compare_samples(make(left), make(right))
    if found.test.endswith(" t") and found.p is not None and found.ratio is not None:
        holds_1 = found.ratio.low * (1 - 1e-9) <= 1 <= found.ratio.high * (1 + 1e-9)
        assert holds_1 or found.p < 0.05 + 1e-9


def test_two_values_a_side_are_too_few_to_test_spreads() -> None:
    """Distances from the median are alike within each side, so Levene would divide by 0."""
    left, right = [2.0, 2.1], [1.0, 3.0]
    found = compare_samples(outside(left), outside(right))
    theirs = stats.ttest_ind(np.log(left), np.log(right), equal_var=False)
    assert found.test == "Welch's t"
    assert found.p == pytest.approx(float(theirs.pvalue))
    assert found.why == "too few to test shapes; too few to test spreads"


def test_a_sample_that_does_not_vary_is_compared_with_one_that_does() -> None:
    found = compare_samples(outside([2.0, 2.0, 2.0]), outside([1.0, 3.0, 2.0]))
    assert found.test == "Student's t"
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(2 / 6 ** (1 / 3))


@pytest.mark.parametrize(
    ("right", "test", "word"),
    [
        ([9.0, 9.4, 9.1, 9.5, 9.2], "Student's t", "are alike"),
        ([2.0, 40.0, 9.0, 0.5, 100.0, 18.0, 3.0], "Welch's t", "differ"),
        ([9.0, 9.01, 9.02, 9.0, 9.01, 30.0], "Mann-Whitney U", "hardly be normal"),
    ],
)
def test_without_blocks_the_shapes_choose_the_test(
    right: list[float], test: str, word: str
) -> None:
    left = [10.1, 10.4, 10.2, 10.6, 10.3]
    found = compare_samples(outside(left), outside(right))
    assert (found.test, found.is_paired) == (test, False)
    assert word in found.why
    assert found.effect is not None
    assert found.effect.name == ("Cliff's delta" if "Mann" in test else "Hedges' g")
    assert found.ratio is not None
    assert found.ratio.low < found.ratio.value < found.ratio.high


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        (blocks([2.0, 4.0]), blocks([1.0, 2.0]), "every block differs by the same factor"),
        (outside([2.0, 2.0]), outside([1.0, 1.0]), "neither of them varies"),
        (outside([2.0]), outside([1.0, 3.0]), "fewer than two values of one"),
    ],
)
def test_what_cannot_be_tested_says_why(left: Sample, right: Sample, why: str) -> None:
    found = compare_samples(left, right)
    assert (found.test, found.p, found.effect, found.why) == ("none", None, None, why)
    assert found.ratio is not None


@pytest.mark.parametrize("make", [blocks, outside])
def test_without_a_logarithm_there_is_no_ratio(make: Callable[[list[float]], Sample]) -> None:
    found = compare_samples(make([0.0, 1.0, 3.0]), make([1.0, 5.0, 2.0]))
    assert found.ratio is None
    assert found.p is not None


@pytest.mark.parametrize(
    ("right", "test"),
    [([4.0, 4.1, 4.3, 4.2], "Student's t"), ([1.0, 2.0, 4.0, 8.0, 9.0], "Welch's t")],
)
def test_a_ratio_is_that_of_the_t_test_on_logarithms(right: list[float], test: str) -> None:
    left = [4.9, 5.0, 5.1, 5.2]
    found = compare_samples(outside(left), outside(right))
    theirs = stats.ttest_ind(np.log(left), np.log(right), equal_var=test == "Student's t")
    ends = theirs.confidence_interval(0.95)
    assert found.test == test
    assert found.p == pytest.approx(float(theirs.pvalue))
    assert found.ratio is not None
    assert found.ratio.low == pytest.approx(math.exp(ends.low))
    assert found.ratio.high == pytest.approx(math.exp(ends.high))


def test_cliffs_delta_counts_who_is_larger() -> None:
    """3 x 3 pairs: 6 larger, 1 smaller, 2 ties."""
    found = cliffs_delta([3.0, 4.0, 5.0], [1.0, 3.0, 4.0])
    assert found.value == pytest.approx(5 / 9)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(("left", "sign"), [([5.0] * 8, 1.0), ([0.0] * 8, -1.0)])
def test_samples_that_do_not_overlap_still_leave_a_doubt(left: list[float], sign: float) -> None:
    """(n - z2) / (n + z2) with n = 8: 0.3512."""
    found = cliffs_delta(left, [1.0, 2.0] * 4)
    assert found.value == sign
    assert min(abs(found.low), abs(found.high)) == pytest.approx(0.3512, abs=1e-4)


def test_one_value_says_nothing_of_its_kind() -> None:
    found = cliffs_delta([2.0], [1.0, 3.0])
    assert (found.low, found.value, found.high) == (-1.0, 0.0, 1.0)


@given(
    st.lists(st.integers(0, 20), min_size=2, max_size=9),
    st.lists(st.integers(0, 20), min_size=2, max_size=9),
)
def test_delta_turns_round_with_the_samples(left: list[int], right: list[int]) -> None:
    one = cliffs_delta([float(x) for x in left], [float(x) for x in right])
    two = cliffs_delta([float(x) for x in right], [float(x) for x in left])
    assert one.value == pytest.approx(-two.value)
    assert one.low == pytest.approx(-two.high)
    assert -1 <= one.low <= one.value <= one.high <= 1


@pytest.mark.parametrize(("t", "df"), [(5.0, 9), (-2.1, 30), (0.0, 4)])
def test_effects_agree_with_the_librarys_noncentral_t(t: float, df: int) -> None:
    found = standardised(t, df=df, scale=1.0)
    assert float(stats.nct.cdf(t, df, found.low)) == pytest.approx(0.975, abs=2e-3)
    assert float(stats.nct.cdf(t, df, found.high)) == pytest.approx(0.025, abs=2e-3)


def test_effects_of_measurements_may_be_huge() -> None:
    found = standardised(400.0, df=9, scale=math.sqrt(10))
    assert 0 < found.low < found.value < found.high < math.inf


def test_holm_adjusts_in_order_and_skips_what_was_not_tested() -> None:
    """Holm 1979: 0.01, 0.02, 0.03, 0.04 become 0.04, 0.06, 0.06, 0.06."""
    assert holm([0.04, 0.01, None, 0.03, 0.02]) == pytest.approx((0.06, 0.04, None, 0.06, 0.06))
    assert holm([0.9, 0.8]) == (1.0, 1.0)


def test_the_distilled_gpt_2_takes_less_energy_as_published(shared_dir: Path) -> None:
    """Cain 2024: 28.1 % less for Distilled-GPT-2, 43.8 % less for Distilled-BERT."""
    with (shared_dir / "published" / "cain2024" / "runs.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["role"] != "wrapped"]
    energy: dict[str, list[float]] = {}
    for row in rows:
        energy.setdefault(row["model"], []).append(float(row["total_energy"]))
    for original, saved in (("GPT-2", 28.06), ("BERT", 43.83)):
        other = energy[f"Distilled-{original}"]
        found = compare_samples(outside(other), outside(energy[original]))
        assert found.ratio is not None
        assert 100 * (1 - found.ratio.value) == pytest.approx(saved, abs=0.02)
        assert found.p is not None
        assert found.p < 1e-3
        assert found.effect is not None
        assert found.effect.size.high < 0
