"""The warm-up ends where the series settles, whatever its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.plateau import find_plateau


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([9.0, 5.0, 2.0, 1.0, 1.0, 1.0, 1.0], 3, id="falls, then settles"),
        pytest.param([1.0, 1.0, 1.0, 1.0], 0, id="settled from the start"),
        pytest.param([1.0, 1.0, 1.0], None, id="too short to tell"),
        pytest.param([8.0, 4.0, 2.0, 1.0, 0.5, 0.25], None, id="still falling"),
        pytest.param([1.0, 2.0, 4.0, 4.0, 4.0, 4.0], 2, id="rises, then settles"),
    ],
)
def test_hand_worked(values: list[float], expected: int | None) -> None:
    assert find_plateau(values, window=2) == expected


def test_one_interrupted_batch_neither_starts_nor_ends_the_warm_up() -> None:
    assert find_plateau([5.0, 1.0, 1.0, 9.0, 1.0, 1.0, 1.0], window=3) == 0


@given(
    st.lists(st.floats(min_value=2, max_value=100), max_size=30),
    st.floats(min_value=0.1, max_value=1.0),
)
def test_a_constant_tail_always_ends_the_warm_up(warmup: list[float], level: float) -> None:
    found = find_plateau([*warmup, *[level] * 10])
    assert found is not None
    assert found <= len(warmup)


@pytest.mark.parametrize("options", [{"window": 0}, {"tolerance_frac": -0.1}])
def test_impossible_options_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="window must be at least 1"):
        find_plateau([1.0], **options)  # type: ignore[arg-type]  # both kinds at once
