"""The doors of the GPU meters: nothing is imported where there is no driver."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.gpu_doors import open_amdsmi, open_nvml
from breakeven.records.protocols import Meter
from breakeven.testing import FakeAmdGpu, FakeAmdSmi, FakeGpu, FakeNvml, RecordedPower

HERE = (Path(__file__),)
NOWHERE = (Path(__file__, "nothing"),)
Door = Callable[..., Meter]
MOVING = RecordedPower(
    times_s=[0.0, 3600.0], powers_w=[90.0, 90.0], clock_s=time.monotonic, updates_s=(0.005,)
)


@pytest.mark.parametrize(
    ("door", "words", "is_worth_a_note"),
    [(open_nvml, "no NVIDIA driver", True), (open_amdsmi, "no AMD GPU driver", False)],
)
def test_without_a_driver_there_is_a_reason_and_advice(
    door: Door,
    words: str,
    is_worth_a_note: bool,  # noqa: FBT001 - a case
) -> None:
    with pytest.raises(MeterUnavailableError, match=words) as caught:
        door(driver_files=NOWHERE)
    assert "in a container" in caught.value.advice
    assert caught.value.is_worth_a_note is is_worth_a_note


def test_without_a_driver_nothing_that_reads_cards_is_imported() -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from breakeven.errors import MeterUnavailableError\n"
        "from breakeven.meters.gpu_doors import open_amdsmi, open_nvml\n"
        "for door in (open_nvml, open_amdsmi):\n"
        "    try:\n"
        "        door(driver_files=[Path('/nothing')])\n"
        "    except MeterUnavailableError:\n"
        "        pass\n"
        "ours = [name for name in sys.modules if name.startswith('breakeven.meters.gpu.')]\n"
        "makers = [name for name in ('pynvml', 'amdsmi') if name in sys.modules]\n"
        "print(sorted({*ours, *makers}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(
    ("door", "library", "fake", "sensors"),
    [
        (
            open_nvml,
            "pynvml",
            FakeNvml([FakeGpu(uuid="GPU-behind-the-door", recorded=MOVING)]),
            ["nvml-energy"],
        ),
        (
            open_amdsmi,
            "amdsmi",
            FakeAmdSmi([FakeAmdGpu(uuid="behind-the-door", recorded=MOVING)]),
            ["amdsmi-energy"],
        ),
    ],
)
def test_with_a_driver_the_installed_library_is_used(
    door: Door,
    library: str,
    fake: object,
    sensors: Sequence[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(sys.modules, library, fake)
    meter = door(driver_files=HERE)
    assert [channel.sensor for channel in meter.channels()] == sensors
    meter.close()
    door(driver_files=HERE).close()
