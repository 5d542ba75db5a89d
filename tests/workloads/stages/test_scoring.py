import numpy as np

from breakeven.workloads.stages.scoring import accuracy


def test_counts_right_answers() -> None:
    score = accuracy(np.array([0, 1, 1, 2]), [0, 1, 2, 2], split="test")
    assert (score.value, score.n_correct, score.n_examples) == (0.75, 3, 4)
    assert (score.metric, score.split) == ("accuracy", "test")
