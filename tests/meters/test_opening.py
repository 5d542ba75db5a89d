"""Opening: all that work, or those asked for; what cannot be had says why."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from breakeven import registry
from breakeven.errors import MeterUnavailableError, UnknownNameError
from breakeven.meters import open_bank, probe_meter
from breakeven.records import Note, NoteCode
from breakeven.testing import ScriptedGauge, ScriptedMeter

TRACE = "t_s,channel,power_w\n0,gpu0,100\n1,gpu0,100\n"


class Broken:
    """A plug-in that cannot even be made."""

    def __init__(self) -> None:
        raise OSError("no such device")


class Partial(ScriptedMeter):
    """A plug-in that works, with a doubt."""

    made: ClassVar[list["Partial"]] = []

    def __init__(self) -> None:
        super().__init__([{"x": 0.0}])
        self.notes = (NOTE,)
        Partial.made.append(self)


NOTE = Note(code=NoteCode.METER_UNAVAILABLE, message="half of it.", advice="None.")


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make plug-ins of this module the only registered meters."""

    def declared(**meters: type) -> None:
        module = ModuleType("plug_in")
        points = []
        for name, meter in meters.items():
            setattr(module, meter.__name__, meter)
            points.append(EntryPoint(name, f"plug_in:{meter.__name__}", "breakeven.meters"))
        monkeypatch.setitem(sys.modules, "plug_in", module)
        monkeypatch.setattr(registry, "entry_points", lambda group: points)

    return declared


def test_without_names_everything_that_works_is_opened_and_the_rest_noted() -> None:
    with open_bank() as bank:
        assert {"host"} <= {meter.name for meter in bank.meters}
        noted = " ".join(note.message for note in bank.notes)
    assert all(note.code is NoteCode.METER_UNAVAILABLE for note in bank.notes)
    assert "replay" not in noted


def test_only_the_names_asked_for_are_opened() -> None:
    with open_bank(["host"]) as bank:
        assert [meter.name for meter in bank.meters] == ["host"]
        assert bank.peak_meters == ()


def test_a_recording_is_replayed_besides_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    path.write_text(TRACE)
    with open_bank(["host"], replay=path) as bank:
        assert [meter.name for meter in bank.meters] == ["host", "replay"]


def test_a_meter_asked_for_that_cannot_be_had_is_an_error() -> None:
    with pytest.raises(MeterUnavailableError, match="needs a recording"):
        open_bank(["host", "replay"])


def test_a_name_nobody_registered_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'rapl'"):
        open_bank(["rapel"])


def test_a_broken_plug_in_breaks_only_itself(declare: Callable[..., None]) -> None:
    declare(broken=Broken, partial=Partial)
    with open_bank() as bank:
        assert "no such device" in bank.notes[0].message
        assert len(bank.meters) == 1


def test_what_was_opened_is_closed_when_another_is_refused(declare: Callable[..., None]) -> None:
    declare(broken=Broken, partial=Partial)
    with pytest.raises(OSError, match="no such device"):
        open_bank(["partial", "broken"])
    assert Partial.made[-1].is_closed


def test_a_meter_s_own_doubts_are_the_bank_s(declare: Callable[..., None]) -> None:
    declare(partial=Partial)
    with open_bank() as bank:
        assert bank.notes == (NOTE,)


def test_a_probe_says_why_not() -> None:
    probe = probe_meter("replay")
    assert probe.meter is None
    assert (probe.reason, probe.advice) == (
        "replay needs a recording.",
        "Pass one: --replay TRACE.csv.",
    )


def test_a_probe_of_a_recording_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    path.write_text(TRACE)
    assert probe_meter("replay", replay=path).meter is not None


def test_opening_imports_neither_pynvml_nor_numpy_where_there_is_no_gpu() -> None:
    script = (
        "import sys; from breakeven.meters import open_bank; open_bank(['host'])\n"
        "print([m for m in ('pynvml', 'amdsmi', 'numpy', 'torch', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


class Paired(ScriptedMeter):
    """A plug-in that brings a gauge of the same device."""

    def __init__(self) -> None:
        super().__init__([{"x": 0.0}])
        self.companions = (ScriptedGauge([1.0]),)


def test_companions_are_opened_with_the_meter_that_brings_them(
    declare: Callable[..., None],
) -> None:
    declare(paired=Paired)
    with open_bank() as bank:
        assert [meter.name for meter in bank.meters] == ["scripted"]
        assert [gauge.name for gauge in bank.peak_meters] == ["scripted-gauge"]
