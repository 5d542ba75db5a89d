"""`measure`: any block or function becomes a stored run."""

import os
import signal
import threading
from pathlib import Path

import pytest

from breakeven.records import PhaseName, Stage, Status, Volume
from breakeven.session import measure, terminate_as_exception
from breakeven.store import Store


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
        with terminate_as_exception():
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
