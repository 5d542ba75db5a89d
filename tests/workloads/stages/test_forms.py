"""Every form of task with every kind of model: pairs, numbers and tags, learned, taught, served."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.records import Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference, resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.encoder import AutoClass, load_model  # noqa: E402 - the same
from breakeven.workloads.models.layers import n_layers_of  # noqa: E402 - the same
from breakeven.workloads.stages.infer import InferenceService  # noqa: E402 - the same
from breakeven.workloads.tasks import load_task  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]

KINDS = ("bert", "distilbert", "roberta", "gpt2")
HEADLINES = {"pairs": "accuracy", "numbers": "pearson", "tags": "entity_f1"}
ROW: Mapping[str, Scalar] = {
    "max_length": 20,
    "batch_size": 4,
    "min_window_s": 0.0,
    "warmup": "0",
}


@pytest.fixture
def teach(run_row: RunStage, tasks: dict[str, Task]) -> RunStage:
    def run(form: str, teacher: Path) -> FakeContext:
        passed = {"max_length": 20, "epochs": 1}
        return run_row(Stage.DISTIL, passed, {"teacher": teacher}, task=tasks[form])

    return run


@pytest.fixture
def serve(tmp_path: Path, tasks: dict[str, Task]) -> RunStage:
    def run(form: str, parent: Path, **changed: Scalar) -> FakeContext:
        context = FakeContext(folder=tmp_path / f"row{len(list(tmp_path.iterdir()))}")
        settings = resolve_stage(Stage.SERVE, {})
        request = StageRequest(
            stage=Stage.SERVE, settings=settings, task=tasks[form], parents={"start": parent}
        )
        service = InferenceService.open(context, request)
        service.run(context, resolve_inference({**ROW, **changed}))
        return context

    return run


def arrays(context: FakeContext) -> dict[str, Any]:
    with np.load(context.folder / "predictions" / "predictions.npz", allow_pickle=False) as kept:
        return dict(kept)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", HEADLINES)
def test_every_kind_is_fitted_distilled_and_served_on_every_form(
    fit_form: RunStage, teach: RunStage, serve: RunStage, form: str, kind: str
) -> None:
    fitted = fit_form(form, kind)
    student = teach(form, fitted.folder / "model")
    served = serve(form, student.folder / "model")
    assert fitted.output.n_examples == 24 * fitted.score("stopped_epoch", "validation").value
    assert fitted.counted(Resource.N_LABELLED_EXAMPLES) == 24
    assert student.output.n_examples == 24
    assert served.output.n_examples == 10
    assert served.output.n_padded_tokens >= served.output.n_real_tokens > 0
    assert served.counted(Resource.FLOPS) > 0
    if served.scores:  # a constant answer has no correlation
        assert served.scores[0].metric == HEADLINES[form]
    assert arrays(served)["index"].tolist() == list(range(10))


def by_hand(form: str, folder: Path, task: Task, length: int = 20) -> list[Any]:
    """Answers to the test split, one by one, with the tokenizer's own pairs and words."""
    heads = {"tags": AutoClass.TOKENS}
    encoder = load_model(folder, head=heads.get(form, AutoClass.CLASSIFICATION))
    opened = load_task(task)
    split, found = opened.test, []
    for i, text in enumerate(split.texts):
        words = text.split(" ") if form == "tags" else text
        inputs = encoder.tokenizer(
            words,
            split.pairs[i] if split.pairs else None,
            is_split_into_words=form == "tags",
            truncation=True,
            max_length=length,
            return_tensors="pt",
        )
        with torch.no_grad():
            logits = encoder.model(**inputs).logits[0]
        if form != "tags":
            found.append(logits)
            continue
        outside = opened.labels.index("O")
        tags, at = logits.argmax(-1).tolist(), inputs.word_ids()
        found.append([tags[at.index(w)] if w in at else outside for w in range(len(words))])
    return found


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"sorted": False, "padding": "max_length"}, id="unsorted and padded"),
        pytest.param({"tokenize": "ahead"}, id="tokenized ahead"),
    ],
)
def test_numbers_are_those_of_a_plain_loop(
    fit_form: RunStage, serve: RunStage, tasks: dict[str, Task], changed: Mapping[str, Scalar]
) -> None:
    folder = fit_form("numbers").folder / "model"
    kept = arrays(serve("numbers", folder, **changed))
    expected = [float(x) for x in by_hand("numbers", folder, tasks["numbers"])]
    assert kept["value"].tolist() == pytest.approx(expected, abs=1e-4)
    assert kept["wanted"].tolist() == list(load_task(tasks["numbers"]).test.labels)


def test_pairs_are_read_as_the_tokenizer_gives_them(
    fit_form: RunStage, serve: RunStage, tasks: dict[str, Task]
) -> None:
    folder = fit_form("pairs").folder / "model"
    logits = by_hand("pairs", folder, tasks["pairs"])
    kept = arrays(serve("pairs", folder))
    assert kept["predicted"].tolist() == [int(own.argmax()) for own in logits]


@pytest.mark.parametrize("length", [20, 6])
def test_tags_are_those_of_a_plain_loop_and_cut_words_are_outside(
    fit_form: RunStage, serve: RunStage, tasks: dict[str, Task], length: int
) -> None:
    from breakeven.workloads.stages.scoring import kept as kept_of  # noqa: PLC0415 - beside torch

    folder, task = fit_form("tags").folder / "model", load_task(tasks["tags"])
    context = serve("tags", folder, max_length=length)
    expected = kept_of(task, by_hand("tags", folder, tasks["tags"], length), task.test.labels)
    found = arrays(context)
    assert {name: found[name].tolist() for name in expected} == {
        name: own.tolist() for name, own in expected.items()
    }
    sums = {name: int(found[name].sum()) for name in expected}
    f1 = 2 * sums["n_hit"] / (sums["n_found"] + sums["n_true"])
    assert context.score("entity_f1", "test").value == pytest.approx(f1)


def test_a_task_agnostic_student_is_fine_tuned_on_tags(
    run_row: RunStage, tasks: dict[str, Task], tiny: Mapping[str, Scalar]
) -> None:
    """TA on NER (Dürlich et al. 2023, section 4.1): every other layer, then fitted like FT."""
    task = tasks["tags"]
    teacher = run_row(Stage.PRETRAIN, {**tiny, "epochs": 1}, task=task).folder / "model"
    passed = {"method": "task-agnostic", "max_length": 12, "epochs": 1}
    student = run_row(Stage.DISTIL, passed, {"teacher": teacher}, task=task).folder / "model"
    run = run_row(Stage.FINETUNE, {"max_length": 12, "epochs": 1}, {"start": student}, task=task)
    encoder = load_model(run.folder / "model", head=AutoClass.TOKENS)
    assert n_layers_of(encoder.model) == 2
    assert encoder.labels == load_task(task).labels
    assert run.score("entity_f1", "validation").n_examples == 8


def test_a_model_for_other_answers_is_refused(
    fit_form: RunStage, serve: RunStage, teach: RunStage
) -> None:
    with pytest.raises(SettingsError, match="answers LABEL_0, the task files asks for no, yes"):
        serve("pairs", fit_form("numbers").folder / "model")
    with pytest.raises(SettingsError, match="the task files asks for"):
        teach("tags", fit_form("pairs").folder / "model")


def test_a_model_there_for_its_costs_has_no_number_of_quality(
    fit_form: RunStage, run_row: RunStage, tasks: dict[str, Task]
) -> None:
    model = str(fit_form("numbers").folder / "model")
    passed = {"model": model, "weights": "random", "max_length": 20, "epochs": 1}
    assert run_row(Stage.FINETUNE, passed, task=tasks["numbers"]).scores == []


def test_word_counts_join_the_texts_of_a_pair(
    run_row: RunStage, serve: RunStage, tasks: dict[str, Task]
) -> None:
    fitted = run_row(Stage.FINETUNE, {"model": "tfidf"}, task=tasks["pairs"])
    served = serve("pairs", fitted.folder / "model")
    assert fitted.score("mcc", "validation").n_examples == 8
    assert [s.metric for s in served.scores] == ["accuracy", "macro_f1", "mcc", "f1"]


@pytest.mark.parametrize("form", ["numbers", "tags"])
def test_word_counts_answer_classes_only(
    run_row: RunStage, serve: RunStage, tasks: dict[str, Task], form: str
) -> None:
    with pytest.raises(SettingsError, match="model=tfidf answers classification only"):
        run_row(Stage.FINETUNE, {"model": "tfidf"}, task=tasks[form])
    fitted = run_row(Stage.FINETUNE, {"model": "tfidf"}, task=tasks["pairs"])
    with pytest.raises(SettingsError, match="model=tfidf answers classification only"):
        serve(form, fitted.folder / "model")
