"""Opening: a stage's task and the encoder it starts from."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from breakeven.errors import SettingsError
from breakeven.records.protocols import StageRequest
from breakeven.workloads.heads import Head, head_for
from breakeven.workloads.heads.language import NO_IMITATION, LanguageModelling
from breakeven.workloads.models.encoder import (
    AutoClass,
    Encoder,
    load_encoder,
    load_model,
)
from breakeven.workloads.models.folder import is_config_file
from breakeven.workloads.models.layers import choose_layers, n_layers_of, take_layers
from breakeven.workloads.stages.cost_only import mark_cost_only
from breakeven.workloads.stages.reading import reads_forward
from breakeven.workloads.tasks import Task
from breakeven.workloads.tasks.form import Form


def is_built_here(request: StageRequest) -> bool:
    """Whether the model is made from nothing, so that making it belongs to the work."""
    model = str(request.settings["model"])
    return model == "random" or is_config_file(model)


def open_head(request: StageRequest, task: Task[Any]) -> Head[Any, Any]:
    """Return the head that answers the task; of a language model, as the model reads.

    Raises:
        SettingsError: If no head is known for the form, or it cannot be learned in this way.
        ModelFolderError: If the model's configuration cannot be read.
    """
    if task.form not in (Form.LANGUAGE_MODELLING, Form.GENERATION):
        return head_for(task)
    if request.settings.get("method") == "task-specific":
        raise SettingsError(NO_IMITATION)
    head = LanguageModelling(is_causal=reads_forward(request))
    if task.form is Form.GENERATION and not head.is_causal:
        raise SettingsError(
            "form: generation needs a model that reads from left to right, such as GPT-2, and this "
            "one reads both ways; choose a decoder"
        )
    return head


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


def begin_student(request: StageRequest, teacher: Encoder) -> Encoder:
    """Copy embeddings, head and some layers of the teacher.

    Args:
        request: Its settings `n_layers` (0 for half the teacher's) and `layers`.
        teacher: Stays as it is.

    Raises:
        SettingsError: If the teacher has fewer layers, or not those that are listed.
    """
    settings, n_layers = request.settings, n_layers_of(teacher.model)
    n_kept = int(settings["n_layers"]) or max(1, n_layers // 2)
    layers = choose_layers(n_layers, n_kept, str(settings["layers"]))
    return replace(teacher, model=take_layers(teacher.model, layers))


def unlabelled_texts(task: Task[Any]) -> Sequence[str]:
    """Texts to learn from without labels: the task's corpus, else its training texts."""
    texts = task.corpus or task.train.texts
    return [text for text in texts if text.strip()]
