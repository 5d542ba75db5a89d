"""Opening: a stage's task and the encoder it starts from."""

from collections.abc import Sequence

from breakeven.records.protocols import StageRequest
from breakeven.workloads.models.encoder import Encoder, Head, load_encoder
from breakeven.workloads.stages.cost_only import mark_cost_only
from breakeven.workloads.tasks import ClassificationTask


def is_built_here(request: StageRequest) -> bool:
    """Whether the model is made from nothing, so that making it belongs to the work."""
    return request.settings["model"] == "random"


def open_encoder(request: StageRequest, task: ClassificationTask, *, head: Head) -> Encoder:
    """Load the checkpoint the settings name, or train a tokenizer and draw random weights.

    Raises:
        ModelFolderError: If the checkpoint cannot be loaded safely.
        SettingsError: If the settings ask for more layers or positions than there are.
    """
    encoder = load_encoder(
        request.settings,
        head=head,
        labels=task.labels if head is Head.CLASSIFICATION else (),
        corpus=unlabelled_texts(task),
        parent=request.parents.get("start"),
    )
    if request.settings["weights"] == "random":
        mark_cost_only(encoder.model)
    return encoder


def unlabelled_texts(task: ClassificationTask) -> Sequence[str]:
    """Texts to learn from without labels: the task's corpus, else its training texts."""
    texts = task.corpus or task.train.texts
    return [text for text in texts if text.strip()]
