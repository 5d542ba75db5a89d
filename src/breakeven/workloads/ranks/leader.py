"""The leader: launches the ranks of a stage with torchrun and records for them, as one run."""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue

from breakeven.errors import RankFailedError, SettingsError, TrialPrunedError
from breakeven.records import Cost, Kind, PhaseName, Resource
from breakeven.records.cost import TREE
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.ranks.messages import (
    AsksFolder,
    Closes,
    Ended,
    Failed,
    Here,
    Judges,
    Line,
    Message,
    Opens,
    Ready,
    Reply,
    Says,
    Setup,
)

STOP_PATIENCE_S = 60.0
"""Time that torchrun has to end its ranks before it is killed."""

LATER_S = 2.0
"""Time in which a rank that is let down by another would be heard."""

ALL = "ranks"
"""Channel of what the ranks counted of themselves, together."""

_OF_A_LAUNCHER = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
"""What a launcher around all of this may have left in the environment."""

_MEMBER = "breakeven.workloads.ranks.member"
_AGENT = None
"""Number that stands for torchrun itself among the ranks."""

_Heard = tuple[int | None, Message | None]


def n_ranks_of(request: StageRequest) -> int:
    """How many processes a stage is to be run in."""
    return int(request.settings.get("n_processes", 1))


def torchrun(setup: Setup, n_ranks: int) -> list[str]:
    """Return the command that starts so many ranks on this machine."""
    return [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
        *("--nproc-per-node", str(n_ranks), "--max-restarts", "0", "--monitor-interval", "1"),
        *("-m", _MEMBER, setup.to_argument()),
    ]


def run_in_ranks(
    context: StageContext,
    request: StageRequest,
    *,
    command: Callable[[Setup, int], Sequence[str]] = torchrun,
) -> None:
    """Run a stage in several processes.

    Args:
        context: Of the run; measures the processes with everything else below this one.
        request: Its setting `n_processes` says how many, `device` where.
        command: What to start; tests start something else.

    Raises:
        SettingsError: If the device is a single one.
        RankFailedError: If a rank failed; tells its traceback.
        TrialPrunedError: If this is a trial that is not worth its end.
    """
    device, n_ranks = str(request.settings["device"]), n_ranks_of(request)
    if ":" in device:
        raise SettingsError(
            f"device={device!r} is one device, and n_processes={n_ranks} need one each; set device "
            "to auto, cuda or cpu"
        )
    with ExitStack() as stack:
        with context.phase(PhaseName.IMPORT):
            crew = stack.enter_context(_launched(context, request, command))
            crew.meet()
        crew.serve()
        for cost in crew.costs():
            context.count(cost)


@dataclass(slots=True, kw_only=True)
class _Crew:
    """The ranks of one stage, seen from their leader.

    Attributes:
        context: Of the run.
        n_ranks: How many there are.
        heard: What they say, in the order of arrival; torchrun's end among it.
        lines: To each rank that is ready.
        devices: Where each computes.
        work_s: CPU seconds of each in work phases.
    """

    context: StageContext
    n_ranks: int
    heard: "SimpleQueue[_Heard]"
    lines: dict[int, Line] = field(default_factory=dict)
    devices: dict[int, str] = field(default_factory=dict)
    work_s: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def meet(self) -> None:
        """Wait until every rank is ready, and let them begin."""
        while len(self.devices) < self.n_ranks:
            rank, message = self._next()
            assert isinstance(message, Ready)  # the first thing a rank says
            self.devices[rank] = message.device
        self._answer_all()

    def serve(self) -> None:
        """Record what the ranks say until all have ended."""
        with ExitStack() as phase:
            while not isinstance((said := self._together())[0], Ended):
                if isinstance(said[0], Opens):
                    phase.enter_context(self.context.phase(said[0].phase))
                else:
                    phase.close()
                    self._book(said)
                self._answer_all()
        self._answer_all()

    def costs(self) -> Iterator[Cost]:
        """CPU seconds that the ranks counted themselves in the work: a check, never summed."""
        for rank, cpu_s in sorted(self.work_s.items()):
            yield _counted(cpu_s, f"rank {rank} on {self.devices[rank]}", part_of=ALL)
        yield _counted(sum(self.work_s.values()), ALL, check_of=TREE)

    def close(self) -> None:
        """Leave the ranks; those that still run end at once."""
        for line in self.lines.values():
            line.close()

    def _together(self) -> Sequence[Message]:
        """Handle what single ranks say until all of them open, close or end; by rank."""
        waiting: dict[int, Message] = {}
        judging: dict[int, Judges] = {}
        while len(waiting) < self.n_ranks:
            rank, message = self._next()
            if isinstance(message, Judges):
                judging[rank] = message
                if len(judging) == self.n_ranks:
                    self._judge(judging[0])
                    judging.clear()
            elif isinstance(message, Opens | Closes | Ended):
                waiting[rank] = message
            else:
                self._hear(rank, message)
        return [waiting[rank] for rank in range(self.n_ranks)]

    def _book(self, said: Sequence[Message]) -> None:
        for rank, message in enumerate(said):
            if isinstance(message, Closes) and message.phase is PhaseName.WORK:
                self.work_s[rank] += message.cpu_s

    def _hear(self, rank: int, message: Message) -> None:
        if isinstance(message, AsksFolder):
            self.lines[rank].send(Reply(folder=self._folder(message.name)))
        elif isinstance(message, Says):
            _say(self.context, message)

    def _folder(self, name: str) -> str | None:
        found = self.context.artifact_dir(name) if name else self.context.checkpoint_dir()
        return None if found is None else str(found)

    def _judge(self, said: Judges) -> None:
        """Hand on a judgement; whether it is worth going on is for all of the ranks to hear."""
        try:
            self.context.judged(said.scores, step=said.step, n_steps=said.n_steps)
        except TrialPrunedError as error:
            self._answer_all(Reply(pruned=str(error)))
            raise
        self._answer_all()

    def _answer_all(self, reply: Reply | None = None) -> None:
        for line in self.lines.values():
            line.send(reply or Reply())

    def _next(self) -> tuple[int, Message]:
        """Wait for the next thing that a rank says.

        Raises:
            RankFailedError: If it says that it failed, or has gone without a word.
        """
        rank, message = self.heard.get()
        if rank is not None and message is not None and not isinstance(message, Failed):
            return rank, message
        raise self._failure(rank, message)

    def _failure(self, rank: int | None, message: Message | None) -> RankFailedError:
        """Find who failed first: those that it lets down fail as well, and may be heard first."""
        failures = {rank: message}
        with suppress(Empty):
            while True:
                later, said = self.heard.get(timeout=LATER_S)
                if said is None or isinstance(said, Failed):
                    failures.setdefault(later, said)
        gone = [rank for rank, said in failures.items() if said is None and rank is not None]
        if gone:
            return RankFailedError(
                f"rank {gone[0]} of {self.n_ranks} ended without a word; if memory ran out, lower "
                "batch_size or n_processes"
            )
        told = next(((r, f) for r, f in failures.items() if isinstance(f, Failed)), None)
        if told is None:
            return RankFailedError(
                "torchrun ended before its ranks were ready; run the row with n_processes=1 to "
                "see whether torch works here"
            )
        return RankFailedError(f"rank {told[0]} of {self.n_ranks} failed:\n{told[1].traceback}")


@contextmanager
def _launched(
    context: StageContext, request: StageRequest, command: Callable[[Setup, int], Sequence[str]]
) -> Iterator[_Crew]:
    """Start torchrun and its ranks; they are gone when the block is left, however it is left."""
    n_ranks = n_ranks_of(request)
    with (
        tempfile.TemporaryDirectory(prefix="breakeven-") as folder,
        socket.socket(socket.AF_UNIX) as server,
    ):
        address = str(Path(folder) / "leader")
        server.bind(address)
        server.listen(n_ranks)
        setup = Setup(
            address=address,
            request=request,
            run_id=context.run_id,
            enough_s=context.enough_s,
            is_watched=context.is_watched,
        )
        crew = _Crew(context=context, n_ranks=n_ranks, heard=SimpleQueue())
        process = _start(command(setup, n_ranks))
        _in_background(_welcome, server, crew)
        _in_background(_await, process, crew.heard)
        try:
            yield crew
            process.wait(STOP_PATIENCE_S)
        finally:
            server.close()
            crew.close()
            _end(process)


def _start(
    command: Sequence[str], environ: Mapping[str, str] = os.environ
) -> subprocess.Popen[bytes]:
    """Start torchrun in a session of its own: Ctrl-C is for the runner, who ends all in order."""
    kept = {name: value for name, value in environ.items() if name not in _OF_A_LAUNCHER}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.DEVNULL, env=kept, start_new_session=True
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _welcome(server: socket.socket, crew: _Crew) -> None:
    """Take every rank's line, and listen to it."""
    for _ in range(crew.n_ranks):
        try:
            connection, _ = server.accept()
        except OSError:  # closed: the stage is over
            return
        _in_background(_listen, Line(connection), crew)


def _listen(line: Line, crew: _Crew) -> None:
    here = line.message()
    if not isinstance(here, Here):  # it died as soon as it was born; torchrun will tell
        return
    crew.lines[here.rank] = line
    message: Message | None = here
    while message is not None and not isinstance(message, Ended):
        message = line.message()
        crew.heard.put((here.rank, message))


def _await(process: "subprocess.Popen[bytes]", heard: "SimpleQueue[_Heard]") -> None:
    process.wait()
    heard.put((_AGENT, None))


def _in_background(target: Callable[..., None], *args: object) -> None:
    threading.Thread(target=target, args=args, name=target.__name__, daemon=True).start()


def _say(context: StageContext, said: Says) -> None:
    if said.cost is not None:
        context.count(said.cost)
    if said.volume is not None:
        context.add_output(said.volume)
    if said.score is not None:
        context.add_score(said.score)
    if said.note is not None:
        context.add_note(said.note)
    if said.progress is not None:
        context.progress(*said.progress)
    if said.loss is not None:
        context.learning(said.loss)
    if said.continues is not None:
        context.continues(said.continues)


def _counted(
    cpu_s: float, channel: str, *, part_of: str | None = None, check_of: str | None = None
) -> Cost:
    exact = Cost.exact(
        Resource.CPU_S, cpu_s, kind=Kind.MEASURED, sensor="process_time", channel=channel
    )
    return replace(exact, part_of=part_of, check_of=check_of)
