import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import PrecisionRefusedError, SettingsError  # noqa: E402 - needs torch
from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference, resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.attention import implementation_of  # noqa: E402 - the same
from breakeven.workloads.models.encoder import load_model  # noqa: E402 - the same
from breakeven.workloads.models.layers import keep_first_layers  # noqa: E402 - the same
from breakeven.workloads.models.tokenizer import tokenize  # noqa: E402 - the same
from breakeven.workloads.reductions.precision import PrecisionResult  # noqa: E402 - the same
from breakeven.workloads.stages.encoder_service import EncoderServer  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same
from breakeven.workloads.tasks import load_task  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
ROW: Mapping[str, Scalar] = {
    "max_length": 12,
    "batch_size": 8,
    "min_window_s": 0.0,
    "warmup": "0",
}
Measure = Callable[..., FakeContext]


def open_service(
    context: FakeContext,
    task: Mapping[str, Scalar],
    *,
    parent: Path | None = None,
    **passed: Scalar,
) -> InferenceService:
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, passed),
        task=task,
        parents={"start": parent} if parent else {},
    )
    return InferenceService.open(context, request)


@pytest.fixture
def service(
    context: FakeContext, toy_task: dict[str, Scalar], fine_tuned: FakeContext
) -> InferenceService:
    return open_service(context, toy_task, parent=fine_tuned.folder / "model")


@pytest.fixture
def measure(service: InferenceService, tmp_path: Path) -> Measure:
    """Measure one row in a context of its own."""
    n_rows = iter(range(100))

    def run(**changed: Scalar) -> FakeContext:
        context = FakeContext(folder=tmp_path / f"row{next(n_rows)}")
        service.run(context, resolve_inference({**ROW, **changed}))
        return context

    return run


def weights_hash(service: InferenceService) -> str:
    assert isinstance(service.server, EncoderServer)
    digest = hashlib.sha256()
    for name, value in service.server.encoder.model.state_dict().items():
        digest.update(name.encode() + value.numpy().tobytes())
    return digest.hexdigest()


def predictions(context: FakeContext) -> list[int]:
    path = context.folder / "predictions" / "predictions.npz"
    with np.load(path, allow_pickle=False) as kept:
        found: list[int] = kept["predicted"].tolist()
    return found


def hand_made(folder: Path, task: Mapping[str, Scalar], length: int, depth: int = 4) -> list[int]:
    """Predictions on the test split, one text at a time, by a plain loop."""
    encoder = load_model(folder)
    model: Any = keep_first_layers(encoder.model, depth)
    found = []
    for text in load_task(task).test.texts:
        ids = tokenize(encoder.tokenizer, [text], max_length=length)
        with torch.no_grad():
            found.append(int(model(input_ids=torch.tensor(ids)).logits.argmax()))
    return found


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"sorted": False}, id="unsorted"),
        pytest.param({"padding": "max_length"}, id="padded to the longest allowed"),
        pytest.param({"tokenize": "ahead"}, id="tokenized ahead"),
        pytest.param({"batch_size": 1}, id="one by one"),
        pytest.param({"batch_tokens": 40}, id="by tokens"),
        pytest.param({"batch_tokens": 40, "sorted": False}, id="by tokens, unsorted"),
    ],
)
def test_answers_are_those_of_a_plain_loop(
    measure: Measure,
    fine_tuned: FakeContext,
    toy_task: dict[str, Scalar],
    changed: Mapping[str, Scalar],
) -> None:
    context = measure(**changed)
    expected = hand_made(fine_tuned.folder / "model", toy_task, 12)
    labels = load_task(toy_task).test.labels
    assert predictions(context) == expected
    right = [a == b for a, b in zip(expected, labels, strict=True)]
    assert context.score("accuracy", "test").value == sum(right) / len(right)


def test_the_examples_asked_for_are_answered(
    measure: Measure, fine_tuned: FakeContext, toy_task: dict[str, Scalar]
) -> None:
    held_out = measure(split="validation", tokenize="ahead")
    assert held_out.score("accuracy", "validation").n_examples == 16
    few, whole = measure(n_examples=7, choice_seed=3), measure()
    path = few.folder / "predictions" / "predictions.npz"
    with np.load(path, allow_pickle=False) as kept:
        chosen = kept["index"].tolist()
        assert kept["group"].tolist() == chosen  # no two of these texts hang together
    assert len(chosen) == few.output.n_examples == 7
    assert predictions(few) == [predictions(whole)[i] for i in chosen]


def test_a_split_without_examples_cannot_be_asked(
    unjudged_task: dict[str, Scalar], fine_tuned: FakeContext, context: FakeContext
) -> None:
    service = open_service(context, unjudged_task, parent=fine_tuned.folder / "model")
    with pytest.raises(SettingsError, match="the task files has no validation examples"):
        service.run(context, resolve_inference({**ROW, "split": "validation"}))


def test_length_cuts_the_input(
    measure: Measure, fine_tuned: FakeContext, toy_task: dict[str, Scalar]
) -> None:
    short, whole = measure(max_length=4), measure()
    assert predictions(short) == hand_made(fine_tuned.folder / "model", toy_task, 4)
    assert short.output.n_padded_tokens == 30 * 4
    assert short.output.n_padded_tokens < whole.output.n_padded_tokens


def test_padding_policy_changes_what_is_computed_not_what_is_read(measure: Measure) -> None:
    longest = measure(max_length=50)
    most = measure(max_length=50, padding="max_length")
    assert most.output.n_padded_tokens == 30 * 50
    assert longest.output.n_real_tokens == most.output.n_real_tokens
    assert longest.output.n_padded_tokens < 30 * 50


def test_depth_runs_the_lower_layers_and_counts_them_only(
    measure: Measure, fine_tuned: FakeContext, toy_task: dict[str, Scalar]
) -> None:
    shallow, deep = measure(n_layers=1), measure(n_layers=4)
    assert predictions(shallow) == hand_made(fine_tuned.folder / "model", toy_task, 12, depth=1)
    assert shallow.counted(Resource.N_PARAMETERS) < deep.counted(Resource.N_PARAMETERS)
    assert shallow.counted(Resource.FLOPS) < deep.counted(Resource.FLOPS)


def test_flops_are_two_per_parameter_outside_embeddings_and_padded_token(
    measure: Measure, fine_tuned: FakeContext
) -> None:
    context = measure()
    model = load_model(fine_tuned.folder / "model").model
    embeddings = model.base_model.embeddings
    tables = [
        embeddings.word_embeddings,
        embeddings.position_embeddings,
        embeddings.token_type_embeddings,
    ]
    n_kaplan = model.num_parameters() - sum(table.weight.numel() for table in tables)
    assert context.counted(Resource.FLOPS) == 2 * n_kaplan * context.output.n_padded_tokens


def test_tokenizing_is_measured_again_apart_where_it_is_in_the_work(measure: Measure) -> None:
    shown = measure(show_tokenizing=True)
    assert shown.phases[-2:] == [PhaseName.WORK, PhaseName.TOKENIZE]
    part = shown.outputs[PhaseName.TOKENIZE]
    assert (part.n_examples, part.n_real_tokens) == (30, shown.output.n_real_tokens)
    assert measure(show_tokenizing=True, tokenize="ahead").phases[-1] is PhaseName.WORK


@pytest.mark.parametrize("changed", [{}, {"n_layers": 2}, {"batch_tokens": 40}])
def test_attention_is_another_way_to_the_same_answers(
    service: InferenceService, measure: Measure, changed: Mapping[str, Scalar]
) -> None:
    assert isinstance(service.server, EncoderServer)
    usual = implementation_of(service.server.encoder.model)
    before = weights_hash(service)
    eager, fused = measure(attention="eager", **changed), measure(attention="sdpa", **changed)
    assert predictions(eager) == predictions(fused) == predictions(measure(**changed))
    assert weights_hash(service) == before
    assert implementation_of(service.server.encoder.model) == usual


def test_no_row_changes_the_checkpoint(service: InferenceService, measure: Measure) -> None:
    """R004-01: the same weights whatever the row does."""
    before = weights_hash(service)
    first = predictions(measure())
    measure(n_layers=1)
    measure(max_length=4)
    assert isinstance(service.server, EncoderServer)
    service.server.tried["bf16"] = PrecisionResult(
        precision="bf16", device="cpu", time_ratio=0.5, difference_frac=0.0
    )
    narrow = measure(precision="bf16")
    assert narrow.phases == [PhaseName.LOAD, PhaseName.WORK]
    assert weights_hash(service) == before
    assert predictions(measure()) == first


def test_a_refused_precision_fails_the_row_and_leaves_the_next_alone(
    service: InferenceService, measure: Measure
) -> None:
    assert isinstance(service.server, EncoderServer)
    service.server.tried["fp16"] = PrecisionResult(
        precision="fp16", device="cpu", time_ratio=14.0, difference_frac=0.0
    )
    with pytest.raises(PrecisionRefusedError, match=r"takes 14\.00 times as long as in fp32"):
        measure(precision="fp16")
    assert measure().score("accuracy", "test").n_examples == 30


def test_a_precision_is_tried_once(service: InferenceService, measure: Measure) -> None:
    for _ in range(2):
        try:
            measure(precision="bf16")
        except PrecisionRefusedError:
            continue
    assert isinstance(service.server, EncoderServer)
    assert list(service.server.tried) == ["bf16"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_layers": 9}, r"model has 4 layers, n_layers=9 asked; choose 1\.\.4"),
        ({"max_length": 600}, r"max_length=600 is beyond the model's 512 positions"),
    ],
)
def test_what_the_checkpoint_cannot_do_is_refused(
    measure: Measure, changed: Mapping[str, Scalar], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        measure(**changed)


def test_loading_is_a_phase_of_its_own(service: InferenceService, context: FakeContext) -> None:
    assert context.phases[-1] is PhaseName.LOAD


def test_device_work_is_waited_for(
    service: InferenceService, toy_task: dict[str, Scalar], tmp_path: Path
) -> None:
    waited: list[str] = []
    assert isinstance(service.server, EncoderServer)
    server = EncoderServer(
        task=service.server.task,
        head=service.server.head,
        encoder=service.server.encoder,
        device=torch.device("cpu"),
        synchronize=lambda: waited.append("waited"),
    )
    fresh = FakeContext(folder=tmp_path / "fresh")
    InferenceService(server=server).run(fresh, resolve_inference(ROW))
    assert len(waited) == 2


def test_random_weights_are_measured_but_not_scored(
    context: FakeContext, toy_task: dict[str, Scalar], fine_tuned: FakeContext
) -> None:
    model = str(fine_tuned.folder / "model")
    open_service(context, toy_task, model=model, weights="random").run(
        context, resolve_inference(ROW)
    )
    assert context.scores == []
    assert not (context.folder / "predictions").exists()
    assert context.counted(Resource.FLOPS) > 0


def test_a_checkpoint_named_by_path_is_scored(
    context: FakeContext, toy_task: dict[str, Scalar], fine_tuned: FakeContext
) -> None:
    service = open_service(context, toy_task, model=str(fine_tuned.folder / "model"))
    service.run(context, resolve_inference(ROW))
    assert context.score("accuracy", "test").n_examples == 30


def test_a_head_drawn_at_random_is_not_scored(
    context: FakeContext, toy_task: dict[str, Scalar], pretrained: FakeContext
) -> None:
    service = open_service(context, toy_task, model=str(pretrained.folder / "model"))
    assert not service.server.is_scored


def test_nothing_to_serve_is_an_error(context: FakeContext, toy_task: dict[str, Scalar]) -> None:
    with pytest.raises(SettingsError, match="model=parent cannot be served without a row"):
        open_service(context, toy_task)


def test_the_linear_model_is_served_the_same_way(
    context: FakeContext, toy_task: dict[str, Scalar], run_row: RunStage
) -> None:
    parent = run_row(Stage.FINETUNE, {"model": "tfidf"}).folder / "model"
    service = open_service(context, toy_task, parent=parent)
    service.run(context, resolve_inference(ROW))
    assert context.score("accuracy", "test").n_examples == 30
    assert context.output.n_examples == 30
    shown = FakeContext(folder=context.folder / "shown")
    service.run(shown, resolve_inference({**ROW, "show_tokenizing": True}))
    assert shown.phases == [PhaseName.WORK]
    for changed in ({"n_layers": 2}, {"attention": "sdpa"}, {"batch_tokens": 9}):
        with pytest.raises(SettingsError, match=r"=\S+ means nothing to the TF-IDF .* `pathways`"):
            service.run(context, resolve_inference({**ROW, **changed}))
