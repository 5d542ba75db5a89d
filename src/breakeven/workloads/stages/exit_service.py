"""Serving an encoder with exits: each example goes as far up as it needs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from breakeven.errors import ModelFolderError, SettingsError
from breakeven.formulas.flops import inference_flops
from breakeven.records import Cost, PhaseName, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive import ReadTask, read_manifest
from breakeven.workloads.models.exits import ExitingEncoder, Passed
from breakeven.workloads.models.layers import layers_of
from breakeven.workloads.stages.encoder_row import EncoderRow
from breakeven.workloads.stages.encoder_service import EncoderServer
from breakeven.workloads.stages.infer import open_server
from breakeven.workloads.stages.serving import LEFT_OUT, Answering, Answers, Server
from breakeven.workloads.tasks import Split, Task

ENCODER, EXITS_FILE = "encoder", "exits.safetensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRow:
    """A row of an encoder that is stopped early; implements `serving.Row`.

    Tokens are those that enter; FLOPs are those of the layers each of them was computed on.

    Attributes:
        row: Whose model is the encoder with its exits.
        exiting: The same model.
        n_kaplan: No one number of parameters passes every token.
    """

    row: EncoderRow
    exiting: ExitingEncoder
    n_kaplan: None = None

    @property
    def synchronize(self) -> Callable[[], None]:
        """Waits for the device."""
        return self.row.synchronize

    @property
    def prepares_shapes(self) -> bool:
        """As the encoder's row."""
        return self.row.prepares_shapes

    @property
    def parts(self) -> Mapping[PhaseName, Answering]:
        """Those of the encoder's row."""
        return self.row.parts

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the examples at `indices`, each at the first exit that is sure."""
        self.exiting.passed = Passed()
        answers = self.row.answer(indices)
        passed = self.exiting.passed
        return replace(
            answers,
            flops=self._flops(passed),
            tally={left_after(layer): passed.left_after[layer] for layer in self.exiting.layers},
        )

    def over(self, split: Split[Any]) -> "ExitRow":
        """The same setup for other examples."""
        return replace(self, row=self.row.over(split))

    def costs(self) -> Sequence[Cost]:
        """Parameters, exits included, and a device's memory."""
        return self.row.costs()

    def _flops(self, passed: Passed) -> float:
        n_above = self.row.n_kaplan
        flops = 0.0
        for index, layer in enumerate(layers_of(self.exiting.model)):
            n_here = sum(parameter.numel() for parameter in layer.parameters())
            n_above -= n_here
            flops += inference_flops(n_here, passed.tokens_at[index]).flops
        return flops + inference_flops(n_above, passed.tokens_above).flops


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitServer:
    """An encoder and its exits, loaded once; implements `serving.Server`."""

    encoder: EncoderServer
    exits: Mapping[int, nn.Linear]
    threshold: float

    @property
    def task(self) -> Task[Any]:
        """What it answers."""
        return self.encoder.task

    @property
    def is_scored(self) -> bool:
        """Whether the encoder's answers mean anything."""
        return self.encoder.is_scored

    @contextmanager
    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar], *, split: Split[Any]
    ) -> Iterator[ExitRow]:
        """Set up the encoder as any other, then its exits.

        Raises:
            SettingsError: If layers are to be cut, which the exits do by themselves.
            PrecisionRefusedError: If the precision was measured not to pay here.
        """
        if settings["n_layers"]:
            raise SettingsError(
                f"n_layers={settings['n_layers']} cuts an encoder with exits, which stops by "
                f"itself; {LEFT_OUT}"
            )
        with self.encoder.configured(context, settings, split=split) as row:
            assert isinstance(row, EncoderRow)
            exiting = ExitingEncoder(row.model, self.exits, threshold=self.threshold).eval()
            yield ExitRow(row=replace(row, model=exiting), exiting=exiting)

    def close(self) -> None:
        """Close the encoder."""
        self.encoder.close()


def open_exits(context: StageContext, request: StageRequest, *, read_task: ReadTask) -> ExitServer:
    """Load a folder that `exit_fit.adapt_exits` kept.

    Raises:
        SettingsError: If it does not fit the task.
        ModelFolderError: If the folder is damaged.
    """
    folder = request.parents["start"]
    found = read_manifest(folder)
    inner = replace(request, parents={"start": folder / ENCODER})
    encoder = require_encoder(open_server(context, inner, read_task=read_task))
    try:
        kept = load_file(folder / EXITS_FILE)
        exits = {
            k: linear(kept[f"exit.{k}.weight"], kept[f"exit.{k}.bias"]).to(encoder.device)
            for k in found.exits
        }
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise ModelFolderError(
            f"{folder / EXITS_FILE} holds not the exits that adapt.json names ({error}); make the "
            "model again with a row of stage adapt"
        ) from error
    return ExitServer(encoder=encoder, exits=exits, threshold=found.threshold)


def require_encoder(server: Server) -> EncoderServer:
    """Refuse what has no layers to stop between.

    Raises:
        SettingsError: If it is a graph, a linear model, or adaptive already.
    """
    if type(server) is EncoderServer:
        return server
    raise SettingsError(
        "method='early-exit' stops between the layers of an encoder in torch, and the row it "
        "begins from made something else; name a row of stage finetune or distil in `from`"
    )


def linear(weight: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
    """A linear layer with these weights."""
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.load_state_dict({"weight": weight, "bias": bias})
    return made.requires_grad_(requires_grad=False)


def left_after(layer: int) -> str:
    """Score of a row: the share of its examples that left after a layer.

    >>> left_after(2)
    'left_after_2'
    """
    return f"left_after_{layer}"
