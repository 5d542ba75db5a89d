"""Commands: the process tree is followed, the exit code passed on, signals reach the command."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from breakeven.errors import RecordFormatError, UnknownNameError
from breakeven.records import NoteCode, Resource, Run, Stage, Status
from breakeven.session import run_command
from breakeven.session.command import _passing_signals, adopting_orphans
from breakeven.session.joining import Joining
from breakeven.store import Store

BURN = "import time\nwhile time.process_time() < {}: pass\n"

linux = pytest.mark.skipif(sys.platform != "linux", reason="process trees are read from /proc")


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def cpu_s(run: Run) -> float:
    return run.costs(Resource.CPU_S)[0].value


def test_a_command_becomes_a_run_of_its_own_cost(store: Store) -> None:
    outcome = run_command(python(BURN.format(0.5)), store=store)
    (run,) = store.runs()
    assert (outcome.exit_code, outcome.run) == (0, run)
    assert (run.stage, run.status) == (Stage.COMMAND, Status.OK)
    assert run.row.startswith("python")
    assert cpu_s(run) == pytest.approx(0.5, abs=0.1)


def test_the_exit_code_is_passed_on_and_makes_a_failed_run(store: Store) -> None:
    outcome = run_command(python("raise SystemExit(7)"), store=store, name="mine")
    assert (outcome.exit_code, outcome.run.status, outcome.run.row) == (7, Status.FAILED, "mine")
    assert "exit code 7" in (outcome.run.error or "")


@pytest.mark.parametrize(
    ("number", "status"),
    [
        pytest.param(signal.SIGKILL, Status.INTERRUPTED, id="killed"),
        pytest.param(signal.SIGABRT, Status.FAILED, id="crashed"),
    ],
)
def test_a_signal_gives_the_shell_s_exit_code(
    store: Store, number: signal.Signals, status: Status
) -> None:
    outcome = run_command(python(f"import os; os.kill(os.getpid(), {number})"), store=store)
    assert (outcome.exit_code, outcome.run.status) == (128 + number, status)


@linux
def test_an_orphaned_grandchild_is_adopted_and_counted_exactly(store: Store) -> None:
    # The middle process ends at once; the orphan ends before the command does.
    middle = f"import subprocess; subprocess.Popen({python(BURN.format(0.6))!r})"
    code = f"import subprocess, time; subprocess.run({python(middle)!r}, capture_output=True)\n"
    outcome = run_command(python(code + "time.sleep(0.2)"), store=store)
    assert cpu_s(outcome.run) == pytest.approx(0.6, abs=0.15)


@linux
def test_what_still_runs_when_the_command_ends_is_told(store: Store) -> None:
    code = (
        f"import subprocess; subprocess.Popen({python('import time; time.sleep(30)')!r})\n"
        "import time; time.sleep(0.1)"
    )
    outcome = run_command(python(code), store=store)
    assert NoteCode.PARTIAL_COVERAGE in [note.code for note in outcome.run.notes]
    _end_children()


def _end_children() -> None:
    """The survivor was adopted by this process; end and reap it."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        fields = path.read_text().rpartition(")")[2].split()
        if int(fields[1]) == os.getpid():
            pid = int(path.parent.name)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@linux
def test_the_peak_memory_is_the_command_s_without_ours(store: Store) -> None:
    """In a process of its own, below which nothing that other tests forked can be."""
    watching = (
        "import sys; from breakeven.session import run_command; from breakeven.store import Store\n"
        "ours = bytearray(60 << 20)\n"
        "with Store(sys.argv[1]) as store: run_command(sys.argv[2:], store=store)"
    )
    for code in ("import time; time.sleep(0.4)", "x = bytearray(150 << 20); time.sleep(0.4)"):
        command = [sys.executable, "-c", watching, str(store.path), *python(f"import time; {code}")]
        subprocess.run(command, check=True)
    small, big = store.runs()
    small_bytes = small.costs(Resource.PEAK_MEMORY_BYTES)[0].value
    big_bytes = big.costs(Resource.PEAK_MEMORY_BYTES)[0].value
    assert small_bytes < 40 * 2**20
    assert 150 * 2**20 < big_bytes < 190 * 2**20


def test_a_recording_can_be_replayed_besides(store: Store, tmp_path: Path) -> None:
    trace = tmp_path / "power.csv"
    trace.write_text("t_s,channel,power_w\n0,wall,50\n600,wall,50\n")
    outcome = run_command(python("pass"), store=store, replay=trace)
    energy = outcome.run.costs(Resource.ENERGY_J)[0]
    assert energy.value == pytest.approx(50 * outcome.run.phases[0].measurement.duration_s, rel=0.1)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        pytest.param("there-is-no-such-command", FileNotFoundError, id="not found"),
        pytest.param("./notes.txt", PermissionError, id="not executable"),
    ],
)
def test_what_cannot_be_run_is_an_error_and_stores_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: type[OSError]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("x")
    with pytest.raises(error):
        run_command([name], store=store)
    assert store.runs() == ()


def test_a_command_may_run_in_another_thread(store: Store) -> None:
    thread = threading.Thread(target=run_command, args=(python("pass"),), kwargs={"store": store})
    thread.start()
    thread.join()
    assert store.runs()[0].status is Status.OK


MEASURED = """
import sys
from breakeven.session import run_command
code = "import time\\nprint('up', flush=True)\\ntime.sleep(30)"
sys.exit(run_command([sys.executable, "-S", "-c", code], store=sys.argv[1]).exit_code)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_us_ends_the_command_and_keeps_its_cost(
    tmp_path: Path, number: signal.Signals
) -> None:
    argv = [sys.executable, "-c", MEASURED, str(tmp_path)]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as measuring:
        assert measuring.stdout is not None
        measuring.stdout.readline()
        measuring.send_signal(number)
        assert measuring.wait(20) == 128 + number
    (run,) = Store(tmp_path).runs()
    assert run.status is Status.INTERRUPTED


# Runs its arguments in a terminal of their own, presses Ctrl-C once they say "up", prints the rest.
IN_A_TERMINAL = """
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
said = b""
try:
    while more := os.read(terminal, 100):
        said += more
        if said.endswith(b"up\\r\\n"):
            os.write(terminal, b"\\x03")
except OSError:
    pass  # Linux says the end of a terminal by an error
os.waitpid(pid, 0)
print(said.decode())
"""


@linux
def test_ctrl_c_in_a_terminal_reaches_the_command_once(tmp_path: Path) -> None:
    """The terminal tells the whole group, so we must not tell the command again."""
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: print('told', flush=True))\n"
        "print('up', flush=True)\n"
        "end = time.monotonic() + 1\n"
        "while time.monotonic() < end: time.sleep(0.1)\n"
    )
    script = (
        "import sys; from breakeven.session import run_command\n"
        f"run_command([sys.executable, '-S', '-c', {code!r}], store=sys.argv[1])"
    )
    argv = [sys.executable, "-c", IN_A_TERMINAL, "-c", script, str(tmp_path)]
    done = subprocess.run(argv, capture_output=True, check=True, timeout=60)
    assert done.stdout.count(b"told") == 1
    assert Store(tmp_path).runs()[0].status is Status.OK


@pytest.mark.parametrize("is_early", [True, False], ids=["before it started", "afterwards"])
def test_a_signal_reaches_the_command_whenever_it_comes(*, is_early: bool) -> None:
    told: list[int] = []
    process = cast("subprocess.Popen[bytes]", SimpleNamespace(send_signal=told.append))
    with _passing_signals() as tell:
        if is_early:
            os.kill(os.getpid(), signal.SIGTERM)
        tell(process)
        if not is_early:
            os.kill(os.getpid(), signal.SIGTERM)
    assert told == [signal.SIGTERM]


@linux
def test_orphans_are_adopted_only_within_the_block() -> None:
    script = python("import time; time.sleep(0.3)")
    middle = f"import subprocess; subprocess.Popen({script!r})"
    with adopting_orphans():
        subprocess.run(python(middle), check=True)
        pid, _ = os.waitpid(-1, 0)
    assert pid > 0
    subprocess.run(python(middle), check=True)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, 0)


RESULT = """
import json
json.dump({"output": {"n_examples": 3}, "n_parameters": 7, %s}, open("result.json", "w"))
"""


def test_what_the_command_writes_of_itself_goes_into_its_run(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = run_command(python(RESULT % '"scores": {}'), store=store, result=Path("result.json")).run
    (parameters,) = run.costs(Resource.N_PARAMETERS)
    assert run.output.n_examples == 3
    assert (parameters.value, parameters.kind) == (7, "counted")
    assert parameters.sensor == "stated in result.json"
    assert NoteCode.STATED_BY_COMMAND in [note.code for note in run.notes]


def test_a_result_that_cannot_be_read_costs_nothing_of_what_was_measured(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run_command(python(RESULT % '"socres": {}'), store=store, result=Path("result.json"))
    (run,) = store.runs()
    assert "did you mean 'scores'?" in outcome.refused
    assert (outcome.exit_code, run.status, run.output.n_examples) == (0, Status.OK, 0)
    assert cpu_s(run) > 0
    (note,) = [note for note in run.notes if note.code is NoteCode.JOINED_INCOMPLETE]
    assert note.message == (
        "the result file was not taken over: result.json: unknown key 'socres'; did you mean "
        "'scores'?"
    )


def test_a_failed_command_s_result_is_not_looked_for(store: Store, tmp_path: Path) -> None:
    outcome = run_command(
        python("raise SystemExit(2)"), store=store, result=tmp_path / "result.json"
    )
    assert (outcome.exit_code, outcome.refused) == (2, "")


def test_a_command_that_cannot_join_is_not_run(store: Store, tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'ran')!r}, 'w')"
    with pytest.raises(UnknownNameError, match="no study named 'sst3'"):
        run_command(
            python(code),
            store=store,
            stage=Stage.FINETUNE,
            joining=Joining(study="sst3", pathway="THEIRS"),
        )
    assert not (tmp_path / "ran").exists()


def test_joining_makes_no_store_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(RecordFormatError):
        run_command(
            python("pass"),
            store=tmp_path / "none",
            stage=Stage.FINETUNE,
            joining=Joining(study="s", pathway="THEIRS"),
        )
    assert not (tmp_path / "none").exists()
