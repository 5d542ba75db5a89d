"""A search over a real, tiny model: from a folder to a verdict, its graph among the candidates."""

import csv
from pathlib import Path

import pytest

from breakeven.records import Resource, Stage
from breakeven.store import Store
from breakeven.study import define_study, run_study
from breakeven.study.ledger import MODEL
from breakeven.study.optimize.asked import Asked, study_data
from breakeven.study.optimize.load import define_optimization
from breakeven.study.optimize.optimize import Optimizer

WORDS = ("good", "fine", "warm", "kind"), ("bad", "cold", "dull", "harsh")


def write_texts(path: Path, n: int, *, start: int) -> Path:
    """Texts of three words each that say their label."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t")
        table.writerow(("sentence", "label"))
        for i in range(start, start + n):
            words = WORDS[i % 2]
            text = f"{words[i // 2 % 4]} {words[i // 8 % 4]} number {i}"
            table.writerow((text, i % 2))
    return path


@pytest.mark.slow
def test_a_tiny_model_of_a_store_is_searched_with_its_graph(tmp_path: Path) -> None:
    task = {
        "name": "files",
        "train": str(write_texts(tmp_path / "train.tsv", 300, start=0)),
        "validation": str(write_texts(tmp_path / "validation.tsv", 64, start=300)),
        "test": str(write_texts(tmp_path / "test.tsv", 40, start=364)),
    }
    made = define_study(
        "made",
        task=task,
        stages=[
            {"name": "ft", "stage": "finetune", "model": "random", "epochs": 2, "lr": 1e-2}
            | {"hidden_size": 16, "n_heads": 2, "intermediate_size": 32, "vocab_size": 120}
        ],
        pathways={"FT": "ft"},
        inference={"blocks": 1, "aa": False, "min_window_s": 0, "warmup": 0},
    )
    runs = run_study(made, tmp_path / "made")
    assert any(MODEL in run.artifacts for run in runs)
    data = study_data(
        Asked(
            model=f"{tmp_path / 'made'}:ft",
            task=task,
            cost=Resource.CPU_S,
            backends=(),
            baseline={"batch_size": 8, "max_length": 32},
            block={
                "exports": [{"backend": "onnxruntime", "precision": "fp32"}],
                "settings": {"batch_size": [8, 32]},
                "blocks": 2,
            },
        )
    )
    said: list[str] = []

    found = Optimizer(
        optimization=define_optimization(data, folder=tmp_path),
        store=tmp_path / "store",
        say=said.append,
    ).run()

    with Store(tmp_path / "store") as store:
        stages = {run.stage for run in store.runs()}
    assert {Stage.FETCH, Stage.EXPORT, Stage.SERVE, Stage.INFER} == stages
    assert said[0].startswith("the test split has 40 examples, and a drop of 1 points can be ruled")
    assert len(found.searched.standing) == 4
    assert found.searched.failed == {}
    assert found.chosen.route == "model onnxruntime-fp32"
    assert found.certificate is not None
    assert not found.certificate.granted
    assert found.certificate.n_more is not None
    assert found.certificate.n_examples == 40
