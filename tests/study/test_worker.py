"""The worker: claims, runs, stores, answers; and leaves when its runner does."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakeven.errors import PrecisionRefusedError, StoreWriteError
from breakeven.meters import open_bank
from breakeven.records import NoteCode, PhaseName, Run, Stage, Status
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.session import Terminated
from breakeven.store import Store
from breakeven.study.messages import (
    Answer,
    Ask,
    Order,
    Reply,
    WorkerSetup,
    decode_reply,
    encode_order,
)
from breakeven.study.parent import follow
from breakeven.study.worker import Worker
from breakeven.testing.toy import TOY, TOY_VIRTUAL


def order(ask: Ask = Ask.STAGE, *, key: str = "key", **settings: bool | float | str) -> Order:
    stage = {Ask.STAGE: Stage.PRETRAIN, Ask.OPEN: Stage.SERVE, Ask.INFER: Stage.INFER}[ask]
    resolved = (
        TOY.resolve_inference(settings)
        if ask is Ask.INFER
        else TOY.resolve_stage(stage, {"burn_s": 0.01, **settings})
    )
    return Order(
        ask=ask,
        skeleton=Run(
            run_id=f"run-{key}",
            stage=stage,
            status=Status.INTERRUPTED,
            started_at="2026-01-01T00:00:00+00:00",
            key=key,
        ),
        request=StageRequest(stage=stage, settings=resolved, task={"name": "toy"}),
    )


@pytest.fixture
def said() -> list[Reply]:
    return []


@pytest.fixture
def worker(tmp_path: Path, said: list[Reply]) -> Iterator[Worker]:
    with Store(tmp_path / "store") as store, open_bank(("host",)) as bank:
        yield Worker(store=store, engine=TOY, bank=bank, say=said.append)


def test_the_first_run_carries_the_start_of_the_process(worker: Worker) -> None:
    first = worker.carry_out(order(key="a"))
    second = worker.carry_out(order(key="b"))
    assert first.answer is Answer.ENDED
    assert first.run is not None
    assert second.run is not None
    assert [phase.name for phase in first.run.phases] == [PhaseName.IMPORT, PhaseName.WORK]
    assert [phase.name for phase in second.run.phases] == [PhaseName.WORK]
    assert first.run.started_at > "2026-01-01T00:00:00+00:00"


def test_a_pretended_clock_has_no_start(tmp_path: Path, said: list[Reply]) -> None:
    with Store(tmp_path) as store, open_bank(("host",), clock_s=TOY_VIRTUAL.clock_s) as bank:
        virtual = Worker(store=store, engine=TOY_VIRTUAL, bank=bank, say=said.append)
        run = virtual.carry_out(order()).run
    assert run is not None
    assert [phase.name for phase in run.phases] == [PhaseName.WORK]


def test_a_claimed_row_is_left_alone_and_a_done_one_is_not_repeated(worker: Worker) -> None:
    with worker.store.lease("key"):
        assert worker.carry_out(order()).answer is Answer.BUSY
    done = worker.carry_out(order())
    again = worker.carry_out(order())
    assert again.answer is Answer.ALREADY
    assert again.run == done.run


def test_a_failure_is_stored_and_the_worker_lives_on(worker: Worker) -> None:
    reply = worker.carry_out(order(key="bad", fail=True))
    assert reply.run is not None
    assert reply.run.status is Status.FAILED
    assert worker.carry_out(order(key="good")).run is not None


def test_rows_are_answered_by_the_checkpoint_that_was_opened(
    worker: Worker, tmp_path: Path
) -> None:
    made = worker.carry_out(order()).run
    assert made is not None
    folder = worker.store.artifact(made.artifacts["model"])
    opening = order(Ask.OPEN, key="open")
    request = StageRequest(stage=Stage.SERVE, settings={}, task={}, parents={"start": folder})
    worker.carry_out(Order(ask=Ask.OPEN, skeleton=opening.skeleton, request=request))
    row = worker.carry_out(order(Ask.INFER, key="row")).run
    assert row is not None
    assert row.output.n_batches == 1


def test_a_row_before_its_checkpoint_is_a_failed_run(worker: Worker) -> None:
    run = worker.carry_out(order(Ask.INFER)).run
    assert run is not None
    assert "before its checkpoint was opened" in (run.error or "")


def test_a_precision_refused_by_measurement_is_noted(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(context: StageContext, request: StageRequest) -> None:
        raise PrecisionRefusedError("fp16 is 15 times slower than fp32 here")

    monkeypatch.setattr(worker.engine, "run_stage", refuse)
    run = worker.carry_out(order()).run
    assert run is not None
    (note,) = [note for note in run.notes if note.code is NoteCode.PRECISION_REFUSED]
    assert note.message == "fp16 is 15 times slower than fp32 here"


def test_orders_are_carried_out_until_there_are_no_more(worker: Worker, said: list[Reply]) -> None:
    lines: SimpleQueue[bytes | None] = SimpleQueue()
    for line in (encode_order(order(key="a")), encode_order(order(key="b")), None):
        lines.put(line)
    worker.serve(lines)
    assert [reply.answer for reply in said] == [Answer.ENDED, Answer.ENDED]
    assert not worker.is_working.is_set()


def test_what_cannot_be_stored_is_refused_with_its_sentence(
    tmp_path: Path, said: list[Reply]
) -> None:
    def full(fd: int, line: bytes) -> int:
        raise OSError(28, "No space left on device")

    with Store(tmp_path, write=full) as store, open_bank(("host",)) as bank:
        worker = Worker(store=store, engine=TOY, bank=bank, say=said.append)
        with pytest.raises(StoreWriteError):
            worker.carry_out(order())
        lines: SimpleQueue[bytes | None] = SimpleQueue()
        lines.put(encode_order(order(key="other")))
        lines.put(None)
        worker.serve(lines)
    assert said[0].answer is Answer.REFUSED
    assert "no space left" in said[0].text


def test_progress_is_said_now_and_then(
    worker: Worker, said: list[Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("breakeven.study.worker.PROGRESS_PERIOD_S", 0.0)
    worker.carry_out(order(burn_s=0.05))
    assert said
    assert {reply.answer for reply in said} == {Answer.PROGRESS}


def test_progress_that_nobody_hears_is_an_interruption_not_a_failure(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unheard(reply: Reply) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    def ended() -> None:
        raise Terminated(143)

    monkeypatch.setattr("breakeven.study.worker.PROGRESS_PERIOD_S", 0.0)
    monkeypatch.setattr("breakeven.study.worker.terminate_self", ended)
    worker.say = unheard
    with pytest.raises(Terminated):
        worker.carry_out(order(burn_s=0.05))
    (run,) = worker.store.runs()
    assert run.status is Status.INTERRUPTED


def test_lines_are_followed_to_their_end() -> None:
    ended = threading.Event()
    lines = follow(io.BytesIO(b"a\nb\n"), at_end=ended.set)
    assert [lines.get(), lines.get(), lines.get()] == [b"a\n", b"b\n", None]
    assert ended.wait(5)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """Start a real worker."""
    Store(tmp_path / "store").close()
    started: list[subprocess.Popen[bytes]] = []

    def launch(*, parent: int) -> "subprocess.Popen[bytes]":
        setup = WorkerSetup(store=tmp_path / "store", engine="toy", parent=parent, meters=("host",))
        process = subprocess.Popen(
            [sys.executable, "-m", "breakeven.study.worker", *setup.argv()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield launch
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


def test_a_worker_leaves_when_its_orders_end(
    start: Callable[..., "subprocess.Popen[bytes]"],
) -> None:
    process = start(parent=os.getpid())
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(encode_order(order()))
    process.stdin.flush()
    replies = map(decode_reply, iter(process.stdout.readline, b""))
    assert any(reply.answer is Answer.ENDED for reply in replies)
    process.stdin.close()
    assert process.wait(60) == 0


def test_a_worker_whose_parent_is_somebody_else_leaves_at_once(
    start: Callable[..., "subprocess.Popen[bytes]"],
) -> None:
    process = start(parent=1 if os.getppid() != 1 else 2)
    assert process.wait(60) == 128 + signal.SIGTERM


def test_a_run_is_interrupted_when_the_orders_end_in_its_middle(
    start: Callable[..., "subprocess.Popen[bytes]"], tmp_path: Path
) -> None:
    process = start(parent=os.getpid())
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(encode_order(order(burn_s=30.0)))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["answer"] == "progress"
    process.stdin.close()
    assert process.wait(60) == 128 + signal.SIGTERM
    with Store(tmp_path / "store") as store:
        (run,) = store.runs()
    assert run.status is Status.INTERRUPTED
