"""The recorder: one stage, one stored run, however it ends."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from breakeven.errors import StoreWriteError, TrialPrunedError
from breakeven.meters import MeterBank
from breakeven.meters.journal import read_journal
from breakeven.records import (
    Cost,
    Judged,
    Kind,
    Measurement,
    Note,
    NoteCode,
    PhaseName,
    Resource,
    Run,
    Score,
    Status,
    Volume,
)
from breakeven.records.protocols import StageContext
from breakeven.session import Recorder
from breakeven.session.recorder import KILLED
from breakeven.store import Store
from breakeven.store.codec import decode_run
from breakeven.testing import ScriptedMeter, joules

NOTE = Note(code=NoteCode.METER_UNAVAILABLE, message="no sensor.", advice="Buy one.")


def scripted(*, on_read: Callable[[], None] = lambda: None) -> MeterBank:
    totals = [{"gpu0": float(total)} for total in range(1000)]
    return MeterBank([ScriptedMeter(totals, on_read=on_read)], notes=[NOTE])


def flops(value: float, sensor: str = "kaplan-2020") -> Cost:
    return Cost.exact(Resource.FLOPS, value, kind=Kind.COUNTED, sensor=sensor)


def failing_store(path: Path, *, is_record_kept: bool) -> Store:
    class Full(Store):
        def append(self, run: Run) -> None:
            if is_record_kept:
                super().append(run)
            raise StoreWriteError("full", is_disk_full=True, is_record_kept=is_record_kept)

    return Full(path)


def test_a_recorder_is_a_stage_s_context(store: Store, skeleton: Run) -> None:
    context: StageContext = Recorder(store, skeleton, bank=scripted())
    assert context.run_id == "run-1"


def test_what_a_stage_says_is_in_its_run(store: Store, skeleton: Run) -> None:
    score = Score(metric="accuracy", value=0.9, split="test", n_examples=10)
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        with recorder.phase(PhaseName.LOAD):
            pass
        with recorder.phase(PhaseName.WORK):
            recorder.count(flops(10.0))
            recorder.add_output(Volume(n_examples=3, n_real_tokens=20, n_padded_tokens=24))
            recorder.add_output(Volume(n_examples=1, n_real_tokens=5, n_batches=1))
        recorder.add_score(score)
    (run,) = store.runs()
    assert run == recorder.run
    assert run.status is Status.OK
    assert [phase.name for phase in run.phases] == [PhaseName.LOAD, PhaseName.WORK]
    assert run.output == Volume(n_examples=4, n_real_tokens=25, n_padded_tokens=24, n_batches=1)
    assert (run.counts, run.scores, run.error) == ((flops(10.0),), (score,), None)


def test_another_phase_may_say_what_it_processed(store: Store, skeleton: Run) -> None:
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        with recorder.phase(PhaseName.WORK):
            recorder.add_output(Volume(n_examples=3))
        with recorder.phase(PhaseName.PREFILL):
            pass
        recorder.add_output(Volume(n_examples=2), phase=PhaseName.PREFILL)
        recorder.add_output(Volume(n_examples=2), phase=PhaseName.PREFILL)
        with pytest.raises(LookupError, match="no phase idle"):
            recorder.add_output(Volume(n_examples=1), phase=PhaseName.IDLE)
    (run,) = store.runs()
    assert run.output == Volume(n_examples=3)
    assert [phase.output for phase in run.phases] == [None, Volume(n_examples=4)]


def test_the_order_within_a_phase_is_sync_read_work_sync_read(store: Store, skeleton: Run) -> None:
    events: list[str] = []
    bank = scripted(on_read=lambda: events.append("read"))
    with (
        Recorder(store, skeleton, bank=bank, journal_period_s=3600.0) as recorder,
        recorder.phase(PhaseName.WORK, synchronize=lambda: events.append("sync")),
    ):
        events.append("work")
    assert events == ["sync", "read", "work", "sync", "read"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(ValueError("no such layer"), Status.FAILED, id="exception"),
        pytest.param(KeyboardInterrupt(), Status.INTERRUPTED, id="Ctrl-C"),
        pytest.param(SystemExit(143), Status.INTERRUPTED, id="SIGTERM"),
    ],
)
def test_every_end_keeps_the_cost_and_passes_on(
    store: Store, skeleton: Run, error: BaseException, status: Status
) -> None:
    with (
        pytest.raises(type(error)),
        Recorder(store, skeleton, bank=scripted()) as recorder,
        recorder.phase(PhaseName.WORK),
    ):
        raise error
    (run,) = store.runs()
    assert run.status is status
    assert run.error is not None
    assert type(error).__name__ in run.error
    assert run.costs(Resource.ENERGY_J)[0].value >= 1.0
    assert store.journals() == ()


def test_a_traceback_names_files_from_where_they_were_imported(store: Store, skeleton: Run) -> None:
    with pytest.raises(ValueError, match="line 1"), Recorder(store, skeleton, bank=scripted()):
        json.loads("no JSON")
    (run,) = store.runs()
    assert run.error is not None
    assert 'File "json/decoder.py", line' in run.error
    assert sys.prefix not in run.error
    assert sys.base_prefix not in run.error


def test_a_stage_is_told_how_long_a_slow_sensor_needs(store: Store, skeleton: Run) -> None:
    slow = replace(joules("wall"), period_s=1.0)
    context: StageContext = Recorder(
        store, skeleton, bank=MeterBank([ScriptedMeter([], channels=[slow])])
    )
    assert context.enough_s == 10.0


def test_equal_counts_add_up_and_others_stay_apart(store: Store, skeleton: Run) -> None:
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        recorder.count(flops(10.0))
        recorder.count(flops(5.0, sensor="closed form"))
        recorder.count(flops(3.0))
    (run,) = store.runs()
    assert [cost.value for cost in run.counts] == [13.0, 5.0]


def test_a_doubt_is_kept_once_and_the_bank_s_are_there(store: Store, skeleton: Run) -> None:
    doubt = Note(code=NoteCode.NO_PLATEAU, message="never settled.", advice="Wait.")
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        recorder.add_note(doubt)
        recorder.add_note(replace(doubt, advice="Wait longer."))
        recorder.add_note(replace(doubt, message="never settled on gpu0."))
    (run,) = store.runs()
    assert [note.message for note in run.notes] == [
        "no sensor.",
        "never settled.",
        "never settled on gpu0.",
    ]


def test_a_phase_inside_a_phase_would_count_twice_and_is_refused(
    store: Store, skeleton: Run
) -> None:
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        with recorder.phase(PhaseName.WORK), pytest.raises(ValueError, match="inside work"):
            recorder.phase(PhaseName.WARMUP).__enter__()
        with recorder.phase(PhaseName.IDLE):
            pass


def test_a_phase_measured_elsewhere_is_added(store: Store, skeleton: Run) -> None:
    measurement = Measurement(started_at=skeleton.started_at, duration_s=4.0)
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        recorder.add_started_phase(PhaseName.IMPORT, measurement)
    assert store.runs()[0].measurements(PhaseName.IMPORT) == (measurement,)


def test_artefacts_of_a_good_run_are_kept_and_empty_ones_are_none(
    store: Store, skeleton: Run
) -> None:
    with Recorder(store, skeleton, bank=scripted()) as recorder:
        (recorder.artifact_dir("model") / "weights").write_text("left over")
        (recorder.artifact_dir("model") / "weights").write_text("1 2 3")
        recorder.artifact_dir("nothing")
    (run,) = store.runs()
    assert run.artifacts.keys() == {"model"}
    assert (store.artifact(run.artifacts["model"]) / "weights").read_text() == "1 2 3"
    assert not any((store.path / "scratch").iterdir())


def test_artefacts_of_a_failed_run_are_not_kept(store: Store, skeleton: Run) -> None:
    def half_a_stage(context: StageContext) -> None:
        (context.artifact_dir("model") / "weights").write_text("half")
        raise ValueError("bad")

    with (
        pytest.raises(ValueError, match="bad"),
        Recorder(store, skeleton, bank=scripted()) as recorder,
    ):
        half_a_stage(recorder)
    assert store.runs()[0].artifacts == {}
    assert not any((store.path / "scratch").iterdir())


def test_a_run_whose_artefacts_cannot_be_kept_is_stored_nevertheless(
    store: Store, skeleton: Run
) -> None:
    with (
        pytest.raises(StoreWriteError),
        Recorder(store, skeleton, bank=scripted()) as recorder,
        recorder.phase(PhaseName.WORK),
    ):
        (recorder.artifact_dir("model") / "link").symlink_to("elsewhere")
    (run,) = store.runs()
    assert run.status is Status.FAILED
    assert len(run.phases) == 1


def test_a_run_that_could_not_be_stored_leaves_its_journal(tmp_path: Path, skeleton: Run) -> None:
    store = failing_store(tmp_path, is_record_kept=False)
    recorder = Recorder(store, skeleton, bank=scripted())
    with pytest.raises(StoreWriteError), recorder:
        pass
    assert recorder.run is None
    assert len(store.journals()) == 1


def test_a_run_stored_from_the_reserve_needs_no_journal(tmp_path: Path, skeleton: Run) -> None:
    store = failing_store(tmp_path, is_record_kept=True)
    recorder = Recorder(store, skeleton, bank=scripted())
    with pytest.raises(StoreWriteError), recorder:
        pass
    assert recorder.run is not None
    assert store.journals() == ()


def test_the_journal_holds_the_open_phase_as_an_interrupted_run(
    store: Store, skeleton: Run
) -> None:
    bank, ticked = scripted(), Event()
    with Recorder(store, skeleton, bank=bank, journal_period_s=0.01) as recorder:
        with recorder.phase(PhaseName.LOAD):
            pass
        with recorder.phase(PhaseName.WORK):
            recorder.add_output(Volume(n_examples=7))
            bank.on_tick(ticked.set, period_s=0.05)
            assert ticked.wait(10)
            entry = read_journal(store.journal_path("run-1"))
    assert entry is not None
    noted = decode_run(entry[1])
    assert (noted.status, noted.error) == (Status.INTERRUPTED, KILLED)
    assert [phase.name for phase in noted.phases] == [PhaseName.LOAD, PhaseName.WORK]
    assert noted.output.n_examples == 7


def test_a_journal_that_cannot_be_written_is_told_once_and_the_run_goes_on(
    store: Store, skeleton: Run, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(state: bytes) -> None:
        raise StoreWriteError("full", is_disk_full=True)

    with Recorder(store, skeleton, bank=scripted()) as recorder:
        recorder._journal.write = fail  # type: ignore[method-assign]  # a disk that fills up later
        recorder._tick()
        recorder._tick()
    assert store.runs()[0].status is Status.OK
    assert caplog.text.count("cannot be written") == 1


def test_progress_reaches_whoever_watches(store: Store, skeleton: Run) -> None:
    seen: list[tuple[float, float]] = []
    Recorder(store, skeleton, bank=scripted()).progress(1.0, 2.0)
    Recorder(
        store, skeleton, bank=scripted(), on_progress=lambda done, total: seen.append((done, total))
    ).progress(1.0, 2.0)
    assert seen == [(1.0, 2.0)]


def test_a_second_interrupt_during_the_closing_reads_still_leaves_a_cost(
    store: Store, skeleton: Run
) -> None:
    reads = iter(range(100))

    def interrupted_once() -> None:
        if next(reads) == 1:
            raise KeyboardInterrupt

    bank = scripted(on_read=interrupted_once)
    with (
        pytest.raises(KeyboardInterrupt),
        Recorder(store, skeleton, bank=bank, journal_period_s=3600.0) as recorder,
        recorder.phase(PhaseName.WORK),
    ):
        pass
    assert store.runs()[0].costs(Resource.ENERGY_J)[0].value == 1.0


def test_a_phase_that_never_opened_is_no_phase(store: Store, skeleton: Run) -> None:
    def broken() -> None:
        raise RuntimeError("no device")

    with (
        pytest.raises(RuntimeError, match="no device"),
        Recorder(store, skeleton, bank=scripted()) as recorder,
        recorder.phase(PhaseName.WORK, synchronize=broken),
    ):
        pass
    assert store.runs()[0].phases == ()


def test_a_forked_child_that_unwinds_stores_nothing(store: Store, skeleton: Run) -> None:
    recorder = Recorder(store, skeleton, bank=scripted())
    recorder.__enter__()
    recorder._pid += 1  # as seen from a child of ours
    recorder.__exit__(None, None, None)
    assert store.runs() == ()
    recorder._pid -= 1
    recorder.__exit__(None, None, None)
    assert len(store.runs()) == 1


def test_a_judgement_is_kept_with_the_run_and_a_verdict_against_it_prunes(
    store: Store, skeleton: Run
) -> None:
    score = Score(metric="loss", value=0.5, split="validation", n_examples=9)
    told: list[Judged] = []

    def goes_on(judged: Judged) -> bool:
        told.append(judged)
        return judged.step < 2

    recorder = Recorder(store, skeleton, bank=scripted(), goes_on=goes_on)
    assert recorder.is_watched

    def learn() -> None:
        with recorder, recorder.phase(PhaseName.WORK):
            for step in (1, 2, 3):
                recorder.judged((score,), step=step, n_steps=3)

    with pytest.raises(TrialPrunedError):
        learn()
    assert recorder.run is not None
    assert recorder.run.status is Status.PRUNED
    assert recorder.run.judged == tuple(told)
    assert [judged.step for judged in told] == [1, 2]
    assert recorder.run.error == "pruned at step 2 of 3"
