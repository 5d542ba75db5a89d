"""`breakeven run`: what it prints where, and how it exits."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from breakeven.records import Status
from breakeven.store import Store

STUDY = """\
study: small
engine: toy
task: {name: toy}
stages:
  - {name: base, stage: pretrain}
  - {name: ft, stage: finetune, from: base}
pathways: {FT: ft}
inference: {blocks: 1}
budget: {cpu_hours: 1}
profiles:
  broken: {stages.ft.fail: true}
"""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Breakeven = Callable[..., Ended]


@pytest.fixture
def breakeven(tmp_path: Path) -> Breakeven:
    """Run the command line in a process of its own, in an empty folder with one study."""
    (tmp_path / "small.yaml").write_text(STUDY, encoding="utf-8")

    def call(*arguments: str) -> Ended:
        command: Sequence[str] = (sys.executable, "-m", "breakeven", *arguments)
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return call


def test_results_go_to_stdout_and_progress_in_plain_lines_to_stderr(breakeven: Breakeven) -> None:
    ended = breakeven("run", "small.yaml")
    assert ended.code == 0
    assert ended.out == "runs in store: 5 ok\n"
    lines = ended.err.splitlines()
    assert lines[0] == "4 runs to make, 1 checkpoint to load"
    assert lines[1].startswith("base: ")
    assert lines[-1].endswith("(0 to go)")
    assert "\x1b" not in ended.err


def test_a_second_command_has_nothing_to_do(breakeven: Breakeven) -> None:
    breakeven("run", "small.yaml", "--store", "s")
    again = breakeven("run", "small.yaml", "--store", "s")
    assert again.err == "0 runs to make\n"
    assert again.out == "runs in s: 5 ok\n"


def test_other_questions_of_a_finished_study_are_said(breakeven: Breakeven) -> None:
    breakeven("run", "small.yaml", "--store", "s")
    other = ("--set", "analysis.planned_volume=5000", "--set", "analysis.min_score=0.5")
    again = breakeven("run", "small.yaml", "--store", "s", *other)
    assert again.err == (
        "the study's questions changed: planned_volume was 1,000,000, is 5,000, min_score "
        "was none, is 0.5; reports answer the new ones\n0 runs to make\n"
    )
    assert breakeven("run", "small.yaml", "--store", "s", *other).err == "0 runs to make\n"


def test_a_setting_that_a_release_adds_makes_no_finished_run_again(
    breakeven: Breakeven, tmp_path: Path
) -> None:
    breakeven("run", "small.yaml", "--store", "s")
    for path in (tmp_path / "s" / "runs").iterdir():
        older = re.sub('"(size_bytes|idle_s)":[0-9.]+,', "", path.read_text(encoding="utf-8"))
        path.write_text(older, encoding="utf-8")
    assert breakeven("run", "small.yaml", "--store", "s").err == "0 runs to make\n"
    at_default = ("--set", "stages.ft.size_bytes=1000")
    assert breakeven("run", "small.yaml", "--store", "s", *at_default).err == "0 runs to make\n"
    other = breakeven("run", "small.yaml", "--store", "s", "--set", "stages.ft.size_bytes=9")
    assert "with size_bytes=1000; the study file now says 9." in other.err


def test_a_failed_row_is_named_and_gives_exit_code_1(breakeven: Breakeven) -> None:
    ended = breakeven("run", "small.yaml", "--profile", "broken")
    assert ended.code == 1
    assert ended.out == (
        "runs in store: 1 failed, 1 ok\n"
        "failed: ft\n"
        "skipped: FT/reference: its parent 'ft' has no result\n"
        "skipped: FT/aa: its parent 'ft' has no result\n"
    )
    assert "ft: failed, " in ended.err
    assert "RuntimeError: the toy was told to fail" in ended.err


def test_a_spent_budget_gives_exit_code_1_and_says_how_to_go_on(breakeven: Breakeven) -> None:
    ended = breakeven("run", "small.yaml", "--set", "budget.cpu_hours=1e-6")
    assert ended.code == 1
    assert "stopped: the budget of 1e-06 CPU hours is spent" in ended.out


def test_a_dry_run_is_the_plan_and_makes_no_store(breakeven: Breakeven, tmp_path: Path) -> None:
    dry = breakeven("run", "small.yaml", "--dry-run")
    assert dry.code == 0
    assert dry.out == breakeven("plan", "small.yaml").out
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "stages.ft.brun_s=1"), "row 'ft': no setting of stage finetune named 'brun_s'"),
        (("--set", "stages.ft.burn_s"), "--set stages.ft.burn_s: no value given"),
        (("--var", "data=@here"), "'@here' is no YAML value (found character '@' that cannot"),
        (("--set", "study=!!x y"), "'!!x y' is no YAML value (could not determine"),
        (("--profile", "fast"), "no profile 'fast'; there are: broken"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_1(
    breakeven: Breakeven, arguments: Sequence[str], sentence: str
) -> None:
    ended = breakeven("run", "small.yaml", *arguments)
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err.startswith("breakeven: error: ")
    assert sentence in ended.err
    assert ended.err.count("\n") == 1


def test_a_changed_setting_under_the_same_name_is_refused_in_one_line(breakeven: Breakeven) -> None:
    breakeven("run", "small.yaml")
    ended = breakeven("run", "small.yaml", "--set", "stages.ft.burn_s=0.01")
    assert ended.code == 1
    assert ended.err == (
        "breakeven: error: row 'ft' of study 'small' is already in the store with burn_s=0.05; the "
        "study file now says 0.01. Put the old value back, give the row or the study another name, "
        "or use another store.\n"
    )


def test_a_trace_given_on_the_command_line_is_replayed(
    breakeven: Breakeven, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("t_s,channel,power_w\n0,wall,10\n9,wall,10\n")
    assert breakeven("run", "small.yaml", "--replay", "t.csv").code == 0
    records = [
        json.loads(line)
        for path in (tmp_path / "store" / "runs").glob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    costs = [c for r in records for p in r["phases"] for c in p["measurement"]["costs"]]
    assert {c["origin"] for c in costs if c["resource"] == "energy_j"} == {"replayed"}


def test_plan_prints_the_table_the_order_and_what_is_left(breakeven: Breakeven) -> None:
    ended = breakeven("plan", "small.yaml")
    assert ended.out.splitlines()[0].split() == (
        ["row", "stage", "begins", "from", "runs", "done", "time", "energy", "disk", "basis"]
    )
    assert "1 randomized blocks of 2 inference runs, seed 0" in ended.out
    assert "task toy: 1,000 validation, 1,000 test" in ended.out
    assert re.search("4 runs left: time unknown, energy (unknown|no sensor), disk", ended.out)
    breakeven("run", "small.yaml")
    assert "nothing left to run" in breakeven("plan", "small.yaml").out
    more = breakeven("plan", "small.yaml", "--set", "inference.blocks=3")
    assert "mean of 1 earlier run" in more.out
    assert "4 runs left: time " in more.out
    assert more.out.endswith("; 1 checkpoint load beside them, in these amounts\n")


def test_plan_says_what_repeats_and_a_trace_mean(breakeven: Breakeven, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("# made up\nt_s,channel,power_w\n0,wall,10\n9,wall,10\n")
    ended = breakeven("plan", "small.yaml", "--set", "stages.ft.repeats=3", "--set", "replay=t.csv")
    assert "ft: rows that begin from it take the first repeat" in ended.out
    assert "energy comes from the replay of made up (t.csv), not" in ended.out


def test_variables_reach_plan_and_run_and_the_store_tells_what_was_given(
    breakeven: Breakeven, tmp_path: Path
) -> None:
    text = STUDY.replace("{name: ft,", '{name: ft, log: "${log}", burn_s: "${burn}",')
    (tmp_path / "v.yaml").write_text("variables: {burn: 0.05, log: ''}\n" + text)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "log.txt").touch()
    given = ("v.yaml", "--var", "burn=0.01", "--var", "log=sub/log.txt")
    assert "4 runs left" in (planned := breakeven("plan", *given).out)
    assert "variables: burn=0.01, log=" in planned
    assert breakeven("run", *given).code == 0
    assert (tmp_path / "sub" / "log.txt").read_text().startswith("run-")
    definition = json.loads((tmp_path / "store" / "studies" / "small.json").read_text())
    assert "#   variables.burn: 0.01\n#   variables.log: log.txt\n" in definition["source"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("brun=1", "v.yaml:1: no variable named 'brun'. Did you mean 'burn'? Known: burn."),
        ("burn", "--var burn: no value given; write --var burn=VALUE"),
        ("burn=[1, 2]", "--var burn: a variable is one text, number, true or false, got [1, 2]"),
    ],
)
def test_what_is_wrong_with_a_given_variable_is_one_line(
    breakeven: Breakeven, tmp_path: Path, given: str, sentence: str
) -> None:
    text = STUDY.replace("{name: ft,", '{name: ft, burn_s: "${burn}",')
    (tmp_path / "v.yaml").write_text("variables: {burn: 0.05}\n" + text)
    ended = breakeven("plan", "v.yaml", "--var", given)
    assert ended.code == 1
    assert ended.err.startswith(f"breakeven: error: {sentence}")
    assert ended.err.count("\n") == 1


def test_plan_of_development_alone(breakeven: Breakeven) -> None:
    stated = "{API: {stated: {source: x}}}"
    ended = breakeven("plan", "small.yaml", "--set", f"pathways={stated}")
    assert "no inference rows" in ended.out


def test_plan_knows_the_schema_and_wants_a_study(breakeven: Breakeven) -> None:
    assert "stages" in json.loads(breakeven("plan", "--schema").out)["properties"]
    missing = breakeven("plan")
    assert missing.code == 2
    assert "Missing argument 'STUDY'" in missing.err


SEVERAL = """\
study: both
engine: toy
tasks: {one: {name: toy, limit: 1}, two: {name: toy, overrides: {stages.ft.fail: true}}}
stages: [{name: ft, stage: finetune, burn_s: 0.0, work_s: 0.0}]
pathways: {FT: ft}
inference: {blocks: 1, aa: false}
"""


def test_a_file_of_several_tasks_is_run_task_by_task(breakeven: Breakeven, tmp_path: Path) -> None:
    (tmp_path / "both.yaml").write_text(SEVERAL)
    planned = breakeven("plan", "both.yaml")
    assert "study both-one\n" in planned.out
    assert "\n\nstudy both-two\n" in planned.out
    one = breakeven("run", "both.yaml", "--task", "one")
    assert (one.code, one.out) == (0, "runs in store: 3 ok\n")
    both = breakeven("run", "both.yaml")
    assert both.code == 1
    assert "study both-one: runs in store: 3 ok\n" in both.out
    assert "study both-two: runs in store: 1 failed\nfailed: ft\n" in both.out
    assert breakeven("report", "store", "--study", "both-one").code == 0


LOSING = """
import signal, sys, weakref
from pathlib import Path
from breakeven.cli.run import command

class Thing: pass

def lose_once(event, arguments):
    if event == "subprocess.Popen" and "breakeven.study.worker" in arguments[1] and not lost:
        thing = Thing()
        lost.append(weakref.ref(thing, lambda _: signal.raise_signal(int(sys.argv[2]))))

lost = []
sys.addaudithook(lose_once)
command([sys.argv[1], "--store", "store", "--set", "stages.base.burn_s=600"])
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_whose_exception_python_dropped_ends_the_run_all_the_same(
    number: signal.Signals, code: int, breakeven: Breakeven, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", LOSING, "small.yaml", str(int(number))]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert "Exception ignored in: <function lose_once" in done.stderr
    assert done.returncode == code
    with Store(tmp_path / "store") as store:
        assert {run.status for run in store.runs()} <= {Status.INTERRUPTED}
