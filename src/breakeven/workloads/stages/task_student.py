"""Task-specific distillation (Dürlich et al. 2023, section 4.1).

The student begins with the lower layers of a fine-tuned teacher and learns, on the training set,
what the teacher answers there instead of the true labels.
"""

from dataclasses import replace

from torch import Tensor
from torch.nn import functional

from breakeven.records import PhaseName, Resource
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.encoder import AutoClass, Encoder, save_model
from breakeven.workloads.models.layers import keep_first_layers
from breakeven.workloads.stages.classifier import Classifier
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import prepare_device, synchronizer
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.fit import Fit, Held, Loss
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.losses import soft_target_loss
from breakeven.workloads.stages.opening import check_labels, n_student_layers, open_teacher


def distil_on_task(context: StageContext, request: StageRequest) -> None:
    """Train a student on the teacher's answers; the teacher's pass is inside the work.

    The teacher answers each training example once, as its answers do not change.

    Raises:
        SettingsError: If teacher and task do not fit, or the training diverged.
        ModelFolderError: If the teacher cannot be loaded safely.
    """
    settings = request.settings
    device = prepare_device(settings)
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        teacher = open_teacher(request, head=AutoClass.CLASSIFICATION)
        check_labels(teacher, task)
    with context.phase(PhaseName.WORK, synchronize=synchronizer(device)):
        encoder = begin_task_student(teacher, n_student_layers(request, teacher))
        ledger = Ledger(context)
        feed = Feed.of(teacher.tokenizer, task.train.texts, settings)
        held = Held.of(teacher.tokenizer, task.validation, settings)
        answers = Classifier.of(teacher, device).all_logits(feed, ledger).to(device)
        Fit(
            classifier=Classifier.of(encoder, device),
            feed=feed,
            loss=imitation_loss(
                answers,
                is_soft=settings["targets"] == "soft",
                temperature=float(settings["temperature"]),
            ),
            held=held,
            settings=settings,
            ledger=ledger,
            context=context,
        ).run()
        ledger.close()
        context.count(counted(Resource.N_PARAMETERS, encoder.model.num_parameters()))
        context.count(counted(Resource.N_UNLABELLED_EXAMPLES, len(task.train)))
        save_model(context.artifact_dir("model"), encoder)


def begin_task_student(teacher: Encoder, n_layers: int) -> Encoder:
    """Copy embeddings, head and the lower layers of the teacher."""
    return replace(teacher, model=keep_first_layers(teacher.model, n_layers))


def imitation_loss(answers: Tensor, *, is_soft: bool, temperature: float) -> Loss:
    """Loss against what the teacher answered.

    Args:
        answers: The teacher's logits, shape (n_examples, n_labels), in the order of the split.
        is_soft: Whether to learn the teacher's whole distribution, softened by `temperature`,
            instead of its answer taken as ground truth.
        temperature: Above 0; for soft targets only.
    """
    answers = answers.clone()  # made under inference mode, which no gradient may pass
    if is_soft:
        return lambda logits, indices: soft_target_loss(
            logits, answers[list(indices)], temperature=temperature
        )
    chosen = answers.argmax(-1)
    return lambda logits, indices: functional.cross_entropy(logits, chosen[list(indices)])
