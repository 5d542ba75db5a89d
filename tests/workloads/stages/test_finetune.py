import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.models.encoder import AutoClass, load_model  # noqa: E402 - the same
from breakeven.workloads.models.linear import load_linear  # noqa: E402 - the same
from breakeven.workloads.models.tokenizer import tokenize  # noqa: E402 - the same
from breakeven.workloads.tasks import load_task  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]


def hand_made_loop(folder: Path, task: Mapping[str, Scalar]) -> tuple[float, float]:
    """Loss and accuracy on the validation split, one text at a time."""
    encoder, held = load_model(folder), load_task(task).validation
    losses, n_correct = [], 0
    for text, label in zip(held.texts, held.labels, strict=True):
        ids = tokenize(encoder.tokenizer, [text], max_length=12)
        with torch.no_grad():
            logits = encoder.model(input_ids=torch.tensor(ids)).logits
        losses.append(-float(logits.log_softmax(-1)[0, label]))
        n_correct += int(logits.argmax()) == label
    return sum(losses) / len(losses), n_correct / len(losses)


def test_the_kept_model_scores_what_a_hand_made_loop_finds(
    fine_tuned: FakeContext, toy_task: dict[str, Scalar]
) -> None:
    loss, accuracy = hand_made_loop(fine_tuned.folder / "model", toy_task)
    assert fine_tuned.score("loss", "validation").value == pytest.approx(loss, abs=1e-5)
    assert fine_tuned.score("accuracy", "validation").value == accuracy


def test_learns_the_toy_task(fine_tuned: FakeContext) -> None:
    assert fine_tuned.score("accuracy", "validation").value > 0.7


def test_keeps_phases_apart_and_counts_what_was_used(fine_tuned: FakeContext) -> None:
    assert fine_tuned.phases[-2:] == [PhaseName.LOAD, PhaseName.WORK]
    assert fine_tuned.counted(Resource.N_LABELLED_EXAMPLES) == 40
    encoder = load_model(fine_tuned.folder / "model")
    assert fine_tuned.counted(Resource.N_PARAMETERS) == encoder.model.num_parameters()
    assert (
        fine_tuned.output.n_examples == 40 * fine_tuned.score("stopped_epoch", "validation").value
    )


def test_training_and_validation_are_counted_without_embedding_tables(
    run_row: RunStage, toy_task: dict[str, Scalar], tiny: Mapping[str, Scalar]
) -> None:
    """One text per batch, so nothing is padded: train once at 6N, validation once at 2N."""
    run = run_row(Stage.FINETUNE, {**tiny, "epochs": 1, "batch_size": 1})
    encoder = load_model(run.folder / "model")
    weights = encoder.model.named_parameters()
    n = sum(w.numel() for name, w in weights if not name.endswith("_embeddings.weight"))
    held = tokenize(encoder.tokenizer, load_task(toy_task).validation.texts, max_length=12)
    n_tokens = 6 * run.output.n_real_tokens + 2 * sum(map(len, held))
    assert run.counted(Resource.FLOPS) == n * n_tokens


def test_starts_from_a_parent_with_its_tokenizer_and_layers(
    run_row: RunStage, pretrained: FakeContext, tiny: Mapping[str, Scalar]
) -> None:
    run = run_row(
        Stage.FINETUNE,
        {"max_length": 12, "n_layers": 2, "epochs": 1},
        {"start": pretrained.folder / "model"},
    )
    child = load_model(run.folder / "model")
    parent = load_model(pretrained.folder / "model", head=AutoClass.MASKED_LM)
    assert child.model.config.num_hidden_layers == 2
    assert child.tokenizer.get_vocab() == parent.tokenizer.get_vocab()
    assert "work: open" in run.events


def test_a_head_is_fitted_to_fewer_layers_which_stay_as_they_are(
    run_row: RunStage, toy_task: dict[str, Scalar], fine_tuned: FakeContext
) -> None:
    """Each text goes through the layers once: in the first epoch, or when it is judged first."""
    settings = {"n_layers": 2, "trained": "head", "epochs": 3, "max_length": 12, "batch_size": 1}
    run = run_row(Stage.FINETUNE, settings, {"start": fine_tuned.folder / "model"})
    before = load_model(fine_tuned.folder / "model").model.state_dict()
    model = load_model(run.folder / "model").model
    changed = {k for k, v in model.state_dict().items() if not torch.equal(v, before[k])}
    above = {"bert.pooler.dense", "classifier"}
    assert changed == {f"{name}.{kind}" for name in above for kind in ("weight", "bias")}
    n_body = sum(p.numel() for p in model.bert.encoder.parameters())
    n_body += sum(p.numel() for p in model.bert.embeddings.LayerNorm.parameters())
    n_head = sum(p.numel() for name in above for p in model.get_submodule(name).parameters())
    tokenizer = load_model(run.folder / "model").tokenizer
    held = tokenize(tokenizer, load_task(toy_task).validation.texts, max_length=12)
    n_once, n_held = run.output.n_real_tokens / 3, sum(map(len, held))
    expected = 2 * n_body * (n_once + n_held) + n_head * (6 * 3 * n_once + 2 * n_held)
    assert run.counted(Resource.FLOPS) == expected


def test_random_weights_of_a_checkpoint_cost_but_have_no_quality(
    run_row: RunStage, pretrained: FakeContext
) -> None:
    run = run_row(
        Stage.FINETUNE,
        {
            "model": str(pretrained.folder / "model"),
            "weights": "random",
            "max_length": 12,
            "epochs": 1,
        },
    )
    assert run.scores == []
    assert run.counted(Resource.FLOPS) > 0


def test_a_parent_that_is_missing_is_named(run_row: RunStage) -> None:
    with pytest.raises(SettingsError, match="model=parent needs a parent"):
        run_row(Stage.FINETUNE, {"epochs": 1})


def test_equal_seeds_give_equal_weights(run_row: RunStage, tiny: Mapping[str, Scalar]) -> None:
    first, second = (
        load_model(run_row(Stage.FINETUNE, {**tiny, "epochs": 1}).folder / "model")
        for _ in range(2)
    )
    theirs = second.model.state_dict()
    assert all(torch.equal(v, theirs[k]) for k, v in first.model.state_dict().items())


def test_without_validation_rows_nothing_is_judged(
    run_row: RunStage, tiny: Mapping[str, Scalar], unjudged_task: dict[str, Scalar]
) -> None:
    run = run_row(Stage.FINETUNE, {**tiny, "epochs": 1}, task=unjudged_task)
    student = run_row(
        Stage.DISTIL,
        {"epochs": 1, "max_length": 12},
        {"teacher": run.folder / "model"},
        task=unjudged_task,
    )
    linear = run_row(Stage.FINETUNE, {"model": "tfidf"}, task=unjudged_task)
    assert run.scores == student.scores == linear.scores == []
    assert (linear.folder / "model").is_dir()


def test_stopping_early_needs_validation_rows(
    run_row: RunStage, tiny: Mapping[str, Scalar], unjudged_task: dict[str, Scalar]
) -> None:
    with pytest.raises(SettingsError, match="the task has no validation split; set epochs above"):
        run_row(Stage.FINETUNE, {**tiny, "epochs": 0}, task=unjudged_task)


def test_the_linear_model_is_kept_and_scored(
    run_row: RunStage, toy_task: dict[str, Scalar]
) -> None:
    run = run_row(Stage.FINETUNE, {"model": "tfidf"})
    held = load_task(toy_task).validation
    predicted = load_linear(run.folder / "model").predict(held.texts)
    n_correct = int((predicted == held.labels).sum())
    assert run.score("accuracy", "validation").n_correct == n_correct
    assert run.counted(Resource.N_LABELLED_EXAMPLES) == 40
    assert not [c for c in run.counts if c.resource is Resource.FLOPS]


CHECK = """
import sys
from pathlib import Path
from breakeven.records import Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.stages import run_stage
from breakeven.workloads.stages.infer import InferenceService
folder, task = Path(sys.argv[1]), dict(zip(sys.argv[2::2], sys.argv[3::2]))
context = FakeContext(folder=folder)
settings = resolve_stage(Stage.FINETUNE, {"model": "tfidf"})
run_stage(context, StageRequest(stage=Stage.FINETUNE, settings=settings, task=task))
serve = StageRequest(stage=Stage.SERVE, settings={}, task=task, parents={"start": folder / "model"})
service = InferenceService.open(context, serve)
service.run(context, resolve_inference({"min_window_s": 0.0}))
assert context.phases[0] == "import", context.phases
assert "torch" not in sys.modules and "transformers" not in sys.modules
"""


def test_the_linear_pathway_never_imports_torch(
    toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    told = [str(part) for pair in toy_task.items() for part in pair]
    command = [sys.executable, "-c", CHECK, str(tmp_path), *told]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
