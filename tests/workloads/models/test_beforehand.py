"""What only the configuration of a model tells, without loading it; folders: tests/study."""

import pytest

from breakeven.errors import SettingsError
from breakeven.workloads.models.beforehand import check_model, check_positions


def test_a_model_without_a_stated_length_takes_any() -> None:
    check_positions(None, 10_000)


def test_a_length_beyond_the_positions_is_refused() -> None:
    check_positions(512, 512)
    with pytest.raises(SettingsError, match=r"max_length=513 .* 512 positions; choose 1\.\.512"):
        check_positions(512, 513)


@pytest.mark.parametrize("model", ["tfidf", "owner/name"])
def test_what_is_fitted_here_or_may_be_on_a_hub_is_not_looked_at(model: str) -> None:
    assert check_model({"model": model}, roles=()) is None
