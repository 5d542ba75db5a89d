"""Other load: CPU seconds that others used, and those the host of a virtual machine withheld.

Context switches that a process did not ask for are no cost of their own; they tell how often
somebody else took its processor, so they stand in the same sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from breakeven.meters.host.procfs import TICK_S, read_small
from breakeven.records import Note, NoteCode

OTHERS_FRAC = 0.05
"""Share of the machine's CPU time that others may use before a reader is told."""

STOLEN_FRAC = 0.02
"""Share of the CPU time asked for in this virtual machine that its host may withhold."""

_TICKS_PER_CPU = 2
"""The kernel's sums move in ticks, on each CPU for itself, at both ends."""

USED, OTHERS, STOLEN, SWITCHES = "used_s", "busy_s", "stolen_s", "switches"


def unwanted_switches() -> float:
    """Times that this process or a child that ended was taken off its CPU; getrusage(2)."""
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return 0.0
    users = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return float(sum(resource.getrusage(user).ru_nivcsw for user in users))


class LoadObserver:
    """Sees CPU time of the whole machine less that of the measured processes."""

    name = "load"

    def __init__(
        self,
        *,
        used_s: Callable[[], float],
        root: Path = Path("/"),
        switches: Callable[[], float] = unwanted_switches,
    ) -> None:
        """Find out how many processors the sums are of.

        Args:
            used_s: CPU seconds so far of everything that is not somebody else.
            root: Where /proc is looked up.
            switches: Times that our processes were taken off their CPU.
        """
        self._path, self._used_s, self._switches = str(root / "proc/stat"), used_s, switches
        self._n_cpus = _n_cpus(root / "proc/stat")
        self.sees_anything = self._n_cpus > 0

    def look(self) -> Mapping[str, float]:
        """Return CPU seconds of everybody, of ours, and stolen; see proc_stat(5)."""
        used_s = self._used_s()
        first, _, _ = read_small(self._path).partition(b"\n")
        user, nice, system, *more = (int(ticks) * TICK_S for ticks in first.split()[1:])
        # more: idle, iowait, irq, softirq, steal; interrupts belong to nobody and are left out.
        return {
            USED: used_s,
            OTHERS: user + nice + system,
            STOLEN: more[4] if len(more) > 4 else 0.0,
            SWITCHES: self._switches(),
        }

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        """Say what others used and what the host withheld, beyond what ticks can vouch for."""
        grown = {key: after[key] - before[key] for key in after.keys() & before.keys()}
        if not {USED, OTHERS, STOLEN, SWITCHES} <= grown.keys():
            return []  # what could not be read accuses nobody
        blur_s = _TICKS_PER_CPU * TICK_S * self._n_cpus
        others_s = grown[OTHERS] - grown[USED]
        asked_s = grown[OTHERS] + grown[STOLEN]
        notes = []
        if others_s - blur_s > OTHERS_FRAC * duration_s * self._n_cpus:
            notes.append(self._others(others_s, grown[SWITCHES], duration_s))
        if grown[STOLEN] - blur_s > STOLEN_FRAC * asked_s:
            notes.append(_stolen(grown[STOLEN], asked_s))
        return notes

    def close(self) -> None:
        """Nothing is held open."""

    def _others(self, others_s: float, n_switches: float, duration_s: float) -> Note:
        share_frac = min(1.0, others_s / (duration_s * self._n_cpus))
        moved = ""
        if n_switches >= 1:
            moved = f"; the measured process had to give up its processor {n_switches:,.0f} times"
        return Note(
            code=NoteCode.BUSY_MACHINE,
            message=(
                f"other processes used {others_s:.3g} CPU s in these {duration_s:.3g} s, "
                f"{share_frac:.0%} of the machine's {self._n_cpus:.0f} CPUs{moved}."
            ),
            advice="Stop the other load and measure again: time grows under it, and joules of a "
            "package or a plug hold what it drew.",
        )


def _stolen(stolen_s: float, asked_s: float) -> Note:
    return Note(
        code=NoteCode.CPU_STOLEN,
        message=(
            f"the host of this virtual machine withheld {stolen_s:.3g} CPU s, "
            f"{stolen_s / asked_s:.0%} of what was asked for."
        ),
        advice="Measure when the host is quiet, or on a machine of its own.",
    )


def _n_cpus(path: Path) -> int:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(line.startswith("cpu") and line[3:4].isdigit() for line in lines)
