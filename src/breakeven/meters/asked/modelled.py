"""Energy of CPU and memory from a model, only when somebody asks for one and gives its parameters.

    breakeven measure --meter modelled:cpu_idle_w=10-20,cpu_busy_w=45-65 --meter host -- ...

Three channels, of kind *modelled*, over a window of t seconds with u = CPU seconds of the process
tree / (t x number of CPUs), at most 1:

    cpu-idle   cpu_idle_w x (1 - u) x t       the whole processor, resting
    cpu-busy   cpu_busy_w x u x t             the same, working on all its CPUs
    ram        ram_w_per_gib x GiB x t        all memory that is installed, used or not

The resting processor and the memory belong to the machine: of several ranks or runs at one time one
counts them, as it would a sensor's. (Its u leaves out the others' work, so that idle is then too
high, by at most their share.)

This is the linear model of Fan, Weber & Barroso 2007 ("Power provisioning for a warehouse-sized
computer", section 3.1), whose parameters differ from machine to machine; so each is a range, and
the interval of each channel goes from one end of it to the other. There are no defaults: a figure
from a data sheet that nobody chose is how other tools report joules for machines without a sensor.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from breakeven.errors import MeterUnavailableError, SettingsError
from breakeven.meters.asked.options import Options, Range
from breakeven.meters.host.cpu_time import HostMeter
from breakeven.meters.host.tree import ProcessTree
from breakeven.records import Kind, Note, NoteCode, Resource
from breakeven.records.cost import TREE
from breakeven.records.protocols import Channel, Reading

_IDLE, _BUSY, _RAM = "cpu_idle_w", "cpu_busy_w", "ram_w_per_gib"
_CHANNELS = {_IDLE: "cpu-idle", _BUSY: "cpu-busy", _RAM: "ram"}
_NOT_COVERED = {
    _IDLE: "everything but the processor; whether the model fits this machine",
    _BUSY: "everything but the processor; clock frequencies; what other processes draw",
    _RAM: "everything but memory; whether the model fits this machine",
}
_KIB_PER_GIB = 1024.0**2
_EXAMPLE = "modelled:cpu_idle_w=10-20,cpu_busy_w=45-65,ram_w_per_gib=0.1-0.4"


class ModelledMeter:
    """Joules of processor and memory as a model has them."""

    name = "modelled"

    @classmethod
    def from_options(cls, options: Mapping[str, str], **arguments: Any) -> Self:  # noqa: ANN401 - those of the class
        """Take the parameters of the model.

        Args:
            options: `cpu_idle_w` and `cpu_busy_w`, or `ram_w_per_gib`, or all three; each
                LOW-HIGH.
            arguments: As the class takes them.

        Raises:
            SettingsError: If a parameter is unknown, no range, or missing beside another.
        """
        told = Options("modelled", options, known=tuple(_CHANNELS))
        ranges = {key: told.range(key) for key in _CHANNELS}
        return cls({key: found for key, found in ranges.items() if found}, **arguments)

    def __init__(  # noqa: PLR0913 - what a model rests on
        self,
        parameters: Mapping[str, Range] | None = None,
        *,
        include_self: bool = True,
        tree: ProcessTree | None = None,
        host: HostMeter | None = None,
        n_cpus: int | None = None,
        installed_gib: Callable[[], float] | None = None,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the model's clock.

        Args:
            parameters: Ranges by name.
            include_self: Whether this process counts; not when it only watches a command.
            tree: Where descendants are found.
            host: Where CPU seconds of the process tree come from.
            n_cpus: CPUs of the machine; looked up by default.
            installed_gib: Memory of the machine; looked up by default.
            clock_s: Monotonic clock, the windows' own.

        Raises:
            MeterUnavailableError: If there are no parameters, or memory cannot be looked up.
            SettingsError: If the two of the processor do not go together.
        """
        if not parameters:
            raise MeterUnavailableError(
                "a model has no parameters of its own.",
                advice=f"Name them as ranges, if a modelled figure is wanted: {_EXAMPLE}.",
            )
        _refuse_halves(parameters)
        self._parameters = parameters
        self._host = HostMeter(include_self=include_self, tree=tree) if host is None else host
        self._n_cpus = n_cpus or os.cpu_count() or 1
        gib = installed_gib or _installed_gib
        self._gib = gib() if _RAM in parameters else 0.0
        self._clock_s = clock_s
        self._now = (clock_s(), self._cpu_s())
        self.poll_period_s = self._host.poll_period_s
        self._seconds = dict.fromkeys((_IDLE, _BUSY, _RAM), 0.0)
        self.notes = (_note(self),)

    def channels(self) -> Sequence[Channel]:
        """One channel for each parameter."""
        return [
            Channel(
                name=f"modelled-{_CHANNELS[key]}",
                resource=Resource.ENERGY_J,
                sensor=self._sensor(key, found),
                resolution=0.0,
                not_covered=_NOT_COVERED[key],
                kind=Kind.MODELLED,
                relative_error=found.relative_error,
                device="" if key == _BUSY else f"model:{_CHANNELS[key]}",
            )
            for key, found in self._parameters.items()
        ]

    def read(self) -> Reading:
        """Return joules so far; they never fall."""
        (before_s, before_cpu_s), self._now = self._now, (self._clock_s(), self._cpu_s())
        self.poll_period_s = self._host.poll_period_s  # as often as the tree has to be looked at
        elapsed_s = max(0.0, self._now[0] - before_s)
        busy_s = min(elapsed_s, max(0.0, self._now[1] - before_cpu_s) / self._n_cpus)
        self._seconds[_BUSY] += busy_s
        self._seconds[_IDLE] += elapsed_s - busy_s
        self._seconds[_RAM] += elapsed_s * self._gib
        return Reading(
            totals={
                f"modelled-{_CHANNELS[key]}": found.middle * self._seconds[key]
                for key, found in self._parameters.items()
            }
        )

    def close(self) -> None:
        """Nothing is held open."""
        self._host.close()

    def _cpu_s(self) -> float:
        return self._host.read().totals[TREE]

    def _sensor(self, key: str, found: Range) -> str:
        if key == _RAM:
            return f"model: {found} W per GiB x {self._gib:.3g} GiB installed x time"
        share = "idle" if key == _IDLE else "busy"
        return f"model: {found} W x {share} share of {self._n_cpus} CPUs x time"


def _note(meter: ModelledMeter) -> Note:
    channels = meter.channels()
    return Note(
        code=NoteCode.MODELLED,
        message=(
            f"{', '.join(c.name for c in channels)} are modelled, not measured "
            f"({'; '.join(c.sensor for c in channels)})."
        ),
        advice="A saving in them is a saving in time, times a constant that was put in: report it "
        "as time.",
    )


def _refuse_halves(parameters: Mapping[str, Range]) -> None:
    idle, busy = parameters.get(_IDLE), parameters.get(_BUSY)
    if (idle is None) != (busy is None):
        raise SettingsError(
            f"meter 'modelled' needs {_IDLE} and {_BUSY} together, or neither; write {_EXAMPLE}"
        )
    if idle and busy and (busy.low < idle.low or busy.high < idle.high):
        raise SettingsError(
            f"meter 'modelled': {_BUSY}={busy} lies below {_IDLE}={idle}; a processor draws "
            "no less at work than at rest"
        )


def _installed_gib(path: Path = Path("/proc/meminfo")) -> float:
    """Memory of the machine in GiB (proc_meminfo(5))."""
    try:
        lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
        return next(int(kib) for name, kib, *_ in lines if name == "MemTotal:") / _KIB_PER_GIB
    except (OSError, StopIteration, ValueError) as error:
        raise MeterUnavailableError(
            f"{path} does not show how much memory is installed.",
            advice=f"Leave out {_RAM}; it needs Linux with /proc mounted.",
        ) from error
