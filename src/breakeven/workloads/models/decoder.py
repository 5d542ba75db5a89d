"""Decoder: prompts padded on the left and continued greedily by a fixed number of tokens.

A loop of our own, because its cost must not depend on what is said: every prompt gets exactly as
many tokens as asked, an end-of-text token among them is one like any other, and neither sampling
nor penalties of a checkpoint's own generation settings come in.
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """Prompts of one batch, padded on the left, so that all go on at the same place.

    Attributes:
        input_ids: shape (n_prompts, width).
        attention_mask: The same shape; 0 on padding.
    """

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]

    @classmethod
    def of(cls, ids: Sequence[Sequence[int]], *, pad_id: int, width: int = 0) -> "Prompts":
        """Pad to the longest, or to `width` where that is more.

        Args:
            ids: Tokens of each prompt, at least one.
            pad_id: Token that fills.
            width: In tokens.
        """
        width = max(width, *(len(own) for own in ids))
        input_ids = np.full((len(ids), width), pad_id, dtype=np.int64)
        attention_mask = np.zeros_like(input_ids)
        for row, own in enumerate(ids):
            input_ids[row, width - len(own) :] = own
            attention_mask[row, width - len(own) :] = 1
        return cls(input_ids=input_ids, attention_mask=attention_mask)

    @property
    def n_real_tokens(self) -> int:
        """Tokens that are not padding."""
        return int(self.attention_mask.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """How far a batch was read.

    Attributes:
        token: The latest of each prompt, chosen but not read yet, shape (n_prompts, 1).
        mask: 0 on padding, over everything read and `token`.
        position: Of `token` among the real tokens of its prompt, shape (n_prompts, 1).
        cache: Keys and values of everything read.
    """

    token: Tensor
    mask: Tensor
    position: Tensor
    cache: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """A causal language model ready to go on.

    Attributes:
        model: Of transformers, on `device`, in evaluation mode.
        device: Where it computes.
        takes: Names of the arguments of its forward pass: not every family wants positions.
    """

    model: Any
    device: torch.device
    takes: frozenset[str]

    @classmethod
    def of(cls, model: Any, device: torch.device) -> "Decoder":  # noqa: ANN401 - transformers is untyped
        """Look at what the model takes."""
        takes = frozenset(inspect.signature(model.forward).parameters)
        return cls(model=model, device=device, takes=takes)

    def first(self, prompts: Prompts) -> Tensor:
        """Read the prompts and choose the first new token of each, shape (n_prompts, 1)."""
        return self._prefill(prompts).token

    def continued(self, prompts: Prompts, n_new: int) -> Tensor:
        """Choose the likeliest next token `n_new` times, shape (n_prompts, n_new).

        The last one is chosen and never read.

        Args:
            prompts: One batch.
            n_new: At least 1.
        """
        read = self._prefill(prompts)
        tokens = [read.token]
        for _ in range(n_new - 1):
            read = self._step(read.token, read.mask, read.position, read.cache)
            tokens.append(read.token)
        return torch.cat(tokens, dim=1)

    def _prefill(self, prompts: Prompts) -> _Read:
        mask = torch.from_numpy(prompts.attention_mask).to(self.device)
        positions = (mask.cumsum(-1) - 1).clamp(min=0)
        return self._step(torch.from_numpy(prompts.input_ids).to(self.device), mask, positions)

    def _step(self, ids: Tensor, mask: Tensor, positions: Tensor, cache: Any = None) -> _Read:  # noqa: ANN401 - untyped
        """Read some tokens and choose the next of each prompt."""
        wanted = {"position_ids": positions, "logits_to_keep": 1}
        output = self.model(
            input_ids=ids,
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
            **{name: value for name, value in wanted.items() if name in self.takes},
        )
        return _Read(
            token=output.logits[:, -1].argmax(-1, keepdim=True),
            mask=torch.cat((mask, mask.new_ones((len(mask), 1))), dim=1),
            position=positions[:, -1:] + 1,
            cache=output.past_key_values,
        )
