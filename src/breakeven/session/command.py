"""Run any command under the meters: its process tree is followed, its exit code passed on."""

import ctypes
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from breakeven.errors import ResultFileError
from breakeven.meters import open_bank
from breakeven.meters.host.tree import ProcessTree
from breakeven.records import Note, NoteCode, PhaseName, Resource, Run, Scalar, Stage
from breakeven.session.bond import bond_to
from breakeven.session.idle_before import with_idle
from breakeven.session.inside import inside
from breakeven.session.joining import Joining, new_pathway
from breakeven.session.measure import new_run, opened_store, placed
from breakeven.session.recorder import Recorder
from breakeven.session.result import ResultFile
from breakeven.store import Store

_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STOPPING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL})
_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


class CommandFailed(Exception):  # noqa: N818 - an outcome, not a fault of ours
    """The command ended with another exit code than 0; becomes a failed run."""


class CommandStopped(BaseException):
    """The command was ended by a signal that stops; becomes an interrupted run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a command.

    Attributes:
        exit_code: The command's own; 128 + n when signal n ended it.
        run: The stored run.
        refused: Why its result file was not read; empty when it was, or none was asked for.
        resources: What the opened meters count.
    """

    exit_code: int
    run: Run
    refused: str = ""
    resources: frozenset[Resource] = frozenset()


def _silent(text: str) -> None:
    """Tell nobody."""


def run_command(  # noqa: PLR0913 - what may be said of a command
    argv: Sequence[str],
    *,
    store: Store | Path | str | None = None,
    meters: Sequence[str] = (),
    name: str = "",
    replay: Path | None = None,
    stage: Stage = Stage.COMMAND,
    joining: Joining | None = None,
    result: Path | None = None,
    idle_s: float = 0.0,
    tell: Callable[[str], None] = _silent,
) -> Outcome:
    """Run a command and store what its process tree consumed.

    Descendants that detach are followed for as long as the command runs. SIGINT, SIGTERM and
    SIGHUP are passed on to the command, whose answer then counts.

    Args:
        argv: The command and its arguments.
        store: A store or its folder; the folder `store` by default.
        meters: Registered names; empty means every sensor that works here.
        name: Name of the run's row; the command's name by default, the stage's within a study.
        replay: Recorded power to replay besides.
        stage: Part of the life-cycle this is.
        joining: Study that the run joins, and as what; None for a run outside any study.
        result: JSON file that the command writes, see `parse_result`; what cannot be read becomes
            a note, and the run is stored all the same.
        idle_s: How long to look at the idle draw of the energy channels before the command starts.
        tell: Called before the command starts with what its caller should know by then, such as
            that the pathway is new.

    Raises:
        FileNotFoundError: If there is no such command; nothing is stored.
        PermissionError: If it cannot be executed; nothing is stored.
        SettingsError: If the study cannot be joined like that; nothing is run.
        UnknownNameError: If the store holds no such study or parent; nothing is run.
    """
    _refuse_unrunnable(argv[0])
    chosen: dict[str, Scalar] = {"command": shlex.join(argv)}
    begun = new_run(
        row=name if joining else name or Path(argv[0]).name, stage=stage, settings=chosen
    )
    with (
        opened_store(store, create=joining is None) as kept_in,
        open_bank(meters, replay=replay, include_self=False) as bank,
        adopting_orphans(),
        inside(begun.run.run_id, node=begun.node),
    ):
        resources = frozenset(channel.resource for channel in bank.channels())
        idled = with_idle(begun.run, bank, idle_s=idle_s)
        placed_run = placed(idled, joining, kept_in)
        if joining is not None and (new := new_pathway(joining, kept_in)):
            tell(new)
        recorder = Recorder(kept_in, placed_run, bank=bank, inside=begun.inside)
        awaited = None if result is None else ResultFile(result)
        exit_code, refused = 0, ""
        with suppress(CommandFailed, CommandStopped), recorder:
            with recorder.phase(PhaseName.WORK):
                exit_code = _run(argv)
                _note_survivors(recorder)
            _raise_unless_zero(exit_code)
            refused = "" if awaited is None else _tell_result(awaited, recorder)
    if recorder.run is None:
        raise RuntimeError("the recorder was left without a run")
    return Outcome(exit_code=exit_code, run=recorder.run, refused=refused, resources=resources)


def _tell_result(awaited: ResultFile, recorder: Recorder) -> str:
    """Add what the command stated to the run; return why it could not be, if it could not."""
    try:
        awaited.read().tell(recorder)
    except ResultFileError as error:
        recorder.add_note(
            Note(
                code=NoteCode.JOINED_INCOMPLETE,
                message=f"the result file was not taken over: {_sentence(str(error))}",
                advice="The cost is kept. Correct the file and measure its use again; a score "
                "may come with the use as well.",
            )
        )
        return str(error)
    return ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _refuse_unrunnable(name: str) -> None:
    """Raise what starting the command would raise, before anything is recorded."""
    if shutil.which(name) is not None:
        return
    if Path(name).exists():
        raise PermissionError(f"{name} cannot be executed; make it executable or name its program.")
    raise FileNotFoundError(f"there is no command {name}; check its name and the PATH.")


def _run(argv: Sequence[str]) -> int:
    """Run to the end, asleep; return the exit code as a shell would."""
    sys.stdout.flush()
    with (
        _passing_signals() as tell,
        subprocess.Popen(argv, preexec_fn=bond_to(os.getpid())) as process,  # noqa: S603, PLW1509 - the user's own command; see `bond_to`
    ):
        tell(process)
        code = process.wait()
        return code if code >= 0 else 128 - code


@contextmanager
def _passing_signals() -> Iterator[Callable[["subprocess.Popen[bytes]"], None]]:
    """Pass signals on to the command instead of dying from them, also what came too early."""
    target: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's form
        if number == signal.SIGINT and _is_in_foreground():
            return  # the terminal tells the command itself
        if target:
            target[0].send_signal(number)
        else:
            early.append(number)

    def tell(process: "subprocess.Popen[bytes]") -> None:
        target.append(process)
        for number in early:
            process.send_signal(number)

    if threading.current_thread() is not threading.main_thread():
        yield tell
        return
    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    try:
        yield tell
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_in_foreground() -> bool:
    """Whether a terminal's Ctrl-C reaches our whole process group, the command included."""
    try:
        fd = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    finally:
        os.close(fd)


def _raise_unless_zero(exit_code: int) -> None:
    if exit_code > 128 and (exit_code - 128) in _STOPPING:
        raise CommandStopped(f"ended by {signal.Signals(exit_code - 128).name}")
    if exit_code:
        raise CommandFailed(f"exit code {exit_code}")


def _note_survivors(recorder: Recorder) -> None:
    living = [key for key, seen in ProcessTree().scan().items() if seen.is_running]
    if living:
        recorder.add_note(
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=(
                    f"{len(living)} processes of the command were still running when it ended; "
                    "what they used until then is included."
                ),
                advice="Let the command wait for what it starts.",
            )
        )


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Become the parent of descendants whose own parent dies, so that none escapes (Linux).

    See prctl(2), PR_SET_CHILD_SUBREAPER.
    """
    before = _subreaper()
    _set_subreaper(value=1)
    try:
        yield
    finally:
        _set_subreaper(value=before)


def _subreaper() -> int:
    flag = ctypes.c_int(0)
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(flag), 0, 0, 0)
    return flag.value


def _set_subreaper(*, value: int) -> None:
    if os.name == "posix":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, value, 0, 0, 0)
