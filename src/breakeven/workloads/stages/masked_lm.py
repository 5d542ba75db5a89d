"""Masked language model: an encoder and a head that guesses, run on the hidden tokens only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from breakeven.workloads.models.architecture import is_decoder
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import Encoder, count_parameters, to_tensors
from breakeven.workloads.stages.masking import Masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """A masked batch on its device.

    Attributes:
        inputs: What the model takes.
        positions: True where the output must say a token, shape (n_examples, length).
        targets: The tokens to guess, shape (n_hidden,).
    """

    inputs: Mapping[str, Tensor]
    positions: Tensor
    targets: Tensor

    @classmethod
    def of(cls, batch: Batch, masked: Masked, device: torch.device) -> "Gaps":
        """Bring a masked batch to `device`."""
        inputs = to_tensors(batch, device)
        return cls(
            inputs={**inputs, "input_ids": masked.input_ids.to(device)},
            positions=masked.positions.to(device),
            targets=masked.targets.to(device),
        )

    @property
    def is_real(self) -> Tensor:
        """False on padding, shape (n_examples, length)."""
        return self.inputs["attention_mask"].bool()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What the model makes of a masked batch.

    Attributes:
        logits: Of the hidden tokens only, shape (n_hidden, vocab_size).
        hidden: Last hidden states, shape (n_examples, length, hidden_size).
    """

    logits: Tensor
    hidden: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedLM:
    """A model ready to guess.

    Attributes:
        model: A transformers masked language model on its device.
        head: Its head where that is one module over hidden states; None where only the whole
            model can be called, which computes logits on every token.
        n_encoder: Parameters of the encoder outside embedding tables.
        n_head: Parameters of the head outside embedding tables.
    """

    model: Any
    head: nn.Module | None
    n_encoder: int
    n_head: int

    @classmethod
    def of(cls, encoder: Encoder, device: torch.device) -> "MaskedLM":
        """Put an encoder's model on `device`."""
        model = encoder.model.to(device)
        whole, base = count_parameters(model), count_parameters(model.base_model)
        return cls(
            model=model,
            head=_only_head(model),
            n_encoder=(n_encoder := base.n_total - base.n_embedding),
            n_head=whole.n_total - whole.n_embedding - n_encoder,
        )

    def n_head_tokens(self, gaps: Gaps) -> int:
        """Tokens the head computes on: the hidden ones, or all where it has no door of its own."""
        chosen = gaps.positions if self.head is None else gaps.targets
        return chosen.numel()

    def guess(self, gaps: Gaps) -> Guess:
        """Run the encoder on every token and the head on the hidden ones."""
        if self.head is None:
            output = self.model(**gaps.inputs, output_hidden_states=True)
            return Guess(logits=output.logits[gaps.positions], hidden=output.hidden_states[-1])
        hidden = self.model.base_model(**gaps.inputs)[0]
        return Guess(logits=self.head(hidden[gaps.positions]), hidden=hidden)


def _only_head(model: Any) -> nn.Module | None:  # noqa: ANN401 - transformers is untyped
    if is_decoder(model.config):  # nearly all tokens are guessed, and some families scale logits
        return None
    heads = [child for name, child in model.named_children() if name != model.base_model_prefix]
    return heads[0] if len(heads) == 1 else None
