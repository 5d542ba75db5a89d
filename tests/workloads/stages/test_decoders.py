"""Models that read from left to right: pre-training, distillation, perplexity, every other form."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference, resolve_stage  # noqa: E402
from breakeven.workloads.models.encoder import AutoClass, load_model  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same
from breakeven.workloads.stages.reading import BothWays, LeftToRight, objective_of  # noqa: E402

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
LINES = (
    "the cat sat on the mat and the dog sat on the cat",
    "a dog ran to the mat",
    "the mat was on the cat and the cat ran",
)
ROW: Mapping[str, Scalar] = {
    "max_length": 12,
    "batch_size": 2,
    "min_window_s": 0.0,
    "warmup": "0",
}


@pytest.fixture(scope="module")
def corpus_task(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
    folder = tmp_path_factory.mktemp("corpus")
    paths = {}
    for name, n in {"train": 10, "validation": 2, "test": 2}.items():
        path = folder / f"{name}.txt"
        path.write_text("\n".join(f"{line} {i}" for i in range(n) for line in LINES))
        paths[name] = str(path)
    return {"name": "files", "form": "language-modelling", **paths}


@pytest.fixture(scope="module")
def gpt2(tiny: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {**tiny, "architecture": "gpt2"}


@pytest.fixture(scope="module")
def decoder(
    run_row: RunStage, gpt2: Mapping[str, Scalar], corpus_task: Mapping[str, Scalar]
) -> FakeContext:
    return run_row(Stage.PRETRAIN, {**gpt2, "epochs": 20}, task=corpus_task)


def serve(folder: Path, task: Mapping[str, Scalar], into: Path, **changed: Scalar) -> FakeContext:
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {}),
        task=task,
        parents={"start": folder},
    )
    context = FakeContext(folder=into)
    service = InferenceService.open(context, request)
    service.run(context, resolve_inference({**ROW, **changed}))
    return context


def causal_lm(folder: Path) -> Any:
    return load_model(folder, head=AutoClass.CAUSAL_LM)


def test_a_decoder_learns_to_guess_each_next_token(decoder: FakeContext) -> None:
    encoder = causal_lm(decoder.folder / "model")
    assert not encoder.has_new_head
    assert decoder.score("training_loss", "train").value < 0.7 * math.log(len(encoder.tokenizer))


def test_texts_are_counted_not_the_windows_they_are_packed_into(decoder: FakeContext) -> None:
    n_texts = 30
    assert decoder.counted(Resource.N_UNLABELLED_EXAMPLES) == n_texts
    assert decoder.output.n_examples == 20 * n_texts
    n_padding = decoder.output.n_padded_tokens - decoder.output.n_real_tokens
    assert n_padding < 20 * 12  # of one window an epoch


def test_a_last_window_of_one_token_costs_the_training_nothing(
    run_row: RunStage, gpt2: Mapping[str, Scalar], tmp_path: Path
) -> None:
    """A text and its end are 5 tokens; 5 texts in windows of 12 leave one over."""
    (path := tmp_path / "train.txt").write_text("cat mat\n" * 5)
    task = {"name": "files", "form": "language-modelling"}
    task |= dict.fromkeys(("train", "validation", "test"), str(path))
    passed = {**gpt2, "batch_size": 1, "epochs": 1, "vocab_size": 300}
    run = run_row(Stage.PRETRAIN, passed, task=task)
    assert (run.output.n_batches, run.output.n_real_tokens) == (3, 2 * 12 + 1)
    assert run.score("training_loss", "train").value > 1
    assert (run.folder / "model").is_dir()


def test_a_training_with_nothing_to_guess_is_refused(
    run_row: RunStage, tiny: Mapping[str, Scalar], tmp_path: Path
) -> None:
    (path := tmp_path / "train.txt").write_text("[SEP]\n" * 3)
    task = {"name": "files", "form": "language-modelling"}
    task |= dict.fromkeys(("train", "validation", "test"), str(path))
    with pytest.raises(SettingsError, match="no batch held a token to guess"):
        run_row(Stage.PRETRAIN, {**tiny, "epochs": 1}, task=task)


def test_a_trained_decoder_is_less_surprised_than_an_untrained_one(
    run_row: RunStage,
    gpt2: Mapping[str, Scalar],
    corpus_task: Mapping[str, Scalar],
    decoder: FakeContext,
    tmp_path: Path,
) -> None:
    fresh = run_row(Stage.PRETRAIN, {**gpt2, "epochs": 0.1}, task=corpus_task)
    found = [
        serve(run.folder / "model", corpus_task, tmp_path / str(i)).score("perplexity", "test")
        for i, run in enumerate((decoder, fresh))
    ]
    assert found[0].value < 15 < found[1].value
    assert not found[0].higher_is_better
    assert "predicted tokens" in found[0].how


def test_perplexity_rests_on_the_surprise_of_each_text(
    decoder: FakeContext, corpus_task: Mapping[str, Scalar], tmp_path: Path
) -> None:
    row = serve(decoder.folder / "model", corpus_task, tmp_path)
    with np.load(tmp_path / "predictions/predictions.npz", allow_pickle=False) as kept:
        mean = kept["nats"].sum() / kept["n_tokens"].sum()
        assert len(kept["index"]) == 6
    assert row.score("perplexity", "test").value == pytest.approx(math.exp(mean))


def test_windows_and_batches_change_no_count_of_texts(
    decoder: FakeContext, corpus_task: Mapping[str, Scalar], tmp_path: Path
) -> None:
    short = serve(decoder.folder / "model", corpus_task, tmp_path / "a", max_length=6, stride=2)
    long = serve(decoder.folder / "model", corpus_task, tmp_path / "b", max_length=100)
    assert short.output.n_examples == long.output.n_examples == 6
    assert short.output.n_real_tokens > long.output.n_real_tokens


def test_a_decoders_student_learns_from_its_teacher(
    run_row: RunStage,
    gpt2: Mapping[str, Scalar],
    corpus_task: Mapping[str, Scalar],
    decoder: FakeContext,
    tmp_path: Path,
) -> None:
    passed = {
        **{name: gpt2[name] for name in ("max_length", "batch_size", "lr")},
        "method": "task-agnostic",
        "epochs": 6.0,
        "model": "parent",
    }
    student = run_row(Stage.DISTIL, passed, {"teacher": decoder.folder / "model"}, task=corpus_task)
    model = causal_lm(student.folder / "model").model
    assert model.config.num_hidden_layers == 2
    row = serve(student.folder / "model", corpus_task, tmp_path)
    assert row.score("perplexity", "test").value < 20


def test_a_masked_model_is_judged_by_hidden_tokens(
    run_row: RunStage,
    tiny: Mapping[str, Scalar],
    corpus_task: Mapping[str, Scalar],
    tmp_path: Path,
) -> None:
    masked = run_row(Stage.PRETRAIN, {**tiny, "epochs": 1}, task=corpus_task)
    row = serve(masked.folder / "model", corpus_task, tmp_path)
    score = row.score("perplexity", "test")
    assert score.value > 1
    assert score.n_examples == 6


def test_a_language_model_may_be_fine_tuned_until_it_no_longer_improves(
    run_row: RunStage, corpus_task: Mapping[str, Scalar], decoder: FakeContext
) -> None:
    tuned = run_row(
        Stage.FINETUNE,
        {"model": "parent", "max_length": 12, "batch_size": 8, "max_epochs": 2},
        {"start": decoder.folder / "model"},
        task=corpus_task,
    )
    assert tuned.score("perplexity", "validation").value < 15


def test_a_teacher_of_language_is_not_asked_for_every_answer(
    run_row: RunStage, corpus_task: Mapping[str, Scalar], decoder: FakeContext
) -> None:
    with pytest.raises(SettingsError, match="set method: task-agnostic"):
        run_row(Stage.DISTIL, {}, {"teacher": decoder.folder / "model"}, task=corpus_task)


@pytest.mark.parametrize("batch_size", [1, 8])
def test_a_decoder_classifies_by_its_last_real_token(
    run_row: RunStage,
    gpt2: Mapping[str, Scalar],
    toy_task: Mapping[str, Scalar],
    tmp_path: Path,
    batch_size: int,
) -> None:
    tuned = run_row(Stage.FINETUNE, {**gpt2, "epochs": 8.0})
    row = serve(tuned.folder / "model", toy_task, tmp_path, batch_size=batch_size)
    assert row.score("accuracy", "test").value > 0.9
    with np.load(tmp_path / "predictions/predictions.npz", allow_pickle=False) as kept:
        padded = kept["predicted"].tolist()
    alone = serve(tuned.folder / "model", toy_task, tmp_path / "alone", batch_size=1)
    assert alone.score("accuracy", "test").n_correct == sum(
        p == label for p, label in zip(padded, kept_labels(tmp_path), strict=True)
    )


def kept_labels(folder: Path) -> list[int]:
    with np.load(folder / "predictions/predictions.npz", allow_pickle=False) as kept:
        labels: list[int] = kept["label"].tolist()
    return labels


def objective_for(settings: Mapping[str, Scalar], **passed: Scalar) -> object:
    request = StageRequest(
        stage=Stage.PRETRAIN,
        settings=resolve_stage(Stage.PRETRAIN, {**settings, **passed}),
        task={},
    )
    return objective_of(request)


def test_the_objective_follows_the_model(
    tiny: Mapping[str, Scalar], gpt2: Mapping[str, Scalar]
) -> None:
    assert objective_for(tiny) == objective_for(tiny, objective="masked") == BothWays()
    assert objective_for(gpt2) == objective_for(gpt2, objective="causal") == LeftToRight()
    assert objective_for(tiny, config="is_decoder=true") == LeftToRight()


def test_an_objective_the_model_cannot_learn_is_refused(
    tiny: Mapping[str, Scalar], gpt2: Mapping[str, Scalar]
) -> None:
    with pytest.raises(SettingsError, match=r"objective=causal needs .* is_decoder=true"):
        objective_for(tiny, objective="causal")
    with pytest.raises(SettingsError, match="objective=masked needs"):
        objective_for(gpt2, objective="masked")


def test_generation_is_whole_passes_with_prefill_measured_apart(
    decoder: FakeContext, corpus_task: Mapping[str, Scalar], tmp_path: Path
) -> None:
    task = {**corpus_task, "form": "generation"}
    changed: dict[str, Scalar] = {"prompt_tokens": 4, "new_tokens": 5}
    row = serve(decoder.folder / "model", task, tmp_path, **changed)
    assert row.phases[-2:] == [PhaseName.WORK, PhaseName.PREFILL]
    prefill = row.outputs[PhaseName.PREFILL]
    assert (row.output.n_examples, row.output.n_new_tokens) == (6, 30)
    assert (prefill.n_examples, prefill.n_new_tokens) == (6, 6)
    assert prefill.n_real_tokens == prefill.n_padded_tokens == 24
    assert row.output.n_padded_tokens == 24 + 6 * 4
    assert row.scores == []


@pytest.mark.parametrize("changed", [{"tokenize": "ahead"}, {"batch_size": 1}, {"sorted": False}])
def test_generation_counts_the_same_however_it_is_batched(
    decoder: FakeContext,
    corpus_task: Mapping[str, Scalar],
    tmp_path: Path,
    changed: dict[str, Scalar],
) -> None:
    task = {**corpus_task, "form": "generation"}
    row = serve(decoder.folder / "model", task, tmp_path, new_tokens=3, **changed)
    assert row.output.n_new_tokens == 18
    assert row.counted(Resource.FLOPS) > 0


def test_generation_beyond_the_models_positions_is_refused(
    decoder: FakeContext, corpus_task: Mapping[str, Scalar], tmp_path: Path
) -> None:
    task = {**corpus_task, "form": "generation"}
    with pytest.raises(SettingsError, match=r"need 513 of the model's 512 positions"):
        serve(decoder.folder / "model", task, tmp_path, prompt_tokens=500, new_tokens=14)


def test_an_encoder_cannot_generate(
    fine_tuned: FakeContext, corpus_task: Mapping[str, Scalar], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="generation needs a model that reads from left"):
        serve(fine_tuned.folder / "model", {**corpus_task, "form": "generation"}, tmp_path)
