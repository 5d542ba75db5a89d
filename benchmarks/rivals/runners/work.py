"""What every runner does under its tool's eyes, and how it tells what the tool said.

Standard library only, because it runs in the rivals' environments.
"""

import json
import os
import time
from pathlib import Path

FOLDER = Path(os.environ["RIVALS_FOLDER"])
OUT = FOLDER / "out"
ASK = os.environ["RIVALS_ASK"]
RANK, N_RANKS = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
HAS_GPUS = (FOLDER / "gpus.json").exists()
"""Then only GPU energy is compared: what a tool models for the CPU besides is left out."""

_SENTINEL = "RIVALS-RESULT "


def work():
    """Let the fake machine consume its energy and wait, asleep, until it has."""
    (FOLDER / f"ready-{RANK}").touch()
    if RANK == 0:
        while len(list(FOLDER.glob("ready-*"))) < N_RANKS:
            time.sleep(0.01)
        draft = FOLDER / "go.new"
        draft.write_text(repr(time.monotonic()))
        draft.replace(FOLDER / "go")
    before = _others()
    most, end_s = len(before), time.monotonic() + 60
    while not (FOLDER / "done").exists():
        if time.monotonic() > end_s:
            raise TimeoutError("the fake machine never finished")
        time.sleep(0.01)
        if (FOLDER / "halfway").exists() and ASK == "exception":
            raise RuntimeError("the work failed")
    after = _others()
    spent_s = sum(cpu_s - before.get(pid, 0.0) for pid, cpu_s in after.items())
    notes = {"n_helpers": max(most, len(after)), "others_cpu_s": round(spent_s, 3)}
    (FOLDER / f"seen-{RANK}").write_text(json.dumps(notes))


def tell(energy_j, **more):
    """Print what the tool reported: energy in joules, or None when it reported none."""
    print(_SENTINEL + json.dumps({"energy_j": energy_j, "rank": RANK, **more}), flush=True)


def _others():
    """CPU seconds of every other process of this session, by process."""
    me, found = os.getpid(), {}
    session = os.getsid(0)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z" and int(path.parent.name) != me:
            ticks = int(fields[11]) + int(fields[12])
            found[int(path.parent.name)] = ticks / os.sysconf("SC_CLK_TCK")
    return found
