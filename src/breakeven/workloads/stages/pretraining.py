"""Pre-training a language model, or fitting the head a checkpoint lacks."""

from breakeven.records import PhaseName
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.heads.losses import masked_lm_loss
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import prepare_device, synchronizer
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.masked_lm import Gaps, MaskedLM
from breakeven.workloads.stages.masked_training import MaskedTraining
from breakeven.workloads.stages.opening import is_built_here, open_encoder, unlabelled_texts
from breakeven.workloads.stages.reading import objective_of


def pretrain_encoder(context: StageContext, request: StageRequest) -> None:
    """Train on the task's unlabelled texts; a random model's tokenizer is trained in the work.

    Raises:
        SettingsError: If the settings cannot be run.
        ModelFolderError: If the checkpoint cannot be loaded safely.
    """
    device = prepare_device(request.settings)
    encoder = None
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        objective = objective_of(request)
        if not is_built_here(request):
            encoder = open_encoder(request, task, head=objective.auto_class)
    with context.phase(PhaseName.WORK, synchronize=synchronizer(device)):
        encoder = encoder or open_encoder(request, task, head=objective.auto_class)
        fits_head_only = lacks_head(encoder)
        encoder.model.base_model.requires_grad_(not fits_head_only)
        pupil = MaskedLM.of(encoder, device)
        ledger = Ledger(context)

        def book(batch: Batch, gaps: Gaps) -> None:
            if fits_head_only:
                ledger.passed(batch.n_padded_tokens, n_parameters=pupil.n_encoder)
            ledger.trained(batch, n_parameters=0 if fits_head_only else pupil.n_encoder)
            ledger.learned(pupil.n_head_tokens(gaps), n_parameters=pupil.n_head)

        MaskedTraining(
            context=context,
            request=request,
            encoder=encoder,
            texts=unlabelled_texts(task),
            objective=objective,
            device=device,
            ledger=ledger,
        ).run(lambda gaps: masked_lm_loss(pupil.guess(gaps).logits, gaps.targets), book)


def lacks_head(encoder: Encoder) -> bool:
    """Whether a trained model came without a language model's head.

    Only the head is then fitted, so that the encoder stays the checkpoint it is called.
    """
    return encoder.has_new_head and not encoder.is_random
