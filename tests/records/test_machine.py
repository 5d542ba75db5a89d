from dataclasses import replace

import pytest

from breakeven.records import Machine, Surroundings

MACHINE = Machine(
    host="node7",
    host_id="a1",
    system="Linux 6.1",
    cpu_model="EPYC",
    n_cpus=2,
    memory_bytes=8 * 2**30,
    python="3.11.7",
    accelerators=("L4 (a)", "L4 (b)"),
    libraries={"torch": "2.13.0"},
)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(MACHINE, libraries={"torch": "2.14.0"}), id="library updated"),
        pytest.param(replace(MACHINE, accelerators=("L4 (b)", "L4 (a)")), id="devices renumbered"),
        pytest.param(replace(MACHINE, host="renamed"), id="host renamed"),
        pytest.param(replace(MACHINE, surroundings=Surroundings()), id="surroundings looked at"),
    ],
)
def test_costs_stay_comparable(other: Machine) -> None:
    assert other.fingerprint == MACHINE.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(MACHINE, host_id="b2"), id="another host"),
        pytest.param(replace(MACHINE, cpu_model="Xeon"), id="another CPU"),
        pytest.param(replace(MACHINE, n_cpus=4), id="more CPUs allowed"),
        pytest.param(replace(MACHINE, accelerators=("L4 (a)",)), id="a device less"),
    ],
)
def test_costs_are_not_comparable(other: Machine) -> None:
    assert other.fingerprint != MACHINE.fingerprint
