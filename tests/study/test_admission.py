"""Admission: a plan refuses what a run refuses, and errors of the task name the study's line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import (
    DataFileError,
    IncomparableRunsError,
    MeterUnavailableError,
    StudyFileError,
)
from breakeven.records import Machine
from breakeven.store import Store
from breakeven.study import load_study, plan_study, run_study

Write = Callable[..., Path]

STATED = "  API:\n    stated: {source: price list, per_example: {price_usd: 0.5}}\ninference:\n"
FEW = {"inference.blocks": 1, "inference.sweep": [], "inference.aa": False}

TASK = """\
study: s
engine: nlp
task:
  name: files
  train: rows.tsv
  test: rows.tsv
pathways: {API: {stated: {source: x}}}
"""


def write_task(folder: Path, *replaced: tuple[str, str], rows: str = "") -> Path:
    text = TASK
    for old, new in replaced:
        text = text.replace(old, new, 1)
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    if rows:
        (folder / "rows.tsv").write_text(rows, encoding="utf-8")
    return folder / "s.yaml"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("burn_s: 0.02}", "burn_s: 0.03}"), r"burn_s=0\.02; the study file now says 0\.03"),
        (("task: {name: toy}", "task: {name: toy, limit: 3}"), "task_hash"),
        (("price_usd: 0.5", "price_usd: 0.7"), "price_usd=0.5"),
    ],
)
def test_a_plan_refuses_the_changes_that_a_run_refuses(
    write_study: Write, tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    stated = ("inference:\n", STATED)
    run_study(load_study(write_study(stated), FEW), tmp_path / "store")
    changed = load_study(write_study(stated, change), FEW)
    with pytest.raises(IncomparableRunsError, match=sentence) as planned:
        plan_study(changed, tmp_path / "store")
    with pytest.raises(IncomparableRunsError) as run:
        run_study(changed, tmp_path / "store")
    assert str(planned.value) == str(run.value)


def test_a_plan_refuses_a_store_of_another_machine(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(), FEW)
    (base, *_) = run_study(study, tmp_path / "store")
    assert isinstance(base.machine, Machine)
    with Store(tmp_path / "copy") as store:
        store.append(replace(base, machine=replace(base.machine, cpu_model="another")))
    with pytest.raises(IncomparableRunsError, match=r"another machine \(another"):
        plan_study(study, tmp_path / "copy")


def test_a_plan_refuses_a_cap_that_nothing_measures(write_study: Write) -> None:
    study = load_study(write_study(), {"budget.energy_wh": 1.0, "meters": ["host"]})
    with pytest.raises(MeterUnavailableError, match="no sensor here measures energy"):
        plan_study(study)


@pytest.mark.parametrize(
    ("change", "line", "sentence"),
    [
        (("name: files", "name: flies"), 4, "no task named 'flies'. Did you mean 'files'?"),
        (("  test: rows", "  tset: rows"), 6, "no setting of task files named 'tset'"),
        (("pathways", "  limit: -1\npathways"), 7, "limit=-1 is out of range"),
        (("  test: rows.tsv\n", ""), 4, "the task has no test split"),
    ],
)
def test_what_is_wrong_in_the_task_block_names_its_line(
    tmp_path: Path, change: tuple[str, str], line: int, sentence: str
) -> None:
    study = load_study(write_task(tmp_path, change))
    with pytest.raises(StudyFileError) as error:
        plan_study(study)
    assert str(error.value).startswith(f"{tmp_path / 's.yaml'}:{line}: task: ")
    assert sentence in str(error.value)


def test_a_data_file_that_is_missing_names_the_line_that_wants_it(tmp_path: Path) -> None:
    study = load_study(
        write_task(tmp_path, ("test: rows.tsv", "test: none.tsv"), rows="sentence\tlabel\nx\ty\n")
    )
    with pytest.raises(DataFileError, match=r"s\.yaml:6: task: .*none\.tsv"):
        plan_study(study)


def test_a_malformed_row_keeps_its_own_line_in_the_sentence(tmp_path: Path) -> None:
    rows = "sentence\tlabel\ngood\tpos\nbad\n"
    with pytest.raises(DataFileError, match=r"s\.yaml:5: task: .*rows\.tsv:3: "):
        run_study(load_study(write_task(tmp_path, rows=rows)), tmp_path / "store")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("n_examples: 3", r"asks n_examples=3 of split='test', of which the task 'files' has 2;"),
        ("split: validation", r"n_examples=0 of split='validation', of which .* has 0;"),
    ],
)
def test_more_examples_than_there_are_are_refused_before_anything_is_run(
    tmp_path: Path, asked: str, sentence: str
) -> None:
    rows = "stages: [{name: ft, stage: finetune, model: tfidf}]\npathways: {R: ft}\n"
    inference = f"inference: {{reference: {{{asked}}}}}"
    stated = "pathways: {API: {stated: {source: x}}}"
    share = "  validation_share: 0\n"
    data = "sentence\tlabel\ngood\tpos\nbad\tneg\n"
    path = write_task(tmp_path, (stated, share + rows + inference), rows=data)
    for carry_out in (plan_study, lambda study: run_study(study, tmp_path / "store")):
        with pytest.raises(StudyFileError, match=sentence):
            carry_out(load_study(path))
