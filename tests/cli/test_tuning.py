"""`breakeven run` and `report` of studies that tune: killed trials are in H; a real model."""

import csv
import subprocess
import sys
import time
from pathlib import Path

import pytest

from breakeven.records import Resource, Run, Status
from breakeven.store import Store
from breakeven.testing.processes import has_ended

TOY = """\
study: tuned
engine: toy
task: {{name: toy}}
stages:
  - name: ft
    stage: finetune
    burn_s: 0.3
    log: {log}
    tune:
      trials: 2
      metric: accuracy
      space: {{accuracy: {{low: 0.5, high: 0.9}}}}
pathways: {{FT: ft}}
inference: {{blocks: 1, aa: false}}
"""

REAL = """\
study: tune
seed: 3
task: {{name: files, labels: "bad,good", train: rows.tsv, validation: rows.tsv, test: rows.tsv,
  text_column: text, label_column: label}}
stages:
  - name: ft
    stage: finetune
    model: random
    hidden_size: 16
    intermediate_size: 16
    n_layers: 1
    vocab_size: 100
    max_length: 12
    tune:
      trials: 3
      pruner: hyperband
      space:
        lr: {{low: 1e-5, high: 1e-2, log: true}}
        batch_size: [4, 8]
        epochs: {{low: 2, high: 3, step: 1}}
pathways: {{FT: ft}}
inference: {{blocks: 1, aa: false, warmup: 0, min_window_s: 0, reference: {{max_length: 12}}}}
"""


def breakeven(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "breakeven", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "store" / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cpu_s(runs: list[Run]) -> float:
    return sum(cost.value for run in runs for cost in run.costs(Resource.CPU_S))


def test_a_killed_trials_cost_is_in_h_and_in_the_development_of_its_pathway(tmp_path: Path) -> None:
    log = tmp_path / "log"
    (tmp_path / "tuned.yaml").write_text(TOY.format(log=log), encoding="utf-8")
    command = [sys.executable, "-m", "breakeven", "run", "tuned.yaml"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not log.is_file() or len(log.read_text(encoding="utf-8").splitlines()) < 8:
            time.sleep(0.01)
        process.kill()
    worker = int(log.read_text(encoding="utf-8").split()[1])
    while not has_ended(worker):
        time.sleep(0.01)
    breakeven(tmp_path, "run", "tuned.yaml")
    text = breakeven(tmp_path, "report", "store", "--tables-only")
    trials = [run for run in Store(tmp_path / "store", create=False).runs() if run.trial]
    assert [run.status for run in trials] == [Status.INTERRUPTED, Status.OK, Status.OK]
    assert cpu_s(trials[:1]) > 0
    tag = next(
        row
        for row in table(tmp_path, "price_tag")
        if (row["result"], row["resource"]) == ("row ft", "cpu_s")
    )
    assert (tag["n_experiments"], tag["n_lost"]) == ("3", "1")
    assert float(tag["total"]) == pytest.approx(cpu_s(trials), rel=1e-4)
    (pathway,) = table(tmp_path, "pathways")
    assert float(pathway["development_cpu_s"]) == pytest.approx(cpu_s(trials), rel=1e-4)
    assert "H = 3, 0 pruned and 1 failed or killed" in " ".join(text.split())


@pytest.mark.nlp
@pytest.mark.slow
def test_a_real_model_is_tuned_pruned_and_deployed(tmp_path: Path) -> None:
    rows = [
        f"{'good' if n % 2 else 'bad'}\tword{n % 7} {'fine' if n % 2 else 'awful'}"
        for n in range(24)
    ]
    (tmp_path / "rows.tsv").write_text("\n".join(["label\ttext", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "real.yaml").write_text(REAL.format(), encoding="utf-8")
    breakeven(tmp_path, "run", "real.yaml")
    breakeven(tmp_path, "report", "store", "--tables-only")
    runs = Store(tmp_path / "store", create=False).runs()
    trials = [run for run in runs if run.trial]
    pruned = [run for run in trials if run.status is Status.PRUNED]
    assert len(trials) == 3
    assert pruned, "seed 3 draws one large learning rate and then two that learn nothing"
    for run in trials:
        assert run.trial is not None
        assert run.costs(Resource.FLOPS)
        assert run.judged[0].scores[0].metric == "loss"
        n_batches = -(-24 // int(run.trial.drawn["batch_size"]))
        assert run.judged[0].step == n_batches
        assert run.judged[0].n_steps == n_batches * int(run.trial.drawn["epochs"])
    (reference,) = [run for run in runs if run.row == "FT/reference"]
    best = min(
        (r for r in trials if r.scores),
        key=lambda r: next(s.value for s in r.scores if s.metric == "loss"),
    )
    assert best.run_id in reference.parents
    saved = {row["resource"]: row for row in table(tmp_path, "pruning")}
    assert float(saved["flops"]["saved"]) > 0
    assert saved["flops"]["saved_kind"] == "modelled"
