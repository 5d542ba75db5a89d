"""A whole examination on this machine's own meters and on fake trees, in a fraction of a second."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from breakeven import registry
from breakeven.errors import MeterUnavailableError
from breakeven.meters.board.rapl import RaplMeter
from breakeven.records import Examination, Origin, Resource, Verdict
from breakeven.records.protocols import Channel, Reading
from breakeven.session.doctor import Effort, examine
from breakeven.store.codec import decode_examination, encode_indented
from breakeven.testing import FakePowercap, joules

SHORT = Effort(clocks_s=0.02, look_s=0.05, background_s=0.02)
WITH_IDLE = replace(SHORT, idle_s=0.2, repeats_s=0.1)
TRACE = "t_s,channel,power_w\n0,wall,100\n600,wall,100\n"

Only = Callable[..., None]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Only:
    """Make the given meters the only ones of this machine; a maker may stand in for its class."""

    def declared(**makers: object) -> None:
        points = [EntryPoint(name, "x:y", "breakeven.meters") for name in makers]
        known = {"breakeven.meters": points, "breakeven.requested_meters": []}
        monkeypatch.setattr(registry, "entry_points", lambda group: known.get(group, []))
        monkeypatch.setattr(registry, "load", lambda kind, name: makers[name])

    return declared


class Unlucky:
    """An energy meter that dies at its third read."""

    name = "unlucky"
    poll_period_s = 10.0

    def __init__(self) -> None:
        self._n_reads = 0

    def channels(self) -> list[Channel]:
        return [joules("card")]

    def read(self) -> Reading:
        self._n_reads += 1
        if self._n_reads > 2:
            raise MeterUnavailableError("the card fell off the bus.")
        return Reading(totals={"card": float(self._n_reads)})

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def here() -> Examination:
    return examine(effort=SHORT)


def test_every_meter_here_is_found_or_missing_with_a_reason(here: Examination) -> None:
    named = {c.meter for c in here.channels} | {m.meter for m in here.missing}
    assert {"host", "host-memory", "rapl", "nvml", "replay"} <= named
    assert all(missing.reason for missing in here.missing)
    assert not next(m for m in here.missing if m.meter == "replay").is_own


def test_the_meters_here_pass_their_tests(here: Examination) -> None:
    assert here.failed == ()
    names = {test.name for test in here.self_tests}
    assert {"clocks", "known memory", "the meters' own cost"} <= names
    assert sum(name.startswith("known CPU seconds") for name in names) == 3
    assert not here.is_full
    assert here.took_s > 0


def test_an_examination_can_be_stored_as_it_is(here: Examination) -> None:
    assert decode_examination(encode_indented(here)) == here


def test_only_the_meters_asked_for_are_looked_at() -> None:
    found = examine(["host"], effort=SHORT)
    assert {c.meter for c in found.channels} == {"host"}
    assert found.missing == ()


def test_a_recording_is_looked_at_as_replayed(tmp_path: Path) -> None:
    trace = tmp_path / "power.csv"
    trace.write_text(TRACE)
    found = examine(["host", "replay"], replay=trace, effort=WITH_IDLE)
    replayed = [c for c in found.channels if c.origin is Origin.REPLAYED]
    assert [c.channel for c in replayed] == ["wall"]
    assert found.idle == ()
    assert not any(test.name.endswith("counts") for test in found.self_tests)


def test_a_register_that_stands_still_fails_by_name(only: Only, tmp_path: Path) -> None:
    sysfs = FakePowercap(tmp_path / "powercap").sysfs
    only(rapl=lambda: RaplMeter(sysfs=sysfs))
    found = examine(effort=SHORT)
    assert {c.resource for c in found.channels} == {Resource.ENERGY_J}
    assert [test.name for test in found.failed] == ["psys counts"]
    doubted = [test.message for test in found.self_tests if test.verdict is Verdict.DOUBTFUL]
    assert any("core-0 counted nothing" in message for message in doubted)


def test_a_register_that_counts_has_idle_draw_and_noise(only: Only, tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap")

    class Counting(RaplMeter):
        def read(self) -> Reading:
            tree.consume("intel-rapl:0", 0.01)
            return super().read()

    only(host=registry.load("meter", "host"), rapl=lambda: Counting(sysfs=tree.sysfs))
    found = examine(effort=WITH_IDLE)
    (passed,) = [test for test in found.self_tests if test.name == "package-0 counts"]
    assert passed.verdict is Verdict.PASSED
    assert found.is_full
    (idle_test,) = [test for test in found.self_tests if test.name == "idle draw"]
    is_told = idle_test.verdict is Verdict.PASSED  # not on a machine that others use meanwhile
    assert bool(found.idle) == is_told


def test_a_meter_that_dies_is_named_and_the_rest_goes_on(only: Only) -> None:
    only(host=registry.load("meter", "host"), unlucky=Unlucky)
    found = examine(effort=WITH_IDLE)
    failed = {test.name: test.message for test in found.failed}
    assert "the card fell off the bus." in failed["the meters' own cost"]
    assert "card counted nothing" in failed["card counts"]
    assert any(test.verdict is Verdict.PASSED for test in found.self_tests)


def test_whoever_waits_is_told_what_is_done() -> None:
    said: list[str] = []
    examine(["host", "host-memory"], effort=WITH_IDLE, say=said.append)
    assert said[0] == "looking for sensors"
    assert "measuring the same work twice, again and again" in said
