"""Exits: an encoder that examples leave after the first layer that is sure of them.

Layers are watched from outside, see `leaving`, so that any architecture with one list of layers can
do it: who is sure leaves the batch after that layer, and the rest goes on in a smaller one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from breakeven.errors import SettingsError
from breakeven.workloads.adaptive.early_exit import refuse_exits
from breakeven.workloads.models.architecture import is_decoder
from breakeven.workloads.models.layers import layers_of, n_layers_of
from breakeven.workloads.models.leaving import Walk, walk_through

_ROUNDING = 1e-3
"""Largest difference of logits, as a share of the largest, by which a batch that others have left
may be told from one they have not."""


class ExitingEncoder(nn.Module):
    """A model with classifiers on some of its layers; called as the model itself would be.

    Attributes:
        model: Of transformers, for classification; never changed.
        exits: A linear layer for each exit, by its layer as text, in ascending order.
        threshold: Confidence from which an exit's answer stands.
        passed: What forward passes did since it was last replaced.
    """

    def __init__(
        self, model: nn.Module, exits: Mapping[int, nn.Linear], *, threshold: float
    ) -> None:
        """Put exits on a model.

        Raises:
            SettingsError: If the model cannot be stopped after these layers.
        """
        super().__init__()
        check_exits(model, tuple(exits))
        self.model = model
        self.exits = nn.ModuleDict({str(k): exits[k] for k in sorted(exits)})
        self.threshold = threshold
        self.passed = Passed()

    @property
    def config(self) -> Any:  # noqa: ANN401 - transformers is untyped
        """Configuration of the model."""
        return self.model.config

    @property
    def layers(self) -> tuple[int, ...]:
        """Layers with an exit, counted from 1."""
        return tuple(int(name) for name in self.exits)

    def forward(self, **inputs: Tensor) -> SimpleNamespace:
        """Compute the logits of each example, from the exit it took or from the top.

        Args:
            inputs: As the model takes them, padded on the right.
        """
        found: list[tuple[Tensor, Tensor]] = []

        def leave(layer: int, features: Tensor, kept: Tensor) -> Tensor:
            logits = self._logits(layer, features)
            is_sure = logits.softmax(dim=-1).amax(dim=-1) >= self.threshold
            self.passed.left_after[layer] += int(is_sure.sum())
            found.append((kept[is_sure], logits[is_sure]))
            return is_sure

        walk = walk_through(self.model, inputs, self.layers, leave)
        self.passed.add(walk)
        if walk.top is not None:
            found.append((walk.kept, walk.top.float()))
        logits = torch.empty(
            len(inputs["input_ids"]), found[0][1].shape[1], device=walk.kept.device
        )
        for places, own in found:
            logits[places] = own
        return SimpleNamespace(logits=logits)

    def everything(self, **inputs: Tensor) -> tuple[list[Tensor], Tensor]:
        """Compute the logits of every exit, in their order, and of the top, for every example."""
        features, top = layer_features(self.model, inputs, self.layers, goes_on=True)
        assert top is not None
        return [self._logits(k, features[k]) for k in self.layers], top

    def _logits(self, layer: int, features: Tensor) -> Tensor:
        found: Tensor = self.exits[str(layer)](features.float())
        return found


@dataclass(slots=True, kw_only=True)
class Passed:
    """What forward passes did.

    Attributes:
        left_after: How many examples left after each layer, counted from 1.
        tokens_at: How many tokens each layer computed on, padding included, counted from 0.
        tokens_above: The same of what stands above the last layer.
    """

    left_after: Counter[int] = field(default_factory=Counter)
    tokens_at: Counter[int] = field(default_factory=Counter)
    tokens_above: int = 0

    def add(self, walk: Walk) -> None:
        """Add one pass."""
        self.tokens_at.update(walk.tokens_at)
        if walk.top is not None:
            self.tokens_above += len(walk.kept) * walk.width


def check_exits(model: Any, layers: Sequence[int]) -> None:  # noqa: ANN401 - transformers is untyped
    """Refuse a model that cannot be stopped after these layers, as far as its shape tells.

    Raises:
        SettingsError: If it reads from left to right, keeps no list of layers, or has fewer.
    """
    if is_decoder(model.config):
        raise SettingsError(
            f"{type(model).__name__} reads from left to right, so its examples cannot leave the "
            "batch between layers; early-exit needs an encoder such as BERT"
        )
    layers_of(model)
    refuse_exits(layers, n_layers_of(model))


def check_leaving(model: Any, inputs: Mapping[str, Tensor], layer: int) -> None:  # noqa: ANN401 - the same
    """Refuse a model whose answers change when others leave its batch, found by trying it.

    Args:
        model: To be stopped after a layer.
        inputs: One batch.
        layer: After which every other example leaves.

    Raises:
        SettingsError: If logits of those that stay differ by more than rounding.
    """

    def leave(_: int, __: Tensor, kept: Tensor) -> Tensor:
        return kept % 2 == 1

    try:
        whole = model(**inputs).logits.float()
        walk = walk_through(model, inputs, (layer,), leave)
        assert walk.top is not None
        far = float((walk.top.float() - whole[walk.kept]).abs().max() / whole.abs().max())
    except (RuntimeError, IndexError, ValueError, TypeError, AttributeError) as error:
        far, reason = float("inf"), str(error).strip().split("\n", 1)[0]
    else:
        reason = f"logits differ by {far:.0%}"
    if not far <= _ROUNDING:
        raise SettingsError(
            f"{type(model).__name__} does not answer alike when others leave its batch between "
            f"layers ({reason}); early-exit needs an encoder such as BERT, RoBERTa or DistilBERT"
        )


def layer_features(
    model: Any,  # noqa: ANN401 - the same
    inputs: Mapping[str, Tensor],
    layers: Sequence[int],
    *,
    goes_on: bool = False,
) -> tuple[dict[int, Tensor], Tensor | None]:
    """Features that exits read, by layer, each of shape (n_examples, hidden_size).

    Args:
        model: Computes them in one pass.
        inputs: One batch.
        layers: Counted from 1, ascending.
        goes_on: Whether to go on to the top.

    Returns:
        The features, and the logits of the top, or None where the pass ended before.
    """
    found: dict[int, Tensor] = {}

    def leave(layer: int, features: Tensor, kept: Tensor) -> Tensor | None:
        found[layer] = features
        return None if goes_on or layer < layers[-1] else torch.ones_like(kept, dtype=torch.bool)

    return found, walk_through(model, inputs, layers, leave).top
