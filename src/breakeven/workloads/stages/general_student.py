"""Task-agnostic distillation (Dürlich et al. 2023, section 4.1, after Sanh et al. 2020, section 3).

The student begins with every other layer of a teacher that was never fine-tuned, and learns from
unlabelled text: guessing hidden tokens, the teacher's guesses, and the teacher's hidden states. A
model that reads from left to right guesses each next token instead, as DistilGPT-2 did.
"""

import torch
from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import PhaseName
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.heads.losses import (
    average_of_three,
    cosine_distance,
    masked_lm_loss,
    soft_target_loss,
)
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import prepare_device, synchronizer
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.masked_lm import Gaps, MaskedLM
from breakeven.workloads.stages.masked_training import MaskedTraining
from breakeven.workloads.stages.opening import begin_student, open_teacher, unlabelled_texts
from breakeven.workloads.stages.pretraining import lacks_head
from breakeven.workloads.stages.reading import objective_of


def distil_on_corpus(context: StageContext, request: StageRequest) -> None:
    """Train a student on unlabelled text; the teacher's passes are inside the work.

    Raises:
        SettingsError: If the teacher has no language model's head, or `epochs` is 0.
        ModelFolderError: If the teacher cannot be loaded safely.
    """
    device = prepare_device(request.settings)
    if not float(request.settings["epochs"]) > 0:
        raise SettingsError(
            "task-agnostic distillation cannot stop early, as nothing is validated; set epochs "
            "above 0, a fraction such as 0.75 is fine"
        )
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        objective = objective_of(request)
        teacher = open_teacher(request, head=objective.auto_class)
    if lacks_head(teacher):
        raise SettingsError(
            "the teacher has no language model's head, so it cannot teach on plain text; add a "
            "pretrain row that starts from it, which fits one, and name that row as `teacher`"
        )
    with context.phase(PhaseName.WORK, synchronize=synchronizer(device)):
        encoder = begin_student(request, teacher)
        student, master = MaskedLM.of(encoder, device), MaskedLM.of(teacher, device)
        ledger = Ledger(context)

        def book(batch: Batch, gaps: Gaps) -> None:
            ledger.trained(batch, n_parameters=student.n_encoder)
            ledger.learned(student.n_head_tokens(gaps), n_parameters=student.n_head)
            ledger.passed(batch.n_padded_tokens, n_parameters=master.n_encoder)
            ledger.passed(master.n_head_tokens(gaps), n_parameters=master.n_head)

        temperature = float(request.settings["temperature"])
        MaskedTraining(
            context=context,
            request=request,
            encoder=encoder,
            texts=unlabelled_texts(task),
            objective=objective,
            device=device,
            ledger=ledger,
        ).run(lambda gaps: three_losses(student, master, gaps, temperature=temperature), book)


def three_losses(student: MaskedLM, teacher: MaskedLM, gaps: Gaps, *, temperature: float) -> Tensor:
    """Average of language-model, distillation and cosine loss of one batch."""
    guess = student.guess(gaps)
    with torch.no_grad():
        wanted = teacher.guess(gaps)
    return average_of_three(
        masked_lm_loss(guess.logits, gaps.targets),
        soft_target_loss(guess.logits, wanted.logits, temperature=temperature),
        cosine_distance(guess.hidden[gaps.is_real], wanted.hidden[gaps.is_real]),
    )
