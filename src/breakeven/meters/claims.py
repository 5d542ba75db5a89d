"""Claims: which run counts a device, so that no two runs of this machine count the same joules.

A GPU or a CPU package serves everybody, and its counter shows what everybody used. So one run at a
time owns it; whoever comes second has no number for it and a note that names the owner. A run
inside another (a step of a script that is measured as a whole) may read what the outer one owns:
its cost is part of the outer's and never added to it. The runs that count a device at one moment
are therefore always a line of ancestors.

How: a run is known by its path, the runs around it and then itself. For every device and every
level of its path it takes the lock (device, path above), in the name of its branch at that level;
a lock that the same branch holds already is as good as its own.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from breakeven.meters.host.procfs import start_ticks
from breakeven.meters.locks import Lock, LockFolder, file_name, lock_folder
from breakeven.records import Measurement, Note, NoteCode, Rank
from breakeven.records.protocols import Channel

DEVICE, PRESENT = "device", "present"
"""Kinds of lock: of a device at one level, and of a run for as long as it lasts."""

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Tells machines apart that share a folder of locks; containers of one machine have one."""

TRIES, PAUSE_S = 10, 0.002
"""How often, and how far apart, to look for what a holder writes a moment after it took a lock."""

SHOWN_NAME = 60
"""Letters of a foreign run's name that are repeated in a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """A run that measures, as others see it.

    Attributes:
        path: Ids of the runs around it, outermost first, and its own.
        name: Its row.
        pid: Its process.
        started_ticks: When that process started; numbers are reused, starts are not.
        pid_space: Process number space; containers of one host have their own.
        group: Stage of several processes it is a rank of; empty for none.
        rank: Which one of them.
        branch: In whose name it holds the lock; empty outside lock files.
    """

    path: tuple[str, ...]
    name: str = ""
    pid: int = 0
    started_ticks: int = 0
    pid_space: str = ""
    group: str = ""
    rank: int = 0
    branch: str = ""

    def is_related(self, other: "Claimant") -> bool:
        """Whether one runs inside the other, or both are ranks of one stage."""
        n_levels = min(len(self.path), len(other.path))
        is_line = self.path[:n_levels] == other.path[:n_levels]
        return is_line or bool(self.group and self.group == other.group)

    def shares_process(self, other: "Claimant") -> bool:
        """Whether both are of one process, whose CPU time and memory each counts as a whole."""
        own = (self.pid, self.started_ticks, self.pid_space)
        return own == (other.pid, other.started_ticks, other.pid_space)

    def __str__(self) -> str:
        name = "".join(c for c in self.name if c.isprintable())[:SHOWN_NAME] or "a run"
        rank = f", rank {self.rank}" if self.group else ""
        return f"{name} ({self.path[-1][:SHOWN_NAME]}, pid {self.pid}{rank})"


def this_claimant(path: Sequence[str], *, name: str = "", rank: Rank | None = None) -> Claimant:
    """Describe a run of this process.

    Args:
        path: Ids of the runs around it, outermost first, and its own.
        name: Its row.
        rank: Which rank it is, if it is one.
    """
    return Claimant(
        path=tuple(path),
        name=name,
        pid=os.getpid(),
        started_ticks=start_ticks(os.getpid()) or 0,
        pid_space=_pid_space(),
        group="" if rank is None else rank.group,
        rank=0 if rank is None else rank.rank,
    )


class Claims:
    """What one run owns, from its making to `release`.

    Attributes:
        owners: Who counts each channel that this run must leave out; None where nobody knows.
        notes: Doubts that are known from the beginning.
    """

    def __init__(
        self,
        channels: Iterable[Channel],
        claimant: Claimant,
        *,
        folder: Path | None = None,
        environ: Mapping[str, str] = os.environ,
        boot_id: Path = BOOT_ID,
    ) -> None:
        """Claim the devices behind some channels, and say that the run is there.

        Where the folder of locks cannot be used the run goes on with everything and a note.

        Args:
            channels: What the run would read.
            claimant: The run.
            folder: Of the locks; this machine's by default.
            environ: May name another folder, see `lock_folder`.
            boot_id: Where the kernel says which machine this is.
        """
        self._machine = _machine(boot_id)
        channels = tuple(channels)
        by_device = _by_device(channels)
        path = lock_folder(environ) if folder is None else folder
        self.owners: dict[str, Claimant | None] = {}
        self._claimant = claimant
        self._folder: LockFolder | None = None
        self._locks: list[Lock] = []
        self._present: Lock | None = None
        self._beside: dict[tuple[str, ...], Claimant] = {}
        try:
            self._folder = LockFolder(path)
            self._announce(self._folder)
            for device in sorted(by_device):  # one order for all: who wins a race wins it all
                self._take(self._folder, device, by_device[device])
            self._leave_contained(channels)
            self.notes = _owner_notes(claimant, self.owners)
        except OSError as error:
            self.release()
            self.owners, self.notes = {}, _untold(by_device, path, error)

    def kept(self, measurement: Measurement) -> Measurement:
        """Leave out what another run counts: absent, not zero."""
        if not self.owners:
            return measurement
        costs = tuple(cost for cost in measurement.costs if cost.channel not in self.owners)
        return replace(measurement, costs=costs)

    def overlaps(self) -> tuple[Note, ...]:
        """Say who else was measured on this machine so far, from the first to the last."""
        if self._present is not None and self._present.fd >= 0:
            self._meet(filter(None, map(_decode, self._present.lines()[1:])))
        return _overlap_notes(self._claimant, self._beside.values())

    def release(self) -> None:
        """Give everything up; a second call does nothing."""
        if self._folder is None:
            return
        self.overlaps()
        for lock in (*self._locks, *filter(None, [self._present])):
            self._folder.release(lock)
        self._folder.close()
        self._folder = None

    def _announce(self, folder: LockFolder) -> None:
        """Say that this run is there, and learn who else is; each of two hears of the other."""
        own, present = msgspec.json.encode(self._claimant), f"{PRESENT}.{self._machine}"
        name = f"{present}:{self._claimant.path[-1]}"
        for _ in range(TRIES):
            self._present = folder.take(name, own)
            if self._present is not None:
                break
            time.sleep(PAUSE_S)  # whoever looks for dead runs holds the lock for an instant
        else:
            return
        for other_name in folder.others(present, own=self._present):
            other = _holder(folder, other_name)
            if other is not None and self._meet([other]):
                folder.add_line(other_name, own)

    def _meet(self, others: Iterable[Claimant]) -> bool:
        """Take note of runs that are none of ours; return whether there was any."""
        strangers = {o.path: o for o in others if not o.is_related(self._claimant)}
        self._beside |= strangers
        return bool(strangers)

    def _take(self, folder: LockFolder, device: str, channels: Sequence[str]) -> None:
        """Take one device at every level of the path, or leave its channels to who has it."""
        path, taken = self._claimant.path, list[Lock]()
        for level, branch in enumerate(path):
            name = f"{DEVICE}.{self._machine}:{device}\n{'/'.join(path[:level])}"
            lock = folder.take(name, msgspec.json.encode(replace(self._claimant, branch=branch)))
            if lock is not None:
                taken.append(lock)
                continue
            holder = _holder(folder, file_name(name))
            is_own_branch = holder is not None and holder.branch == branch
            if level == len(path) - 1 or not is_own_branch:
                for earlier in taken:
                    folder.release(earlier)
                self.owners |= dict.fromkeys(channels, holder)
                return
        self._locks += taken

    def _leave_contained(self, channels: Sequence[Channel]) -> None:
        """Leave out what is part of a channel that somebody else counts, or checks it."""
        n_left = -1
        while n_left < len(self.owners):
            n_left = len(self.owners)
            for channel in channels:
                for outer in (channel.part_of, channel.check_of):
                    if outer in self.owners:
                        self.owners.setdefault(channel.name, self.owners[outer])


def _by_device(channels: Iterable[Channel]) -> Mapping[str, Sequence[str]]:
    by_device: defaultdict[str, list[str]] = defaultdict(list)
    for channel in channels:
        if channel.device:
            by_device[channel.device].append(channel.name)
    return by_device


def _holder(
    folder: LockFolder, name: str, *, pause: Callable[[float], None] = time.sleep
) -> Claimant | None:
    """Who holds a lock; waits for one that has only just taken it."""
    for _ in range(TRIES):
        found = _decode(folder.first_line(name))
        if found is not None and not _is_gone(found):
            return found
        pause(PAUSE_S)
    return None


def _is_gone(claimant: Claimant) -> bool:
    """Whether that process has certainly ended; one of another container cannot be seen."""
    if not claimant.started_ticks or claimant.pid_space != _pid_space():
        return False
    return start_ticks(claimant.pid) != claimant.started_ticks


def _machine(boot_id: Path) -> str:
    try:
        return boot_id.read_text()[:8]
    except OSError:
        return ""


def _pid_space() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _decode(line: bytes) -> Claimant | None:
    """Read what a process wrote of itself; None for anything else, since anybody may write."""
    try:
        found = msgspec.json.decode(line, type=Claimant)
    except msgspec.DecodeError:
        return None
    return found if found.path else None


def _owner_notes(claimant: Claimant, owners: Mapping[str, Claimant | None]) -> tuple[Note, ...]:
    """One note per owner of something that this run had to leave out."""
    by_owner: defaultdict[Claimant | None, list[str]] = defaultdict(list)
    for channel, owner in owners.items():
        by_owner[owner].append(channel)
    return tuple(_owner_note(claimant, owner, names) for owner, names in by_owner.items())


def _owner_note(claimant: Claimant, owner: Claimant | None, names: Sequence[str]) -> Note:
    what = f"{', '.join(names)}: counted by {owner or 'another run'}, and so absent here, not zero."
    if owner is not None and claimant.group and owner.group == claimant.group:
        return Note(
            code=NoteCode.COUNTED_BY_RANK,
            message=what,
            advice="Nothing to do: where the ranks are put together it is counted once.",
        )
    return Note(
        code=NoteCode.COUNTED_ELSEWHERE,
        message=what,
        advice="Measure one after the other, or give each a device of its own.",
    )


def _overlap_notes(claimant: Claimant, others: Iterable[Claimant]) -> tuple[Note, ...]:
    others = tuple(others)
    names = sorted(str(other) for other in others)
    if not names:
        return ()
    same = (
        " CPU time and memory of these runs are the same process's; never add them."
        if any(claimant.shares_process(other) for other in others)
        else ""
    )
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        Note(
            code=NoteCode.RUNS_OVERLAPPED,
            message=f"measured on this machine at the same time: {', '.join(names[:3])}{more}."
            f"{same}",
            advice="Each owns its devices, but they share caches, memory and power limits; "
            "measure one after the other for numbers that stand alone.",
        ),
    )


def _untold(by_device: Mapping[str, Sequence[str]], path: Path, error: OSError) -> tuple[Note, ...]:
    names = [name for channels in by_device.values() for name in channels]
    if not names:
        return ()
    return (
        Note(
            code=NoteCode.LOCKS_UNAVAILABLE,
            message=f"nobody can tell whether another run counts {', '.join(names)} as well: "
            f"{path} cannot be used ({error.strerror or error}).",
            advice="Set BREAKEVEN_LOCKS to a local folder that every user here can write to.",
        ),
    )
