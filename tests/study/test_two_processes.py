"""A real encoder fine-tuned by two processes of torchrun: one run, and the same result and cost.

`pytest -s tests/study/test_two_processes.py` prints what was found.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from scipy.stats import t

from breakeven.records import PhaseName, Resource, Run, Score, Stage, Status
from breakeven.records.cost import TREE
from breakeven.store import Store
from breakeven.workloads.ranks.leader import ALL

pytest.importorskip("transformers")
pytestmark = [pytest.mark.nlp, pytest.mark.slow, pytest.mark.timeout(1800)]

STUDY = """\
study: two-processes
task: {{name: files, train: {data}/train.tsv, test: {data}/dev.tsv, text_column: sentence,
       limit: 240, test_limit: 32, validation_share: 0.4}}
defaults: {{model: {model}, max_length: 32, lr: 1e-4, epochs: 2}}
stages:
  - {{name: one, stage: finetune, repeats: 5, batch_size: 32}}
  - {{name: two, stage: finetune, n_processes: 2, batch_size: 16}}
pathways: {{TWO: two}}
inference: {{blocks: 1, aa: false, min_window_s: 0, warmup: "0", reference: {{max_length: 32}}}}
"""


@pytest.fixture(scope="module")
def runs(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, ...]:
    folder = tmp_path_factory.mktemp("two")
    text = STUDY.format(data=shared_dir / "data/sst2", model=shared_dir / "models/all-MiniLM-L6-v2")
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    command = (sys.executable, "-m", "breakeven", "run", "s.yaml", "--store", "store")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Store(folder / "store").runs()


def row(runs: tuple[Run, ...], name: str) -> list[Run]:
    return [r for r in runs if r.row == name and r.stage is Stage.FINETUNE]


def loss(run: Run) -> Score:
    return next(s for s in run.scores if (s.metric, s.split) == ("loss", "validation"))


def accuracy(run: Run) -> float:
    return next(s.value for s in run.scores if (s.metric, s.split) == ("accuracy", "validation"))


def test_two_processes_are_one_run_that_did_the_same_work(runs: tuple[Run, ...]) -> None:
    (two,) = row(runs, "two")
    one = row(runs, "one")
    assert two.status is Status.OK
    assert {r.output.n_examples for r in (*one, two)} == {two.output.n_examples}
    assert {r.output.n_steps for r in (*one, two)} == {two.output.n_steps}
    assert [p.name for p in two.phases][-3:] == [PhaseName.IMPORT, PhaseName.LOAD, PhaseName.WORK]


def test_cpu_seconds_of_the_ranks_are_those_of_the_process_tree(runs: tuple[Run, ...]) -> None:
    (two,) = row(runs, "two")
    ranks = {c.channel: c.value for c in two.counts if c.resource is Resource.CPU_S}
    (work,) = two.measurements(PhaseName.WORK)
    tree = next(c for c in work.costs if (c.resource, c.channel) == (Resource.CPU_S, TREE))
    print(f"ranks {ranks}, process tree {tree.value:.2f} CPU s in the work")  # noqa: T201
    assert ranks[ALL] == pytest.approx(tree.value, rel=0.03)
    assert two.costs(Resource.CPU_S, phases={PhaseName.WORK})[0].value == pytest.approx(tree.value)


def test_the_score_is_one_that_a_further_seed_could_have_had(runs: tuple[Run, ...]) -> None:
    """95 % prediction interval of one more draw from five: mean +- t(4) s sqrt(1 + 1/5)."""
    (two,) = row(runs, "two")
    for what in (accuracy, lambda run: loss(run).value):
        seeds = [what(run) for run in row(runs, "one")]
        mean = sum(seeds) / 5
        spread = (sum((value - mean) ** 2 for value in seeds) / 4) ** 0.5
        half = float(t.ppf(0.975, 4)) * spread * (1 + 1 / 5) ** 0.5
        print(f"one process {seeds}: {mean:.4f} +- {half:.4f}; two processes {what(two):.4f}")  # noqa: T201
        assert mean - half <= what(two) <= mean + half
