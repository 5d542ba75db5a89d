"""Which processes live, for tests that end some; Linux only.

One that has ended stays listed as a zombie until its parent collects it, and the init of a
container may take for ever over orphans. It has ended all the same.
"""

from pathlib import Path

from breakeven.meters.host.procfs import start_ticks

GROUP, SESSION = 2, 3
"""Where /proc/PID/stat tells them, counted from the state on (proc(5))."""


def has_ended(pid: int) -> bool:
    """Whether no living process has that number."""
    return start_ticks(pid) is None


def living(field: int, number: int) -> dict[int, list[str]]:
    """Fields of /proc/PID/stat from the state on, of each living process of a group or session.

    Args:
        field: `GROUP` or `SESSION`.
        number: Which one.
    """
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[field]) == number and fields[0] not in ("Z", "X"):
            found[int(path.parent.name)] = fields
    return found
