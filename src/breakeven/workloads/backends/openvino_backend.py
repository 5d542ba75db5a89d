"""OpenVINO on the CPU."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breakeven.records import Scalar
from breakeven.workloads.backends.backend import (
    OUTPUTS,
    Inputs,
    Outputs,
    missing_modules,
    unreadable,
    unwritable,
)
from breakeven.workloads.backends.graph_folder import read_graph
from breakeven.workloads.backends.openvino_int8 import GROUP, IN_INT8, in_int8
from breakeven.workloads.backends.telemetry import forbid_telemetry

if TYPE_CHECKING:
    from torch import Tensor

_DEVICE = "CPU"
GRAPH = "model.xml"
"""Operators; the weights stand beside it in model.bin."""

_UNITS = {"bf16": "BF16", "fp16": "FP16"}
"""What a device must be capable of; else graphs compute in f32, for asked for f16 without units
for it OpenVINO would take bf16 without a word."""

_HINTS = {"bf16": "bf16", "fp16": "f16"}
"""What OpenVINO is asked to compute in; in int8 the operators say it."""


@dataclass(slots=True)
class OpenvinoGraph:
    """A compiled model; implements `Graph`."""

    compiled: Any
    names: tuple[str, ...]

    def __call__(self, inputs: Inputs) -> Outputs:
        """Compute the outputs of one batch."""
        found = self.compiled(dict(inputs))
        return {name: found[name] for name in self.names}

    def close(self) -> None:
        """Let go of the compiled model."""
        self.compiled = None


@dataclass(frozen=True, slots=True)
class Openvino:
    """Implements `Backend`.

    fp16 halves the file, bf16 keeps weights in fp32; both compute in what they are called where
    the device has units for that, in fp32 where not, as `computes_in` says. Both of int8
    compute products in it and all else in fp32.
    """

    name: str = "openvino"
    precisions: tuple[str, ...] = ("fp32", "bf16", "fp16", "int8-dynamic", "int8-static")
    modules: tuple[str, ...] = ("openvino",)
    prepares_shapes: bool = True

    def export_modules(self, precision: str) -> tuple[str, ...]:
        """What graphs are written by, and in int8 what rounds them: seconds to import."""
        return ("onnx", "nncf") if precision in IN_INT8 else ("onnx",)

    def computes_in(self, precision: str) -> str:
        """In fp32 where 16 bits are asked for and the processor has no units for them."""
        return _computed_in(import_openvino().Core(), precision)

    def missing(self, precisions: Sequence[str] = ()) -> str:
        """Name the extra `openvino` unless what is used of it is there."""
        needed = (*self.modules, *(m for p in precisions for m in self.export_modules(p)))
        return missing_modules(self.name, needed, extra="openvino")

    def export(
        self,
        model: Any,  # noqa: ANN401 - transformers is untyped
        out: Path,
        *,
        example: "Mapping[str, Tensor]",
        settings: Mapping[str, Scalar],
        calibration: Sequence[Inputs],
    ) -> None:
        """Write model.xml and model.bin.

        Raises:
            ExportError: If the model cannot be written as ONNX, its graph not in int8, or not at
                all.
        """
        from breakeven.workloads.backends.onnx_export import write_onnx  # noqa: PLC0415 - torch

        openvino = import_openvino()
        with tempfile.TemporaryDirectory(dir=out) as folder:
            path = Path(folder) / "model.onnx"
            write_onnx(model, path, example=example)
            read = openvino.Core().read_model(path)
            precision = str(settings["precision"])
            if precision in IN_INT8:
                read = in_int8(read, settings=settings, calibration=calibration)
            try:
                openvino.save_model(read, out / GRAPH, compress_to_fp16=precision == "fp16")
            except (OSError, RuntimeError) as error:
                raise unwritable(self.name, precision, error) from error

    def open(self, folder: Path, *, threads: int) -> OpenvinoGraph:
        """Compile the graph for so many threads, one batch at a time, on no core in particular.

        Raises:
            ModelFolderError: If the graph is absent or damaged.
        """
        core = import_openvino().Core()
        computed_in = _computed_in(core, read_graph(folder).precision)
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": GROUP,
            "INFERENCE_PRECISION_HINT": _HINTS.get(computed_in, "f32"),
        }
        try:
            compiled = core.compile_model(folder / GRAPH, _DEVICE, settings)
        except (OSError, RuntimeError) as error:
            raise unreadable(folder / GRAPH, error) from error
        # A tensor may have further names, of the operator that gives it.
        names = {name for port in compiled.outputs for name in port.get_names()}
        return OpenvinoGraph(compiled, tuple(name for name in OUTPUTS if name in names))


def _computed_in(core: Any, precision: str) -> str:  # noqa: ANN401 - openvino is untyped
    has_units = _UNITS.get(precision) in core.get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")
    return precision if has_units or precision not in _UNITS else "fp32"


def import_openvino() -> Any:  # noqa: ANN401 - a module
    """Import openvino without its telemetry."""
    forbid_telemetry()
    import openvino  # noqa: PLC0415 - an extra, and not cheap

    return openvino


BACKEND = Openvino()
