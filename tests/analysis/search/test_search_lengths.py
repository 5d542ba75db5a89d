"""That a search says where shorter inputs are dearer, and only where its blocks show it."""

import numpy as np
import pytest

from breakeven.analysis.search.cell import cell_of
from breakeven.analysis.search.lengths import inversions
from breakeven.analysis.search.standing import Standing

ROUTES = ("torch", "int8", "bf16")
WINDOWED = {384: 4.0, 256: 4.2, 128: 5.2, 96: 9.0}
"""Cost by length of texts read in overlapping windows, as measured on SQuAD."""

SHORTENED = {128: 4.0, 64: 3.0, 32: 2.0, 16: 1.8}


def measured(
    costs: dict[int, float], *, noise: float, seed: int = 0, n_blocks: int = 2, last: int = 1
) -> list[Standing]:
    rng = np.random.default_rng(seed)
    drift = rng.normal(scale=0.1, size=n_blocks)
    return [
        Standing(
            cell=cell_of(route, {"max_length": length, "batch_size": 8}),
            costs=cost * np.exp(drift + rng.normal(scale=noise, size=n_blocks)),
            answers=np.ones(8),
            front=1.0,
            round=last,
        )
        for route in ROUTES
        for length, cost in costs.items()
    ]


def test_the_surest_pair_of_each_configuration_is_named_with_what_is_shown() -> None:
    found = inversions(measured(WINDOWED, noise=0.001))
    assert {one.name for one in found} == {f"{route}/batch_size=8" for route in ROUTES}
    for one in found:
        assert (one.shorter, one.longer) == (96, 384)
        assert one.factor == pytest.approx(9 / 4, rel=0.02)
        assert 2.2 < one.low < one.factor


def test_costs_that_fall_with_the_length_name_none() -> None:
    assert inversions(measured(SHORTENED, noise=0.02)) == ()


def test_lengths_of_different_rounds_are_not_compared() -> None:
    early = measured({96: 9.0}, noise=0.001)
    late = measured({384: 4.0}, noise=0.001, last=2)
    assert inversions([*early, *late]) == ()


def test_lengths_that_cost_the_same_are_rarely_called_dearer() -> None:
    same = dict.fromkeys((512, 384, 256, 128), 4.0)
    named = [bool(inversions(measured(same, noise=0.1, seed=seed))) for seed in range(300)]
    assert np.mean(named) <= 0.08  # 5 % promised; 300 searches of a true 5 % pass 8 % in 1 of 100
    assert any(named)  # else the bound is not the one that is promised
