"""`measure`: any block or function becomes a stored run."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from breakeven.errors import SettingsError
from breakeven.meters import MeterBank
from breakeven.records import PhaseName, Resource, Stage, Status, Volume
from breakeven.session import Recorder, leave_on, measure
from breakeven.store import Store
from breakeven.testing import ScriptedMeter


def test_a_block_becomes_a_run(store: Store) -> None:
    with measure("mine", store=store, meters=["host"], stage=Stage.FINETUNE, lr=0.1) as recorder:
        recorder.add_output(Volume(n_examples=5))
    (run,) = store.runs()
    assert (run.row, run.stage, run.status) == ("mine", Stage.FINETUNE, Status.OK)
    assert (run.settings.resolved, run.output.n_examples) == ({"lr": 0.1}, 5)
    assert [phase.name for phase in run.phases] == [PhaseName.WORK]
    assert run.machine is not None


def test_every_call_of_a_decorated_function_becomes_a_run(store: Store) -> None:
    @measure("double", store=store.path, meters=["host"])
    def double(number: int) -> int:
        return 2 * number

    assert [double(2), double(3)] == [4, 6]
    assert [run.row for run in store.runs()] == ["double", "double"]


def test_the_default_store_is_the_folder_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with measure("mine", meters=["host"]):
        pass
    assert len(Store("store").runs()) == 1


def test_an_exception_is_stored_and_passed_on(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), measure("bad", store=store, meters=["host"]):
        _ = 1 / 0
    assert store.runs()[0].status is Status.FAILED


def test_an_inner_run_names_the_outer_one_that_holds_its_cost(store: Store) -> None:
    with (
        measure("outer", store=store, meters=["host"]) as outer,
        measure("inner", store=store, meters=["host"]),
    ):
        pass
    by_row = {run.row: run for run in store.runs()}
    assert by_row["inner"].settings.resolved == {"inside": outer.run_id}
    assert by_row["outer"].settings.resolved == {}


def test_sigterm_ends_the_block_as_an_exception_and_keeps_the_run(store: Store) -> None:
    with pytest.raises(SystemExit) as left, measure("mine", store=store, meters=["host"]):
        os.kill(os.getpid(), signal.SIGTERM)
    assert left.value.code == 143
    assert store.runs()[0].status is Status.INTERRUPTED
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_somebody_else_s_handler_is_left_alone() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with leave_on(signal.SIGTERM):
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_in_another_thread_no_handler_is_set(store: Store) -> None:
    def work() -> None:
        with measure("mine", store=store, meters=["host"]):
            handlers.append(signal.getsignal(signal.SIGTERM))

    handlers: list[object] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.SIG_DFL]
    assert len(store.runs()) == 1


def test_a_coroutine_is_measured_to_its_end(store: Store) -> None:
    @measure("answer", store=store, meters=["host"])
    async def answer() -> int:
        await asyncio.sleep(0)
        assert store.runs() == ()
        return 42

    assert asyncio.run(answer()) == 42
    assert store.runs()[0].status is Status.OK


def test_a_generator_is_measured_to_its_end(store: Store) -> None:
    @measure("count", store=store, meters=["host"])
    def count() -> Generator[int, None, str]:
        yield 1
        yield 2
        return "done"

    counting = count()
    assert next(counting) == 1
    assert store.runs() == ()
    assert list(counting) == [2]
    assert [run.status for run in store.runs()] == [Status.OK]
    del counting
    next(count())
    assert [run.status for run in store.runs()] == [Status.OK, Status.INTERRUPTED]


def test_an_asynchronous_generator_is_refused(store: Store) -> None:
    async def count() -> AsyncIterator[int]:
        yield 1

    with pytest.raises(SettingsError, match="count is an asynchronous generator"):
        measure("count", store=store)(count)


def test_every_call_of_a_recursive_function_is_inside_the_one_before(store: Store) -> None:
    @measure("down", store=store, meters=["host"])
    def down(n: int) -> int:
        return 0 if n == 0 else 1 + down(n - 1)

    assert down(2) == 2
    runs = store.runs()
    inside = {run.run_id: run.settings.resolved.get("inside") for run in runs}
    assert sum(outer is None for outer in inside.values()) == 1
    assert {outer for outer in inside.values() if outer is not None} < set(inside)


def test_calls_from_several_threads_are_runs_of_their_own(store: Store) -> None:
    @measure("work", store=store, meters=["host"])
    def work(number: int) -> int:
        return number

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, range(6))) == list(range(6))
    assert [run.settings.resolved for run in store.runs()] == [{}] * 6


def test_open_meters_are_used_and_stay_open(store: Store) -> None:
    meter = ScriptedMeter([{"gpu0": 1.0}, {"gpu0": 4.0}, {"gpu0": 9.0}, {"gpu0": 9.5}])
    bank = MeterBank([meter])
    for name in ("one", "two"):
        with measure(name, store=store, meters=bank):
            pass
    joules = [run.costs(Resource.ENERGY_J)[0].value for run in store.runs()]
    assert (joules, meter.is_closed) == ([3.0, 0.5], False)


def test_queued_work_is_waited_for_before_both_readings(store: Store) -> None:
    events: list[str] = []
    meter = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 1.0}], on_read=lambda: events.append("read"))
    with measure(
        "mine", store=store, meters=MeterBank([meter]), synchronize=lambda: events.append("sync")
    ):
        events.append("work")
    assert events == ["sync", "read", "work", "sync", "read"]


def test_a_block_may_be_entered_again(store: Store) -> None:
    again = measure("mine", store=store, meters=["host"])
    with again, again:
        pass
    assert len(store.runs()) == 2


def test_threads_that_share_a_block_leave_each_its_own(store: Store) -> None:
    shared, is_over = measure("mine", store=store, meters=["host"]), threading.Event()
    lasting = list[Recorder]()

    def last() -> None:
        with shared as recorder:
            lasting.append(recorder)
            is_over.wait()

    thread = threading.Thread(target=last)
    with shared as recorder:
        thread.start()
        while not lasting:
            time.sleep(0.001)
    assert (recorder.run is not None, lasting[0].run) == (True, None)
    is_over.set()
    thread.join()
    assert lasting[0].run is not None


def test_a_generator_may_be_ended_by_another_thread(store: Store) -> None:
    counting = measure("count", store=store, meters=["host"])(iter_two)()
    next(counting)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(list, counting).result() == [2]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert [run.status for run in store.runs()] == [Status.OK]


def iter_two() -> Iterator[int]:
    yield 1
    yield 2


def test_a_block_that_cannot_be_entered_leaves_nothing_open(store: Store) -> None:
    again = measure(store=store)
    with pytest.raises(SettingsError, match="needs a name"), again:
        pass
    assert store.runs() == ()


def test_meters_given_as_one_string_are_refused_with_the_list_to_write(store: Store) -> None:
    with (
        pytest.raises(SettingsError, match=r"write meters=\['host'\]"),
        measure("x", store=store, meters="host"),
    ):
        pass


def test_a_stage_is_taken_by_its_name_and_what_is_none_is_refused(store: Store) -> None:
    with measure("x", store=store, meters=["host"], stage="finetune"):  # type: ignore[arg-type]
        pass
    assert store.runs()[0].stage is Stage.FINETUNE
    with (
        pytest.raises(SettingsError, match="stage 'bogus' is none; expected one of fetch, pre"),
        measure("x", store=store, stage="bogus"),  # type: ignore[arg-type]
    ):
        pass


def test_a_window_after_the_end_of_its_run_is_refused(store: Store) -> None:
    with measure("x", store=store, meters=["host"]) as run:
        pass
    with pytest.raises(ValueError, match=r"'late' was opened after run run-.* had ended"):
        run.window("late")
