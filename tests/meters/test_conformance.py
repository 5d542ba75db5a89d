"""Every meter and every observer of ours runs the public suite, on a bench where it can be broken.

A meter that is registered and has no bench here fails a test below.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from breakeven import registry
from breakeven.meters.asked.modelled import ModelledMeter
from breakeven.meters.asked.redfish import RedfishMeter
from breakeven.meters.asked.replay import ReplayMeter
from breakeven.meters.asked.shelly import ShellyMeter
from breakeven.meters.asked.silence import Silence
from breakeven.meters.asked.zeus import ZeusMeter
from breakeven.meters.asking import maker_of
from breakeven.meters.board.hwmon import HwmonBoardMeter, HwmonMeter
from breakeven.meters.board.rapl import RaplMeter
from breakeven.meters.gpu.amdgpu import AmdGpuMeter
from breakeven.meters.gpu.nvml import NvmlMeter
from breakeven.meters.host.cpu_time import HostMeter
from breakeven.meters.host.memory import HostMemoryMeter
from breakeven.meters.host.resident import ResidentMemoryMeter
from breakeven.meters.interference import (
    ClockObserver,
    ControlGroupObserver,
    LoadObserver,
    SwapObserver,
)
from breakeven.records.protocols import Meter, Observer, PeakMeter
from breakeven.testing import (
    LAPTOP,
    FakeAmdGpu,
    FakeAmdSmi,
    FakeGpu,
    FakeHwmon,
    FakeNvml,
    FakePowercap,
    FakeRedfish,
    FakeShelly,
    FakeZeus,
    MeterConformance,
    ObserverConformance,
    PeakMeterConformance,
)
from breakeven.testing.hwmon import ACPI_METER, INTEL_CARD
from breakeven.testing.servers import Given
from breakeven.testing.zeus import Jetson, JetsonMeasurement

TRACE = "# made up\nt_s,channel,power_w\n0,gpu0,100\n3600,gpu0,100\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A meter, and how its sensor fails; None where there is no sensor to fail."""

    meter: Meter
    break_it: Callable[[], object] | None = None


def host(folder: Path, stack: ExitStack) -> Bench:
    return Bench(meter=HostMeter())


def resident(folder: Path, stack: ExitStack) -> Bench:
    return Bench(meter=ResidentMemoryMeter())


def rapl(folder: Path, stack: ExitStack) -> Bench:
    tree = FakePowercap(folder / "powercap")
    meter = RaplMeter(sysfs=tree.sysfs, ways=("powercap",))

    def break_it() -> None:
        for zone in LAPTOP:
            tree.break_zone(zone.folder)

    return Bench(meter=meter, break_it=break_it)


def nvml(folder: Path, stack: ExitStack) -> Bench:
    gpu = FakeGpu(uuid="GPU-a", energy_mj=5000)
    meter = NvmlMeter(module=FakeNvml([gpu]), environ={})
    return Bench(meter=meter, break_it=lambda: setattr(gpu, "is_lost", True))


def amdsmi(folder: Path, stack: ExitStack) -> Bench:
    gpu = FakeAmdGpu(uuid="a")
    meter = AmdGpuMeter(module=FakeAmdSmi([gpu]), environ={})
    return Bench(meter=meter, break_it=lambda: setattr(gpu, "ticks", None))


def hwmon(folder: Path, stack: ExitStack) -> Bench:
    tree = FakeHwmon(folder / "hwmon", INTEL_CARD)
    meter = HwmonMeter(sysfs=tree.sysfs)
    return Bench(meter=meter, break_it=lambda: tree.show("xe", "energy1_input", 0))


def hwmon_board(folder: Path, stack: ExitStack) -> Bench:
    tree = FakeHwmon(folder / "hwmon", ACPI_METER)
    meter = HwmonBoardMeter(sysfs=tree.sysfs)
    return Bench(meter=meter, break_it=lambda: tree.show("power_meter", "power1_average", ""))


def replay(folder: Path, stack: ExitStack) -> Bench:
    (folder / "trace.csv").write_text(TRACE)
    return Bench(meter=ReplayMeter(folder / "trace.csv"))


def zeus(folder: Path, stack: ExitStack) -> Bench:
    board = Jetson(JetsonMeasurement(1.0, 2.0, 4.0))
    meter = ZeusMeter(module=FakeZeus(board))
    return Bench(meter=meter, break_it=lambda: setattr(board, "is_dead", True))


def modelled(folder: Path, stack: ExitStack) -> Bench:
    options = {"cpu_idle_w": "10-20", "cpu_busy_w": "45-65", "ram_w_per_gib": "0.1-0.4"}
    return Bench(meter=ModelledMeter.from_options(options))


def shelly(folder: Path, stack: ExitStack) -> Bench:
    plug = stack.enter_context(FakeShelly())
    meter = ShellyMeter.from_options({"url": plug.url, "use": "power", "every": "3600"})

    def break_it() -> None:
        plug.spoilt = Given(status=503)
        meter.ask()

    return Bench(meter=meter, break_it=break_it)


def redfish(folder: Path, stack: ExitStack) -> Bench:
    bmc = stack.enter_context(FakeRedfish())
    meter = RedfishMeter.from_options({"url": bmc.url, "every": "3600"})

    def break_it() -> None:
        bmc.chassis.clear()
        meter.ask()

    return Bench(meter=meter, break_it=break_it)


LOCAL = {
    "host": host,
    "host-resident": resident,
    "rapl": rapl,
    "nvml": nvml,
    "amdsmi": amdsmi,
    "hwmon": hwmon,
    "hwmon-board": hwmon_board,
    "replay": replay,
    "zeus": zeus,
    "modelled": modelled,
}
REMOTE = {"shelly": shelly, "redfish": redfish}
PEAKS = {"host-memory": HostMemoryMeter}


class OnBench(MeterConformance):
    """The suite with a sensor that can be broken."""

    bench: Bench

    def break_sensor(self, meter: Meter) -> bool:
        if self.bench.break_it is None:
            return False
        self.bench.break_it()
        return True

    def set_up(self, make: Callable[[Path, ExitStack], Bench], folder: Path) -> Iterator[Meter]:
        with ExitStack() as stack:
            self.bench = make(folder, stack)
            yield self.bench.meter
            self.bench.meter.close()


class TestEveryLocalMeter(OnBench):
    @pytest.fixture(params=sorted(LOCAL))
    def meter(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meter]:
        yield from self.set_up(LOCAL[request.param], tmp_path)


class TestEveryRemoteMeter(OnBench):
    addresses = ("127.0.0.1",)

    @pytest.fixture(params=sorted(REMOTE))
    def meter(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meter]:
        yield from self.set_up(REMOTE[request.param], tmp_path)


class TestEveryPeakMeter(PeakMeterConformance):
    @pytest.fixture(params=sorted(PEAKS))
    def meter(self, request: pytest.FixtureRequest) -> PeakMeter:
        return PEAKS[request.param]()


class TestEveryHostObserver(ObserverConformance):
    @pytest.fixture(params=["load", "clocks", "swap", "cgroup"])
    def observer(self, request: pytest.FixtureRequest) -> Observer:
        made: dict[str, Observer] = {
            "load": LoadObserver(used_s=lambda: 0.0),
            "clocks": ClockObserver(),
            "swap": SwapObserver(),
            "cgroup": ControlGroupObserver(),
        }
        return made[request.param]


class TestSilence(ObserverConformance):
    @pytest.fixture
    def observer(self) -> Observer:
        silence = Silence("plug")
        silence.add("no route to host", lasted_s=1.0)
        return silence


def ours(group: str) -> Sequence[str]:
    return [p.name for p in entry_points(group=group) if p.value.startswith("breakeven.")]


def test_every_registered_meter_runs_a_suite_here() -> None:
    registered = {*ours("breakeven.meters"), *ours("breakeven.requested_meters")}
    assert registered == {*LOCAL, *REMOTE, *PEAKS}


@pytest.mark.parametrize(
    "name",
    [n for n in ours("breakeven.requested_meters") if hasattr(maker_of(n), "from_options")],
)
def test_every_meter_that_takes_options_refuses_others_in_one_sentence(name: str) -> None:
    class Taking(MeterConformance):
        maker = maker_of(name)

    Taking().test_options_are_refused_in_one_clear_sentence()


def test_nothing_that_asks_a_network_opens_on_its_own() -> None:
    assert not set(REMOTE) & set(registry.names("meter"))
