"""One scene: one tool at one scenario, in its own mounts and without a network."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import breakeven
from benchmarks.rivals.environments import BREAKEVEN, HERE, Tool
from benchmarks.rivals.machine import FakeMachine
from benchmarks.rivals.scenarios import Ask, Scenario

OUR_SOURCE = Path(breakeven.__file__).resolve().parents[1]
"""Where breakeven was imported from: the scenes must see the same."""

SENTINEL = "RIVALS-RESULT "
PATIENCE_S = 60.0
KILL_AT_FRAC = 0.75
"""When in the work a tool is killed: late enough that losing all of it is seen."""

_SIGNALS = {Ask.KILL: signal.SIGKILL, Ask.INTERRUPT: signal.SIGINT}


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a scene.

    Attributes:
        tool: Who measured.
        scenario: What.
        truth_j: What was really consumed; None where there is nothing to measure.
        told: What each process printed.
        exit_code: Of the runner; minus the signal that ended it.
        connections: Hosts that were looked up or connected to; none was reached.
        n_helpers: Other processes while the work went on; None if the work never ended.
        others_cpu_s: What these burnt while the work slept.
        n_orphans: Processes still alive two seconds after the runner's end.
        start_s: From the start of the process to the begin of the work.
        error: Last line of stderr.
        skipped: Why nothing was run.
    """

    tool: str
    scenario: str
    truth_j: float | None = None
    told: list[dict[str, Any]] = field(default_factory=list)
    exit_code: int | None = None
    connections: list[str] = field(default_factory=list)
    n_helpers: int | None = None
    others_cpu_s: float | None = None
    n_orphans: int = 0
    start_s: float | None = None
    error: str = ""
    skipped: str = ""

    @property
    def value_j(self) -> float | None:
        """Sum of what the processes reported; a modelled RAM figure left out where it is apart."""
        values = [one.get("value_j", one.get("energy_j")) for one in self.told]
        known = [value for value in values if value is not None]
        return sum(known) if known else None


def play(tool: Tool, scenario: Scenario) -> Outcome:
    """Run a tool through a scenario."""
    outcome = Outcome(tool=tool.name, scenario=scenario.name, truth_j=scenario.truth_j)
    with tempfile.TemporaryDirectory(prefix="rv") as made:
        folder = Path(made)
        (folder / "out").mkdir()
        (folder / "home").mkdir()
        machine = FakeMachine(folder, scenario.hardware)
        machine.start()
        if scenario.is_unprivileged and machine.powercap is not None:
            for register in machine.powercap.glob("*/energy_uj"):
                register.chmod(0)
        try:
            _play(tool, scenario, machine, outcome)
            if scenario.ask in (*_SIGNALS, Ask.EXCEPTION) or (
                scenario.ask is Ask.RANKS and tool is BREAKEVEN
            ):
                outcome.told = _salvage(tool, scenario, folder)
        finally:
            machine.stop()
    return outcome


def _play(tool: Tool, scenario: Scenario, machine: FakeMachine, outcome: Outcome) -> None:
    log = machine.folder / "connections"
    began_s = time.monotonic()
    process = _start(tool, scenario, machine, ask=scenario.ask)
    if scenario.ask in _SIGNALS:
        _end_midway(process, scenario, machine, outcome)
    outcome.n_orphans = _wait(process)
    out, err = process.communicate()
    outcome.exit_code = process.returncode
    outcome.told = parse(out)
    outcome.error = last_line(err)
    if machine.began_s is not None:
        outcome.start_s = machine.began_s - began_s
    if log.exists():
        notes = [json.loads(line) for line in log.read_text().splitlines()]
        outcome.connections = [what for _, what in notes]
    seen = [json.loads(path.read_text()) for path in machine.folder.glob("seen-*")]
    if seen:
        outcome.n_helpers = max(one["n_helpers"] for one in seen)
        outcome.others_cpu_s = max(one["others_cpu_s"] for one in seen)


def _start(
    tool: Tool, scenario: Scenario, machine: FakeMachine, *, ask: str
) -> "subprocess.Popen[str]":
    folder = machine.folder
    argv = [str(tool.python), str(tool.runner)]
    if ask == Ask.RANKS:
        argv = [sys.executable, str(HERE / "ranks.py"), *argv]
    scene = {
        "folder": str(folder),
        "powercap": None if machine.powercap is None else str(machine.powercap),
        "is_unprivileged": scenario.is_unprivileged,
        "argv": argv,
        "environ": _environment(tool, folder, scenario, ask),
    }
    path = folder / "scene.json"
    path.write_text(json.dumps(scene))
    apart = ["unshare", "--mount", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    return subprocess.Popen(
        [*apart, sys.executable, str(HERE / "enter.py"), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _environment(tool: Tool, folder: Path, scenario: Scenario, ask: str) -> dict[str, str]:
    has_gpus = bool(scenario.hardware.gpus)
    return {
        "PYTHONPATH": str(HERE / "shim") + (f":{OUR_SOURCE}" if tool is BREAKEVEN else ""),
        "PATH": f"{HERE / 'shim/bin'}:{os.environ['PATH']}" if has_gpus else os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "RIVALS_FOLDER": str(folder),
        "RIVALS_ASK": ask,
        "RIVALS_LOG": str(folder / "connections"),
        "RIVALS_CLOCK_STEP": str(folder / "halfway") if ask == Ask.CLOCK_STEP else "",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder),
        "OMP_NUM_THREADS": "1",
        **scenario.environ,
    }


def _salvage(tool: Tool, scenario: Scenario, folder: Path) -> list[dict[str, Any]]:
    """Ask what is left on disk."""
    with tempfile.TemporaryDirectory(prefix="rv") as made:
        machine = FakeMachine(Path(made), scenario.hardware)
        (Path(made) / "out").symlink_to(folder / "out")
        (Path(made) / "home").symlink_to(folder / "home")
        process = _start(tool, scenario, machine, ask=Ask.SALVAGE)
        _wait(process)
        out, _ = process.communicate()
    return parse(out)


def _end_midway(
    process: "subprocess.Popen[str]", scenario: Scenario, machine: FakeMachine, outcome: Outcome
) -> None:
    at_s = KILL_AT_FRAC * scenario.hardware.work_s
    end_s = time.monotonic() + PATIENCE_S
    while machine.worked_s() < at_s and process.poll() is None and time.monotonic() < end_s:
        time.sleep(0.005)
    process.send_signal(_SIGNALS[scenario.ask])
    worked_s = machine.worked_s()
    outcome.truth_j = sum(
        machine.consumed_j(zone.folder, worked_s) for zone in scenario.hardware.zones
    )


def _wait(process: "subprocess.Popen[str]") -> int:
    """Wait for the end, and count who of the scene is alive two seconds later; then end them."""
    try:
        process.wait(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for _ in range(20):
        if not _living(process.pid):
            return 0
        time.sleep(0.1)
    return end_session(process.pid)


def end_session(session: int) -> int:
    """Kill what is left of a session; how many that was."""
    living = _living(session)
    for pid in living:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(living)


def _living(session: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def parse(out: str) -> list[dict[str, Any]]:
    """What runners told, among whatever their tools print."""
    lines = [line for line in out.splitlines() if line.startswith(SENTINEL)]
    return [json.loads(line.removeprefix(SENTINEL)) for line in lines]


def last_line(err: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
