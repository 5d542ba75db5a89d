"""The machine: read from files, without torch, without the host's name in its fingerprint."""

import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.session import find_machine


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_this_machine_is_found() -> None:
    machine = find_machine()
    assert machine.n_cpus >= 1
    assert machine.memory_bytes > 0
    assert machine.libraries["breakeven"]
    assert machine.host not in machine.host_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("processor : 0\nmodel name\t: AMD EPYC 9654\n", "AMD EPYC 9654", id="x86"),
        pytest.param("CPU part\t: 0xd0c\nModel\t\t: Raspberry Pi 5\n", "Raspberry Pi 5", id="Arm"),
    ],
)
def test_the_processor_is_named_as_the_kernel_names_it(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert find_machine(root=write(tmp_path, proc__cpuinfo=text)).cpu_model == expected


def test_without_files_the_architecture_must_do(tmp_path: Path) -> None:
    machine = find_machine(root=tmp_path)
    assert machine.cpu_model
    assert machine.accelerators == ()


def test_a_quota_of_the_container_limits_the_cpus(tmp_path: Path) -> None:
    root = tmp_path / "sys/fs/cgroup"
    root.mkdir(parents=True)
    (root / "cpu.max").write_text("50000 100000\n")
    assert find_machine(root=tmp_path).n_cpus == 1


@pytest.mark.parametrize(("quota_us", "is_limited"), [("50000", True), ("-1", False)])
def test_a_quota_of_cgroup_version_1_limits_them_too(
    tmp_path: Path, *, quota_us: str, is_limited: bool
) -> None:
    folder = tmp_path / "sys/fs/cgroup/cpu"
    folder.mkdir(parents=True)
    (folder / "cpu.cfs_quota_us").write_text(f"{quota_us}\n")
    (folder / "cpu.cfs_period_us").write_text("100000\n")
    unlimited = find_machine(root=tmp_path / "none").n_cpus
    assert find_machine(root=tmp_path).n_cpus == (1 if is_limited else unlimited)


def test_no_quota_leaves_the_cpus_we_may_run_on(tmp_path: Path) -> None:
    root = tmp_path / "sys/fs/cgroup"
    root.mkdir(parents=True)
    (root / "cpu.max").write_text("max 100000\n")
    assert find_machine(root=tmp_path).n_cpus == find_machine(root=tmp_path / "none").n_cpus


def test_gpus_are_found_without_a_driver_library(tmp_path: Path) -> None:
    text = "Model: \t\t NVIDIA H100\nIRQ: 12\nGPU UUID: \t GPU-1234\n"
    write(tmp_path, **{"proc__driver__nvidia__gpus__0000:01:00.0__information": text})
    assert find_machine(root=tmp_path).accelerators == ("NVIDIA H100 (GPU-1234)",)


def test_two_machines_have_two_ids(tmp_path: Path) -> None:
    one = find_machine(root=write(tmp_path / "a", **{"etc__machine-id": "1\n"}))
    two = find_machine(root=write(tmp_path / "b", **{"etc__machine-id": "2\n"}))
    assert one.host_id != two.host_id
    assert one.fingerprint != two.fingerprint


def test_torch_is_not_imported() -> None:
    script = "import sys; from breakeven.session import find_machine; find_machine()\n"
    script += "print([m for m in ('torch', 'pydantic', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
