"""The real nvidia-ml-py: its names and numbers, and the meter on it over a library in C."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu import nvml_sensors
from breakeven.meters.gpu.nvml_driver import NvmlDriver
from breakeven.meters.gpu.nvml_observer import LIMITS
from breakeven.meters.gpu_doors import NVIDIA_FILES
from breakeven.testing import FakeNvml

pynvml = pytest.importorskip("pynvml", reason="the extra nvml is not installed")

STUB = Path(__file__).with_name("nvml_stub.c")

SCRIPT = """
import json, time, pynvml
from breakeven.meters.gpu.nvml import NvmlMeter
meter = NvmlMeter(module=pynvml, watch_s=1.0, can_tell_own=lambda: True)
load, memory = meter.companions

def look():
    began_s = time.monotonic()
    reading, seen = meter.read().totals["GPU-0"], meter.observers[0].look()
    return began_s, time.monotonic(), reading, seen["GPU-0 held back by heat, s"]

first = look()
for _ in range(5):
    loaded = load.read()
    time.sleep(0.02)
last = look()
print(json.dumps({
    "shortest_s": last[0] - first[1],
    "longest_s": last[1] - first[0],
    "energy_j": last[2] - first[2],
    "held_s": last[3] - first[3],
    "load": loaded.totals,
    "covered_s": loaded.covered_s,
    "periods_s": {c.name: c.period_s for c in (*meter.channels(), *load.channels())},
    "sensors": [c.sensor for c in (*meter.channels(), *load.channels(), *memory.channels())],
    "memory": memory.take_peaks(),
    "notes": [note.message for note in meter.notes],
    "others": meter.observers[0].look()["GPU-0 other processes"],
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the meter says over the library in C."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    folder = tmp_path_factory.mktemp("stub")
    library = folder / "libnvidia-ml.so.1"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, STUB], check=True)
    environ = {**os.environ, "LD_LIBRARY_PATH": str(folder)}
    environ.pop("CUDA_VISIBLE_DEVICES", None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_function_of_the_fake_is_one_of_the_real_library() -> None:
    functions = [name for name in vars(FakeNvml) if name.startswith("nvml")]
    assert functions
    assert [name for name in functions if not callable(getattr(pynvml, name, None))] == []


def test_our_numbers_are_the_librarys() -> None:
    assert nvml_sensors.POWER_INSTANT == pynvml.NVML_FI_DEV_POWER_INSTANT
    assert [limit.field_id for limit in LIMITS] == [
        pynvml.NVML_FI_DEV_PERF_POLICY_POWER,
        pynvml.NVML_FI_DEV_PERF_POLICY_THERMAL,
        pynvml.NVML_FI_DEV_PERF_POLICY_BOARD_LIMIT,
        pynvml.NVML_FI_DEV_PERF_POLICY_RELIABILITY,
        pynvml.NVML_FI_DEV_CLOCKS_EVENT_REASON_HW_POWER_BRAKE_SLOWDOWN,
    ]
    assert pynvml.NVML_DEVICE_ARCH_AMPERE == nvml_sensors._AMPERE
    assert pynvml.NVML_GPU_UTILIZATION_SAMPLES == nvml_sensors._UTILISATION_SAMPLES


@pytest.mark.skipif(any(path.exists() for path in NVIDIA_FILES), reason="there is a driver here")
def test_without_the_drivers_library_the_real_binding_gives_the_advice_for_containers() -> None:
    with pytest.raises(MeterUnavailableError, match="Shared Library Not Found") as caught:
        NvmlDriver(pynvml)
    assert "NVIDIA_DRIVER_CAPABILITIES" in caught.value.advice


def test_the_counter_is_in_joules_and_the_time_held_back_in_seconds(told: dict[str, Any]) -> None:
    """250 W, counted every 20 ms; held back half of the time."""
    step_j = 250.0 * 0.02
    assert 250.0 * told["shortest_s"] - step_j <= told["energy_j"]
    assert told["energy_j"] <= 250.0 * told["longest_s"] + step_j
    assert 0.49 * told["shortest_s"] <= told["held_s"] <= 0.51 * told["longest_s"]


def test_power_and_load_come_in_watts_and_shares(told: dict[str, Any]) -> None:
    covered_s = told["covered_s"]["GPU-0 power"]
    assert told["load"]["GPU-0 power"] == pytest.approx(250.123 * covered_s)
    assert told["load"]["GPU-0 busy"] == pytest.approx(0.42 * told["covered_s"]["GPU-0 busy"])


def test_the_best_sensors_are_chosen_and_their_periods_found(told: dict[str, Any]) -> None:
    assert told["sensors"] == [
        "nvml-energy",
        "nvml-power-instant",
        "nvml-utilization",
        "nvml-process-memory",
    ]
    assert told["periods_s"]["GPU-0"] > 0
    assert told["periods_s"]["GPU-0 busy"] == pytest.approx(0.167)


def test_others_processes_and_lost_cards_are_told(told: dict[str, Any]) -> None:
    assert told["others"] == 1
    assert told["memory"] == {"GPU-0 memory": 0.0}
    assert "GPU at place 1 does not answer" in told["notes"][0]
