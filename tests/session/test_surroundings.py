"""What stands between a process and the hardware, read from made-up trees."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from breakeven.records import Surroundings
from breakeven.session.surroundings import UNNAMED, find_surroundings

VIRTUAL = "flags\t\t: fpu vme hypervisor lahf_lm\n"


def look(
    root: Path, files: Mapping[str, str], environ: Mapping[str, str] | None = None
) -> Surroundings:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return find_surroundings(root=root, environ=environ or {})


def test_an_empty_tree_says_nothing(tmp_path: Path) -> None:
    assert look(tmp_path, {}) == Surroundings()


def test_the_distribution_is_named(tmp_path: Path) -> None:
    text = 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
    found = look(tmp_path, {"usr/lib/os-release": text})
    assert found.distribution == "Debian GNU/Linux 12 (bookworm)"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"proc/cpuinfo": VIRTUAL}, UNNAMED, id="only the processor says so"),
        pytest.param(
            {"proc/cpuinfo": VIRTUAL, "sys/class/dmi/id/sys_vendor": "QEMU\n"}, "QEMU", id="DMI"
        ),
        pytest.param({"sys/hypervisor/type": "xen\n"}, "Xen", id="Xen without the flag"),
        pytest.param(
            {"sys/firmware/devicetree/base/hypervisor/compatible": "x"}, UNNAMED, id="Arm"
        ),
        pytest.param(
            {"proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2"}, "WSL", id="WSL"
        ),
        pytest.param(
            {"proc/cpuinfo": "flags : fpu\n", "sys/class/dmi/id/sys_vendor": "Amazon EC2\n"},
            "",
            id="bare metal of a cloud",
        ),
    ],
)
def test_a_virtual_machine_is_told_from_a_real_one(
    tmp_path: Path, files: Mapping[str, str], expected: str
) -> None:
    assert look(tmp_path, files).virtual_machine == expected


@pytest.mark.parametrize(
    ("files", "environ", "expected"),
    [
        pytest.param({".dockerenv": ""}, {}, "docker", id="docker"),
        pytest.param({"run/.containerenv": ""}, {}, "podman", id="podman"),
        pytest.param({"run/systemd/container": "lxc\n"}, {}, "lxc", id="systemd's word"),
        pytest.param({"proc/1/cgroup": "0::/kubepods/x\n"}, {}, "kubernetes", id="cgroup"),
        pytest.param({}, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "kubernetes", id="pod"),
        pytest.param({}, {"APPTAINER_CONTAINER": "x.sif"}, "apptainer", id="apptainer"),
        pytest.param({"proc/1/cgroup": "0::/init.scope\n"}, {}, "", id="none"),
    ],
)
def test_a_container_is_named(
    tmp_path: Path, files: Mapping[str, str], environ: Mapping[str, str], expected: str
) -> None:
    assert look(tmp_path, files, environ).container == expected


def test_the_batch_job_is_named(tmp_path: Path) -> None:
    assert look(tmp_path, {}, {"SLURM_JOB_ID": "17"}).scheduler == "slurm job 17"


def test_clocks_and_threads_are_told(tmp_path: Path) -> None:
    cpu = "sys/devices/system/cpu"
    files = {
        f"{cpu}/cpu0/cpufreq/scaling_driver": "intel_pstate\n",
        f"{cpu}/cpu0/cpufreq/scaling_governor": "powersave\n",
        f"{cpu}/intel_pstate/no_turbo": "1\n",
        f"{cpu}/smt/active": "1\n",
    }
    found = look(tmp_path, files)
    assert found.cpu_governor == "intel_pstate powersave"
    assert (found.is_turbo_on, found.is_smt_on) == (False, True)


def test_other_drivers_say_boost(tmp_path: Path) -> None:
    assert look(tmp_path, {"sys/devices/system/cpu/cpufreq/boost": "1\n"}).is_turbo_on is True


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"sys/fs/cgroup/memory.max": "1000\n"}, 1000, id="v2, container"),
        pytest.param({"sys/fs/cgroup/memory.max": "max\n"}, None, id="v2, none"),
        pytest.param(
            {
                "proc/self/cgroup": "0::/job/step\n",
                "sys/fs/cgroup/job/memory.max": "500\n",
                "sys/fs/cgroup/job/step/memory.max": "max\n",
            },
            500,
            id="v2, of the group above",
        ),
        pytest.param(
            {
                "proc/self/cgroup": "4:memory:/job\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "700\n",
            },
            700,
            id="v1",
        ),
    ],
)
def test_the_smallest_memory_limit_counts(
    tmp_path: Path, files: Mapping[str, str], expected: int | None
) -> None:
    assert look(tmp_path, files).memory_limit_bytes == expected
