"""Early exit: one encoder, which stops at the first layer that is sure."""

from collections.abc import Mapping, Sequence

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive.adaptive import ReadTask
from breakeven.workloads.reductions.reduction import Card
from breakeven.workloads.stages.serving import Server


class EarlyExit:
    """A classifier on each of some layers of a fine-tuned encoder; implements `Adaptive`."""

    card = Card(
        name="early-exit",
        setting="exits",
        what="Puts a classifier on lower layers, so that examples they are sure of go no further.",
        acts_on="the layers above an exit; embeddings and the layers below are paid by all",
        suggested=("2,4", "3", "4"),
        cost="one pass over the training examples and a logistic regression for each exit, the "
        "encoder frozen; batches shrink on the way, so large ones keep more of the saving",
        source="Xin et al. 2020, DeeBERT; Schwartz et al. 2020, The Right Tool for the Job",
        stage=Stage.ADAPT,
        is_adaptive=True,
    )
    roles = ("start",)

    def check(self, settings: Mapping[str, Scalar]) -> None:
        """Refuse exits that are no layers.

        Raises:
            SettingsError: If they are not numbers from 1 that ascend.
        """
        exit_layers(str(settings["exits"]))

    def adapt(self, context: StageContext, request: StageRequest) -> None:
        """Fit the exits on the training split and choose the threshold on the validation split."""
        from breakeven.workloads.stages.exit_fit import adapt_exits  # noqa: PLC0415 - torch

        adapt_exits(context, request)

    def open(self, context: StageContext, request: StageRequest, *, read_task: ReadTask) -> Server:
        """Load the encoder and its exits."""
        from breakeven.workloads.stages.exit_service import open_exits  # noqa: PLC0415 - torch

        return open_exits(context, request, read_task=read_task)


def exit_layers(text: str) -> tuple[int, ...]:
    """Layers after which an encoder may stop, counted from 1.

    Raises:
        SettingsError: If they are not numbers from 1 that ascend.

    Examples:
        >>> exit_layers("2, 4")
        (2, 4)
    """
    parts = [part.strip() for part in text.split(",")]
    found = tuple(int(part) for part in parts if part.isdecimal())
    if len(found) < len(parts) or list(found) != sorted(set(found)) or found[0] < 1:
        raise SettingsError(
            f"exits={text!r} names no layers to stop after; write numbers from 1 that ascend, "
            "such as 2,4"
        )
    return found


def refuse_exits(layers: Sequence[int], n_layers: int) -> None:
    """Refuse exits that an encoder of `n_layers` has no layer below the top for.

    Args:
        layers: Counted from 1.
        n_layers: Of the encoder.

    Raises:
        SettingsError: If there is one.
    """
    if not layers or not 1 <= min(layers) <= max(layers) < n_layers:
        raise SettingsError(
            f"model has {n_layers} layers, exits={','.join(map(str, layers))!r} asked; choose from "
            f"1..{n_layers - 1}"
        )


EARLY_EXIT = EarlyExit()
