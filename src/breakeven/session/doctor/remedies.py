"""Remedies: for each sensor that cannot be had, what would allow it here, command by command.

What a meter itself advises is general; here it is made specific to what was found: a container of
that engine, a hypervisor, a distribution, a batch job.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from breakeven.meters import Probe
from breakeven.records import MissingSensor
from breakeven.session.doctor.place import Place
from breakeven.session.surroundings import WSL

CHMOD = "sudo chmod a+r /sys/class/powercap/intel-rapl*/energy_uj"
UDEV_RULE = (
    """echo 'SUBSYSTEM=="powercap", ACTION=="add", RUN+="/bin/chmod a+r /sys%p/energy_uj"' """
    "| sudo tee /etc/udev/rules.d/70-rapl.rules && sudo udevadm control --reload && "
    "sudo udevadm trigger --action=add --subsystem-match=powercap"
)
OUTSIDE = "breakeven doctor --meter shelly:url=http://ADDRESS"
"""A meter outside the machine sees it whatever stands between."""

_ELSEWHERE = (
    "-v /sys/devices/virtual/powercap:/powercap:ro ...  # then --meter rapl:sysfs=/powercap"
)
_UNMASK = {
    "docker": (
        "docker run --cap-add PERFMON ...",
        f"docker run {_ELSEWHERE}",
        "docker run --security-opt systempaths=unconfined ...",
    ),
    "podman": (
        "podman run --cap-add PERFMON --cap-add SYS_ADMIN ...",
        f"podman run {_ELSEWHERE}",
        "podman run --security-opt unmask=/sys/devices/virtual/powercap ...",
    ),
    "kubernetes": ("# in the pod: securityContext: {privileged: true}",),
}
"""docker run and podman-run(1), --security-opt; perf_event_open passes Docker's filter with PERFMON
alone (moby pull request 43987), Podman's with both (containers/common pull request 2534)."""

_GPU_FLAG = {
    "docker": "docker run --gpus all ...",
    "podman": "podman run --device nvidia.com/gpu=all ...",
    "kubernetes": "# in the pod: resources: {limits: {nvidia.com/gpu: 1}}",
    "apptainer": "apptainer exec --nv ...",
}
"""NVIDIA Container Toolkit documentation (Docker, Podman with CDI, Kubernetes device plug-in);
apptainer exec --help."""

_AMD_FLAG = {
    **{
        engine: f"{engine} run --device /dev/kfd --device /dev/dri --group-add render "
        "--group-add video ..."
        for engine in ("docker", "podman")
    },
    "apptainer": "apptainer exec --rocm ...",
}
"""ROCm documentation, "Running ROCm Docker containers"."""

_NVIDIA_DRIVER = {
    "Ubuntu": "sudo ubuntu-drivers install",
    "Debian": "sudo apt install nvidia-driver",
    "Fedora": "sudo dnf install akmod-nvidia",
    "Arch": "sudo pacman -S nvidia",
}
"""Each distribution's own wiki; Debian needs its section non-free, Fedora the repository RPM
Fusion."""


_CLASS_NAME = re.compile(r"^(MissingExtra|Settings)Error: ")
"""Put before the reason where a meter says no advice of its own."""

_TYPO = "SettingsError: "
"""Begins what a meter says of options that it does not know: nothing here is to be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What would allow a sensor: in words, and what to type."""

    advice: str
    commands: tuple[str, ...] = ()


def missing_sensor(probe: Probe, place: Place, *, is_own: bool = True) -> MissingSensor:
    """Say why a sensor is missing and what would allow it here.

    Args:
        probe: That found no meter.
        place: What was found around this process.
        is_own: Whether it is a sensor of the machine, not one on request.
    """
    is_typo = probe.reason.startswith(_TYPO)
    find = _REMEDIES.get(probe.name) if is_own and not is_typo else None
    remedy = find(probe, place) if find else Remedy(advice=probe.advice)
    return MissingSensor(
        meter=probe.name,
        reason=_CLASS_NAME.sub("", probe.reason),
        advice=remedy.advice,
        commands=remedy.commands,
        is_own=is_own,
    )


def _rapl(probe: Probe, place: Place) -> Remedy:
    around = place.surroundings
    if _is_refused(probe):
        return _rapl_permission(place)
    if place.is_powercap_masked or "container hides" in probe.reason:
        return Remedy(
            advice=f"The container engine ({around.container or 'unnamed'}) hides the counters, "
            "since they can leak what neighbours compute. Start it so that they show, on machines "
            "of your own: by the capability for perf_event, or under another path, or without the "
            "mask.",
            commands=_UNMASK.get(around.container, _UNMASK["docker"]),
        )
    if "perf_event refuses" in probe.reason:
        return _perf_permission(place)
    if around.virtual_machine:
        return _rapl_virtual(place)
    return Remedy(
        advice="Load the driver: it knows Intel since Sandy Bridge and AMD since Zen. The second "
        "command says what the kernel thinks of it.",
        commands=("sudo modprobe intel_rapl_msr", "sudo dmesg | grep -i rapl"),
    )


def _perf_permission(place: Place) -> Remedy:
    """The kernel has power events, and only they: sysfs shows no zone."""
    if place.surroundings.container:
        return Remedy(
            advice="perf_event has the counters; the container needs the capability to read them.",
            commands=_UNMASK.get(place.surroundings.container, _UNMASK["docker"])[:1],
        )
    return Remedy(
        advice="perf_event has the counters: allow them to this interpreter, or to every user.",
        commands=(
            f"sudo setcap cap_perfmon=ep {place.python}",
            "sudo sysctl kernel.perf_event_paranoid=0",
        ),
    )


def _rapl_virtual(place: Place) -> Remedy:
    around = place.surroundings
    if around.virtual_machine == WSL:
        return Remedy(
            advice="Windows does not pass the counters on to WSL, and no command changes that. "
            "Measure under Linux, or by a meter outside the machine.",
            commands=(OUTSIDE,),
        )
    inside = f" (nor does a flag of the {around.container} container)" if around.container else ""
    return Remedy(
        advice=f"This is a virtual machine ({around.virtual_machine}) and its host hides the "
        f"counters; no command in here changes that{inside}. Measure on the host, on a bare metal "
        "instance, or by a meter outside.",
        commands=(OUTSIDE,),
    )


def _rapl_permission(place: Place) -> Remedy:
    around = place.surroundings
    why = (
        "The counters were closed because they can leak what other users compute; open them on "
        "machines of your own. CPU seconds and memory are measured anyway."
    )
    if around.scheduler:
        return Remedy(
            advice=f"This is a node of a cluster ({around.scheduler}): ask its administrators to "
            f"install this rule. {why}",
            commands=(UDEV_RULE,),
        )
    if around.container:
        return Remedy(
            advice=f"On the host, until its next boot or for good. {why}",
            commands=(CHMOD, UDEV_RULE),
        )
    return Remedy(
        advice="Until the next boot by the first command, for good by the second, for this "
        f"interpreter alone by the third (perf_event, CAP_PERFMON). {why}",
        commands=(CHMOD, UDEV_RULE, f"sudo setcap cap_perfmon=ep {place.python}"),
    )


def _nvml(probe: Probe, place: Place) -> Remedy:
    if "nvidia-ml-py" in f"{probe.reason} {probe.advice}" or "extra" in probe.reason:
        return Remedy(advice="Install what reads it.", commands=("pip install nvidia-ml-py",))
    if "no NVIDIA driver" not in probe.reason:
        return Remedy(advice=probe.advice, commands=("nvidia-smi -L",))
    return _nvidia_driver(place)


def _nvidia_driver(place: Place) -> Remedy:
    around = place.surroundings
    if around.virtual_machine == WSL:
        return Remedy(
            advice="Install NVIDIA's driver in Windows; WSL then shows it, without one of its own."
        )
    if around.container in _GPU_FLAG:
        return Remedy(
            advice="If the host has an NVIDIA GPU, start the container with it.",
            commands=(_GPU_FLAG[around.container],),
        )
    if around.scheduler.startswith("slurm"):
        return Remedy(
            advice="If the cluster has GPUs, ask for one.", commands=("srun --gpus=1 COMMAND",)
        )
    if "nvidia" not in place.gpu_vendors:
        return Remedy(advice="The PCI bus shows no NVIDIA GPU, so there is nothing to install.")
    return Remedy(
        advice="The PCI bus shows an NVIDIA GPU: install its driver.",
        commands=tuple(c for name, c in _NVIDIA_DRIVER.items() if name in around.distribution),
    )


def _amd(probe: Probe, place: Place) -> Remedy:
    around = place.surroundings
    if _is_refused(probe):
        return Remedy(
            advice="Join the groups that may read the devices, then log in anew.",
            commands=('sudo usermod --append --groups render,video "$USER"',),
        )
    if around.container in _AMD_FLAG:
        return Remedy(
            advice="If the host has an AMD GPU, start the container with its devices.",
            commands=(_AMD_FLAG[around.container],),
        )
    if "amd" not in place.gpu_vendors:
        return Remedy(advice="The PCI bus shows no AMD GPU, so there is nothing to install.")
    return Remedy(advice=probe.advice)


def _hwmon(probe: Probe, place: Place) -> Remedy:
    if place.surroundings.virtual_machine:
        return Remedy(
            advice="A virtual machine has no board sensors; measure on the host, or by a meter "
            "outside."
        )
    return Remedy(advice=probe.advice)


def _is_refused(probe: Probe) -> bool:
    """Whether the sensor is there and only may not be read."""
    return any(word in probe.reason.lower() for word in ("not readable", "permission", "not allow"))


_REMEDIES: dict[str, Callable[[Probe, Place], Remedy]] = {
    "rapl": _rapl,
    "nvml": _nvml,
    "amd": _amd,
    "amdsmi": _amd,
    "hwmon": _hwmon,
}
