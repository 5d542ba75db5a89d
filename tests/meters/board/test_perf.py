"""perf_event: the same registers through another door, on synthetic devices."""

import errno
import os
from pathlib import Path

import pytest

from breakeven.errors import CounterResetError, MeterUnavailableError
from breakeven.meters.board.perf import PowerEvents
from breakeven.meters.board.perf_calls import SYSCALL_NUMBERS, Kernel, Perf
from breakeven.meters.board.rapl import RaplMeter
from breakeven.records.protocols import Meter
from breakeven.testing import FakeCpu, FakePerf, MeterConformance, SteppingClock

EVERYTHING = ("energy-pkg", "energy-cores", "energy-gpu", "energy-ram", "energy-psys")
TWO_SOCKETS = (FakeCpu(), FakeCpu(cpu=18, package=1))


class TestRaplThroughPerf(MeterConformance):
    @pytest.fixture
    def meter(self, tmp_path: Path) -> Meter:
        return opened(FakePerf(tmp_path), SteppingClock())


def opened(fake: FakePerf, clock: SteppingClock) -> RaplMeter:
    return RaplMeter(perf=fake.perf, ways=("perf",), clock_s=clock)


def containers(meter: RaplMeter) -> dict[str, str | None]:
    return {channel.name: channel.part_of for channel in meter.channels()}


def test_events_have_the_names_and_containers_of_their_zones(tmp_path: Path) -> None:
    meter = opened(FakePerf(tmp_path, events=EVERYTHING), SteppingClock())
    assert containers(meter) == {
        "package-0": "psys",
        "core-0": "package-0",
        "uncore-0": "package-0",
        "dram-0": "psys",
        "psys": None,
    }


def test_each_package_is_counted_on_a_cpu_of_its_own(tmp_path: Path) -> None:
    fake, clock = FakePerf(tmp_path, events=("energy-pkg",), cpus=TWO_SOCKETS), SteppingClock()
    meter = opened(fake, clock)
    meter.read()
    clock.advance(1.0)
    fake.consume("energy-pkg", 30.0)
    fake.consume("energy-pkg", 45.0, cpu=18)
    assert meter.read().totals == {"package-0": 30.0, "package-1": 45.0}


def test_dies_of_one_package_are_told_apart(tmp_path: Path) -> None:
    cpus = (FakeCpu(), FakeCpu(cpu=24, die=1))
    meter = opened(FakePerf(tmp_path, events=("energy-pkg",), cpus=cpus), SteppingClock())
    assert list(containers(meter)) == ["package-0-die-0", "package-0-die-1"]


def test_of_several_platforms_none_is_read_and_it_is_said(tmp_path: Path) -> None:
    fake = FakePerf(tmp_path, events=("energy-pkg", "energy-psys"), cpus=TWO_SOCKETS)
    meter = opened(fake, SteppingClock())
    assert containers(meter) == {"package-0": None, "package-1": None}
    assert "of psys-0, psys-1 nobody says" in meter.notes[0].message


def test_polls_across_what_would_be_many_turns_are_exact(tmp_path: Path) -> None:
    fake, clock = FakePerf(tmp_path, events=("energy-pkg",)), SteppingClock()
    meter = opened(fake, clock)
    meter.read()
    for _ in range(200):
        clock.advance(meter.poll_period_s)
        fake.consume("energy-pkg", 1_500.0)
        total_j = meter.read().totals["package-0"]
    assert total_j == 300_000.0


def test_a_count_that_falls_is_an_error(tmp_path: Path) -> None:
    fake, clock = FakePerf(tmp_path, events=("energy-pkg",)), SteppingClock()
    meter = opened(fake, clock)
    meter.read()
    clock.advance(1.0)
    fake.consume("energy-pkg", -65_536.0)
    with pytest.raises(CounterResetError, match="rapl package-0"):
        meter.read()


def test_it_is_read_before_the_kernel_can_take_a_step_for_a_fall(tmp_path: Path) -> None:
    meter = opened(FakePerf(tmp_path, events=("energy-pkg",)), SteppingClock())
    assert 2000.0 * 3 * meter.poll_period_s <= 2**15


def test_an_event_that_is_not_in_joules_is_not_read(tmp_path: Path) -> None:
    fake = FakePerf(tmp_path, units={"energy-cores": "Bananas"})
    assert list(containers(opened(fake, SteppingClock()))) == ["package-0"]


@pytest.mark.parametrize("refused", [errno.EACCES, errno.EPERM])
def test_a_refusal_names_the_setting_the_capability_and_the_flag(
    tmp_path: Path, refused: int
) -> None:
    fake = FakePerf(tmp_path, refused=refused)
    with pytest.raises(MeterUnavailableError) as caught:
        PowerEvents(fake.perf)
    assert caught.value.message == (
        "perf_event refuses power events: perf_event_paranoid is 2, "
        "and this process lacks CAP_PERFMON."
    )
    assert "sudo sysctl kernel.perf_event_paranoid=0" in caught.value.advice
    assert "--cap-add PERFMON" in caught.value.advice


def test_another_failure_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError, match="Function not implemented"):
        PowerEvents(FakePerf(tmp_path, refused=errno.ENOSYS).perf)


def test_no_power_device_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError, match="no power device"):
        PowerEvents(Perf(sys=tmp_path))


def test_a_power_device_without_events_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(MeterUnavailableError, match="shows no event"):
        PowerEvents(FakePerf(tmp_path, events=()).perf)


def test_a_driver_that_goes_away_is_an_error_with_advice(tmp_path: Path) -> None:
    fake = FakePerf(tmp_path)
    meter = opened(fake, SteppingClock())
    fake.take_away()
    with pytest.raises(MeterUnavailableError, match="No such device") as caught:
        meter.read()
    assert "Was the driver unloaded" in caught.value.advice


def test_events_are_closed(tmp_path: Path) -> None:
    fake = FakePerf(tmp_path)
    meter = opened(fake, SteppingClock())
    assert fake.n_open == 2
    meter.close()
    assert fake.n_open == 0


def test_the_call_reaches_the_kernel() -> None:
    """A software clock of CPU 0 stands in for a register; every kernel has it."""
    kernel = Kernel()
    try:
        handle = kernel.open(1, 0, cpu=0)
    except OSError as error:
        assert error.errno in (errno.EACCES, errno.EPERM, errno.ENOSYS)  # noqa: PT017 - or it opens
        pytest.skip(f"this process may not count: {error}")
    first = kernel.read(handle)
    assert kernel.read(handle) > first >= 0
    kernel.close(handle)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)


def test_a_device_that_the_kernel_does_not_know_is_refused() -> None:
    with pytest.raises(OSError, match=r"No such|denied|permitted|not implemented|no power"):
        Kernel().open(2**31 - 1, 0, cpu=0)


def test_an_event_that_failed_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "count").write_bytes(b"")
    fd = os.open(tmp_path / "count", os.O_RDONLY)
    with pytest.raises(ValueError, match="got 0"):
        Kernel().read(fd)
    os.close(fd)


def test_an_unknown_processor_has_no_power_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(SYSCALL_NUMBERS, os.uname().machine, raising=False)
    with pytest.raises(OSError, match="no power events"):
        Kernel().open(1, 0, cpu=0)
