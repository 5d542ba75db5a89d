"""`breakeven measure -- COMMAND`: the command's own output and exit code, and its cost."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from breakeven.cli.measure import command
from breakeven.records import Examination, IdleReading, Resource
from breakeven.session import find_machine
from breakeven.session.joining import JOINING_STAGES
from breakeven.store import Store

TRACE = "t_s,channel,power_w\n0,wall,100\n600,wall,100\n"


def invoke(store: Path, *argv: str) -> Result:
    return CliRunner().invoke(command, ["--store", str(store), *argv])


def test_the_summary_fits_one_screen_and_goes_to_stderr(tmp_path: Path) -> None:
    result = invoke(tmp_path / "store", "--name", "mine", "--", sys.executable, "-c", "pass")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.startswith("mine: ok, exit code 0\n")
    for word in ("duration", "CPU time", "memory", "energy", "stored as run-"):
        assert word in result.stderr
    assert len(result.stderr.splitlines()) <= 24


def test_the_exit_code_is_the_command_s(tmp_path: Path) -> None:
    result = invoke(tmp_path / "store", "--", sys.executable, "-c", "raise SystemExit(5)")
    assert result.exit_code == 5
    assert "failed, exit code 5" in result.stderr


def test_no_energy_is_said_to_be_not_measured(tmp_path: Path) -> None:
    result = invoke(tmp_path / "store", "--meter", "host", "--", sys.executable, "-c", "pass")
    assert "energy       not measured" in result.stderr
    assert "memory       not measured" in result.stderr


def test_replayed_energy_is_marked(tmp_path: Path) -> None:
    trace = tmp_path / "power.csv"
    trace.write_text(TRACE)
    result = invoke(
        tmp_path / "store", "--replay", str(trace), "--", sys.executable, "-c", "print(1)"
    )
    assert "(wall, replayed)" in result.stderr
    assert Store(tmp_path / "store").runs()[0].costs(Resource.ENERGY_J)


def test_the_idle_draw_that_doctor_found_here_is_taken_off_beside_the_gross(
    tmp_path: Path,
) -> None:
    trace, folder = tmp_path / "power.csv", tmp_path / "store"
    trace.write_text(TRACE)
    reading = IdleReading(
        channel="wall",
        sensor="replay of power.csv",
        power_w=40.0,
        low_w=39.0,
        high_w=41.0,
        duration_s=60.0,
        measured_at="2026-01-02T03:04:05Z",
    )
    examination = Examination(
        machine=find_machine(), examined_at=reading.measured_at, took_s=70.0, idle=(reading,)
    )
    with Store(folder) as store:
        store.save_examination(examination)
    printed = invoke(folder, "--replay", str(trace), "--", sys.executable, "-c", "pass").stderr
    (run,) = Store(folder).runs()
    assert run.idle == (reading,)
    assert "of wall above idle" in printed
    assert "idle is 40 W, seen for 60 s on 2026-01-02" in " ".join(printed.split())


def test_one_record_answers_energy_cpu_and_memory_utilisation_and_time(tmp_path: Path) -> None:
    """R002-03: the four dependent variables, from one run; below a process of its own."""
    trace, folder = tmp_path / "power.csv", tmp_path / "store"
    trace.write_text(TRACE)
    code = "import time; x = bytearray(30 << 20); time.sleep(0.5)"
    ours = [sys.executable, "-m", "breakeven", "measure", "--store", str(folder)]
    words = [*ours, "--replay", str(trace), "--", sys.executable, "-c", code]
    printed = subprocess.run(words, check=True, capture_output=True, text=True).stderr
    (run,) = Store(folder).runs()
    wanted = (Resource.ENERGY_J, Resource.CPU_S, Resource.MEMORY_BYTE_S, Resource.DURATION_S)
    assert all(run.costs(resource)[0].value > 0 for resource in wanted)
    (held,), (took,) = run.costs(Resource.MEMORY_BYTE_S), run.costs(Resource.DURATION_S)
    assert held.low / took.value < 45 * 2**20
    assert held.high / took.value > 20 * 2**20
    assert re.search(r"CPU time +\S+ \w+, [\d.]+% of \d+ CPUs", printed)
    mean = ".* on average" if held.low > 0 else "no mean: too short a time for its samples"
    assert re.search(rf"memory +\S+ MiB at its peak, {mean}", printed)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("there-is-no-such-command", 127, id="not found"),
        pytest.param("./notes.txt", 126, id="not executable"),
    ],
)
def test_what_cannot_be_run_has_the_shell_s_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.txt").write_text("x")
    result = invoke(tmp_path / "store", "--", name)
    assert result.exit_code == code
    assert result.stderr.startswith("breakeven: error: ")


def test_no_command_and_unknown_options_are_usage_errors(tmp_path: Path) -> None:
    assert invoke(tmp_path / "store").exit_code == 2
    assert invoke(tmp_path / "store", "--colour", "true").exit_code == 2


def test_a_command_s_own_output_is_left_alone(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "breakeven", "measure", "--store", str(tmp_path / "s"), "--"]
    done = subprocess.run(
        [*argv, sys.executable, "-c", "print('hello'); raise SystemExit(3)"],
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (b"hello\n", 3)
    assert b"exit code 3" in done.stderr


def test_the_command_line_offers_the_stages_that_can_join() -> None:
    (option,) = (parameter for parameter in command.params if parameter.name == "stage")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(JOINING_STAGES)


def test_a_result_that_was_not_written_is_an_error_after_the_summary(tmp_path: Path) -> None:
    result = invoke(
        tmp_path / "store", "--result", str(tmp_path / "r.json"), "--", sys.executable, "-c", "pass"
    )
    assert result.exit_code == 1
    assert "ok, exit code 0" in result.stderr
    assert result.stderr.splitlines()[-1] == (
        f"breakeven: error: {tmp_path / 'r.json'} was not written; let the command write it, or "
        "leave --result out (the cost is kept)"
    )
    assert len(Store(tmp_path / "store").runs()) == 1


def test_scores_and_volume_of_the_command_are_in_the_summary(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    text = '{"scores": {"f1": {"value": 0.5, "n_examples": 9}}, "output": {"n_examples": 1200}}'
    code = f"open({str(path)!r}, 'w').write({text!r})"
    argv = ["--result", str(path), "--", sys.executable, "-c", code]
    result = invoke(tmp_path / "store", *argv)
    assert "  score        f1 0.5 (test, 9 examples)\n" in result.stderr
    assert "  volume       1,200 examples\n" in result.stderr


def test_the_readme_shows_what_is_printed(tmp_path: Path) -> None:
    """Its lines but for the numbers; which sensors a machine lacks is its own affair."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    (shown,) = re.findall(r"```text\n(training: ok.*?)```", readme, flags=re.DOTALL)
    code = "import time; time.sleep(0.4)"
    printed = invoke(
        tmp_path / "store", "--name", "training", "--", sys.executable, "-c", code
    ).stderr
    assert _without_numbers(printed) == _without_numbers(shown)


def _without_numbers(text: str) -> list[str]:
    """The lines that do not depend on the machine and on what else runs there."""
    own = [line for line in text.strip().splitlines() if not line.startswith(("  note", " " * 8))]
    lines = [re.sub(r"run-\w+ in \S+", "RUN", line) for line in own]
    return [re.sub(r"(between )?[\d.]+%? ?.*$", "AMOUNT", line) for line in lines]


def test_modelled_energy_is_marked_and_called_not_measured(tmp_path: Path) -> None:
    asked = "modelled:cpu_idle_w=10-20,cpu_busy_w=45-65,ram_w_per_gib=0.1-0.4"
    result = invoke(tmp_path / "store", "--meter", "host", "--meter", asked, "--", "sleep", "0.1")
    assert "energy       not measured: no sensor here counts joules (" in result.stderr
    assert ", modelled), " in " ".join(result.stderr.split())
