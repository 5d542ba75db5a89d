"""The machine: what was found here, without importing torch and without any network."""

import hashlib
import math
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from breakeven.records import Machine
from breakeven.session.surroundings import find_surroundings

LIBRARIES = (
    "breakeven",
    "torch",
    "transformers",
    "tokenizers",
    "safetensors",
    "datasets",
    "scikit-learn",
    "numpy",
    "scipy",
    "nvidia-ml-py",
)
"""Distributions whose version may move a cost or a score."""

_SALT = b"breakeven host id 1"


def find_machine(*, root: Path = Path("/")) -> Machine:
    """Describe this machine.

    Args:
        root: Where /proc, /sys and /etc are looked up.
    """
    host = socket.gethostname()
    return Machine(
        host=host,
        host_id=_host_id(root, host),
        system=_system(),
        cpu_model=_cpu_model(root),
        n_cpus=_n_cpus(root),
        memory_bytes=_memory_bytes(),
        python=".".join(str(part) for part in sys.version_info[:3]),
        accelerators=tuple(_accelerators(root)),
        libraries=dict(_versions(tuple(sys.path))),
        surroundings=find_surroundings(root=root),
    )


def _host_id(root: Path, host: str) -> str:
    """Hash of the machine's id, so that two hosts are told apart without being named."""
    known = _text(root / "etc/machine-id").strip() or host
    return hashlib.sha256(_SALT + known.encode()).hexdigest()[:16]


def _system() -> str:
    found = os.uname()
    return f"{found.sysname} {found.release} {found.machine}"


def _cpu_model(root: Path) -> str:
    """Name the processor as the kernel does; Arm kernels give numbers only."""
    text = _text(root / "proc/cpuinfo")
    for key in ("model name", "Model", "Hardware", "CPU part"):
        if found := re.search(rf"^{key}\s*:\s*(.+)$", text, re.MULTILINE):
            return found[1].strip()
    return os.uname().machine


def _n_cpus(root: Path) -> int:
    """Logical CPUs we may use: affinity, cut by the quota of the container's cgroup."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = _quota(root / "sys/fs/cgroup")
    if len(quota) == 2 and quota[0].isdigit():
        return max(1, min(allowed or 1, math.ceil(int(quota[0]) / int(quota[1]))))
    return allowed or 1


def _quota(cgroup: Path) -> list[str]:
    """Microseconds of CPU in each so many: `cpu.max`; of version 1 `cpu.cfs_*`, -1 for no limit.

    Source: Documentation/admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst of Linux.
    """
    two, one = _text(cgroup / "cpu.max"), cgroup / "cpu"
    return (two or f"{_text(one / 'cpu.cfs_quota_us')} {_text(one / 'cpu.cfs_period_us')}").split()


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _accelerators(root: Path) -> Iterator[str]:
    """NVIDIA GPUs as the driver lists them in /proc: "name (uuid)"."""
    for path in sorted(root.glob("proc/driver/nvidia/gpus/*/information")):
        facts = dict(re.findall(r"^(Model|GPU UUID):\s*(.+)$", _text(path), re.MULTILINE))
        yield f"{facts.get('Model', 'GPU').strip()} ({facts.get('GPU UUID', 'no uuid').strip()})"


@cache
def _versions(path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:  # noqa: ARG001 - it is read
    """Versions of what is installed, read once: a run of milliseconds should not pay it."""
    found = []
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found.append((name, version(name)))
    return tuple(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
