"""Containment: no total counts twice because a channel in between was not read."""

from dataclasses import replace

import pytest

from breakeven.meters import MeterBank
from breakeven.meters.containment import rehung
from breakeven.records import Cost, Kind, Measurement, Resource
from breakeven.records.protocols import Channel
from breakeven.testing import ScriptedMeter


def channel(
    name: str, *, part_of: str | None = None, check_of: str | None = None, sensor: str = "rapl"
) -> Channel:
    return Channel(
        name=name,
        resource=Resource.ENERGY_J,
        sensor=sensor,
        resolution=0.0,
        part_of=part_of,
        check_of=check_of,
    )


PSYS = channel("psys")
PACKAGE = channel("package-0", part_of="psys")
CORE = channel("core-0", part_of="package-0")
SOCKET = channel("Esocket0", check_of="package-0", sensor="hwmon-energy")
POWER = channel("power", check_of="package-0", sensor="hwmon-power")
SUPPLIES = [channel(f"psu{n}", check_of="plug", sensor="redfish") for n in (1, 2)]
ALL = [PSYS, PACKAGE, CORE, SOCKET, POWER, channel("plug"), *SUPPLIES]


def total_j(*read: tuple[Channel, float]) -> float:
    costs = [
        replace(
            Cost.exact(c.resource, joules, kind=Kind.MEASURED, sensor=c.sensor, channel=c.name),
            part_of=c.part_of,
            check_of=c.check_of,
        )
        for c, joules in read
    ]
    seen = Measurement(started_at="", duration_s=1.0, costs=tuple(rehung(costs, ALL)))
    total = seen.total(Resource.ENERGY_J)
    assert total is not None
    return total.value


def test_cores_are_in_the_platform_when_the_package_was_not_read() -> None:
    assert total_j((PSYS, 100.0), (CORE, 30.0)) == 100.0


def test_a_check_is_in_what_contains_the_channel_it_checks() -> None:
    assert total_j((PSYS, 100.0), (SOCKET, 60.0)) == 100.0


def test_of_two_checks_of_an_absent_channel_the_first_counts() -> None:
    assert total_j((SOCKET, 60.0), (POWER, 61.0)) == 60.0


def test_what_checks_an_absent_channel_contains_its_parts() -> None:
    assert total_j((CORE, 30.0), (SOCKET, 60.0)) == 60.0


def test_the_channels_of_one_check_add_up() -> None:
    assert total_j((SUPPLIES[0], 60.0), (SUPPLIES[1], 62.0)) == 122.0


@pytest.mark.parametrize("alone", [CORE, SOCKET, PACKAGE])
def test_what_nothing_contains_counts(alone: Channel) -> None:
    assert total_j((alone, 5.0)) == 5.0


def test_a_window_hangs_its_costs_on_what_was_read() -> None:
    reads = [{"psys": 0.0, "core-0": 0.0}, {"psys": 100.0, "core-0": 30.0}]
    with MeterBank([ScriptedMeter(reads, channels=[PSYS, PACKAGE, CORE])]).window() as window:
        pass
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == 100.0


def test_channels_in_a_circle_end_somewhere() -> None:
    circle = [channel("a", part_of="b"), channel("b", part_of="a")]
    cost = Cost.exact(Resource.ENERGY_J, 1.0, kind=Kind.MEASURED, sensor="s", channel="c")
    lost = replace(cost, part_of="a")
    assert rehung([lost], circle) == [lost]
