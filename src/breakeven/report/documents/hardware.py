"""Hardware: machines, packages and how runs ended, in words for documents."""

from collections.abc import Mapping, Sequence

from breakeven.analysis.words import counted, surroundings_words
from breakeven.records import Machine, Status
from breakeven.units import format_bytes


def hardware_words(machines: Sequence[Machine]) -> str:
    """Each machine in a line; empty where none is known.

    Args:
        machines: Each once.
    """
    return "; ".join(machine_words(machine) for machine in machines)


def machine_words(machine: Machine) -> str:
    """CPU, memory, accelerators, system and what stands between them and a process."""
    devices = ", ".join(_device(name) for name in machine.accelerators)
    around = machine.surroundings and surroundings_words(machine.surroundings)
    parts = (
        f"{machine.cpu_model}, {counted(machine.n_cpus, 'CPU')} usable",
        f"{format_bytes(machine.memory_bytes)} of memory",
        devices or "no accelerator",
        machine.system,
        around or "",
    )
    return ", ".join(part for part in parts if part)


def _device(name: str) -> str:
    """An accelerator without the number that names this very card."""
    return name.partition(" (")[0]


def statuses_words(statuses: Mapping[Status, int]) -> str:
    """How many runs there were and how they ended.

    Examples:
        >>> statuses_words({Status.OK: 3, Status.FAILED: 1})
        '4 runs (3 ok, 1 failed)'
    """
    ended = [f"{n} {status.value}" for status in Status if (n := statuses.get(status, 0))]
    return f"{counted(sum(statuses.values()), 'run')} ({', '.join(ended)})"


def library_words(machines: Sequence[Machine]) -> str:
    """Versions of Python and of the packages that were found, those that differ named as such."""
    found: dict[str, dict[str, None]] = {}
    for machine in machines:
        for name, version in (("Python", machine.python), *machine.libraries.items()):
            found.setdefault(name, {})[version] = None
    return ", ".join(f"{name} {' and '.join(versions)}" for name, versions in found.items())
