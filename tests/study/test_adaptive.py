"""Rows of stage adapt in a study: planned, refused early, and paid for once with both parents."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.errors import StudyFileError
from breakeven.records import Stage
from breakeven.store import Store
from breakeven.study.load import load_study
from breakeven.testing.adaptive_rows import write_task

STUDY = """
study: adaptive
seed: 1
task: {{name: files, train: {folder}/train.tsv, validation: {folder}/validation.tsv,
        test: {folder}/test.tsv, labels: "bad,good"}}
stages:
  - {{name: whole, stage: finetune, model: tfidf}}
  - {{name: words, stage: finetune, model: tfidf, ngram_max: 1}}
  - {{name: two, stage: adapt, {two}}}
pathways: {{WHOLE: whole, TWO: two}}
inference: {{blocks: 2, min_window_s: 0, warmup: 1, reference: {{batch_size: 8}}}}
"""
TABLES = ["--tables-only"]
CASCADE = "from: words, fallback: whole, max_drop: 5"


def written(tmp_path: Path, two: str = CASCADE) -> Path:
    write_task(tmp_path / "task")
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(folder=tmp_path / "task", two=two), encoding="utf-8")
    return path


def test_a_cascade_begins_from_both_of_its_members(tmp_path: Path) -> None:
    row = load_study(written(tmp_path)).row("two")
    assert row.stage is Stage.ADAPT
    assert row.parents == {"start": "words", "fallback": "whole"}


@pytest.mark.parametrize(
    ("two", "message"),
    [
        ("from: words", "method='cascade' needs a row as `fallback`"),
        ("fallback: whole", "method='cascade' needs a row as `from`"),
        ("from: words, method: early-exit", "exits='' names no layers to stop after"),
        (f"{CASCADE}, exits: '2'", "exits='2' does nothing in a cascade; leave it out, or set"),
        ("from: words, method: casade", "Did you mean 'cascade'"),
        (
            "from: words, fallback: whole, method: early-exit, exits: '1'",
            "method='early-exit' takes no row as `fallback`; leave that out",
        ),
        (f"{CASCADE}, teacher: whole", "method='cascade' takes no row as `teacher`"),
        ("from: words, fallback: hole", "Did you mean 'whole'"),
    ],
)
def test_what_cannot_be_adapted_is_refused_before_anything_is_run(
    tmp_path: Path, two: str, message: str
) -> None:
    with pytest.raises(StudyFileError, match=message):
        load_study(written(tmp_path, two))


@pytest.mark.slow
@pytest.mark.nlp
def test_a_pathway_with_a_cascade_pays_for_both_members_once(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    store = str(tmp_path / "store")
    for command in (["run", str(written(tmp_path)), "--store", store], ["report", store, *TABLES]):
        done = CliRunner().invoke(group, command)
        assert done.exit_code == 0, done.output
    with (tmp_path / "store" / "tables" / "stages.csv").open(encoding="utf-8") as file:
        paid = [(row["pathway"], row["row"]) for row in csv.DictReader(file)]
    assert sorted(set(paid)) == sorted(paid)
    assert {row for pathway, row in paid if pathway == "TWO"} == {"words", "whole", "two"}
    with Store(tmp_path / "store", create=False) as opened:
        runs = {run.row: run for run in opened.runs()}
    assert set(runs["two"].parents) == {runs["whole"].run_id, runs["words"].run_id}
    assert "handed_on" in {score.metric for score in runs["TWO/reference"].scores}
