"""Clocks: processors that were throttled by heat, or may not run as fast as they could.

Counters: `thermal_throttle` of each CPU, limits: `cpufreq` (both in the kernel's
Documentation/ABI/testing/sysfs-devices-system-cpu).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from breakeven.meters.host.procfs import read_small
from breakeven.records import Note, NoteCode

LIMITED_FRAC = 0.95
"""Below this share of its highest clock a processor counts as limited."""

_CPUS = "sys/devices/system/cpu"
_COUNT, _TIME, _LIMIT = "count", "time_ms", "limit_khz"


class ClockObserver:
    """Sees throttling events and their time, and limits of the clock."""

    name = "clocks"

    def __init__(self, *, root: Path = Path("/")) -> None:
        """Find the counters of every core and package once, and one limit per sort of core.

        Args:
            root: Where /sys is looked up.
        """
        folder = root / _CPUS
        self._files = {
            f"{what}:{part}": str(path)
            for part, stem in _parts(folder)
            for what, path in ((_COUNT, f"{stem}_count"), (_TIME, f"{stem}_total_time_ms"))
            if Path(path).exists()
        }
        self._highest_khz = dict[str, float]()
        for policy in sorted(folder.glob("cpufreq/policy*")):
            self._add_limit(policy)
        self.sees_anything = bool(self._files)

    def look(self) -> Mapping[str, float]:
        """Return every counter and limit that can be read."""
        return {key: seen for key, path in self._files.items() if (seen := _number(path)) >= 0}

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        """Say how often and how long heat slowed processors down, and what limits them."""
        grown = {key: after[key] - before[key] for key in after.keys() & before.keys()}
        n_times = sum(v for key, v in grown.items() if key.startswith(_COUNT))
        longest_s = max((v for key, v in grown.items() if key.startswith(_TIME)), default=0) / 1e3
        notes = [] if n_times <= 0 else [_throttled(n_times, longest_s, duration_s)]
        for key, highest_khz in self._highest_khz.items():
            limits_khz = [look[key] for look in (before, after) if key in look]
            if limits_khz and min(limits_khz) < LIMITED_FRAC * highest_khz:
                notes.append(_limited(min(limits_khz), highest_khz))
        return notes

    def close(self) -> None:
        """Nothing is held open."""

    def _add_limit(self, policy: Path) -> None:
        """Watch one policy of each sort of core; they are set together."""
        highest_khz = _number(str(policy / "cpuinfo_max_freq"))
        if highest_khz > 0 and highest_khz not in self._highest_khz.values():
            key = f"{_LIMIT}:{policy.name}"
            self._files[key] = str(policy / "scaling_max_freq")
            self._highest_khz[key] = highest_khz


def _parts(folder: Path) -> Iterator[tuple[str, str]]:
    """Each core and each package once, with the beginning of its counters' paths."""
    known = set()
    for cpu in sorted(folder.glob("cpu[0-9]*")):
        core = _text(cpu / "topology/core_cpus_list") or _text(
            cpu / "topology/thread_siblings_list"
        )
        package = _text(cpu / "topology/physical_package_id")
        for part, kind in ((f"core {core or cpu.name}", "core"), (f"package {package}", "package")):
            if part not in known:
                known.add(part)
                yield part, f"{cpu}/thermal_throttle/{kind}_throttle"


def _throttled(n_times: float, longest_s: float, duration_s: float) -> Note:
    how_long = ""
    if longest_s > 0:
        how_long = f", for {longest_s:.3g} s ({min(1.0, longest_s / duration_s):.0%} of the window)"
    return Note(
        code=NoteCode.THROTTLED,
        message=f"processors were slowed down by heat {n_times:.0f} times{how_long}.",
        advice="Cool the machine or let it rest between runs; compare only runs that kept their "
        "clock.",
    )


def _limited(limit_khz: float, highest_khz: float) -> Note:
    return Note(
        code=NoteCode.THROTTLED,
        message=(
            f"the clock of the processors is limited to {limit_khz / 1e6:.3g} GHz of "
            f"{highest_khz / 1e6:.3g} GHz (scaling_max_freq)."
        ),
        advice="Say so beside the number, or lift it: cpupower frequency-set --max "
        f"{highest_khz / 1e6:.3g}GHz.",
    )


def _number(path: str) -> float:
    """The number in a file; -1 where there is none."""
    try:
        return float(read_small(path))
    except (OSError, ValueError):
        return -1.0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
