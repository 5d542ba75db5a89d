"""Building: a model with random weights that answers a task, for what it costs alone."""

from breakeven.records import PhaseName, Resource
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.encoder import save_model
from breakeven.workloads.stages.cost_only import mark_cost_only
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.opening import open_encoder, open_head


def build_random(context: StageContext, request: StageRequest) -> None:
    """Build what the settings say with the head of the task and keep it; it is never scored.

    Raises:
        ModelFolderError: If the configuration it is built from cannot be had.
        SettingsError: If it cannot be built.
    """
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        head = open_head(request, task)
    with context.phase(PhaseName.WORK):
        encoder = open_encoder(request, task, head=head.auto_class, labels=head.labels)
        mark_cost_only(encoder.model)
        context.count(counted(Resource.N_PARAMETERS, encoder.model.num_parameters()))
        save_model(context.artifact_dir("model"), encoder)
