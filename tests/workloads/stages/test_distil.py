from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.records import Resource, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.batches import collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.models.encoder import AutoClass, count_parameters, load_model  # noqa: E402 - the same
from breakeven.workloads.stages.general_student import (  # noqa: E402 - the same
    three_losses,
)
from breakeven.workloads.stages.masked_lm import Gaps, MaskedLM  # noqa: E402 - the same
from breakeven.workloads.stages.masking import Masked  # noqa: E402 - the same
from breakeven.workloads.stages.opening import begin_student  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]
CPU = torch.device("cpu")


def layers(model: Any) -> Any:
    return model.base_model.encoder.layer


def asked(**passed: Scalar) -> StageRequest:
    return StageRequest(stage=Stage.DISTIL, settings=resolve_stage(Stage.DISTIL, passed), task={})


def equal(first: Any, second: Any) -> bool:
    theirs = second.state_dict()
    return all(torch.equal(v, theirs[k]) for k, v in first.state_dict().items())


def n_kaplan(model: Any) -> int:
    counts = count_parameters(model)
    return counts.n_total - counts.n_embedding


@pytest.fixture
def classifier_folder(fine_tuned: FakeContext) -> Path:
    return fine_tuned.folder / "model"


@pytest.fixture
def lm_folder(pretrained: FakeContext) -> Path:
    return pretrained.folder / "model"


def test_the_task_student_begins_with_the_lower_layers(classifier_folder: Path) -> None:
    """Student layer i is teacher layer i (Dürlich et al. 2023, section 4.1)."""
    teacher = load_model(classifier_folder)
    student = begin_student(asked(n_layers=3), teacher)
    pairs = zip(layers(student.model), layers(teacher.model), strict=False)
    assert [equal(mine, theirs) for mine, theirs in pairs] == [True, True, True]
    assert len(layers(student.model)) == 3
    assert equal(student.model.classifier, teacher.model.classifier)


def test_the_general_student_begins_with_every_other_layer(lm_folder: Path) -> None:
    teacher = load_model(lm_folder, head=AutoClass.MASKED_LM)
    student = begin_student(asked(method="task-agnostic"), teacher)
    assert equal(layers(student.model)[0], layers(teacher.model)[0])
    assert equal(layers(student.model)[1], layers(teacher.model)[2])
    assert equal(student.model.cls, teacher.model.cls)


def test_a_student_takes_the_layers_that_are_listed(classifier_folder: Path) -> None:
    teacher = load_model(classifier_folder)
    student = begin_student(asked(layers="0,1,3"), teacher)
    pairs = zip(layers(student.model), (0, 1, 3), strict=True)
    assert all(equal(mine, layers(teacher.model)[i]) for mine, i in pairs)


def test_layers_a_teacher_has_not_are_refused(classifier_folder: Path) -> None:
    teacher = load_model(classifier_folder)
    with pytest.raises(SettingsError, match=r"model has 4 layers, n_layers=5 asked"):
        begin_student(asked(n_layers=5), teacher)
    with pytest.raises(SettingsError, match=r"layers='0,4' asked; choose from 0\.\.3"):
        begin_student(asked(layers="0,4"), teacher)


def test_training_the_student_leaves_the_teacher_alone(
    run_row: RunStage, classifier_folder: Path
) -> None:
    before = load_model(classifier_folder)
    run = run_row(Stage.DISTIL, {"max_length": 12, "epochs": 1}, {"teacher": classifier_folder})
    assert equal(before.model, load_model(classifier_folder).model)
    student = load_model(run.folder / "model")
    assert len(layers(student.model)) == 2  # half of four
    assert not equal(layers(student.model)[0], layers(before.model)[0])


def test_the_teachers_pass_is_counted_with_the_students_training(
    run_row: RunStage, classifier_folder: Path
) -> None:
    """One text per batch, so nothing is padded: teacher once over train at 2N, student twice
    at 6N and once over validation at 2N."""
    run = run_row(
        Stage.DISTIL,
        {"max_length": 12, "epochs": 2, "batch_size": 1, "n_layers": 1},
        {"teacher": classifier_folder},
    )
    n_teacher = n_kaplan(load_model(classifier_folder).model)
    n_student = n_kaplan(load_model(run.folder / "model").model)
    n_train = run.output.n_padded_tokens / 2
    assert run.output.n_padded_tokens == run.output.n_real_tokens
    n_validation = (run.counted(Resource.FLOPS) - (2 * n_teacher + 12 * n_student) * n_train) / (
        2 * n_student
    )
    assert 16 * 5 <= n_validation <= 16 * 12
    assert n_validation == int(n_validation)
    assert run.counted(Resource.N_UNLABELLED_EXAMPLES) == 40
    assert run.counted(Resource.N_LABELLED_EXAMPLES) == 0


@pytest.mark.parametrize("method", ["task-specific", "task-agnostic"])
def test_equal_seeds_give_equal_students_whatever_was_drawn_before(
    run_row: RunStage, classifier_folder: Path, lm_folder: Path, method: str
) -> None:
    teacher = {"task-specific": classifier_folder, "task-agnostic": lm_folder}[method]
    students = []
    for state in (1, 2):  # where a worker's generator happens to stand
        torch.manual_seed(state)
        passed = {"method": method, "max_length": 12, "epochs": 1, "batch_size": 8}
        run = run_row(Stage.DISTIL, passed, {"teacher": teacher})
        students.append((run.folder / "model" / "model.safetensors").read_bytes())
    assert students[0] == students[1]


def test_soft_targets_and_early_stopping_run(run_row: RunStage, classifier_folder: Path) -> None:
    run = run_row(
        Stage.DISTIL,
        {"max_length": 12, "epochs": 0, "max_epochs": 2, "targets": "soft"},
        {"teacher": classifier_folder},
    )
    assert run.score("stopped_epoch", "validation").value == 2


def gaps_of(*, width: int) -> Gaps:
    """Two texts of 4 and 3 tokens; the one to guess is 25."""
    texts = Encoded.one_each([[2, 20, 21, 3], [2, 30, 3]])
    batch = collate(texts, (0, 1), pad_id=0, padding="max_length", max_length=width)
    ids = torch.from_numpy(batch.input_ids)
    masked = Masked(input_ids=ids, positions=ids == 20, targets=torch.tensor([25]))
    return Gaps.of(batch, masked, CPU)


def test_padding_changes_no_loss_and_the_teacher_gets_no_gradient(lm_folder: Path) -> None:
    encoder = load_model(lm_folder, head=AutoClass.MASKED_LM)
    teacher = MaskedLM.of(encoder, CPU)
    student = MaskedLM.of(begin_student(asked(method="task-agnostic"), encoder), CPU)
    tight, wide = (
        three_losses(student, teacher, gaps_of(width=width), temperature=2.0) for width in (4, 12)
    )
    assert float(wide.detach()) == pytest.approx(float(tight.detach()), rel=1e-5)
    wide.backward()  # type: ignore[no-untyped-call]  # torch is partly typed
    assert all(weight.grad is None for weight in teacher.model.parameters())
    assert any(weight.grad is not None for weight in student.model.parameters())


def test_the_general_loss_is_the_average_of_three_by_hand(lm_folder: Path) -> None:
    """A student that is its own teacher has only the masked-LM loss left: a third of it."""
    teacher = MaskedLM.of(load_model(lm_folder, head=AutoClass.MASKED_LM), CPU)
    gaps = gaps_of(width=4)
    found = three_losses(teacher, teacher, gaps, temperature=2.0)
    alone = -float(teacher.guess(gaps).logits.log_softmax(-1)[0, 25].detach())
    assert float(found.detach()) == pytest.approx(alone / 3, rel=1e-5)


def test_a_fraction_of_an_epoch_costs_student_and_teacher(
    run_row: RunStage, lm_folder: Path
) -> None:
    """0.8 of 5 batches of 8 texts; the heads see the hidden tokens only, some of the real ones."""
    run = run_row(
        Stage.DISTIL,
        {"method": "task-agnostic", "max_length": 12, "epochs": 0.8, "batch_size": 8},
        {"teacher": lm_folder},
    )
    teacher = MaskedLM.of(load_model(lm_folder, head=AutoClass.MASKED_LM), CPU)
    student = MaskedLM.of(load_model(run.folder / "model", head=AutoClass.MASKED_LM), CPU)
    in_encoders = (6 * student.n_encoder + 2 * teacher.n_encoder) * run.output.n_padded_tokens
    in_heads = run.counted(Resource.FLOPS) - in_encoders
    n_hidden = in_heads / (6 * student.n_head + 2 * teacher.n_head)
    assert run.output.n_batches == 4
    assert n_hidden == round(n_hidden)
    assert 0 < n_hidden < run.output.n_real_tokens
    assert run.counted(Resource.N_UNLABELLED_EXAMPLES) == 32


def test_the_general_student_is_fine_tuned_like_any_checkpoint(
    run_row: RunStage, lm_folder: Path
) -> None:
    student = run_row(
        Stage.DISTIL,
        {"method": "task-agnostic", "max_length": 12, "epochs": 0.2},
        {"start": lm_folder},
    )
    run = run_row(
        Stage.FINETUNE, {"max_length": 12, "epochs": 1}, {"start": student.folder / "model"}
    )
    assert len(layers(load_model(run.folder / "model").model)) == 2


def test_a_teacher_without_masked_lm_head_is_refused(
    run_row: RunStage, classifier_folder: Path
) -> None:
    with pytest.raises(SettingsError, match="add a pretrain row that starts from it"):
        run_row(
            Stage.DISTIL,
            {"method": "task-agnostic", "max_length": 12},
            {"teacher": classifier_folder},
        )


def test_task_agnostic_distillation_cannot_stop_early(run_row: RunStage, lm_folder: Path) -> None:
    with pytest.raises(SettingsError, match="set epochs above 0"):
        run_row(Stage.DISTIL, {"method": "task-agnostic", "epochs": 0}, {"teacher": lm_folder})


def test_a_missing_teacher_is_named(run_row: RunStage) -> None:
    with pytest.raises(SettingsError, match="distil has no teacher"):
        run_row(Stage.DISTIL, {"max_length": 12})


def test_a_teacher_by_path_may_be_drawn_for_its_costs(run_row: RunStage, lm_folder: Path) -> None:
    run = run_row(
        Stage.DISTIL,
        {
            "method": "task-agnostic",
            "model": str(lm_folder),
            "weights": "random",
            "max_length": 12,
            "epochs": 0.2,
        },
    )
    assert run.scores == []


def test_a_teacher_for_other_classes_is_refused(run_row: RunStage, lm_folder: Path) -> None:
    with pytest.raises(SettingsError, match="the model answers LABEL_0, LABEL_1, the task files"):
        run_row(Stage.DISTIL, {"model": str(lm_folder), "max_length": 12})


def test_a_student_deeper_than_its_teacher_is_refused(
    run_row: RunStage, classifier_folder: Path
) -> None:
    with pytest.raises(SettingsError, match=r"model has 4 layers, n_layers=9 asked; choose 1\.\.4"):
        run_row(Stage.DISTIL, {"max_length": 12, "n_layers": 9}, {"teacher": classifier_folder})
