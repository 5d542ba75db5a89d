"""A graph in the place of a model: called with tensors, it gives what a head reads."""

from dataclasses import dataclass
from types import SimpleNamespace

import torch
from torch import Tensor

from breakeven.workloads.backends.backend import Graph


@dataclass(frozen=True, slots=True)
class GraphModel:
    """Calls a graph as transformers' models are called, on the CPU; nothing is copied."""

    graph: Graph
    inputs: tuple[str, ...]

    def __call__(self, **tensors: Tensor) -> SimpleNamespace:
        """Outputs of one batch by their names, as attributes."""
        found = self.graph({name: tensors[name].numpy() for name in self.inputs})
        return SimpleNamespace(**{name: torch.from_numpy(own) for name, own in found.items()})
