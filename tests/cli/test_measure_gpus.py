"""`breakeven measure` and `doctor` on fake GPUs, from the driver's answers to the stored run."""

import sys
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven import registry
from breakeven.cli.measure import command
from breakeven.meters.gpu import GpuMeter
from breakeven.meters.gpu.amdgpu import AmdGpuMeter
from breakeven.meters.gpu.nvml import NvmlMeter
from breakeven.records import NoteCode, Resource, Run
from breakeven.session.doctor import Effort, examine
from breakeven.store import Store
from breakeven.testing import FakeAmdGpu, FakeAmdSmi, FakeGpu, FakeNvml, RecordedPower

ALWAYS_W = 300.0
SHORT = Effort(clocks_s=0.02, look_s=0.05, background_s=0.02)


def steady() -> RecordedPower:
    """A card that draws the same all the time, along the real clock."""
    return RecordedPower(
        times_s=[0.0, 3600.0],
        powers_w=[ALWAYS_W, ALWAYS_W],
        clock_s=time.monotonic,
        updates_s=(0.001,),
    )


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make the given meters the only ones of this machine."""

    def declared(**makers: Callable[[], GpuMeter]) -> None:
        points = [EntryPoint(name, "x:y", "breakeven.meters") for name in makers]
        known = {"breakeven.meters": points}
        monkeypatch.setattr(registry, "entry_points", lambda group: known.get(group, []))
        monkeypatch.setattr(registry, "load", lambda kind, name: makers[name])

    return declared


def measured(store: Path, *, code: str = "pass") -> Run:
    argv = ["--store", str(store), "--", sys.executable, "-c", code]
    result = CliRunner().invoke(command, argv, catch_exceptions=False)
    assert result.exit_code == 0
    (run,) = Store(store).runs()
    return run


def test_every_card_is_a_channel_of_its_own_and_the_run_has_their_sum(
    only: Callable[..., None], tmp_path: Path
) -> None:
    gpus = [FakeGpu(uuid=f"GPU-{letter}", recorded=steady()) for letter in "abcd"]
    only(nvml=lambda: NvmlMeter(module=FakeNvml(gpus), environ={}))
    run = measured(tmp_path / "store")
    measurement = run.phases[0].measurement
    energies = [c for c in measurement.costs if c.resource is Resource.ENERGY_J and not c.check_of]
    total = measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert {cost.channel for cost in energies} == {"GPU-a", "GPU-b", "GPU-c", "GPU-d"}
    assert total.low <= 4 * ALWAYS_W * measurement.duration_s <= total.high
    assert NoteCode.SENSORS_DISAGREE not in [note.code for note in measurement.notes]


def test_the_summary_calls_a_check_a_check(only: Callable[..., None], tmp_path: Path) -> None:
    gpu = FakeGpu(uuid="GPU-a", recorded=steady())
    only(nvml=lambda: NvmlMeter(module=FakeNvml([gpu]), environ={}))
    argv = ["--store", str(tmp_path / "store"), "--", sys.executable, "-c", "pass"]
    result = CliRunner().invoke(command, argv, catch_exceptions=False)
    (line,) = (text for text in result.stderr.splitlines() if "GPU-a power" in text)
    assert "a check" in line


def test_load_and_memory_are_stored_beside_the_energy(
    only: Callable[..., None], tmp_path: Path
) -> None:
    gpu = FakeGpu(uuid="GPU-a", busy_percent=50, memory_bytes=3 * 2**30)
    only(nvml=lambda: NvmlMeter(module=FakeNvml([gpu]), environ={}, can_tell_own=lambda: False))
    measurement = measured(tmp_path / "store").phases[0].measurement
    busy = measurement.total(Resource.DEVICE_BUSY_S)
    memory = measurement.total(Resource.PEAK_DEVICE_MEMORY_BYTES)
    assert busy is not None
    assert memory is not None
    assert busy.low <= 0.5 * measurement.duration_s <= busy.high
    assert (memory.value, memory.sensor) == (3 * 2**30, "nvml-card-memory")


def test_a_card_that_is_lost_from_the_start_is_a_note_of_the_run(
    only: Callable[..., None], tmp_path: Path
) -> None:
    gpus = [FakeGpu(uuid="GPU-a", is_lost=True), FakeGpu(uuid="GPU-b", recorded=steady())]
    only(nvml=lambda: NvmlMeter(module=FakeNvml(gpus), environ={}))
    run = measured(tmp_path / "store")
    assert [cost.channel for cost in run.costs(Resource.ENERGY_J)] == ["GPU-b"]
    assert any("GPU at place 0" in note.message for note in run.notes)


def test_cards_of_two_makers_stand_side_by_side(only: Callable[..., None], tmp_path: Path) -> None:
    only(
        nvml=lambda: NvmlMeter(
            module=FakeNvml([FakeGpu(uuid="GPU-a", recorded=steady())]), environ={}
        ),
        amdsmi=lambda: AmdGpuMeter(
            module=FakeAmdSmi([FakeAmdGpu(uuid="b", recorded=steady())]), environ={}
        ),
    )
    measurement = measured(tmp_path / "store").phases[0].measurement
    total = measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.low <= 2 * ALWAYS_W * measurement.duration_s <= total.high


def test_doctor_looks_at_every_channel_of_a_card(only: Callable[..., None]) -> None:
    gpu = FakeGpu(uuid="GPU-a", recorded=steady())
    only(nvml=lambda: NvmlMeter(module=FakeNvml([gpu]), environ={}, can_tell_own=lambda: True))
    found = {channel.channel: channel for channel in examine(effort=SHORT).channels}
    assert found.keys() == {"GPU-a", "GPU-a power", "GPU-a busy", "GPU-a memory"}
    assert found["GPU-a"].n_updates
    assert found["GPU-a"].device == "gpu:GPU-a"
