"""Opening: a stage's task and the encoder it starts from."""

from collections.abc import Sequence
from typing import Any

import torch

from breakeven.errors import SettingsError
from breakeven.records.protocols import StageRequest
from breakeven.workloads.heads import Head
from breakeven.workloads.models.encoder import AutoClass, Encoder, load_encoder, load_model
from breakeven.workloads.models.layers import n_layers_of
from breakeven.workloads.stages.cost_only import mark_cost_only
from breakeven.workloads.tasks import Task


def is_built_here(request: StageRequest) -> bool:
    """Whether the model is made from nothing, so that making it belongs to the work."""
    return request.settings["model"] == "random"


def open_encoder(
    request: StageRequest, task: Task[Any], *, head: AutoClass, labels: Sequence[str] = ()
) -> Encoder:
    """Load the checkpoint the settings name, or train a tokenizer and draw random weights.

    Args:
        request: Its settings and parents.
        task: Whose texts a new tokenizer is trained on.
        head: What to put on top.
        labels: Names of its outputs; empty keeps those of the checkpoint.

    Raises:
        ModelFolderError: If the checkpoint cannot be loaded safely.
        SettingsError: If the settings ask for more layers or positions than there are.
    """
    encoder = load_encoder(
        request.settings,
        head=head,
        labels=labels,
        corpus=unlabelled_texts(task),
        parent=request.parents.get("start"),
    )
    if request.settings["weights"] == "random":
        mark_cost_only(encoder.model)
    return encoder


def open_teacher(request: StageRequest, *, head: AutoClass) -> Encoder:
    """Load the teacher: the parent "teacher", else "start", else the model the settings name.

    Torch is seeded on the way, as `load_encoder` does: a checkpoint is loaded without a draw, but
    the student's dropout draws, and a new process begins with a seed of its own.

    Raises:
        SettingsError: If none of them is given.
        ModelFolderError: If it cannot be loaded safely.
    """
    torch.manual_seed(int(request.settings["seed"]))
    parents = request.parents
    if folder := parents.get("teacher") or parents.get("start"):
        return load_model(folder, head=head)
    if request.settings["model"] in ("parent", "random"):
        raise SettingsError(
            f"distil has no teacher (model={request.settings['model']}); set `teacher` to the row "
            "that makes it, or `model` to a folder or hub id"
        )
    encoder = load_encoder({**request.settings, "n_layers": 0}, head=head)
    if request.settings["weights"] == "random":
        mark_cost_only(encoder.model)
    return encoder


def n_student_layers(request: StageRequest, teacher: Encoder) -> int:
    """Depth of the student: `n_layers`, or half the teacher's where that is 0."""
    return int(request.settings["n_layers"]) or max(1, n_layers_of(teacher.model) // 2)


def check_labels(encoder: Encoder, head: Head[Any, Any], task: Task[Any]) -> None:
    """Refuse a model whose head was made for other answers.

    Raises:
        SettingsError: If its outputs are not the head's, in the same order.
    """
    if encoder.labels != head.labels:
        raise SettingsError(
            f"the model answers {', '.join(encoder.labels)}, the task {task.name} asks for "
            f"{', '.join(head.labels)}; use a model fine-tuned on this task"
        )


def unlabelled_texts(task: Task[Any]) -> Sequence[str]:
    """Texts to learn from without labels: the task's corpus, else its training texts."""
    texts = task.corpus or task.train.texts
    return [text for text in texts if text.strip()]
