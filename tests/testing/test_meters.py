"""The conformance suites pass on good meters and fail on bad ones."""

import math
from collections.abc import Callable, Mapping

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.records.protocols import Meter, PeakMeter
from breakeven.testing import (
    MeterConformance,
    PeakMeterConformance,
    ScriptedGauge,
    ScriptedMeter,
    joules,
)


class TestScriptedMeter(MeterConformance):
    @pytest.fixture
    def meter(self) -> Meter:
        return ScriptedMeter([{"gpu0": total} for total in (1.0, 1.0, 4.0)])


class TestScriptedGauge(PeakMeterConformance):
    @pytest.fixture
    def meter(self) -> PeakMeter:
        return ScriptedGauge([3.0])


SUITE = MeterConformance()


@pytest.mark.parametrize(
    ("check", "totals"),
    [
        pytest.param(
            SUITE.test_totals_never_fall_and_channels_never_vanish,
            [{"gpu0": 2.0}, {"gpu0": 1.0}, {"gpu0": 3.0}],
            id="falls",
        ),
        pytest.param(
            SUITE.test_totals_never_fall_and_channels_never_vanish,
            [{"gpu0": 2.0}, {}, {"gpu0": 3.0}],
            id="vanishes",
        ),
        pytest.param(
            SUITE.test_totals_are_of_known_channels_and_finite,
            [{"gpu0": math.nan}],
            id="not a number",
        ),
        pytest.param(
            SUITE.test_channels_are_described_once_and_honestly, [{}], id="without channels"
        ),
    ],
)
def test_a_bad_meter_is_caught(
    check: Callable[[Meter], None], totals: list[Mapping[str, float]]
) -> None:
    with pytest.raises(AssertionError):
        check(ScriptedMeter(totals))


def test_a_channel_inside_itself_is_caught() -> None:
    inside_itself = ScriptedMeter([], channels=[joules("gpu0", part_of="gpu0")])
    with pytest.raises(AssertionError):
        SUITE.test_channels_are_described_once_and_honestly(inside_itself)


def test_a_script_ends_as_an_unavailable_meter() -> None:
    with pytest.raises(MeterUnavailableError, match="no further reads"):
        ScriptedMeter([]).read()


def test_a_scripted_error_is_raised() -> None:
    with pytest.raises(ValueError, match="burnt"):
        ScriptedMeter([ValueError("burnt")]).read()
