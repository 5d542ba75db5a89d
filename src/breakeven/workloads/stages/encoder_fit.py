"""Fine-tuning an encoder: a linear layer on top, everything trained (Dürlich et al. 2023, 4.1).

Or, where layers below it were taken away, what stands on top alone, fitted to what is left.
"""

from breakeven.records import PhaseName, Resource
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.encoder import Encoder
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import prepare_device, synchronizer
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.fit import Fit
from breakeven.workloads.stages.held import Held
from breakeven.workloads.stages.learner import Learner
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.opening import is_built_here, open_encoder, open_head


def finetune_encoder(context: StageContext, request: StageRequest) -> None:
    """Fit an encoder to the training split; tokenizing and validating are part of the work.

    Raises:
        SettingsError: If the model cannot be used, or the training diverged.
        ModelFolderError: If the checkpoint cannot be loaded safely.
    """
    settings = request.settings
    device = prepare_device(settings)
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        head = open_head(request, task)

        def load() -> Encoder:
            return open_encoder(request, task, head=head.auto_class, labels=head.labels)

        encoder = None if is_built_here(request) else load()
    with context.phase(PhaseName.WORK, synchronize=synchronizer(device)):
        encoder = encoder or load()
        learner, ledger = Learner.of(encoder, head, device), Ledger(context)
        if settings["trained"] == "head":
            learner = learner.only_head(ledger)
        encoded = head.encode(encoder.tokenizer, task.train, settings)
        fit = Fit(
            learner=learner,
            feed=Feed.of(encoder.tokenizer, encoded, settings),
            lesson=head.lesson(task.train, encoded, device),
            held=Held.of(learner, encoder.tokenizer, task, settings),
            settings=settings,
            ledger=ledger,
            context=context,
        )
        judgement = fit.run()
        fit.keep(encoder, Resource.N_LABELLED_EXAMPLES, len(task.train))
    fit.report(judgement)
