"""Control groups: quotas of CPU time and limits of memory that held the work back.

Version 2: `cpu.stat` and `memory.events` (Documentation/admin-guide/cgroup-v2.rst); version 1:
`cpu.stat` and `memory.failcnt` (scheduler/sched-bwc.rst, cgroup-v1/memory.rst). A limit may be set
at any level above the process, so every level is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from breakeven.meters.host.procfs import read_small
from breakeven.records import Note, NoteCode

HELD_FRAC = 0.01
"""Share of the quota's periods in which the work may have waited before a reader is told."""

_HELD_S = {"throttled_usec": 1e-6, "throttled_time": 1e-9}
"""Waiting time in version 2 and version 1, with its unit in seconds."""

_KEYS = frozenset({"nr_periods", "nr_throttled", *_HELD_S, "high", "max", "oom_kill"})


class ControlGroupObserver:
    """Sees quotas and memory limits of the groups that this process is in."""

    name = "control groups"

    def __init__(self, *, root: Path = Path("/")) -> None:
        """Find the files of every level.

        Args:
            root: Where /proc and /sys are looked up.
        """
        folders = dict.fromkeys(_levels(root))
        names = ("cpu.stat", "memory.events", "memory.failcnt")
        paths = (folder / name for folder in folders for name in names)
        self._files = [str(path) for path in paths if any(_counters(str(path)))]
        self.sees_anything = bool(self._files)

    def look(self) -> Mapping[str, float]:
        """Return every counter, by level."""
        seen = {}
        for level, path in enumerate(self._files):
            for key, value in _counters(path):
                seen[f"{key}@{level}"] = value
        return seen

    def judge(
        self,
        before: Mapping[str, float],
        after: Mapping[str, float],
        *,
        duration_s: float,
    ) -> Sequence[Note]:
        """Say which limits were met."""
        grown = {key: after[key] - before[key] for key in after.keys() & before.keys()}
        return [
            *self._held(grown, duration_s),
            *_reached("high", "its limit to slow down (memory.high)", grown),
            *_reached("max", "its limit (memory.max)", grown),
            *_killed(grown),
        ]

    def close(self) -> None:
        """Nothing is held open."""

    def _held(self, grown: Mapping[str, float], duration_s: float) -> Iterator[Note]:
        """Tell of the level whose quota held the work back most."""
        levels = range(len(self._files))
        shares = [
            (grown.get(f"nr_throttled@{i}", 0) / max(1, grown.get(f"nr_periods@{i}", 0)), i)
            for i in levels
        ]
        share, level = max(shares, default=(0.0, 0))
        if share <= HELD_FRAC:
            return
        waited_s = sum(grown.get(f"{key}@{level}", 0) * unit for key, unit in _HELD_S.items())
        yield Note(
            code=NoteCode.LIMITED,
            message=(
                f"a quota of CPU time held the work back in {share:.0%} of its periods, "
                f"{waited_s:.3g} s of waiting in these {duration_s:.3g} s."
            ),
            advice="Raise the container's limit of CPU, or use fewer threads.",
        )


def _reached(key: str, what: str, grown: Mapping[str, float]) -> Iterator[Note]:
    n_times = max((v for name, v in grown.items() if name.startswith(f"{key}@")), default=0)
    if n_times > 0:
        yield Note(
            code=NoteCode.LIMITED,
            message=(
                f"memory of the control group reached {what} {n_times:.0f} times; the work waited "
                "while pages were taken back."
            ),
            advice="Raise the container's memory limit, or make the work smaller.",
        )


def _killed(grown: Mapping[str, float]) -> Iterator[Note]:
    n_killed = max((v for name, v in grown.items() if name.startswith("oom_kill@")), default=0)
    if n_killed > 0:
        yield Note(
            code=NoteCode.LIMITED,
            message=f"{n_killed:.0f} processes of the group were killed for want of memory.",
            advice="Raise the container's memory limit, or make the work smaller.",
        )


def _counters(path: str) -> Iterator[tuple[str, float]]:
    try:
        text = read_small(path).decode("ascii")
    except OSError:
        return
    if path.endswith("memory.failcnt"):
        text = f"max {text}"
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        if key in _KEYS and value.strip().isdigit():
            yield key, float(value)


def _levels(root: Path) -> Iterator[Path]:
    """Folders of the groups of this process, from its own up to the mount."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        base = _mount(root / "sys/fs/cgroup", controllers)
        if base is None:
            continue
        own = PurePosixPath(path.lstrip("/"))
        if not (base / own).is_dir():
            own = PurePosixPath()  # a container sees its own group at the mount
        yield base / own
        yield from (base / above for above in own.parents)


def _mount(folder: Path, controllers: str) -> Path | None:
    """Where a hierarchy is mounted; None for controllers that limit neither CPU nor memory."""
    named = controllers.split(",")
    if not controllers:
        candidates = [folder / "unified", folder]
    elif {"cpu", "memory"} & set(named):
        candidates = [folder / controllers, *(folder / name for name in named)]
    else:
        return None
    return next((path for path in candidates if path.is_dir()), None)
