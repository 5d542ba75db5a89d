"""Fitting the TF-IDF + linear baseline; imports no torch."""

from breakeven.records import PhaseName, Resource, Volume
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.linear import fit_linear, save_linear
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.scoring import accuracy


def finetune_linear(context: StageContext, request: StageRequest) -> None:
    """Fit on the training split, score on the validation split if there is one, keep the model.

    No FLOPs are counted: Kaplan's rule is about transformers, and missing is not zero.
    """
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
    with context.phase(PhaseName.WORK):
        train, held = task.train, task.validation
        model = fit_linear(train.texts, train.labels, task.labels, settings=request.settings)
        predicted = model.predict(held.texts) if len(held) else None
        save_linear(context.artifact_dir("model"), model)
        context.add_output(Volume(n_examples=len(train), n_batches=1))
        context.count(counted(Resource.N_PARAMETERS, model.n_parameters))
        context.count(counted(Resource.N_LABELLED_EXAMPLES, len(train)))
    if predicted is not None:
        context.add_score(accuracy(predicted, held.labels, split="validation"))
