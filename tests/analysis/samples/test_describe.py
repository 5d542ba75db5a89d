"""Descriptions of samples: by hand, against Shapiro and Wilk, and on a published study."""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.samples.describe import describe, normality


def test_a_sample_is_told_in_the_usual_numbers() -> None:
    told = describe([4.0, 2.0, 8.0, 6.0, 30.0])
    assert (told.n, told.mean.value, told.median, told.value_range) == (5, 10.0, 6.0, 28.0)
    assert told.sd == pytest.approx(math.sqrt(130.0))
    assert told.cv == pytest.approx(math.sqrt(130.0) / 10)
    assert (told.quartiles, told.whiskers, told.outliers) == ((4.0, 8.0), (2.0, 8.0), (30.0,))
    # t(4) = 2.7764
    assert told.mean.high - 10 == pytest.approx(2.7764 * math.sqrt(130 / 5), rel=1e-4)


def test_one_value_has_no_spread_and_an_unbounded_interval() -> None:
    told = describe([3.0])
    assert (told.sd, told.cv, told.normality) == (None, None, None)
    assert math.isinf(told.mean.high)


def test_a_mean_of_nothing_has_no_coefficient_of_variation() -> None:
    assert describe([-1.0, 1.0]).cv is None


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="leave out what was not measured"):
        describe([])


def test_normality_is_tested_as_shapiro_and_wilk_did() -> None:
    """Shapiro and Wilk 1965, section 4: weights of 11 men, W = 0.79."""
    found = normality([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    assert found is not None
    assert found.w == pytest.approx(0.79, abs=0.005)
    assert found.p < 0.05


@pytest.mark.parametrize("values", [[1.0, 2.0], [5.0, 5.0, 5.0, 5.0]])
def test_what_cannot_be_tested_is_not(values: list[float]) -> None:
    assert normality(values) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_the_numbers_are_in_order_and_nothing_is_lost(values: list[float]) -> None:
    told = describe(values)
    assert told.low <= told.quartiles[0] <= told.median <= told.quartiles[1] <= told.high
    assert told.low <= told.whiskers[0] <= told.whiskers[1] <= told.high
    inside = [v for v in values if told.whiskers[0] <= v <= told.whiskers[1]]
    assert len(inside) + len(told.outliers) >= told.n


def test_table_2_of_the_distillation_study_comes_out(shared_dir: Path) -> None:
    """Cain 2024, table 2: means of ten runs; BERT's CPU is of the original ten, as noted there."""
    folder = shared_dir / "published" / "cain2024"
    columns = ("avg_memory", "total_inference_time", "total_energy")
    samples: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with (folder / "runs.csv").open() as file:
        for row in csv.DictReader(file):
            if row["role"] != "wrapped":
                for column in columns:
                    samples[row["model"], column].append(float(row[column]))
    printed = json.loads((folder / "expected.json").read_text())["published_table2"]
    for model, (_, *means) in printed.items():
        for column, mean, digits in zip(columns, means, (0.01, 0.005, 0.001), strict=True):
            told = describe(samples[model, column])
            assert told.n == 10
            assert told.mean.value == pytest.approx(mean, abs=digits)
