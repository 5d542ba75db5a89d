"""Leaving: one forward pass of which examples leave after a layer, watched from outside by hooks.

The rest goes on in a smaller batch, no wider than its longest text.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from breakeven.workloads.models.layers import layers_of

Leave = Callable[[int, Tensor, Tensor], Tensor | None]
"""Given a layer, features of who is there, shape (n, hidden_size), and their places in the batch:
who leaves, as truth values of shape (n,), or None for nobody."""

_HIDDEN = "hidden_states"


class _AllLeftError(Exception):
    """Nobody is left to go on with; ends a forward pass."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """One forward pass: who is still in the batch, and how wide it is.

    Attributes:
        lengths: Real tokens of each example that is there.
        width: Tokens of the batch, padding included.
        kept: Places, in the batch that came, of who is there.
        n_before: Examples that came.
        width_before: Tokens of the batch that came.
        top: Logits of who got there; None where nobody did.
        tokens_at: Tokens that each layer computed on, padding included, counted from 0.
    """

    lengths: Tensor
    width: int
    kept: Tensor
    n_before: int
    width_before: int
    top: Tensor | None = None
    tokens_at: Counter[int] = field(default_factory=Counter)
    _fitted: dict[int, tuple[Tensor, Tensor]] = field(default_factory=dict)

    @classmethod
    def begin(cls, inputs: Mapping[str, Tensor]) -> "Walk":
        """Everybody is there."""
        n, width = inputs["input_ids"].shape
        return cls(
            lengths=inputs["attention_mask"].sum(dim=1),
            width=width,
            kept=torch.arange(n, device=inputs["input_ids"].device),
            n_before=n,
            width_before=width,
        )

    def before(self, index: int, _: nn.Module, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - as torch calls it
        """Cut what the model hands to a layer to who is there."""
        self.tokens_at[index] += len(self.kept) * self.width
        if len(self.kept) == self.n_before:
            return None
        hidden, others = args[:1], args[1:]
        fitted = {k: v if k == _HIDDEN else self._fit(v) for k, v in kwargs.items()}
        return (*hidden, *map(self._fit, others)), fitted

    def after(self, layer: int, leave: Leave, _: nn.Module, __: Any, output: Any) -> Any:  # noqa: ANN401 - the same
        """Let those leave who are sure."""
        hidden = output[0] if isinstance(output, tuple) else output
        is_leaving = leave(layer, _summary(hidden, self.lengths), self.kept)
        if is_leaving is None or not bool(is_leaving.any()):
            return None
        stays = ~is_leaving
        self.kept, self.lengths = self.kept[stays], self.lengths[stays]
        if not len(self.kept):
            raise _AllLeftError
        self.width = int(self.lengths.max())
        self._fitted.clear()
        rest = hidden[stays, : self.width]
        return (rest, *output[1:]) if isinstance(output, tuple) else rest

    def _fit(self, value: Any) -> Any:  # noqa: ANN401 - the same
        """Cut a mask, or whatever else has a place for each example and token."""
        if not isinstance(value, Tensor) or value.dim() < 2:
            return value
        if id(value) not in self._fitted:
            cut = value[self.kept] if value.shape[0] == self.n_before else value
            for dim in range(1, cut.dim()):
                if cut.shape[dim] == self.width_before and (cut.dim() == 2 or dim >= 2):
                    cut = cut.narrow(dim, 0, self.width)
            self._fitted[id(value)] = value, cut  # with the key's owner, or its id might come again
        return self._fitted[id(value)][1]


def walk_through(
    model: Any,  # noqa: ANN401 - the same
    inputs: Mapping[str, Tensor],
    at: Iterable[int],
    leave: Leave,
) -> Walk:
    """Let a model compute a batch that examples may leave.

    Args:
        model: One list of layers is found in it.
        inputs: One batch, padded on the right.
        at: Layers after which examples may leave, counted from 1.
        leave: Says who does.
    """
    taken, stops = Walk.begin(inputs), set(at)
    with ExitStack() as hooks:
        for index, layer in enumerate(layers_of(model)):
            hook = layer.register_forward_pre_hook(partial(taken.before, index), with_kwargs=True)
            hooks.callback(hook.remove)
            if index + 1 in stops:
                hook = layer.register_forward_hook(partial(taken.after, index + 1, leave))
                hooks.callback(hook.remove)
        with suppress(_AllLeftError):
            taken.top = model(**inputs).logits
    return taken


def _summary(hidden: Tensor, lengths: Tensor) -> Tensor:
    """Mean of the hidden states of real tokens, shape (n, hidden_size)."""
    is_real = torch.arange(hidden.shape[1], device=hidden.device) < lengths[:, None]
    total = (hidden * is_real[:, :, None]).sum(dim=1)
    return total / lengths[:, None]
