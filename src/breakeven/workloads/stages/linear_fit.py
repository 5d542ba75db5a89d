"""Fitting the TF-IDF + linear baseline; imports no torch."""

from collections.abc import Sequence
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import PhaseName, Resource, Volume
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.models.linear import fit_linear, save_linear
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.scoring import judge
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.form import Form


def finetune_linear(context: StageContext, request: StageRequest) -> None:
    """Fit on the training split, score on the validation split if there is one, keep the model.

    No FLOPs are counted: Kaplan's rule is about transformers, and missing is not zero. Of two
    texts one is made, a line break between them: which words stood in which is not seen.

    Raises:
        SettingsError: If the task is no classification.
    """
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        check_form(task)
    with context.phase(PhaseName.WORK):
        train, held = task.train, task.validation
        model = fit_linear(joined(train), train.labels, task.labels, settings=request.settings)
        predicted = model.predict(joined(held)).tolist() if len(held) else None
        save_linear(context.artifact_dir("model"), model)
        context.add_output(Volume(n_examples=len(train), n_batches=1))
        context.count(counted(Resource.N_PARAMETERS, model.n_parameters))
        context.count(counted(Resource.N_LABELLED_EXAMPLES, len(train)))
    if predicted is not None:
        verdict = judge(task, predicted, held.labels, split="validation")
        for score in verdict.scores:
            context.add_score(score)


def joined(split: Split[Any]) -> Sequence[str]:
    """One text for each example, a line break between the two of a pair."""
    if not split.pairs:
        return split.texts
    return [f"{text}\n{pair}" for text, pair in zip(split.texts, split.pairs, strict=True)]


def check_form(task: Task[Any]) -> None:
    """Refuse what TF-IDF and a linear classifier cannot answer.

    Raises:
        SettingsError: If the task is no classification.
    """
    if task.form is not Form.CLASSIFICATION:
        raise SettingsError(
            f"model=tfidf answers {Form.CLASSIFICATION} only, and the task {task.name} is "
            f"{task.form}; choose an encoder for it"
        )
