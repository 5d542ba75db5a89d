"""A worker seen from the runner: start it, give it orders, end it. The runner sleeps meanwhile."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

from breakeven.errors import WorkerDiedError
from breakeven.records import Judged
from breakeven.study.messages import (
    Answer,
    Order,
    Reply,
    WorkerSetup,
    decode_reply,
    encode_order,
    encode_verdict,
)

STOP_PATIENCE_S = 10.0
"""Time to end a run in order after SIGTERM: closing windows and one fsync, with room to spare."""

_N_LINES_SHOWN = 15
_COMMAND = (sys.executable, "-m", "breakeven.study.worker")


class Handle:
    """One worker process."""

    def __init__(
        self,
        setup: WorkerSetup,
        *,
        n_threads: int = 1,
        command: Sequence[str] = _COMMAND,
        environment: Mapping[str, str] = os.environ,
        patience_s: float = STOP_PATIENCE_S,
    ) -> None:
        """Start the process.

        Args:
            setup: What it must know.
            n_threads: Threads that numerical libraries may use; more than one spins on a busy
                machine and inflates CPU time (shared TRIALS).
            command: What to start; tests start something else.
            environment: Of this process.
            patience_s: How long `stop` waits before it kills.
        """
        self._patience_s = patience_s
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, *setup.argv()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**environment, **_thread_limits(n_threads)},
        )

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def give(
        self,
        order: Order,
        *,
        on_progress: Callable[[float, float], None] = lambda *_: None,
        goes_on: Callable[[Judged], bool] = lambda _: True,
    ) -> Reply:
        """Send an order and sleep until it is carried out.

        Args:
            order: What to do.
            on_progress: Draws progress; called with (done, total).
            goes_on: Told each judgement of a run that is watched; says whether it is to go on.

        Raises:
            WorkerDiedError: If the worker ends before it answers; says what it wrote last.
        """
        stdout = self._process.stdout
        assert stdout is not None
        self._send(encode_order(order))
        for line in iter(stdout.readline, b""):
            if not line.endswith(b"\n"):
                break
            reply = decode_reply(line)
            if reply.answer is Answer.JUDGED:
                assert reply.judged is not None
                self._send(encode_verdict(goes_on=goes_on(reply.judged)))
            elif reply.answer is Answer.PROGRESS:
                on_progress(reply.done, reply.total)
            else:
                return reply
        raise self._death()

    def _send(self, line: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._death() from error

    def stop(self) -> None:
        """End the worker: an idle one leaves by itself, a run still going on is interrupted."""
        process = self._process
        if process.stdin is not None:
            with suppress(BrokenPipeError):  # it died with an order unread
                process.stdin.close()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(self._patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _death(self) -> WorkerDiedError:
        code = self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").splitlines()[-_N_LINES_SHOWN:]
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        said = "\n".join(lines) or "nothing"
        return WorkerDiedError(
            f"worker {self.pid} ended {how} before it answered; the cost up to then is kept. "
            f"If memory ran out, lower batch_size or max_workers. It last wrote: {said}"
        )


def _thread_limits(n_threads: int) -> dict[str, str]:
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {**dict.fromkeys(names, str(n_threads)), "TOKENIZERS_PARALLELISM": "false"}
