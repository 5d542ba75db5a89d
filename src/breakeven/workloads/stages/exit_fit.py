"""Fitting exits: a logistic regression on each layer's features, the encoder frozen."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import nn

from breakeven.formulas.flops import inference_flops
from breakeven.records import PhaseName, Resource, Scalar, Volume
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive.confidence import softmax_maximum
from breakeven.workloads.adaptive.early_exit import exit_layers
from breakeven.workloads.adaptive.manifest import Manifest, take_member
from breakeven.workloads.adaptive.thresholds import NEVER, Answered, Choice, choose_threshold
from breakeven.workloads.models.batches import Batch, collate
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.models.exits import (
    ExitingEncoder,
    check_exits,
    check_leaving,
    layer_features,
)
from breakeven.workloads.models.layers import layers_of
from breakeven.workloads.models.linear import fit_rows
from breakeven.workloads.stages.calibrating import (
    check_task,
    member_request,
    report_choice,
    row_settings,
    validation_facts,
)
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import model_costs
from breakeven.workloads.stages.encoder_row import EncoderRow
from breakeven.workloads.stages.exit_service import ENCODER, EXITS_FILE, linear, require_encoder
from breakeven.workloads.stages.imports import import_linear
from breakeven.workloads.stages.infer import open_server
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.passes import plan_pass
from breakeven.workloads.tasks import Split

_FIT: Mapping[str, Scalar] = {"estimator": "logistic", "c": 1.0}
"""Features are of the size that layer normalization gives them, so one strength fits all."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """What the encoder did while its exits were made."""

    row: EncoderRow
    settings: Mapping[str, Scalar]
    volume: Volume = field(default_factory=Volume)
    flops: float = 0.0

    def batches(
        self, split: Split[Any]
    ) -> Iterator[tuple[Batch, dict[str, torch.Tensor], list[int]]]:
        """Every example of a split once, with the tensors of its batch and its places."""
        row = self.row
        for places in plan_pass(split, self.settings).batches:
            encoded = row.head.encode(row.tokenizer, split.take(places), self.settings)
            batch = collate(encoded, range(len(encoded)), pad_id=row.tokenizer.pad_token_id)
            self.volume += batch.volume
            yield batch, to_tensors(batch, row.device), list(places)

    def passed(self, batch: Batch, *, n_layers: int | None = None) -> None:
        """Add a pass over so many layers from below; None is all, and what stands above."""
        n_parameters = self.row.n_kaplan
        if n_layers is not None:
            below = layers_of(self.row.model)[:n_layers]
            n_parameters = sum(p.numel() for layer in below for p in layer.parameters())
        self.flops += inference_flops(n_parameters, batch.n_padded_tokens).flops


def adapt_exits(context: StageContext, request: StageRequest) -> None:
    """Fit the exits of the parent "start", choose their threshold, and keep both.

    Raises:
        SettingsError: If the parent cannot be stopped after these layers, or the task is no
            classification or has no validation examples.
        ModelFolderError: If the parent cannot be loaded safely.
    """
    settings, max_drop = row_settings(request), float(request.settings["max_drop"])
    layers = exit_layers(str(request.settings["exits"]))
    import_linear(context)
    server = require_encoder(
        open_server(
            context,
            member_request(request, "start"),
            read_task=lambda own, _: open_task(own, request),
        )
    )
    task = server.task
    check_task(task)
    check_exits(server.encoder.model, layers)
    with server.configured(context, settings, split=task.validation) as row:
        assert isinstance(row, EncoderRow)
        work = _Work(row=row, settings=settings)
        with (
            context.phase(PhaseName.WORK, synchronize=server.synchronize),
            torch.inference_mode(),
        ):
            exits = _fit_exits(work, task.train, layers, n_labels=len(task.labels))
            exiting = ExitingEncoder(row.model, exits, threshold=NEVER)
            choice, answers = _calibrate(work, exiting, task.validation, max_drop=max_drop)
            folder = context.artifact_dir("model")
            take_member(request.parents["start"], folder / ENCODER)
            Manifest(
                method="early-exit",
                threshold=choice.threshold,
                validation=validation_facts(choice),
                exits=layers,
            ).write(folder)
            save_file(_tensors(exits), folder / EXITS_FILE)
        context.add_output(work.volume)
        context.count(counted(Resource.N_LABELLED_EXAMPLES, len(task.train)))
        for cost in model_costs(exiting, server.device):
            context.count(cost)
    ledger = Ledger(context)
    ledger.spent(work.flops)
    ledger.close()
    report_choice(context, task, choice, answers=answers, max_drop=max_drop)


def _fit_exits(
    work: _Work, split: Split[Any], layers: tuple[int, ...], *, n_labels: int
) -> dict[int, nn.Linear]:
    """Compute the features of all layers in one pass, then fit one classifier after the other."""
    rows: dict[int, list[NDArray[np.float32]]] = defaultdict(list)
    targets: list[int] = []
    is_tried = False
    for batch, inputs, places in work.batches(split):
        if not is_tried and len(places) > 1:
            check_leaving(work.row.model, inputs, layers[0])
            is_tried = True
        found, _ = layer_features(work.row.model, inputs, layers)
        for layer, features in found.items():
            rows[layer].append(features.float().cpu().numpy())
        targets += [split.labels[i] for i in places]
        work.passed(batch, n_layers=layers[-1])
    settings = {**_FIT, "seed": work.settings["seed"]}
    exits = {}
    for layer in layers:
        weight, bias = fit_rows(np.concatenate(rows[layer]), targets, n_labels, settings=settings)
        made = linear(torch.from_numpy(weight).float(), torch.from_numpy(bias).float())
        exits[layer] = made.to(work.row.device)
    return exits


def _calibrate(
    work: _Work, exiting: ExitingEncoder, split: Split[Any], *, max_drop: float
) -> tuple[Choice, list[int]]:
    """Let every exit and the top answer every example, and choose the threshold."""
    n, n_exits = len(split), len(exiting.layers)
    confidences, predicted = np.zeros((n, n_exits)), np.zeros((n, n_exits + 1), dtype=np.int64)
    for batch, inputs, places in work.batches(split):
        by_exit, top = exiting.everything(**inputs)
        for column, logits in enumerate((*by_exit, top)):
            scores = logits.float().cpu().numpy()
            predicted[places, column] = scores.argmax(axis=1)
            if column < n_exits:
                confidences[places, column] = softmax_maximum(scores)
        work.passed(batch)
    is_right = predicted == np.asarray(split.labels)[:, None]
    choice = choose_threshold(
        Answered(confidences=confidences, is_right=is_right[:, :-1], is_right_last=is_right[:, -1]),
        max_drop=max_drop,
    )
    is_sure = np.column_stack([confidences >= choice.threshold, np.ones(n, dtype=bool)])
    return choice, predicted[np.arange(n), is_sure.argmax(axis=1)].tolist()


def _tensors(exits: Mapping[int, nn.Linear]) -> dict[str, torch.Tensor]:
    return {
        f"exit.{layer}.{name}": tensor.cpu().contiguous()
        for layer, own in exits.items()
        for name, tensor in own.state_dict().items()
    }
