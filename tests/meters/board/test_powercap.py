"""Powercap: what stands in the way of its files, and what would change that."""

import os
from pathlib import Path

import pytest

from breakeven.errors import MeterUnavailableError
from breakeven.meters.board.powercap import Powercap, read_uj
from breakeven.testing import SERVER, FakePowercap, FakeZone, Layout


def refusal(sysfs: Path, cpuinfo: Path) -> MeterUnavailableError:
    with pytest.raises(MeterUnavailableError) as caught:
        Powercap(sysfs, cpuinfo=cpuinfo)
    return caught.value


def test_no_zone_on_bare_metal_names_the_driver(tmp_path: Path) -> None:
    error = refusal(tmp_path / "none", tmp_path / "cpuinfo")
    assert error.message == f"no RAPL zone under {tmp_path / 'none'}."
    assert "sudo modprobe intel_rapl_msr" in error.advice


def test_a_virtual_machine_is_told_to_measure_on_its_host(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n")
    assert refusal(tmp_path, cpuinfo).advice == (
        "This is a virtual machine, and its host keeps the counters: measure on the host."
    )


def test_a_processor_without_flags_is_not_called_virtual(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\n")
    assert "On bare metal" in refusal(tmp_path, cpuinfo).advice


def test_a_container_that_hides_the_files_is_told_how_to_show_them(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", SERVER, layout=Layout.LINKED)
    tree.mask()
    error = refusal(tree.sysfs, tmp_path)
    assert "this container hides their files" in error.message
    assert "-v /sys/devices/virtual/powercap:/powercap:ro" in error.advice
    assert "--meter rapl:sysfs=/powercap" in error.advice


def test_a_refused_zone_names_the_command_that_allows_it(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path, (FakeZone(folder="intel-rapl:0", name="package-0"),))
    (tree.sysfs / "intel-rapl:0" / "energy_uj").unlink()
    error = refusal(tree.sysfs, tmp_path)
    assert "RAPL zones package-0 are there but not readable by this user" in error.message
    assert f"sudo chmod a+r {tmp_path}/intel-rapl*/energy_uj" in error.advice
    assert "/etc/udev/rules.d/70-rapl.rules" in error.advice


def test_zones_whose_very_names_are_refused_are_not_called_absent(tmp_path: Path) -> None:
    (tmp_path / "intel-rapl:0").mkdir()
    assert "RAPL zones intel-rapl:0 are there" in refusal(tmp_path, tmp_path).message


def test_zones_that_cannot_be_unwrapped_are_named(tmp_path: Path) -> None:
    FakePowercap(tmp_path, (FakeZone(folder="intel-rapl:0", name="package-0", span_uj=0),))
    message = refusal(tmp_path, tmp_path).message
    assert "package-0 says that it counts to 0 µJ" in message


def test_files_are_closed(tmp_path: Path) -> None:
    source = Powercap(FakePowercap(tmp_path, SERVER).sysfs)
    fds = list(source._files.values())
    source.close()
    for fd in fds:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(fd)


def test_a_register_whose_file_is_gone_is_an_error(tmp_path: Path) -> None:
    source = Powercap(FakePowercap(tmp_path, SERVER).sysfs)
    source.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        source.registers[0].read()


@pytest.mark.parametrize("text", ["", "26214", "26214 J\n"])
def test_a_number_without_its_line_end_was_cut_off(tmp_path: Path, text: str) -> None:
    path = tmp_path / "energy_uj"
    path.write_text(text)
    fd = os.open(path, os.O_RDONLY)
    with pytest.raises(ValueError, match=r"energy_uj|invalid literal"):
        read_uj(fd)
    os.close(fd)
