"""What the doctor found stays beside the runs, by machine, through merging and redacting."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import RecordFormatError
from breakeven.records import (
    ChannelFound,
    Examination,
    IdleReading,
    Kind,
    Machine,
    MissingSensor,
    Origin,
    Resource,
    Run,
    SelfTest,
    Verdict,
)
from breakeven.store import Store, merge, redact

MakeRun = Callable[..., Run]

MACHINE = Machine(
    host="node7",
    host_id="a" * 16,
    system="Linux",
    cpu_model="cpu",
    n_cpus=2,
    memory_bytes=1024,
    python="3.11",
    accelerators=("GPU (GPU-11111111-2222-3333-4444-555555555555)",),
)
FOUND = Examination(
    machine=MACHINE,
    examined_at="2026-01-02T03:04:05.000Z",
    took_s=3.5,
    is_full=True,
    channels=(
        ChannelFound(
            meter="nvml",
            channel="gpu0",
            resource=Resource.ENERGY_J,
            kind=Kind.MEASURED,
            origin=Origin.LIVE,
            sensor="nvml-energy",
            stated_resolution=0.001,
            seen_step=0.5,
            device="gpu:GPU-11111111-2222-3333-4444-555555555555",
        ),
    ),
    missing=(MissingSensor(meter="rapl", reason="no zone on node7", commands=("sudo x",)),),
    self_tests=(
        SelfTest(name="clocks", verdict=Verdict.PASSED, message="fine", figures={"step_s": 1e-9}),
    ),
    idle=(
        IdleReading(
            channel="gpu0",
            sensor="nvml-energy",
            power_w=20,
            low_w=19,
            high_w=21,
            duration_s=20,
            measured_at="2026-01-02T03:04:05Z",
        ),
    ),
)
LATER = replace(FOUND, examined_at="2026-01-03T03:04:05.000Z")


def test_an_examination_comes_back_as_it_was(store: Store) -> None:
    path = store.save_examination(FOUND)
    assert path.parent == store.path / "doctor"
    assert path.stem.startswith(MACHINE.fingerprint)
    assert store.examinations() == (FOUND,)


def test_those_of_this_machine_are_found_oldest_first(store: Store) -> None:
    store.save_examination(LATER)
    store.save_examination(FOUND)
    other = replace(MACHINE, n_cpus=4)
    assert store.examinations_of(MACHINE) == (FOUND, LATER)
    assert store.examinations_of(other) == ()
    assert store.examinations() == (FOUND, LATER)


def test_a_damaged_examination_costs_the_reference_and_is_named(store: Store) -> None:
    store.save_examination(LATER).write_text("{")
    store.save_examination(FOUND)
    assert store.examinations_of(MACHINE) == (FOUND,)
    with pytest.raises(RecordFormatError, match=f"{LATER.name}"):
        store.examinations()


def test_a_failed_self_test_is_found(store: Store) -> None:
    broken = SelfTest(name="memory", verdict=Verdict.FAILED, message="host-memory saw nothing")
    assert FOUND.failed == ()
    assert replace(FOUND, self_tests=(*FOUND.self_tests, broken)).failed == (broken,)


def test_merging_brings_examinations_over_once(store: Store, tmp_path: Path) -> None:
    store.save_examination(FOUND)
    target = Store(tmp_path / "target")
    assert merge(store, target).n_examinations == 1
    assert merge(store, target).n_examinations == 0
    assert target.examinations() == (FOUND,)


def test_redacting_keeps_a_run_and_its_examination_together(
    store: Store, tmp_path: Path, make_run: MakeRun
) -> None:
    store.save_examination(FOUND)
    store.append(make_run("a", machine=MACHINE, examination=FOUND.name))
    store.append(make_run("b", examination="lost-1"))
    redact(store, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    (found,), (named, unnamed) = copy.examinations(), copy.runs()
    assert named.examination == found.name != FOUND.name
    assert unnamed.examination == ""
    assert named.machine is not None
    assert named.machine.fingerprint == found.machine.fingerprint
    text = next((copy.path / "doctor").iterdir()).read_text()
    assert "node7" not in text
    assert "11111111" not in text
    assert found.idle == FOUND.idle
