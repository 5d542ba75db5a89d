"""`breakeven doctor`: what works and how well, what does not and what would allow it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli.doctor import command
from breakeven.cli.exits import Exit
from breakeven.errors import DataFileError, StoreWriteError
from breakeven.records import Run, Stage, Status
from breakeven.records.protocols import Reading
from breakeven.session import find_machine
from breakeven.session.examined import examined
from breakeven.store import Store
from breakeven.store.codec import decode_examination

TRACE = "t_s,channel,power_w\n0,wall,100\n0.5,wall,100\n600,wall,100\n"


STILL = Reading(totals={"process_tree": 1.0})


@pytest.fixture(scope="module")
def here() -> Result:
    return CliRunner().invoke(command, env={"COLUMNS": "80"})


def test_what_works_is_listed_with_kind_and_resolution(here: Result) -> None:
    assert here.exit_code == 0
    assert "host process_tree: CPU time, measured (process clocks); step 1 µs" in here.output
    assert "new at every look" in " ".join(here.output.split())


def test_it_tells_plainly_whether_energy_is_measured(here: Result) -> None:
    said = " ".join(here.output.split())
    assert ("ENERGY IS NOT MEASURED HERE" in said) != ("Energy is measured on" in said)


def test_what_does_not_work_has_a_reason_and_a_fix(here: Result) -> None:
    assert "replay: replay needs a recording." in here.output
    assert "--replay TRACE.csv" in here.output


def test_the_self_tests_pass_here_and_the_rest_is_offered(here: Result) -> None:
    assert "passed  known CPU seconds of a child process" in here.output
    assert "FAILED" not in here.output
    assert "breakeven doctor --full" in " ".join(here.output.split())


def test_nothing_is_wider_than_the_terminal(here: Result) -> None:
    words = [line for line in here.output.splitlines() if len(line.split()) > 1]
    assert max(len(line) for line in words if not line.startswith("      ")) <= 80


def test_a_recording_is_listed_as_replayed_not_as_measured_here(tmp_path: Path) -> None:
    trace = tmp_path / "power.csv"
    trace.write_text(TRACE)
    output = CliRunner().invoke(command, ["--meter", "replay", "--replay", str(trace)]).output
    assert "\nWhat is replayed, not measured here\n  replay wall: energy, replayed (" in output
    assert "Replayed, not measured here: wall." in " ".join(output.split())


def test_a_recording_asked_for_that_is_not_there_is_an_error_in_one_sentence(
    tmp_path: Path,
) -> None:
    result = CliRunner().invoke(command, ["--replay", str(tmp_path / "nofile.csv")])
    assert result.exit_code == 1
    assert isinstance(result.exception, DataFileError)
    assert "nofile.csv: cannot be read (No such file or directory)" in str(result.exception)


def test_a_meter_asked_for_that_cannot_be_had_is_told_by_the_exit_code() -> None:
    result = CliRunner().invoke(command, ["--meter", "replay"])
    assert result.exit_code == Exit.FAILED
    assert "What is not, and what would allow it\n  replay: replay needs" in result.output


def test_an_unknown_meter_is_an_error_that_lists_the_known() -> None:
    result = CliRunner().invoke(command, ["--meter", "rapple"])
    assert result.exit_code != 0
    assert "rapl" in str(result.exception)


def test_a_failed_self_test_is_loud_and_ends_with_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("breakeven.meters.host.cpu_time.HostMeter.read", lambda self: STILL)
    result = CliRunner().invoke(command, ["--meter", "host"])
    assert result.exit_code == Exit.FAILED
    said = " ".join(result.output.split())
    assert "FAILED known CPU seconds of a child process: host (process clocks) saw 0 s" in said
    assert "A SELF-TEST FAILED" in said


def test_the_same_is_there_as_json_and_stays_with_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    result = CliRunner().invoke(command, ["--meter", "host", "--json", "--store", str(store)])
    assert json.loads(result.stdout)["machine"]["n_cpus"] >= 1
    found = decode_examination(result.stdout.encode())
    assert Store(store).examinations() == (found,)
    assert f"{found.name}.json" in result.stderr
    run = Run(
        run_id="r",
        stage=Stage.COMMAND,
        status=Status.OK,
        started_at="",
        machine=find_machine(),
    )
    assert examined(run, Store(store)).examination == found.name


def test_what_cannot_be_kept_is_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    words = ["--meter", "host", "--store", str(tmp_path / "file" / "store")]
    result = CliRunner().invoke(command, words)
    assert isinstance(result.exception, StoreWriteError)
    assert "host process_tree" in result.output


def test_the_measures_are_explained_without_looking_at_anything() -> None:
    result = CliRunner().invoke(command, ["--explain"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert "load: other work on the machine" in " ".join(result.output.split())
    (carbon,) = [line for line in result.output.splitlines() if line.startswith("carbon")]
    assert carbon.split() == ["carbon", "assumed", *("yes",) * 6]
    assert max(len(line) for line in result.output.splitlines()) <= 80
