"""Export to ONNX, which both backends begin from: one graph, so that they differ in runtime alone.

By torch's TorchScript exporter: the one on torch.export needs onnxscript, a dependency more.
OpenVINO can read torch models itself. That was tried: the same answers to 1e-7 and the same CPU
time per example (MiniLM, 3.7 ms in batches of 16), but it loses the names of inputs.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from breakeven.errors import ExportError
from breakeven.workloads.backends.backend import OUTPUTS

OPSET = 17
"""The first in which a layer norm is one operator."""


class _Named(nn.Module):
    """A model whose inputs come in a fixed order and whose outputs are a tuple, as tracing asks."""

    def __init__(self, model: nn.Module, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        super().__init__()
        self.model, self.inputs, self.outputs = model, tuple(inputs), tuple(outputs)

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Outputs in the order of their names."""
        found = self.model(**dict(zip(self.inputs, tensors, strict=True)))
        return tuple(getattr(found, name) for name in self.outputs)


def write_onnx(model: Any, path: Path, *, example: Mapping[str, Tensor]) -> None:  # noqa: ANN401 - transformers is untyped
    """Write a model as ONNX in fp32, for any number of examples of any length.

    Args:
        model: On the CPU, in evaluation mode.
        path: Of the file.
        example: A batch as the model takes it, by name.

    Raises:
        ExportError: If the model has an operator without a counterpart, or is above 2 GB.
    """
    outputs = _outputs(model, example)
    named = _Named(model, list(example), outputs).eval()  # the exporter restores this mode
    dynamic = {name: {0: "n_examples", 1: "length"} for name in example}
    dynamic |= {name: {0: "n_examples"} for name in outputs}
    try:
        # What tracing may have taken for constant shows when the graph answers other batches.
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                named,
                tuple(example.values()),
                str(path),
                input_names=list(example),
                output_names=list(outputs),
                dynamic_axes=dynamic,
                opset_version=OPSET,
                dynamo=False,
            )
    except (OSError, RuntimeError, ValueError, TypeError, torch.onnx.OnnxExporterError) as error:
        raise ExportError(
            f"{type(model).__name__} cannot be written as ONNX ({first_line(error)}); "
            "serve the row it comes from by torch, or choose another architecture"
        ) from error


def _outputs(model: Any, example: Mapping[str, Tensor]) -> tuple[str, ...]:  # noqa: ANN401 - the same
    with torch.no_grad():
        found = model(**example)
    names = tuple(name for name in OUTPUTS if getattr(found, name, None) is not None)
    if not names:
        raise ExportError(
            f"{type(model).__name__} gives none of {', '.join(OUTPUTS)}; export a model with a "
            "head that breakeven knows"
        )
    return names


def first_line(error: Exception) -> str:
    """What an error says first, or what it is."""
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
