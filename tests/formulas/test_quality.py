"""Metrics from totals: many samples at once as one by one. Values: tests of workloads.metrics."""

from collections.abc import Callable

import numpy as np
import pytest

from breakeven.formulas import quality

ALL = (quality.mean, quality.f1, quality.macro_f1, quality.mcc)
Metric = Callable[[quality.Floats], quality.Floats]


@pytest.mark.parametrize(
    ("metric", "totals"),
    [
        pytest.param(quality.mean, [[[1.0, 2.0], [3.0, 4.0]]], id="mean"),
        pytest.param(quality.f1, [[[1.0, 2.0, 2.0], [0.0, 0.0, 0.0]]], id="f1"),
        pytest.param(
            quality.macro_f1,
            [[[1.0, 2, 2, 3, 3, 2], [0, 1, 0, 1, 0, 1], [0, 0, 0, 0, 0, 0]]],
            id="macro F1, one class absent",
        ),
        pytest.param(
            quality.mcc, [[[3.0, 2, 3, 3, 2], [5, 5, 0, 4, 1], [0, 0, 0, 0, 0]]], id="mcc"
        ),
    ],
)
def test_many_samples_are_scored_as_each(metric: Metric, totals: list[list[list[float]]]) -> None:
    each = [[float(metric(np.array(sample))) for sample in row] for row in totals]
    assert metric(np.array(totals)).tolist() == each


@pytest.mark.parametrize("metric", ALL)
def test_nothing_scores_0(metric: Metric) -> None:
    assert metric(np.zeros(9)) == 0
