"""Fine-tuning an encoder: a linear layer on top, everything trained (Dürlich et al. 2023, 4.1)."""

import torch
from torch.nn import functional

from breakeven.records import PhaseName, Resource
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.encoder import AutoClass, Encoder, save_model
from breakeven.workloads.stages.classifier import Classifier
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import prepare_device, synchronizer
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.fit import Fit, Held
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.opening import is_built_here, open_encoder
from breakeven.workloads.tasks import Task


def finetune_encoder(context: StageContext, request: StageRequest) -> None:
    """Fit an encoder to the training split; tokenizing and validating are part of the work.

    Raises:
        SettingsError: If the model cannot be used, or the training diverged.
        ModelFolderError: If the checkpoint cannot be loaded safely.
    """
    device = prepare_device(request.settings)
    encoder = None
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        if not is_built_here(request):
            encoder = open_encoder(request, task, head=AutoClass.CLASSIFICATION)
    with context.phase(PhaseName.WORK, synchronize=synchronizer(device)):
        encoder = encoder or open_encoder(request, task, head=AutoClass.CLASSIFICATION)
        ledger = Ledger(context)
        fit = _plan_fit(context, request, task, encoder=encoder, device=device, ledger=ledger)
        fit.run()
        ledger.close()
        context.count(counted(Resource.N_PARAMETERS, encoder.model.num_parameters()))
        context.count(counted(Resource.N_LABELLED_EXAMPLES, len(task.train)))
        save_model(context.artifact_dir("model"), encoder)


def _plan_fit(  # noqa: PLR0913 - everything a training is made of
    context: StageContext,
    request: StageRequest,
    task: Task[int],
    *,
    encoder: Encoder,
    device: torch.device,
    ledger: Ledger,
) -> Fit:
    """Tokenize both splits and put the parts of the training together."""
    settings, train = request.settings, task.train
    labels = torch.tensor(train.labels, device=device)
    return Fit(
        classifier=Classifier.of(encoder, device),
        feed=Feed.of(encoder.tokenizer, train.texts, settings),
        loss=lambda logits, indices: functional.cross_entropy(logits, labels[list(indices)]),
        held=Held.of(encoder.tokenizer, task.validation, settings),
        settings=settings,
        ledger=ledger,
        context=context,
    )
