"""Repeated-measures analysis of variance against published tables and other packages."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.statistics import analyse_variance, contrasts, sphericity

MODELS = ("BERT", "Distilled-BERT", "GPT-2", "Distilled-GPT-2")

REACTION = np.array(
    [
        [[420, 420, 480], [480, 600, 780]],
        [[420, 480, 480], [360, 480, 600]],
        [[480, 480, 540], [660, 780, 780]],
        [[420, 540, 540], [480, 780, 900]],
        [[540, 660, 540], [480, 660, 720]],
        [[360, 420, 360], [360, 480, 540]],
        [[480, 480, 600], [540, 720, 840]],
        [[480, 600, 660], [540, 720, 900]],
        [[540, 600, 540], [480, 720, 780]],
        [[480, 420, 540], [540, 660, 780]],
    ],
    dtype=float,
)
"""Maxwell and Delaney 1990, p. 497: reaction times of ten people, noise by angle."""

RETCHING = np.array(
    [
        [8, 7, 1, 6],
        [9, 5, 2, 5],
        [6, 2, 3, 8],
        [5, 3, 1, 9],
        [8, 4, 5, 8],
        [7, 5, 6, 7],
        [10, 2, 7, 2],
        [12, 6, 8, 1],
    ],
    dtype=float,
)
"""Field, Miles and Field 2012, chapter 13: seconds until eight people retched at four foods."""


def replicated(folder: Path, column: str, *, rerun: bool = False) -> Floats:
    """Runs 0 to 9 of each model; a spoiled one as it was, or its re-run in its place."""
    found: dict[tuple[str, str], float] = {}
    with (folder / "runs.csv").open() as file:
        for row in csv.DictReader(file):
            role = row["role"]
            if role == "rerun":
                found[row["model"], "rerun"] = float(row[column])
            else:
                order = "wrapped" if role == "wrapped" and rerun else row["order"]
                found[row["model"], order] = float(row[column])
    return np.array(
        [
            [found.get((m, str(order)), found.get((m, "rerun"), np.nan)) for m in MODELS]
            for order in range(10)
        ]
    )


@pytest.mark.parametrize("column", ["avg_cpu", "avg_memory", "total_inference_time"])
def test_the_distillation_studys_analysis_of_variance_comes_out(
    shared_dir: Path, column: str
) -> None:
    """Cain 2024, replication package: every printed digit of F, eta, W and epsilon."""
    folder = shared_dir / "published" / "cain2024"
    printed = json.loads((folder / "expected.json").read_text())["published_anova"][column]
    effect = analyse_variance(replicated(folder, column), ["model"]).effects[0]
    assert effect.df == (3, 27)
    assert effect.f == pytest.approx(printed["F"], abs=0.001)
    assert effect.eta_squared == pytest.approx(printed["ges"], abs=1e-7)
    assert effect.sphericity is not None
    assert effect.sphericity.w == pytest.approx(printed["W"], abs=1e-6)
    assert effect.sphericity.p == pytest.approx(printed["pW"], abs=2e-4)
    epsilon = printed.get("GG", effect.sphericity.greenhouse_geisser)
    assert effect.sphericity.greenhouse_geisser == pytest.approx(epsilon, abs=1e-6)


def test_the_energy_f_of_the_distillation_study_does_not_come_out(shared_dir: Path) -> None:
    """Printed: 64777.89. Two runs were spoiled; no way to treat them gives it."""
    folder = shared_dir / "published" / "cain2024"
    spoiled = replicated(folder, "total_energy")
    ways = {
        "as recorded": spoiled,
        "left out": np.delete(spoiled, [5, 7], axis=0),
        "re-run in place": replicated(folder, "total_energy", rerun=True),
        "counter range added": np.where(spoiled < 0, spoiled + 262143.32885, spoiled),
    }
    found = {
        name: analyse_variance(values, ["model"]).effects[0].f for name, values in ways.items()
    }
    assert {name: round(f or 0, 1) for name, f in found.items()} == {
        "as recorded": 0.2,
        "left out": 75498.2,
        "re-run in place": 25318.8,
        "counter range added": 209.3,
    }


def test_two_factors_agree_with_maxwell_and_delaney() -> None:
    """F 33.77, 40.72 and 45.31 in the book; W and its p as R's mauchly.test prints them."""
    noise, angle, both = analyse_variance(REACTION, ["noise", "angle"]).effects
    assert [round(e.f or 0, 2) for e in (noise, angle, both)] == [33.77, 40.72, 45.31]
    assert [e.df for e in (noise, angle, both)] == [(1, 9), (2, 18), (2, 18)]
    assert noise.sphericity is not None
    assert noise.sphericity.w is None
    assert angle.sphericity is not None
    assert angle.sphericity.w == pytest.approx(0.9601, abs=5e-5)
    assert angle.sphericity.p == pytest.approx(0.8497, abs=5e-5)
    assert angle.sphericity.greenhouse_geisser == pytest.approx(0.9616, abs=5e-5)
    assert both.sphericity is not None
    assert both.sphericity.w == pytest.approx(0.8938, abs=5e-5)
    assert both.sphericity.p == pytest.approx(0.6381, abs=5e-5)
    assert both.sphericity.greenhouse_geisser == pytest.approx(0.9040, abs=5e-5)


def test_one_factor_agrees_with_fields_textbook() -> None:
    """F(1.60, 11.19) = 3.79, p = .063 (book; afex and ez give the same); W, epsilons as JASP."""
    effect = analyse_variance(RETCHING, ["animal"]).effects[0]
    assert effect.f == pytest.approx(3.794, abs=5e-4)
    assert effect.p_greenhouse_geisser == pytest.approx(0.063, abs=5e-4)
    assert effect.p_huynh_feldt == pytest.approx(0.048, abs=5e-4)
    found = effect.sphericity
    assert found is not None
    assert found.w == pytest.approx(0.136248029372535, abs=1e-12)
    assert found.greenhouse_geisser == pytest.approx(0.532845552798473, abs=1e-12)
    assert found.huynh_feldt == pytest.approx(0.66576361409737, abs=1e-12)
    assert found.p == pytest.approx(0.0468, abs=5e-5)
    lowered = [round(found.greenhouse_geisser * df, 2) for df in effect.df]
    assert lowered == [1.60, 11.19]


def test_of_two_levels_f_is_the_square_of_t() -> None:
    values = REACTION[:, :, 0]
    effect = analyse_variance(values, ["noise"]).effects[0]
    t = stats.ttest_rel(values[:, 0], values[:, 1])
    assert effect.f == pytest.approx(float(t.statistic) ** 2)
    assert effect.p == pytest.approx(float(t.pvalue))


def test_sums_of_squares_agree_with_a_table_by_hand() -> None:
    values = RETCHING
    n, k = values.shape
    total = np.sum((values - values.mean()) ** 2)
    between = n * np.sum((values.mean(axis=0) - values.mean()) ** 2)
    people = k * np.sum((values.mean(axis=1) - values.mean()) ** 2)
    effect = analyse_variance(values, ["animal"]).effects[0]
    assert effect.f == pytest.approx((between / 3) / ((total - between - people) / 21))
    assert effect.eta_squared == pytest.approx(between / total)


def test_subjects_that_all_differ_alike_leave_no_error_to_test_against() -> None:
    effect = analyse_variance(np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]), ["x"]).effects[0]
    assert effect.f is None
    assert effect.p is None
    assert effect.sphericity is None


def test_few_subjects_have_no_test_of_sphericity() -> None:
    found = analyse_variance(RETCHING[:3], ["animal"]).effects[0].sphericity
    assert found is not None
    assert found.w is None
    assert 1 / 3 <= found.greenhouse_geisser <= 1


@pytest.mark.parametrize(
    ("shape", "factors", "words"),
    [
        ((1, 3), ["a"], "two subjects"),
        ((3, 1), ["a"], "two levels"),
        ((3, 3), ["a", "b"], "2 factors for values of 2 axes"),
        ((3, 3, 3, 3), ["a", "b", "c"], "one or two factors"),
    ],
)
def test_what_cannot_be_analysed_is_refused(
    shape: tuple[int, ...], factors: list[str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        analyse_variance(np.zeros(shape), factors)


values_of_subjects = st_numpy.arrays(
    float,
    st.tuples(st.integers(3, 9), st.integers(2, 5)),
    elements=st.integers(-50, 50).map(float),
)


@given(values_of_subjects)
def test_epsilons_are_between_their_bounds(values: Floats) -> None:
    q = values.shape[1] - 1
    found = sphericity(values @ contrasts(values.shape[1]))
    if found is not None:
        assert 1 / q - 1e-9 <= found.greenhouse_geisser <= found.huynh_feldt <= 1


@given(values_of_subjects, st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_f_does_not_see_subjects_units_or_the_order_of_levels(
    values: Floats, scale: float, random: "object"
) -> None:
    shifts = np.arange(len(values), dtype=float)[:, None] * 7
    levels = list(range(values.shape[1]))
    random.shuffle(levels)  # type: ignore[attr-defined] # Hypothesis gives random.Random
    one = analyse_variance(values, ["x"]).effects[0]
    other = analyse_variance(scale * (values + shifts)[:, levels], ["x"]).effects[0]
    assert (one.f is None) == (other.f is None)
    assert (one.f or 0.0) == pytest.approx(other.f or 0.0, rel=1e-6, abs=1e-9)


@given(values_of_subjects)
def test_contrasts_are_orthonormal_and_blind_to_a_common_level(values: Floats) -> None:
    matrix = contrasts(values.shape[1])
    assert matrix.T @ matrix == pytest.approx(np.eye(values.shape[1] - 1), abs=1e-12)
    assert matrix.sum(axis=0) == pytest.approx(0, abs=1e-12)
