"""Asking the kernel for counting events: perf_event_open(2), which the C library does not wrap."""

import errno
import os
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

ATTR_SIZE = 64
"""PERF_ATTR_SIZE_VER0 of linux/perf_event.h: type, size, config, and zeros."""

SYSCALL_NUMBERS = {"x86_64": 298}
"""Number of the call; the power device exists on x86 only."""

_ANY_PROCESS, _NO_GROUP, _CLOSE_ON_EXEC = -1, -1, 8


class EventCalls(Protocol):
    """What is asked of the kernel; tests have one of their own."""

    def open(self, kind: int, config: int, *, cpu: int) -> int:
        """Open a counting event on one CPU, for whatever runs there, and return its handle.

        Raises:
            OSError: If the kernel refuses.
        """
        ...

    def read(self, handle: int) -> int:
        """Return the count since the event was opened.

        Raises:
            OSError: If the event is gone.
            ValueError: If nothing is shown.
        """
        ...

    def close(self, handle: int) -> None:
        """Close the event."""
        ...


class Kernel:
    """The calls of this machine."""

    def open(self, kind: int, config: int, *, cpu: int) -> int:
        """Open a counting event on one CPU, for whatever runs there.

        Raises:
            OSError: If the kernel refuses.
        """
        import ctypes  # noqa: PLC0415 - 10 ms, and powercap does without

        machine = os.uname().machine
        number = SYSCALL_NUMBERS.get(machine)
        if number is None:
            raise OSError(errno.ENOSYS, f"no power events on {machine}")
        attributes = struct.pack("=IIQ", kind, ATTR_SIZE, config).ljust(ATTR_SIZE, b"\0")
        call = ctypes.CDLL(None, use_errno=True).syscall
        handle = call(number, attributes, _ANY_PROCESS, cpu, _NO_GROUP, _CLOSE_ON_EXEC)
        if handle < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return int(handle)

    def read(self, handle: int) -> int:
        """Return the count since the event was opened.

        Raises:
            OSError: If the event is gone.
            ValueError: If nothing is shown: the end of file of an event that failed.
        """
        count = os.read(handle, 8)
        if len(count) < 8:
            raise ValueError(f"expected 8 bytes of a count, got {len(count)}")
        return int.from_bytes(count, "little", signed=True)

    def close(self, handle: int) -> None:
        """Close the event."""
        os.close(handle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Perf:
    """Where perf_event's power device is looked for, and who opens its events.

    Attributes:
        sys: Where sysfs is mounted.
        paranoid: The kernel's file that says who may count what.
        calls: Opens events.
    """

    sys: Path = Path("/sys")
    paranoid: Path = Path("/proc/sys/kernel/perf_event_paranoid")
    calls: EventCalls = field(default_factory=Kernel)

    @property
    def device(self) -> Path:
        """Folder of the power device."""
        return self.sys / "bus/event_source/devices/power"
