"""Surroundings: what stands between this process and the hardware, read from files and variables.

The marks are those that systemd-detect-virt(1) goes by, as far as they need no root: a hypervisor
bit of the processor (flag "hypervisor" in /proc/cpuinfo), DMI names, /run/systemd/container,
/.dockerenv and /run/.containerenv (podman-run(1)).
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from breakeven.records import Surroundings

UNNAMED = "unnamed hypervisor"
WSL = "WSL"

_VENDORS = {
    "qemu": "QEMU",
    "kvm": "KVM",
    "vmware": "VMware",
    "virtualbox": "VirtualBox",
    "innotek": "VirtualBox",
    "xen": "Xen",
    "microsoft": "Hyper-V",
    "amazon ec2": "Amazon EC2",
    "google": "Google Compute Engine",
    "parallels": "Parallels",
    "bochs": "Bochs",
    "openstack": "OpenStack",
    "apple virtualization": "Apple virtualization",
}
"""Part of a DMI name, in small letters, and whose it is."""

_CGROUP_MARKS = {"kubepods": "kubernetes", "docker": "docker", "lxc": "lxc", "libpod": "podman"}

_NO_LIMIT_BYTES = 1 << 60
"""cgroup v1 says "no limit" as the largest multiple of a page (cgroup-v1/memory.txt)."""


def find_surroundings(
    *, root: Path = Path("/"), environ: Mapping[str, str] = os.environ
) -> Surroundings:
    """Look around.

    Args:
        root: Where /proc, /sys, /etc and /run are looked up.
        environ: Environment variables.
    """
    return Surroundings(
        distribution=_distribution(root),
        virtual_machine=_virtual_machine(root),
        container=_container(root, environ),
        scheduler=_scheduler(environ),
        cpu_governor=_governor(root),
        is_turbo_on=_turbo(root),
        is_smt_on=_smt(root),
        memory_limit_bytes=_memory_limit(root),
    )


def _distribution(root: Path) -> str:
    text = _text(root / "etc/os-release") or _text(root / "usr/lib/os-release")
    found = re.search(r'^PRETTY_NAME="?([^"\n]*)', text, re.MULTILINE)
    return found[1].strip() if found else ""


def _virtual_machine(root: Path) -> str:
    if "microsoft" in _text(root / "proc/sys/kernel/osrelease").lower():
        return WSL
    if not _has_hypervisor(root):
        return ""  # vendors name their bare metal machines as they name their virtual ones
    names = [_text(root / "sys/class/dmi/id" / name) for name in ("sys_vendor", "product_name")]
    told = " ".join([*names, _text(root / "sys/hypervisor/type")]).lower()
    return next((name for mark, name in _VENDORS.items() if mark in told), UNNAMED)


def _has_hypervisor(root: Path) -> bool:
    """Whether the processor, the device tree or the kernel says so."""
    flags = re.search(r"^flags\s*:.*", _text(root / "proc/cpuinfo"), re.MULTILINE)
    if flags and "hypervisor" in flags[0].split():
        return True
    marks = ("sys/firmware/devicetree/base/hypervisor", "sys/hypervisor/type")
    return any((root / mark).exists() for mark in marks)


def _container(root: Path, environ: Mapping[str, str]) -> str:
    if "KUBERNETES_SERVICE_HOST" in environ:
        return "kubernetes"
    if "APPTAINER_CONTAINER" in environ or "SINGULARITY_CONTAINER" in environ:
        return "apptainer"
    if (root / "run/.containerenv").exists():
        return "podman"
    if (root / ".dockerenv").exists():
        return "docker"
    if named := _text(root / "run/systemd/container").strip():
        return named
    groups = _text(root / "proc/1/cgroup")
    return next((name for mark, name in _CGROUP_MARKS.items() if mark in groups), "")


def _scheduler(environ: Mapping[str, str]) -> str:
    for variable, name in (("SLURM_JOB_ID", "slurm"), ("PBS_JOBID", "pbs"), ("LSB_JOBID", "lsf")):
        if job := environ.get(variable):
            return f"{name} job {job}"
    return ""


def _governor(root: Path) -> str:
    folder = root / "sys/devices/system/cpu/cpu0/cpufreq"
    parts = (_text(folder / name).strip() for name in ("scaling_driver", "scaling_governor"))
    return " ".join(filter(None, parts))


def _turbo(root: Path) -> bool | None:
    """Whether boost is on; intel_pstate says whether it is off (admin-guide/pm/intel_pstate)."""
    cpu = root / "sys/devices/system/cpu"
    if off := _text(cpu / "intel_pstate/no_turbo").strip():
        return off == "0"
    boost = _text(cpu / "cpufreq/boost").strip()
    return boost == "1" if boost else None


def _smt(root: Path) -> bool | None:
    active = _text(root / "sys/devices/system/cpu/smt/active").strip()
    return active == "1" if active else None


def _memory_limit(root: Path) -> int | None:
    """Limit of the group that this process is in, or of one above it; cgroup v2, then v1."""
    limits = [*_limits(root, "", "memory.max"), *_limits(root, "memory", "memory.limit_in_bytes")]
    return min((limit for limit in limits if limit < _NO_LIMIT_BYTES), default=None)


def _limits(root: Path, controller: str, name: str) -> list[int]:
    pattern = re.compile(rf"^\d+:{controller}:/(.*)$", re.MULTILINE)
    groups = pattern.findall(_text(root / "proc/self/cgroup"))
    top = root / "sys/fs/cgroup" / controller
    folders = {top}
    for group in groups:
        folders |= {f for f in (top / group, *(top / group).parents) if top in f.parents}
    texts = (_text(folder / name).strip() for folder in folders)
    return [int(text) for text in texts if text.isdecimal()]


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
