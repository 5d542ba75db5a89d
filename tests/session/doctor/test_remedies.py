"""For every place a sensor may be missing in, the command that would allow it there."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from breakeven.meters import Probe
from breakeven.records import Surroundings
from breakeven.session.doctor.place import Place, find_place
from breakeven.session.doctor.remedies import CHMOD, OUTSIDE, UDEV_RULE, missing_sensor

NO_ZONE = Probe(name="rapl", reason="no RAPL zone under /sys/class/powercap.", advice="general")
REFUSED = Probe(name="rapl", reason="RAPL zones package-0 are there but not readable by this user")
PERF_REFUSED = Probe(
    name="rapl", reason="no RAPL zone. perf_event refuses power events: perf_event_paranoid is 2"
)
NO_DRIVER = Probe(name="nvml", reason="no NVIDIA driver on this machine.", advice="general")
NO_AMD = Probe(name="amd", reason="no AMD GPU driver", advice="general")
UBUNTU = "Ubuntu 24.04 LTS"


def at(*, container: str = "", virtual_machine: str = "", scheduler: str = "") -> Place:
    around = Surroundings(container=container, virtual_machine=virtual_machine, scheduler=scheduler)
    return Place(surroundings=around, python="/usr/bin/python3.11")


MASKED = Place(surroundings=Surroundings(container="docker"), is_powercap_masked=True)
MASKED_PODMAN = Place(surroundings=Surroundings(container="podman"), is_powercap_masked=True)
MASKED_OTHER = Place(surroundings=Surroundings(container="lxc"), is_powercap_masked=True)
WITH_GPUS = Place(
    surroundings=Surroundings(distribution=UBUNTU), gpu_vendors=frozenset({"nvidia", "amd"})
)


def test_a_typo_of_the_options_gets_no_advice_about_the_machine() -> None:
    typo = Probe(name="rapl", reason="SettingsError: meter 'rapl': via must be one of any, perf")
    found = missing_sensor(typo, at(virtual_machine="KVM"))
    assert found.reason == "meter 'rapl': via must be one of any, perf"
    assert (found.advice, found.commands) == ("", ())


@pytest.mark.parametrize(
    ("probe", "place", "words", "commands"),
    [
        pytest.param(NO_ZONE, at(), "Load the driver", ["sudo modprobe intel_rapl_msr"], id="bare"),
        pytest.param(
            NO_ZONE, at(virtual_machine="KVM"), "virtual machine (KVM)", [OUTSIDE], id="VM"
        ),
        pytest.param(
            NO_ZONE,
            at(virtual_machine="KVM", container="docker"),
            "nor does a flag of the docker container",
            [OUTSIDE],
            id="container in a VM",
        ),
        pytest.param(NO_ZONE, at(virtual_machine="WSL"), "Windows", [OUTSIDE], id="WSL"),
        pytest.param(
            NO_ZONE,
            MASKED,
            "(docker) hides the counters",
            ["docker run --cap-add PERFMON", "systempaths=unconfined"],
            id="Docker's mask",
        ),
        pytest.param(
            NO_ZONE,
            MASKED_PODMAN,
            "(podman)",
            ["--cap-add SYS_ADMIN", "unmask=/sys/devices/virtual/powercap"],
            id="Podman's mask",
        ),
        pytest.param(NO_ZONE, MASKED_OTHER, "(lxc)", ["--cap-add PERFMON"], id="another mask"),
        pytest.param(
            Probe(name="rapl", reason="zones are listed, but this container hides their files."),
            at(container="docker"),
            "(docker)",
            ["--meter rapl:sysfs=/powercap"],
            id="links that lead nowhere",
        ),
        pytest.param(
            PERF_REFUSED,
            at(),
            "to this interpreter",
            ["setcap cap_perfmon=ep", "perf_event_paranoid=0"],
            id="perf_event, permission",
        ),
        pytest.param(
            PERF_REFUSED,
            at(container="podman"),
            "needs the capability",
            ["--cap-add PERFMON --cap-add SYS_ADMIN"],
            id="perf_event, container",
        ),
        pytest.param(
            REFUSED,
            at(),
            "Until the next boot",
            [CHMOD, UDEV_RULE, "sudo setcap cap_perfmon=ep /usr/bin/python3.11"],
            id="permission",
        ),
        pytest.param(
            REFUSED, at(container="docker"), "On the host", [CHMOD], id="permission, container"
        ),
        pytest.param(
            REFUSED, at(scheduler="slurm job 7"), "administrators", [UDEV_RULE], id="cluster"
        ),
        pytest.param(
            NO_DRIVER, at(container="docker"), "start the container", ["--gpus all"], id="Docker"
        ),
        pytest.param(
            NO_DRIVER, at(container="podman"), "start the", ["nvidia.com/gpu=all"], id="Podman"
        ),
        pytest.param(NO_DRIVER, at(container="apptainer"), "start", ["--nv"], id="Apptainer"),
        pytest.param(NO_DRIVER, at(scheduler="slurm job 7"), "ask", ["srun --gpus=1"], id="Slurm"),
        pytest.param(NO_DRIVER, at(), "nothing to install", [], id="no card"),
        pytest.param(NO_DRIVER, WITH_GPUS, "its driver", ["ubuntu-drivers"], id="card, no driver"),
        pytest.param(NO_DRIVER, at(virtual_machine="WSL"), "in Windows", [], id="WSL, GPU"),
        pytest.param(
            Probe(name="nvml", reason="reading GPUs needs the extra 'nvml'"),
            at(),
            "Install",
            ["pip install nvidia-ml-py"],
            id="extra missing",
        ),
        pytest.param(
            Probe(name="nvml", reason="the NVIDIA driver does not answer", advice="see"),
            at(),
            "see",
            ["nvidia-smi -L"],
            id="driver ill",
        ),
        pytest.param(NO_AMD, at(), "nothing to install", [], id="no AMD card"),
        pytest.param(NO_AMD, WITH_GPUS, "general", [], id="AMD card"),
        pytest.param(
            NO_AMD,
            at(container="podman"),
            "its devices",
            ["podman run --device /dev/kfd"],
            id="AMD",
        ),
        pytest.param(
            Probe(name="amd", reason="permission denied"), at(), "groups", ["usermod"], id="group"
        ),
        pytest.param(
            Probe(name="hwmon", reason="none"), at(virtual_machine="KVM"), "board", [], id="board"
        ),
        pytest.param(Probe(name="hwmon", reason="none", advice="own"), at(), "own", [], id="hwmon"),
        pytest.param(
            Probe(name="plug-in", reason="x", advice="own"), at(), "own", [], id="plug-in"
        ),
    ],
)
def test_the_fix_is_that_of_the_place(
    probe: Probe, place: Place, words: str, commands: list[str]
) -> None:
    missing = missing_sensor(probe, place)
    assert missing.reason == probe.reason
    assert words in missing.advice
    assert all(part in "\n".join(missing.commands) for part in commands)
    assert bool(missing.commands) == bool(commands)


def test_a_meter_on_request_keeps_its_own_advice() -> None:
    asked = missing_sensor(Probe(name="replay", reason="x", advice="y"), at(), is_own=False)
    assert (asked.advice, asked.is_own) == ("y", False)


def test_a_reason_is_told_without_the_name_of_its_class() -> None:
    probe = Probe(name="zeus", reason="MissingExtraError: it needs the extra 'zeus'.")
    assert missing_sensor(probe, at()).reason == "it needs the extra 'zeus'."


def look(root: Path, files: Mapping[str, str]) -> Place:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return find_place(Surroundings(), root=root)


def test_a_mask_over_the_counters_is_seen(tmp_path: Path) -> None:
    mount = "36 23 0:28 / /sys/devices/virtual/powercap ro,relatime - tmpfs tmpfs ro\nshort\n"
    assert look(tmp_path, {"proc/self/mountinfo": mount}).is_powercap_masked
    assert not look(tmp_path / "else", {}).is_powercap_masked


def test_gpus_without_a_driver_are_seen_on_the_bus(tmp_path: Path) -> None:
    pci = "sys/bus/pci/devices/0000"
    files = {
        f"{pci}:01/class": "0x030200\n",
        f"{pci}:01/vendor": "0x10de\n",
        f"{pci}:02/class": "0x030000\n",
        f"{pci}:02/vendor": "0x1a03\n",
        f"{pci}:03/class": "0x020000\n",
        f"{pci}:03/vendor": "0x1002\n",
    }
    assert look(tmp_path, files).gpu_vendors == {"nvidia"}
