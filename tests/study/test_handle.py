"""The runner's side of a worker: replies, progress, death, and an orderly end."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from breakeven.errors import WorkerDiedError
from breakeven.records import Run, Stage, Status
from breakeven.records.protocols import StageRequest
from breakeven.study.handle import Handle
from breakeven.study.messages import Answer, Ask, Order, WorkerSetup

ORDER = Order(
    ask=Ask.STAGE,
    skeleton=Run(
        run_id="run-1",
        stage=Stage.FINETUNE,
        status=Status.INTERRUPTED,
        started_at="2026-01-01T00:00:00+00:00",
    ),
    request=StageRequest(stage=Stage.FINETUNE, settings={}, task={}),
)
SAY = """
import json, os, sys
def say(**fields):
    print(json.dumps({"run": None, "done": 0, "total": 0, "text": "", **fields}), flush=True)
"""


@contextmanager
def worker(body: str, *, patience_s: float = 10.0) -> Iterator[Handle]:
    setup = WorkerSetup(store=Path("store"), engine="toy", parent=os.getpid())
    command = (sys.executable, "-c", SAY + body)
    with Handle(setup, command=command, patience_s=patience_s) as handle:
        yield handle


def test_progress_is_passed_on_until_the_answer_comes() -> None:
    seen: list[tuple[float, float]] = []
    with worker(
        "sys.stdin.readline(); say(answer='progress', done=1, total=4); say(answer='busy')"
    ) as handle:
        reply = handle.give(ORDER, on_progress=lambda done, total: seen.append((done, total)))
    assert reply.answer is Answer.BUSY
    assert seen == [(1, 4)]


def test_a_worker_that_dies_says_how_and_what_it_wrote_last() -> None:
    with worker("sys.stdin.readline(); print('out of luck', file=sys.stderr); sys.exit(3)") as dead:
        with pytest.raises(WorkerDiedError, match=r"(?s)ended with code 3 .*out of luck"):
            dead.give(ORDER)
        assert not dead.is_alive


def test_a_killed_worker_is_told_by_its_signal_even_in_the_middle_of_a_line() -> None:
    body = "sys.stdin.readline(); os.write(1, b'{\"answer\"'); os.kill(os.getpid(), 9)"
    with worker(body) as dead, pytest.raises(WorkerDiedError, match=r"ended by signal 9 .*nothing"):
        dead.give(ORDER)


def test_an_order_to_a_dead_worker_is_a_death_too() -> None:
    with worker("") as dead:
        os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(WorkerDiedError, match="ended with code 0"):
            dead.give(ORDER)


def test_libraries_get_the_threads_that_were_asked_for() -> None:
    with worker(
        "sys.stdin.readline(); say(answer='refused', text=os.environ['OMP_NUM_THREADS'])"
    ) as w:
        assert w.give(ORDER).text == "1"


def test_a_worker_that_will_not_leave_is_killed() -> None:
    body = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "sys.stdin.readline(); say(answer='busy'); time.sleep(60)"
    )
    with worker(body, patience_s=0.1) as handle:
        handle.give(ORDER)
    assert handle._process.returncode == -signal.SIGKILL
