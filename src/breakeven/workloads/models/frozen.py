"""Frozen: embeddings and layers that learn nothing, so that each window goes through them once.

What stands above the last layer is all that is trained. What the last layer said of a window does
not change, so it is remembered, and every later epoch costs what the head costs.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from breakeven.errors import SettingsError
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.layers import find_layers

REMEMBERED_BYTES = 2**30
"""Outputs of the last layer are remembered up to here; windows beyond are computed each time. Some
50,000 sentences of 14 tokens at a width of 384."""

Said = Tensor | tuple[Tensor, ...]


@dataclass(slots=True, kw_only=True)
class FrozenBody:
    """A model's embeddings and layers, without gradient and without dropout.

    Attributes:
        model: Of transformers, on its device; what is above its last layer may be trained.
        told: Told how many padded tokens went through the layers, each time.
        n_bytes: Room left for what is remembered.
    """

    model: Any
    told: Callable[[int], None]
    n_bytes: int = REMEMBERED_BYTES
    _is_tuple: bool = False
    _remembered: dict[bytes, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze it.

        Raises:
            SettingsError: If nothing would be left to train.
        """
        for parameter in _below(self.model):
            parameter.requires_grad = False
        if not any(parameter.requires_grad for parameter in self.model.parameters()):
            raise SettingsError(
                f"trained=head leaves nothing of {type(self.model).__name__} to train, as no "
                "weights of its own stand above its last layer; set trained=all"
            )

    @contextmanager
    def skipped(self, batch: Batch, tensors: Mapping[str, Tensor]) -> Iterator[None]:
        """Let the model begin behind its last layer, with what that says of a batch.

        Args:
            batch: Its windows.
            tensors: The same, as the model takes them.
        """
        keys = [_key(batch, row) for row in range(len(batch.indices))]
        unknown = [row for row, key in enumerate(keys) if key not in self._remembered]
        new = self._computed(unknown, batch, tensors)
        for row, own in new.items():
            self._remember(keys[row], own)
        found = [
            new[row] if row in new else self._remembered[keys[row]] for row in range(len(keys))
        ]
        said = nn.utils.rnn.pad_sequence(found, batch_first=True).to(self.model.device)
        holder, name = find_layers(self.model)
        layers = getattr(holder, name)
        setattr(
            holder,
            name,
            nn.ModuleList([_Saying((said,) if self._is_tuple else said)] * len(layers)),
        )
        try:
            yield
        finally:
            setattr(holder, name, layers)

    def _computed(
        self, rows: list[int], batch: Batch, tensors: Mapping[str, Tensor]
    ) -> dict[int, Tensor]:
        """What the last layer says of some windows of a batch, by their place, without padding."""
        if not rows:
            return {}
        said = self._said({name: own[rows] for name, own in tensors.items()}).cpu()
        lengths = batch.attention_mask.sum(axis=1)[rows].tolist()
        self.told(len(rows) * batch.input_ids.shape[1])
        return {row: own[:n] for row, own, n in zip(rows, said, lengths, strict=True)}

    def _said(self, tensors: Mapping[str, Tensor]) -> Tensor:
        """Output of the last layer, shape (n_windows, width, hidden_size)."""
        # An inference tensor could not be learned from later.
        with torch.inference_mode(mode=False), torch.no_grad(), _last_layer(self.model) as heard:
            _evaluate(self.model, tensors)
        said = heard[-1]
        self._is_tuple = isinstance(said, tuple)  # of transformers < 5
        return said[0] if isinstance(said, tuple) else said

    def _remember(self, key: bytes, said: Tensor) -> None:
        size = said.numel() * said.element_size()
        if key not in self._remembered and size <= self.n_bytes:
            self._remembered[key] = said.clone()
            self.n_bytes -= size


class _Saying(nn.Module):
    """Stands in the place of every layer and says what the last of them has said."""

    def __init__(self, said: Said) -> None:
        super().__init__()
        self._said = said

    def forward(self, *_: object, **__: object) -> Said:
        return self._said


def _key(batch: Batch, row: int) -> bytes:
    """What a window says, so that equal ones are computed once whatever split they stand in."""
    length = int(batch.attention_mask[row].sum())
    types = b"" if batch.type_ids is None else batch.type_ids[row, :length].tobytes()
    return batch.input_ids[row, :length].tobytes() + types


def _below(model: Any) -> list[nn.Parameter]:  # noqa: ANN401 - transformers is untyped
    """Weights of everything that has begun to compute when the last layer ends, tied ones too."""
    begun: list[nn.Module] = []
    with torch.no_grad(), _last_layer(model) as heard:

        def begin(own: nn.Module, _: object) -> None:
            if not heard:
                begun.append(own)

        handles = [own.register_forward_pre_hook(begin) for own in model.modules()]
        _evaluate(model, {"input_ids": torch.zeros(1, 2, dtype=torch.long)})
    for handle in handles:
        handle.remove()
    return [parameter for module in begun for parameter in module.parameters(recurse=False)]


@contextmanager
def _last_layer(model: Any) -> Iterator[list[Said]]:  # noqa: ANN401 - the same
    """Hear what the last layer says while this is open."""
    heard: list[Said] = []
    holder, name = find_layers(model)
    handle = getattr(holder, name)[-1].register_forward_hook(lambda *all_: heard.append(all_[2]))
    try:
        yield heard
    finally:
        handle.remove()


def _evaluate(model: Any, tensors: Mapping[str, Tensor]) -> None:  # noqa: ANN401 - the same
    """Compute without dropout, and leave the model in the mode it was in."""
    is_training = model.training
    model.eval()
    model(**{name: tensor.to(model.device) for name, tensor in tensors.items()})
    model.train(is_training)
