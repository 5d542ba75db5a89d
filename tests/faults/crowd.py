"""A crowd of victims: twenty processes that measure, each ended at an instant of its own."""

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from breakeven.records import Resource, Run
from breakeven.session import recover
from breakeven.store import Store
from breakeven.testing.processes import SESSION, living

N_VICTIMS = 20
PATIENCE_S = 90.0
LOST_S = 1.1
"""What a kill may cost: the journal's period and a late thread."""

SEED = int(os.environ.get("BREAKEVEN_FAULTS_SEED", "20260101"))
"""Printed by every test; set the variable to try other instants."""

ZYGOTE = Path(__file__).with_name("zygote.py")
LATEST_S = 2.0


def wait_until(is_so: Callable[[], bool], *, patience_s: float = PATIENCE_S) -> None:
    end_s = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end_s, "waited too long"
        time.sleep(0.02)


def instants_s(what: str) -> list[float]:
    """Seconds of life of each victim, the same whenever the seed is."""
    print(f"{what}: seed {SEED}")  # noqa: T201 - pytest shows it when the test fails
    rng = random.Random(f"{SEED} {what}")
    return [rng.uniform(0.0, LATEST_S) for _ in range(N_VICTIMS)]


def session_cpu_s(session: int) -> float:
    """CPU seconds that the living processes of a session have used."""
    ticks = sum(int(stat[11]) + int(stat[12]) for stat in living(SESSION, session).values())
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Crowd:
    """Victims of one zygote, by name.

    Attributes:
        folder: Where they tell of themselves.
        spec: What each does.
        prefix: Words before the zygote's command, such as `unshare`.
    """

    folder: Path
    spec: Mapping[str, Mapping[str, object]]
    prefix: tuple[str, ...] = ()
    zygote_pid: int = 0

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Start them; whatever is left in the end is killed."""
        self.folder.mkdir(exist_ok=True)
        path = self.folder / "spec.json"
        path.write_text(json.dumps(self.spec))
        argv = [*self.prefix, sys.executable, str(ZYGOTE), str(path)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, start_new_session=True) as process:
            self.zygote_pid = process.pid
            try:
                wait_until(lambda: all(self._path(name, "pid").exists() for name in self.spec))
                yield
            finally:
                for name in self.spec:
                    for pid in self.living(name):
                        os.kill(pid, signal.SIGKILL)
                process.kill()

    def pid(self, name: str) -> int:
        return int(self._path(name, "pid").read_text())

    def said(self, name: str) -> tuple[float, float]:
        """Seconds that the work of a victim went on, and what it burnt in them."""
        wall_s, cpu_s = struct.unpack("dd", self._path(name, "beat").read_bytes())
        return wall_s, cpu_s

    def code(self, name: str) -> int:
        return int(self._path(name, "code").read_text())

    def errors(self, name: str) -> str:
        return self._path(name, "err").read_text()

    def living(self, name: str) -> list[int]:
        """Processes of a victim's session, the victim itself included."""
        return list(living(SESSION, self.pid(name)))

    def end_each(self, end: Callable[[str], None], lives_s: Mapping[str, float]) -> None:
        """Let each live its time from its first heartbeat on, then end it; wait for all."""
        born_s: dict[str, float] = {}
        left = set(self.spec)
        give_up_s = time.monotonic() + PATIENCE_S
        while left:
            assert time.monotonic() < give_up_s, f"never ended: {sorted(left)}"
            for name in sorted(left):
                if name not in born_s and self._beats(name):
                    born_s[name] = time.monotonic()
                if name in born_s and time.monotonic() - born_s[name] >= lives_s[name]:
                    end(name)
                    left.remove(name)
            time.sleep(0.005)
        self.wait()

    def wait(self) -> None:
        """Wait until every victim has ended."""
        wait_until(lambda: all(self._path(name, "code").exists() for name in self.spec))

    def assert_nobody_is_left(self) -> None:
        """What was asked politely to end may take a moment."""
        wait_until(lambda: not any(self.living(name) for name in self.spec), patience_s=10)

    def _beats(self, name: str) -> bool:
        path = self._path(name, "beat")
        return path.exists() and path.stat().st_size == struct.calcsize("dd")

    def _path(self, name: str, kind: str) -> Path:
        return self.folder / f"{name}.{kind}"


SMALL_DISKS = """
for disk in "$0"/*/; do mount -t tmpfs -o size=2560k none "$disk" || exit 1; done
exec "$@"
"""
"""For `unshare -rm sh -c`: a small disk in each folder of one, seen by the crowd alone."""


def fill(disk: Path) -> None:
    """Leave not one byte."""
    with (disk / "filler").open("ab", buffering=0) as file:
        for size in (1 << 16, 1 << 10, 1):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass
    assert shutil.disk_usage(disk).free == 0


def names() -> list[str]:
    return [f"v{i:02}" for i in range(N_VICTIMS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a victim's work does.

    Attributes:
        store: Where it is recorded.
        lasts_s: How long it goes on.
        end: "raise" to end by an exception; else a file after whose appearance `lasts_s` counts.
    """

    store: Path
    lasts_s: float = 1e6
    end: str = "raise"


def blocks(folder: Path, lives: Mapping[str, Life], prefix: Sequence[str] = ()) -> Crowd:
    """Programs that measure a block."""
    spec = {
        name: {"store": str(life.store), "lasts_s": life.lasts_s, "end": life.end}
        for name, life in lives.items()
    }
    return Crowd(folder, spec, tuple(prefix))


def commands(folder: Path, lives: Mapping[str, Life], prefix: Sequence[str] = ()) -> Crowd:
    """`breakeven measure -- COMMAND`, the command telling how long it lives."""
    spec = {
        name: {
            "cli": [
                *("measure", "--store", str(life.store), "--name", name, "--"),
                *(sys.executable, "-S", str(ZYGOTE), "beat"),
                *(str(folder / f"{name}.beat"), str(life.lasts_s), life.end),
            ]
        }
        for name, life in lives.items()
    }
    return Crowd(folder, spec, tuple(prefix))


def recovered(store: Path) -> dict[str, Run]:
    """Every run, after recovery, by the victim's name."""
    with Store(store) as opened:
        recover(opened)
        assert not opened.journals()
        return {run.row: run for run in opened.runs()}


def lost_s(run: Run, said: tuple[float, float]) -> tuple[float, float]:
    """Seconds of the work, and of its CPU time, that are missing from a run."""
    wall_s = sum(phase.measurement.duration_s for phase in run.phases)
    cpu_s = sum(cost.value for cost in run.costs(Resource.CPU_S))
    return said[0] - wall_s, said[1] - cpu_s
