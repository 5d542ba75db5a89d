"""Slices of real data of each form, read from the shared folder, learned by a tiny model."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

pytest.importorskip("torch")

from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.stages.infer import InferenceService

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]

GLUE = {"text_column": "sentence1", "pair_column": "sentence2"}
BLOCKS: Mapping[str, Mapping[str, Scalar]] = {
    "cola": {"text_column": "4", "label_column": "2", "metric": "mcc"},
    "rte": GLUE,
    "stsb": {**GLUE, "label_column": "score", "form": "regression"},
    "wnut17": {"text_column": "1", "tag_column": "2"},
}
FILES = {"wnut17": ("wnut17train.conll", "emerging.test.annotated")}
METRICS = {
    "cola": {"mcc", "accuracy", "f1", "macro_f1"},
    "rte": {"accuracy", "f1", "macro_f1", "mcc"},
    "stsb": {"pearson", "spearman"},
    "wnut17": {"entity_f1"},
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_slice_is_learned_and_served(
    name: str, shared_dir: Path, run_row: RunStage, tmp_path: Path, tiny: Mapping[str, Scalar]
) -> None:
    train, test = FILES.get(name, ("train.tsv", "dev.tsv"))
    folder = shared_dir / "data" / name
    task = {
        "name": "files",
        "train": str(folder / train),
        "test": str(folder / test),
        "limit": 200,
        "test_limit": 50,
        **BLOCKS[name],
    }
    passed = {**tiny, "vocab_size": 400, "max_length": 40, "epochs": 1, "train_examples": 100}
    fitted = run_row(Stage.FINETUNE, passed, task=task)
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {}),
        task=task,
        parents={"start": fitted.folder / "model"},
    )
    served = FakeContext(folder=tmp_path)
    row: dict[str, Scalar] = {"max_length": 40, "min_window_s": 0.0, "warmup": "0"}
    InferenceService.open(served, request).run(served, resolve_inference(row))
    assert fitted.output.n_examples == 100
    assert served.output.n_examples == 50
    undefined = [note.message.split()[0] for note in served.notes if "no value" in note.message]
    assert {*(score.metric for score in served.scores), *undefined} == METRICS[name]
