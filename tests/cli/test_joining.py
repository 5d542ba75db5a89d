"""Somebody's plain Python script joins a study: torch-free, through the real command line."""

import csv
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from breakeven.records import NoteCode
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
"""

THEIRS = """\
import json, sys, time
n = int(sys.argv[1])
end = time.process_time() + 0.1 + n * 1e-4
while time.process_time() < end:
    pass
score = {"value": 0.9, "n_examples": 1000, "n_correct": 900}
result = {"scores": {"accuracy": score}, "output": {"n_examples": n}, "n_labelled_examples": n}
with open("result.json", "w") as file:
    json.dump(result, file)
"""

Breakeven = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("joined")
    (path / "small.yaml").write_text(STUDY)
    (path / "theirs.py").write_text(THEIRS)
    return path


@pytest.fixture(scope="module")
def breakeven(folder: Path) -> Breakeven:
    def call(*words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "breakeven", *words],
            capture_output=True,
            text=True,
            cwd=folder,
            timeout=120,
            check=False,
        )

    return call


@pytest.fixture(scope="module")
def measured(breakeven: Breakeven) -> Mapping[str, "subprocess.CompletedProcess[str]"]:
    """A study, somebody's training beside it, and its use at two volumes."""
    join = ("measure", "--study", "small", "--pathway", "THEIRS", "--result", "result.json")
    script = ("--", sys.executable, "-S", "theirs.py")
    return {
        "study": breakeven("run", "small.yaml"),
        "training": breakeven(*join, "--stage", "finetune", "--from", "base", *script, "300"),
        "use": breakeven(*join, "--stage", "infer", *script, "500"),
        "more use": breakeven(*join, "--stage", "infer", *script, "4500"),
    }


Measured = Mapping[str, "subprocess.CompletedProcess[str]"]


def test_the_summary_says_what_was_stated_and_where_it_is_kept(measured: Measured) -> None:
    assert [done.returncode for done in measured.values()] == [0, 0, 0, 0]
    said = measured["training"].stderr
    assert said.startswith("breakeven: new pathway 'THEIRS' in study 'small'\n")
    assert "new pathway" not in measured["use"].stderr
    assert "score        accuracy 0.9 (test, 900 of 1,000 examples)" in said
    assert "volume       300 examples" in said
    assert "in store, row THEIRS/finetune of study small" in said
    assert "nothing here checked them" in " ".join(said.split())


def test_its_runs_belong_to_the_study_and_to_a_pathway_of_their_own(
    measured: Measured, folder: Path
) -> None:
    assert measured
    own = [run for run in Store(folder / "store").runs(study="small") if run.joined]
    base = next(r for r in Store(folder / "store").runs() if r.row == "base")
    assert [run.row for run in own] == ["THEIRS/finetune", "THEIRS/reference", "THEIRS/reference"]
    assert own[0].parents == (base.run_id,)
    assert own[1].parents == own[2].parents == (own[0].run_id,)
    assert all(
        NoteCode.STATED_BY_COMMAND in [note.code for note in run.notes] and not run.key
        for run in own
    )


def test_the_report_ranks_it_with_start_up_told_apart(
    measured: Measured, breakeven: Breakeven, folder: Path
) -> None:
    assert measured
    reported = breakeven("report", "store", "--tables-only")
    assert reported.returncode == 0, reported.stderr
    assert "\nTHEIRS  " in reported.stdout
    with (folder / "store/tables/provenance.csv").open() as file:
        method = {r["what"]: r["method"] for r in csv.DictReader(file) if r["pathway"] == "THEIRS"}
    assert method["CPU time per example"].startswith("slope of a two-point line through 2 runs")
    assert method["CPU time to start the service"].startswith("intercept of a two-point line")


def test_the_study_runs_on_and_neither_drops_nor_repeats_it(
    measured: Measured, breakeven: Breakeven, folder: Path
) -> None:
    assert measured
    before = Store(folder / "store").runs()
    again = breakeven("run", "small.yaml")
    assert again.returncode == 0, again.stderr
    assert "0 runs to make" in again.stderr
    assert Store(folder / "store").runs() == before
    assert "THEIRS" not in (folder / "store/studies/small.json").read_text()
    assert "THEIRS/finetune #0" in breakeven("store", "show", "store", "--study", "small").stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--study", "smal", "--pathway", "X", "--stage", "finetune"), "Did you mean 'small'?"),
        (("--study", "small", "--stage", "finetune"), "no pathway was named"),
        (("--study", "small", "--pathway", "X"), "stage 'command' is no part of a pathway"),
        (("--study", "small", "--pathway", "FT", "--stage", "infer"), "a name of its own"),
    ],
)
def test_what_cannot_join_is_one_line_and_runs_nothing(
    measured: Measured, breakeven: Breakeven, folder: Path, options: tuple[str, ...], words: str
) -> None:
    assert measured
    (folder / "result.json").unlink(missing_ok=True)
    done = breakeven("measure", *options, "--", sys.executable, "theirs.py", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("breakeven: error: ")
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert not (folder / "result.json").exists()


def test_a_result_that_is_refused_fails_but_keeps_the_cost(
    breakeven: Breakeven, folder: Path
) -> None:
    code = "open('bad.json', 'w').write('{\"sores\": {}}')"
    done = breakeven(
        "measure", "--store", "own", "--result", "bad.json", "--", sys.executable, "-c", code
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "breakeven: error: bad.json: unknown key 'sores'; did you mean 'scores'? (the cost is kept)"
    )
    (run,) = Store(folder / "own").runs()
    assert run.phases
