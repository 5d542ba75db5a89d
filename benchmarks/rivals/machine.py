"""The fake machine of a scene: registers that move while the work goes on, and only then.

Files in the scene's folder are its clockwork: the runner writes `go`, the machine moves its
registers, writes `halfway` and in the end `done`.
"""

import json
import threading
import time
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from breakeven.testing.powercap import FakePowercap, FakeZone

STEP_S = 0.01
"""How often registers move; a real one moves every millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of the work.

    Attributes:
        duration_s: How long it lasts.
        energy_j: What each zone consumes in it, evenly, by folder.
    """

    duration_s: float
    energy_j: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A GPU that draws `power_w` all the time."""

    uuid: str
    power_w: float
    name: str = "NVIDIA A100-SXM4-80GB"
    has_counter: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What a fake machine has, and what the work does to it."""

    spells: tuple[Spell, ...]
    zones: tuple[FakeZone, ...] = ()
    gpus: tuple[Gpu, ...] = ()

    @property
    def work_s(self) -> float:
        """How long the work lasts."""
        return sum(spell.duration_s for spell in self.spells)


@dataclass(slots=True)
class FakeMachine:
    """Builds the tree and moves it in a thread of its own."""

    folder: Path
    hardware: Hardware
    is_over: threading.Event = field(default_factory=threading.Event)
    powercap: Path | None = None
    began_s: float | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Show the sensors and wait for `go`."""
        tree = None
        if self.hardware.zones:
            self.powercap = self.folder / "powercap"
            tree = FakePowercap(self.powercap, self.hardware.zones)
            nest(self.powercap, self.hardware.zones)
        if self.hardware.gpus:
            shown = [
                {
                    "uuid": gpu.uuid,
                    "name": gpu.name,
                    "power_w": gpu.power_w,
                    "has_counter": gpu.has_counter,
                    "work_s": self.hardware.work_s,
                }
                for gpu in self.hardware.gpus
            ]
            (self.folder / "gpus.json").write_text(json.dumps(shown))
        self._thread = threading.Thread(target=self._move, args=(tree,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop moving."""
        self.is_over.set()
        if self._thread is not None:
            self._thread.join()

    def worked_s(self) -> float:
        """Seconds of work so far."""
        return 0.0 if self.began_s is None else time.monotonic() - self.began_s

    def consumed_j(self, folder: str, worked_s: float) -> float:
        """Energy of one zone after so many seconds of work."""
        total_j = 0.0
        for spell in self.hardware.spells:
            share = min(max(worked_s / spell.duration_s, 0.0), 1.0)
            total_j += share * spell.energy_j.get(folder, 0.0)
            worked_s -= spell.duration_s
        return total_j

    def _move(self, tree: FakePowercap | None) -> None:
        while not (self.folder / "go").exists():
            if self.is_over.wait(STEP_S / 2):
                return
        self.began_s = float((self.folder / "go").read_text())
        moved_j = dict.fromkeys((zone.folder for zone in self.hardware.zones), 0.0)
        work_s = self.hardware.work_s
        while not self.is_over.wait(STEP_S):
            now_s = min(self.worked_s(), work_s)
            for folder, before_j in moved_j.items():
                moved_j[folder] = self.consumed_j(folder, now_s)
                if tree is not None and moved_j[folder] > before_j:
                    tree.consume(folder, moved_j[folder] - before_j)
            if now_s >= work_s / 2:
                (self.folder / "halfway").touch()
            if now_s >= work_s:
                (self.folder / "done").touch()
                return


def nest(powercap: Path, zones: tuple[FakeZone, ...]) -> None:
    """Link zones as sysfs shows them twice: flat, and inside their control type and package."""
    for zone in zones:
        control, *numbers = zone.folder.split(":")
        (powercap / control).mkdir(exist_ok=True)
        (powercap / control / "enabled").write_text("1\n")
        if not (powercap / control / "subsystem").exists():
            (powercap / control / "subsystem").symlink_to("..")
        *parents, last = accumulate([control, *numbers], lambda a, b: f"{a}:{b}")
        home = powercap / (parents[-1] if len(numbers) > 1 else control)
        if not (home / last).exists():
            (home / last).symlink_to(f"../{last}")
