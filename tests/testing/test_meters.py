"""Meters that follow a script."""

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.testing import ScriptedMeter


def test_a_script_ends_as_an_unavailable_meter() -> None:
    with pytest.raises(MeterUnavailableError, match="no further reads"):
        ScriptedMeter([]).read()


def test_a_scripted_error_is_raised() -> None:
    with pytest.raises(ValueError, match="burnt"):
        ScriptedMeter([ValueError("burnt")]).read()
