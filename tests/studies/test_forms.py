"""One study file, three forms of task: each is planned, run and reported through the CLI."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.records import Stage, Status
from breakeven.store import Store

WORDS = ("ada", "went", "to", "york", "with", "alan", "and", "saw", "kiel")
TAGS = {"ada": "B-PER", "alan": "B-PER", "york": "B-LOC", "kiel": "B-LOC"}

STUDY = """
study: forms
seed: 1
tasks:
  pairs: {name: files, train: train.tsv, validation: test.tsv, test: test.tsv,
          text_column: one, pair_column: two, label_column: answer, metric: mcc}
  numbers: {name: files, train: train.tsv, validation: test.tsv, test: test.tsv,
            text_column: one, pair_column: two, label_column: number, form: regression}
  tags: {name: files, train: train.conll, validation: test.conll, test: test.conll,
         text_column: 1, tag_column: 2}
defaults: {max_length: 24, batch_size: 8, lr: 5e-3}
stages:
  - {name: ft, stage: finetune, model: random, hidden_size: 16, n_heads: 2,
     intermediate_size: 32, n_layers: 2, vocab_size: 100, epochs: 2}
  - {name: ts, stage: distil, from: ft, teacher: ft, n_layers: 1, epochs: 1}
pathways:
  FT: {row: ft, description: fine-tuned}
  TS: {row: ts, description: distilled on the task}
inference:
  reference: {max_length: 24, batch_size: 8}
  blocks: 1
  min_window_s: 0
  warmup: 1
  sweep: [{max_length: 8, pathways: FT}]
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rng = random.Random(0)
    for name, n in (("train", 32), ("test", 16)):
        sentences = [rng.choices(WORDS, k=rng.randint(2, 6)) for _ in range(2 * n)]
        pairs = zip(sentences[:n], sentences[n:], strict=True)
        rows = [
            f"{' '.join(a)}\t{' '.join(b)}\t{'ny'[a[0] in b]}\t{len(set(a) & set(b))}.5"
            for a, b in pairs
        ]
        (tmp_path / f"{name}.tsv").write_text("\n".join(["one\ttwo\tanswer\tnumber", *rows]) + "\n")
        tagged = ["\n".join(f"{w}\t{TAGS.get(w, 'O')}" for w in s) for s in sentences[:n]]
        (tmp_path / f"{name}.conll").write_text("\n\n".join(tagged) + "\n")
    path = tmp_path / "forms.yaml"
    path.write_text(STUDY)
    return path


@pytest.mark.nlp
@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "metric"), [("pairs", "mcc"), ("numbers", "pearson"), ("tags", "entity_f1")]
)
def test_every_form_is_planned_run_and_reported(study: Path, task: str, metric: str) -> None:
    pytest.importorskip("torch")
    folder = study.parent / "store"
    command = ["--task", task, "--store", str(folder)]
    planned = CliRunner().invoke(group, ["plan", str(study), *command])
    assert f"judged by {metric}" in planned.output, planned.output
    ran = CliRunner().invoke(group, ["run", str(study), *command])
    assert ran.exit_code == 0, ran.output
    with Store(folder, create=False) as store:
        runs = store.runs()
        (definition,) = store.studies()
    assert {run.status for run in runs} == {Status.OK}
    assert definition.metric == metric
    fitted = next(run for run in runs if run.stage is Stage.FINETUNE)
    served = [run for run in runs if run.stage is Stage.INFER]
    assert {score.metric for score in fitted.scores} >= {"loss"}
    assert {run.output.n_examples for run in served} == {16}
    told = CliRunner().invoke(group, ["report", str(folder), "--tables-only"])
    assert told.exit_code == 0, told.output
    assert "FT" in told.output
