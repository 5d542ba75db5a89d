"""Zones are chosen by name: each domain once, with what contains it."""

from pathlib import Path

import pytest

from breakeven.meters.board.rapl_zones import Zones, find_zones, is_masked
from breakeven.testing import (
    AMD,
    DIES,
    LAPTOP,
    PLATFORMS,
    SERVER,
    FakePowercap,
    FakeZone,
    Layout,
)


def containers(zones: Zones) -> dict[str, str | None]:
    return {zone.channel: zone.part_of for zone in zones.usable}


def folders(zones: Zones) -> list[str]:
    return [zone.folder.name for zone in zones.usable]


@pytest.mark.parametrize("layout", Layout)
def test_zones_are_found_flat_nested_and_behind_links(tmp_path: Path, layout: Layout) -> None:
    tree = FakePowercap(tmp_path / "powercap", LAPTOP, layout=layout)
    assert containers(find_zones(tree.sysfs)) == {
        "package-0": "psys",
        "core-0": "package-0",
        "uncore-0": "package-0",
        "psys": None,
    }


def test_a_tree_mounted_elsewhere_may_begin_at_the_control_type(tmp_path: Path) -> None:
    FakePowercap(tmp_path, SERVER, layout=Layout.NESTED)
    assert len(find_zones(tmp_path / "intel-rapl").usable) == 4


def test_two_sockets_and_their_memory_are_four_channels(tmp_path: Path) -> None:
    zones = find_zones(FakePowercap(tmp_path, SERVER).sysfs)
    assert list(containers(zones)) == ["package-0", "dram-0", "package-1", "dram-1"]
    assert set(containers(zones).values()) == {None}


def test_each_die_is_a_package_with_its_own_memory(tmp_path: Path) -> None:
    zones = find_zones(FakePowercap(tmp_path, DIES).sysfs)
    assert list(containers(zones)) == [
        "package-0-die-0",
        "dram-0-die-0",
        "package-0-die-1",
        "dram-0-die-1",
    ]


def test_amd_shows_the_same_names(tmp_path: Path) -> None:
    zones = find_zones(FakePowercap(tmp_path, AMD).sysfs)
    assert containers(zones) == {"package-0": None, "core-0": "package-0"}
    assert zones.usable[0].resolution_j == pytest.approx(15.3e-6, rel=1e-3)


def test_package_ten_comes_after_package_nine(tmp_path: Path) -> None:
    many = tuple(FakeZone(folder=f"intel-rapl:{n}", name=f"package-{n}") for n in range(11))
    zones = find_zones(FakePowercap(tmp_path, many).sysfs)
    assert list(containers(zones)) == [f"package-{n}" for n in range(11)]


def test_the_memory_mapped_interface_counts_only_where_there_is_no_other(tmp_path: Path) -> None:
    zones = (FakeZone(folder="intel-rapl-mmio:0", name="package-0"),)
    found = find_zones(FakePowercap(tmp_path, zones).sysfs)
    assert folders(found) == ["intel-rapl-mmio:0"]


def test_memory_that_only_the_mapped_interface_shows_is_read_there(tmp_path: Path) -> None:
    zones = (
        FakeZone(folder="intel-rapl:0", name="package-0"),
        FakeZone(folder="intel-rapl-mmio:0", name="package-0"),
        FakeZone(folder="intel-rapl-mmio:0:0", name="dram"),
    )
    found = find_zones(FakePowercap(tmp_path, zones).sysfs)
    assert folders(found) == ["intel-rapl:0", "intel-rapl-mmio:0:0"]
    assert list(containers(found)) == ["package-0", "dram-0"]


def test_a_mirrored_zone_is_read_once(tmp_path: Path) -> None:
    zones = (
        FakeZone(folder="intel-rapl:0", name="package-0"),
        FakeZone(folder="intel-rapl:1", name="package-0"),
    )
    found = find_zones(FakePowercap(tmp_path, zones).sysfs)
    assert folders(found) == ["intel-rapl:0"]


def test_of_several_platforms_none_is_read_and_it_is_said(tmp_path: Path) -> None:
    found = find_zones(FakePowercap(tmp_path, PLATFORMS).sysfs)
    assert list(containers(found)) == ["package-0", "dram-0", "package-1", "dram-1"]
    assert set(containers(found).values()) == {None}
    assert found.left_out == ("of psys, psys-1 nobody says which packages each holds",)


def test_zones_without_a_name_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "intel-rapl:1").mkdir()
    (tmp_path / "intel-rapl:2").mkdir()
    (tmp_path / "intel-rapl:2" / "name").write_text("\n")
    assert find_zones(tmp_path) == Zones(usable=(), left_out=())


@pytest.mark.parametrize("range_uj", [0, 1000, 1_900_000_000])
def test_a_range_that_cannot_be_unwrapped_is_left_out_and_said(
    tmp_path: Path, range_uj: int
) -> None:
    zone = FakeZone(folder="intel-rapl:0", name="package-0", span_uj=range_uj)
    found = find_zones(FakePowercap(tmp_path, (zone,)).sysfs)
    assert found.usable == ()
    assert found.left_out == (f"package-0 says that it counts to {range_uj} µJ",)


def test_a_missing_range_is_none(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path, SERVER[:1])
    (tree.path("intel-rapl:0") / "max_energy_range_uj").unlink()
    assert find_zones(tmp_path).usable == ()


def test_a_register_turns_one_step_after_its_largest_reading(tmp_path: Path) -> None:
    (zone,) = find_zones(FakePowercap(tmp_path, SERVER[:1]).sysfs).usable
    assert zone.turn_uj / 1e6 - zone.range_uj / 1e6 == pytest.approx(61e-6, rel=1e-2)
    assert zone.resolution_j == pytest.approx(61e-6, rel=1e-2)


def test_links_that_lead_nowhere_are_a_mask(tmp_path: Path) -> None:
    tree = FakePowercap(tmp_path / "powercap", SERVER, layout=Layout.LINKED)
    assert not is_masked(tree.sysfs)
    tree.mask()
    assert is_masked(tree.sysfs)
    assert not is_masked(tmp_path / "none")
