"""Masking: which tokens a masked language model must guess, and what it sees instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.masked import MASKED_SHARE
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.stages.team import rank_seed

SHOWN_AS_MASK, SHOWN_AS_RANDOM = 0.8, 0.1
"""Share of hidden tokens shown as the mask token, and as a random one; the rest stay as they are
(Devlin et al. 2019, section 3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A batch with gaps.

    Attributes:
        input_ids: What the model sees, shape (n_examples, length).
        positions: True where the model's output must say a token, same shape: the hidden one, or
            the next.
        targets: The tokens to guess, in the order of `positions`.
    """

    input_ids: Tensor
    positions: Tensor
    targets: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Masker:
    """Draws the gaps.

    Attributes:
        mask_id: Token shown instead.
        never: Tokens that are never guessed (padding and separators).
        vocab_size: Random tokens come from 0..vocab_size - 1.
        generator: On the CPU, seeded by the stage.
        share: Share of tokens to guess.
    """

    mask_id: int
    never: Sequence[int]
    vocab_size: int
    generator: torch.Generator
    share: float = MASKED_SHARE

    @classmethod
    def of(
        cls,
        tokenizer: Any,  # noqa: ANN401 - untyped
        settings: Mapping[str, Scalar],
        *,
        rank: int = 0,
    ) -> "Masker":
        """Set up for a tokenizer.

        Args:
            tokenizer: Names the mask token and those that are never guessed.
            settings: `seed`.
            rank: Of this process among those that share the texts; each draws its own gaps.

        Raises:
            SettingsError: If the tokenizer has no mask token.
        """
        if tokenizer.mask_token_id is None:
            raise SettingsError(
                "the model's tokenizer has no mask token, so it cannot be trained to guess masked "
                "ones; start from a masked language model such as BERT"
            )
        never = (tokenizer.pad_token_id, tokenizer.cls_token_id, tokenizer.sep_token_id)
        return cls(
            mask_id=tokenizer.mask_token_id,
            never=[token for token in never if token is not None],
            vocab_size=len(tokenizer),
            generator=torch.Generator().manual_seed(rank_seed(int(settings["seed"]), rank)),
        )

    def hide(self, batch: Batch) -> Masked:
        """Hide tokens of a batch; see `mask`."""
        return self.mask(torch.from_numpy(batch.input_ids))

    def state(self) -> dict[str, Tensor]:
        """What is drawn next."""
        return {"masks": self.generator.get_state()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from there."""
        self.generator.set_state(state["masks"])

    def mask(self, input_ids: Tensor) -> Masked:
        """Hide a share of the tokens; at least one wherever any may be hidden.

        Args:
            input_ids: On the CPU, shape (n_examples, length), padding included.
        """
        may_hide = ~torch.isin(input_ids, torch.tensor(self.never))
        draw = self._uniform(input_ids.shape).masked_fill(~may_hide, 2.0)
        positions = (draw <= draw.min().clamp(min=self.share)) & may_hide
        targets = input_ids[positions]
        seen = input_ids.clone()
        seen[positions] = self._shown(targets)
        return Masked(input_ids=seen, positions=positions, targets=targets)

    def _shown(self, targets: Tensor) -> Tensor:
        draw = self._uniform(targets.shape)
        shown = torch.where(draw < SHOWN_AS_MASK, self.mask_id, targets)
        is_random = (draw >= SHOWN_AS_MASK) & (draw < SHOWN_AS_MASK + SHOWN_AS_RANDOM)
        random = torch.randint(self.vocab_size, targets.shape, generator=self.generator)
        return torch.where(is_random, random, shown)

    def _uniform(self, shape: torch.Size) -> Tensor:
        return torch.rand(shape, generator=self.generator)
