"""Searches by the command over a real, tiny model: one graph of it works, two cannot be had."""

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.records import Run, Stage, Status
from breakeven.store import Store

WORDS = ("good", "fine", "warm", "kind"), ("bad", "cold", "dull", "harsh")
LABELS = ("0", "1")

HIDING = """\
from importlib.machinery import PathFinder

found = PathFinder.find_spec
PathFinder.find_spec = classmethod(
    lambda cls, name, path=None, target=None: None
    if name.partition(".")[0] == "openvino"
    else found(name, path, target)
)
"""
"""Of whatever Python starts with it on its path: a backend is not installed there."""

OPTIMIZE = """\
study: tiny
task: {{name: files, train: {train}, validation: {validation}, test: {test}}}
stages:
  - {{name: ft, stage: fetch, model: {model}}}
pathways: {{FT: ft}}
inference: {{reference: {{batch_size: 8, max_length: 32}}}}
optimize:
  cost: cpu_s
  exports:
    - {{backend: onnxruntime, precision: fp32}}
    - {{backend: onnxruntime, precision: fp32, max_length: 4096}}
    - {{backend: openvino, precision: fp32}}
  settings: {{batch_size: [8]}}
  blocks: 2
"""


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


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Files of a task, and two models whose answers are drawn at random, a deep and a shallow."""
    pytest.importorskip("torch")
    from breakeven.workloads.catalogue import resolve_stage  # noqa: PLC0415 - needs torch
    from breakeven.workloads.models.encoder import AutoClass, load_encoder  # noqa: PLC0415

    root = tmp_path_factory.mktemp("tiny")
    corpus = [" ".join(words) for words in WORDS for _ in range(4)]
    shape = {"hidden_size": 16, "n_heads": 2, "intermediate_size": 32, "vocab_size": 120}
    for name, n_layers in (("model", 3), ("student", 1)):
        settings = resolve_stage(
            Stage.FINETUNE, {"model": "random", "max_length": 64, "n_layers": n_layers, **shape}
        )
        made = load_encoder(settings, head=AutoClass.CLASSIFICATION, labels=LABELS, corpus=corpus)
        made.model.save_pretrained(root / name)
        made.tokenizer.save_pretrained(root / name)
    return {
        "train": write_texts(root / "train.tsv", 60, start=0),
        "validation": write_texts(root / "validation.tsv", 32, start=300),
        "test": write_texts(root / "test.tsv", 40, start=364),
        "model": root / "model",
        "student": root / "student",
    }


@pytest.fixture(scope="module")
def searched(
    data: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mapping[str, Any], int, tuple[Run, ...]]:
    """What the command prints as JSON, how it exits, and what its store holds."""
    root = tmp_path_factory.mktemp("searched")
    (root / "sitecustomize.py").write_text(HIDING, encoding="utf-8")
    study = root / "tiny.yaml"
    study.write_text(OPTIMIZE.format_map(data), encoding="utf-8")
    arguments = ["optimize", str(study), "--store", str(root / "store"), "--json"]
    told = CliRunner(env={"PYTHONPATH": str(root)}).invoke(group, arguments)
    with Store(root / "store") as store:
        return json.loads(told.stdout), told.exit_code, tuple(store.runs())


@pytest.mark.slow
def test_a_backend_that_is_not_installed_and_an_export_that_fails_are_left_out_and_on_record(
    searched: tuple[Mapping[str, Any], int, tuple[Run, ...]],
) -> None:
    found, _, runs = searched

    failed = found["search"]["failed"]
    assert failed.keys() == {"FT onnxruntime-fp32-4096", "FT openvino-fp32"}
    assert failed["FT openvino-fp32"].startswith("ft-openvino-fp32: ")
    assert "backend 'openvino' needs openvino, not installed here" in failed["FT openvino-fp32"]
    assert "run: pip install 'breakeven[openvino]'" in failed["FT openvino-fp32"]
    assert "4096" in failed["FT onnxruntime-fp32-4096"]
    assert "\n" not in "".join(failed.values())
    assert {run.row for run in runs if run.status is Status.FAILED} == {
        "ft-onnxruntime-fp32-4096",
        "ft-openvino-fp32",
    }


@pytest.mark.slow
def test_the_search_goes_on_and_chooses_the_graph_that_could_be_made(
    searched: tuple[Mapping[str, Any], int, tuple[Run, ...]],
) -> None:
    found, _, runs = searched

    assert found["chosen"]["pathway"] == "FT onnxruntime-fp32"
    assert found["search"]["n_measured"] == 2
    assert {run.stage for run in runs} == {Stage.FETCH, Stage.EXPORT, Stage.SERVE, Stage.INFER}


@pytest.mark.slow
def test_on_a_task_too_small_the_answer_says_so_and_what_would_do(
    searched: tuple[Mapping[str, Any], int, tuple[Run, ...]],
) -> None:
    """40 answers that agree bound the loss by z^2 / (n + z^2): 6.3 points at 95 %."""
    found, exit_code, _ = searched

    certificate = found["certificate"]
    assert exit_code == 1
    assert certificate["granted"] is False
    assert certificate["n_examples"] == 40
    assert certificate["reason"].startswith("Not shown: ")
    assert re.search("about [0-9]+ more (examples )?would show it", certificate["reason"])
    assert certificate["n_more"] >= 228
    assert 0.0633 < certificate["smallest_margin"] < 0.1
    assert found["doubts"][0].startswith("the test split has 40 examples, and a drop of 1 point ")
