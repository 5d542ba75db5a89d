import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from breakeven.workloads.adaptive.confidence import softmax_maximum


@given(st.lists(st.lists(st.floats(-700, 700), min_size=3, max_size=3), min_size=1, max_size=9))
def test_it_is_the_largest_of_scipys_softmax(rows: list[list[float]]) -> None:
    scores = np.array(rows)
    assert softmax_maximum(scores) == pytest.approx(softmax(scores, axis=1).max(axis=1))


def test_an_excluded_class_takes_nothing() -> None:
    assert softmax_maximum(np.array([[1.0, 1.0, -np.inf]])).tolist() == [0.5]
