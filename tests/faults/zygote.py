"""Starts many victims from one warm process, so that twenty cost little more than one.

`python zygote.py SPEC.json` forks one child per victim, each in a session of its own and from
there on a process like any other: `breakeven ...` by its own entry, or a program that measures a
block. It writes `<victim>.pid` when one begins and `<victim>.code` when it has ended.
"""

import json
import os
import struct
import sys
import time
from pathlib import Path

HEARTBEAT_S = 0.02


def main(path: str) -> None:
    """Fork the victims, then wait for all."""
    wanted = json.loads(Path(path).read_text())
    folder = Path(path).parent
    from breakeven.cli import measure, run  # noqa: F401, PLC0415 - warm before the forks
    from breakeven.meters import opening  # noqa: F401, PLC0415 - the same
    from breakeven.session import command  # noqa: F401, PLC0415 - the same
    from breakeven.study import runner, spec  # noqa: F401, PLC0415 - the same

    victims = {}
    for name, victim in wanted.items():
        pid = os.fork()
        if pid == 0:
            live(folder, name, victim)
            return
        victims[pid] = name
        (folder / f"{name}.pid").write_text(str(pid))
    while victims:
        pid, status = os.wait()
        if name := victims.pop(pid, ""):
            draft = folder / f"{name}.code.new"
            draft.write_text(str(os.waitstatus_to_exitcode(status)))
            draft.replace(folder / f"{name}.code")
    sys.stdin.read()  # the disks it sees are looked at through it until it is killed


def live(folder: Path, name: str, victim: dict[str, object]) -> None:
    """Be one victim; whatever it raises ends the process as it would any other."""
    os.setsid()
    errors = os.open(folder / f"{name}.err", os.O_WRONLY | os.O_CREAT)
    os.dup2(errors, 2)
    if "cli" in victim:
        from breakeven.cli import main as cli  # noqa: PLC0415 - loaded before the fork

        cli([str(word) for word in victim["cli"]])  # type: ignore[attr-defined]
        return
    from breakeven.session import measure  # noqa: PLC0415 - loaded before the fork

    with measure(name, store=str(victim["store"])):
        beat(folder / f"{name}.beat", float(str(victim["lasts_s"])), str(victim["end"]))


def beat(path: Path, lasts_s: float, end: str) -> None:
    """Say again and again how long the work has gone on and what it has burnt.

    It goes on for `lasts_s`, or, if `end` is a path, for that long after there is such a file;
    it then returns, unless `end` says "raise".
    """
    said = os.open(path, os.O_RDWR | os.O_CREAT)
    began_s, burnt_s = time.monotonic(), time.process_time()
    last_s = began_s + lasts_s if end == "raise" else None
    while last_s is None or time.monotonic() < last_s:
        now = struct.pack("dd", time.monotonic() - began_s, time.process_time() - burnt_s)
        os.pwrite(said, now, 0)
        sum(range(2000))
        time.sleep(HEARTBEAT_S)
        if last_s is None and os.path.exists(end):  # noqa: PTH110 - cheap, and asked often
            last_s = time.monotonic() + lasts_s
    if end == "raise":
        raise RuntimeError("the work failed, as it was told to")


if __name__ == "__main__":
    if sys.argv[1] == "beat":
        beat(Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
    else:
        main(sys.argv[1])
