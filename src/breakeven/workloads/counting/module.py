"""Module: count the forward pass of any `nn.Module`, on the meta device or with real weights."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from breakeven.workloads.counting.count import Count
from breakeven.workloads.counting.mode import CountingMode
from breakeven.workloads.counting.rules.rule import tensors_in


def count_module(
    module: torch.nn.Module,
    *inputs: Any,  # noqa: ANN401 - the module's own
    **named_inputs: Any,  # noqa: ANN401 - the same
) -> Count:
    """Count one forward pass, without gradients.

    Args:
        module: Built under `torch.device("meta")`, it needs no memory for weights; put it into
            the mode (`eval`) whose work is wanted.
        inputs: For the module; real or on meta.
        named_inputs: The same, by name.

    Examples:
        >>> with torch.device("meta"):
        ...     dense, rows = torch.nn.Linear(3, 4), torch.ones(2, 3)
        >>> count_module(dense, rows).ops
        OpCount(n_add=24, n_mul=24, n_mac=24)
    """
    weights = _weights(module)
    mode = CountingMode(weights=weights.values())
    with mode.inside(module), torch.no_grad(), mode:
        module(*inputs, **named_inputs)
    return _count(mode, module, weights)


def count_training_step(
    module: torch.nn.Module,
    *inputs: Any,  # noqa: ANN401 - the module's own
    **named_inputs: Any,  # noqa: ANN401 - the same
) -> Count:
    """Count one forward and one backward pass from the sum of the first result.

    What a loss and an optimizer add is left out; dropout too, if the module is in `eval`.

    Args:
        module: As for `count_module`; what asks for no gradient gets none.
        inputs: The same.
        named_inputs: The same.

    Examples:
        >>> with torch.device("meta"):
        ...     dense, rows = torch.nn.Linear(3, 4), torch.ones(2, 3, requires_grad=True)
        >>> count_training_step(dense, rows).ops.n_mac  # forward, and for weight and input
        72
    """
    weights = _weights(module)
    mode = CountingMode(weights=weights.values())
    with mode.inside(module), mode:
        results = module(*inputs, **named_inputs)
        first = next(t for t in tensors_in(results) if t.is_floating_point())
        first.sum().backward()
    return _count(mode, module, weights)


def count_by_torch(
    module: torch.nn.Module,
    *inputs: Any,  # noqa: ANN401 - the module's own
    **named_inputs: Any,  # noqa: ANN401 - the same
) -> int:
    """FLOPs of the same pass by `torch.utils.flop_counter`: products it has a formula for, no more.

    Args:
        module: As for `count_module`.
        inputs: The same.
        named_inputs: The same.
    """
    torchs = FlopCounterMode(display=False)
    with torch.no_grad(), CountingMode(), torchs:
        module(*inputs, **named_inputs)
    return torchs.get_total_flops()


def _weights(module: torch.nn.Module) -> Mapping[int, torch.Tensor]:
    """Parameters and buffers, tied ones once."""
    return {id(tensor): tensor for tensor in chain(module.parameters(), module.buffers())}


def _count(mode: CountingMode, module: torch.nn.Module, weights: Mapping[int, Any]) -> Count:
    parameters = list(module.parameters())
    embeddings = (child for child in module.modules() if isinstance(child, torch.nn.Embedding))
    tables = {id(embedding.weight): embedding.weight for embedding in embeddings}
    return Count(
        rows=mode.tally.rows(),
        unknown=dict(mode.tally.unknown),
        n_parameters=sum(p.numel() for p in parameters),
        n_learnable=sum(p.numel() for p in parameters if p.requires_grad),
        n_embedding=sum(p.numel() for p in tables.values()),
        weights_bytes=sum(t.numel() * t.element_size() for t in weights.values()),
        peak_activation_bytes=mode.live.peak_bytes,
    )
