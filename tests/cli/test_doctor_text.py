"""How an examination reads, for findings that this machine does not have."""

from dataclasses import replace

import pytest

from breakeven.cli.doctor_text import MIN_WIDTH, examination_text
from breakeven.records import (
    ChannelFound,
    Examination,
    Kind,
    Machine,
    MissingSensor,
    Origin,
    Resource,
    SelfTest,
    Surroundings,
    Verdict,
)

MACHINE = Machine(
    host="node7",
    host_id="a1",
    system="Linux 6.1",
    cpu_model="EPYC",
    n_cpus=64,
    memory_bytes=256 * 2**30,
    python="3.11.7",
    accelerators=("A100 (GPU-1)",),
    surroundings=Surroundings(
        distribution="Debian 12",
        container="podman",
        scheduler="slurm job 7",
        cpu_governor="acpi-cpufreq performance",
        is_turbo_on=True,
        is_smt_on=False,
        memory_limit_bytes=2**30,
    ),
)
GPU = ChannelFound(
    meter="nvml",
    channel="gpu0",
    resource=Resource.ENERGY_J,
    kind=Kind.MEASURED,
    origin=Origin.LIVE,
    sensor="nvml-energy",
    stated_resolution=0.001,
    stated_period_s=0.1,
    seen_step=1.5,
    seen_period_s=0.02,
    seen_period_low_s=0.019,
    seen_period_high_s=0.021,
    looked_every_s=0.002,
    n_updates=40,
    idle_noise_w=0.25,
    read_s=0.0015,
    part_of="psu",
    not_covered="fans",
)
FOUND = Examination(
    machine=MACHINE, examined_at="2026-01-01T00:00:00Z", took_s=61, is_full=True, channels=(GPU,)
)


def said(found: Examination, *, width: int = 100) -> str:
    return " ".join(examination_text(found, width=width).split())


def test_what_was_seen_of_a_sensor_stands_before_what_it_states() -> None:
    text = said(FOUND)
    assert "nvml gpu0: energy, measured (nvml-energy), inside psu; step 1 mJ" in text
    assert "seen to update every 20 ms (19 ms to 21 ms) in steps of 1.5 J or more" in text
    assert "a read takes 1.5 ms; idle scatter 250 mW" in text
    assert "leaves out: fans" in text
    assert "Energy is measured on gpu0." in text


def test_a_sensor_that_only_checks_another_is_told_as_that() -> None:
    check = replace(GPU, channel="gpu0-power", check_of="gpu0", part_of=None)
    text = said(replace(FOUND, channels=(GPU, check)))
    assert "Energy is measured on gpu0." in text
    assert "nvml gpu0-power: energy, measured (nvml-energy), checks gpu0;" in text
    alone = said(replace(FOUND, channels=(check,)))
    assert "Energy is measured on gpu0-power." in alone


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(
            replace(GPU, seen_period_s=None, looked_every_s=None),
            "said to update every 100 ms",
            id="not looked at",
        ),
        pytest.param(
            replace(GPU, seen_period_s=None, n_updates=0),
            "did not move while it was looked at",
            id="stands still",
        ),
        pytest.param(
            replace(GPU, seen_period_s=None, stated_period_s=None), "new at every look", id="fresh"
        ),
        pytest.param(
            replace(GPU, seen_period_s=0.02, seen_step=None), "every 20 ms (19 ms", id="no step"
        ),
    ],
)
def test_updates_are_told_as_far_as_they_were_seen(found: ChannelFound, words: str) -> None:
    assert words in said(replace(FOUND, channels=(found,)))


def test_a_gauge_says_nothing_of_updates() -> None:
    gauge = ChannelFound(
        meter="host-memory",
        channel="process_tree",
        resource=Resource.PEAK_MEMORY_BYTES,
        kind=Kind.MEASURED,
        origin=Origin.LIVE,
        sensor="VmHWM",
        stated_resolution=4096.0,
    )
    text = said(replace(FOUND, channels=(gauge,)))
    assert "peak memory, measured (VmHWM); step 4.1 kB What" not in text
    assert "update" not in text


def test_modelled_joules_never_pass_for_measured_ones() -> None:
    modelled = replace(GPU, kind=Kind.MODELLED, channel="cpu")
    text = said(replace(FOUND, channels=(modelled,)))
    assert "ENERGY IS NOT MEASURED HERE" in text
    assert "Modelled because asked for, not measured: cpu." in text


def test_every_unit_is_that_of_its_resource() -> None:
    held = replace(GPU, resource=Resource.MEMORY_BYTE_S, stated_resolution=4096.0)
    assert "step 4.1 kB s" in said(replace(FOUND, channels=(held,)))


def test_everything_a_reader_needs_to_judge_the_place_is_on_top() -> None:
    text = said(FOUND)
    for part in ("podman container", "slurm job 7", "turbo on", "SMT off", "memory limit 1.00 GiB"):
        assert part in text
    assert "A100 (GPU-1)" in text
    assert "virtual machine" not in text
    bare = replace(FOUND, machine=replace(MACHINE, surroundings=None))
    assert "podman" not in said(bare)


def test_commands_stay_whole_so_that_they_can_be_copied() -> None:
    long = "sudo " + "x" * 150
    missing = MissingSensor(meter="rapl", reason="no.", advice="try", commands=(long,))
    text = examination_text(replace(FOUND, missing=(missing,)), width=20)
    assert f"      {long}" in text.splitlines()
    assert max(len(line) for line in text.splitlines() if long not in line) <= MIN_WIDTH


def test_a_failed_test_is_named_at_the_end() -> None:
    broken = SelfTest(name="memory", verdict=Verdict.FAILED, message="saw 0.", advice="Do not.")
    fine = SelfTest(name="clocks", verdict=Verdict.PASSED, message="fine.", advice="Hidden.")
    text = said(replace(FOUND, self_tests=(broken, fine)))
    assert "FAILED memory: saw 0. Do not." in text
    assert "A SELF-TEST FAILED (memory)" in text
    assert "Hidden." not in text
    assert said(FOUND).endswith("Took 61 s.")
