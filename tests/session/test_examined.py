"""A run names what the doctor found on its machine, and carries the idle draw."""

from dataclasses import replace
from pathlib import Path

from breakeven.meters import MeterBank
from breakeven.records import Examination, IdleReading, Run, Stage, Status
from breakeven.session import Recorder, find_machine
from breakeven.session.examined import examined
from breakeven.store import Store

MACHINE = find_machine()
RUN = Run(
    run_id="r1",
    stage=Stage.COMMAND,
    status=Status.OK,
    started_at="2026-01-05T00:00:00Z",
    machine=MACHINE,
)
IDLE = IdleReading(
    channel="gpu0",
    sensor="nvml",
    power_w=20,
    low_w=19,
    high_w=21,
    duration_s=20,
    measured_at="2026-01-02T00:00:00Z",
)
FULL = Examination(machine=MACHINE, examined_at="2026-01-02T00:00:00Z", took_s=60, idle=(IDLE,))
QUICK = Examination(machine=MACHINE, examined_at="2026-01-03T00:00:00Z", took_s=3)


def test_a_run_names_the_newest_examination_and_keeps_the_idle_draw_found_before(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    store.save_examination(FULL)
    store.save_examination(QUICK)
    found = examined(RUN, store)
    assert found.examination == QUICK.name != FULL.name
    assert found.idle == (IDLE,)


def test_without_an_examination_of_this_machine_nothing_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_examination(replace(FULL, machine=replace(MACHINE, n_cpus=99)))
    assert examined(RUN, store) == RUN
    assert examined(replace(RUN, machine=None), store).examination == ""


def test_the_recorder_stores_the_reference(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save_examination(FULL)
    with Recorder(store, RUN, bank=MeterBank()):
        pass
    (stored,) = store.runs()
    assert (stored.examination, stored.idle) == (FULL.name, (IDLE,))
