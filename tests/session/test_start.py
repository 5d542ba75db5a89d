"""The import phase: what a process spent before its first window."""

import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.meters import MeterBank
from breakeven.records import NoteCode, Resource
from breakeven.session import process_start_measurement
from breakeven.session.start import process_age_s
from breakeven.testing import ScriptedMeter


def test_age_and_cpu_seconds_are_given_with_their_resolution() -> None:
    measured = process_start_measurement(MeterBank(), own_s=lambda: 100.0, age_s=lambda: 120.0)
    cpu = measured.total(Resource.CPU_S)
    duration = measured.total(Resource.DURATION_S)
    assert cpu is not None
    assert duration is not None
    assert cpu.value >= 100.0
    assert (duration.value, measured.duration_s, measured.notes) == (120.0, 120.0, ())


def test_energy_before_the_meters_opened_is_told_to_be_unknown() -> None:
    bank = MeterBank([ScriptedMeter([{"gpu0": 0.0}])])
    measured = process_start_measurement(bank)
    assert [note.code for note in measured.notes] == [NoteCode.PARTIAL_COVERAGE]
    assert measured.total(Resource.ENERGY_J) is None


def test_without_proc_the_age_is_at_least_the_cpu_seconds(tmp_path: Path) -> None:
    assert process_age_s(proc=tmp_path) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="the start of a process is read from /proc")
def test_the_age_of_a_real_process_includes_its_imports() -> None:
    script = (
        "import time; time.sleep(0.3)\n"
        "from breakeven.session.start import process_age_s; print(process_age_s())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert 0.3 < float(done.stdout) < 30
