"""ONNX Runtime on the CPU.

A second thread that waits must not spin: it would show as CPU time and energy of work.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breakeven.records import Scalar
from breakeven.workloads.backends.backend import Inputs, Outputs, missing_modules
from breakeven.workloads.backends.onnxruntime_int8 import write_int8

if TYPE_CHECKING:
    from torch import Tensor

GRAPH = "model.onnx"
_ERRORS_ONLY = 3


@dataclass(slots=True)
class OnnxGraph:
    """A session; implements `Graph`."""

    session: Any
    names: tuple[str, ...]

    def __call__(self, inputs: Inputs) -> Outputs:
        """Compute the outputs of one batch."""
        found = self.session.run(list(self.names), dict(inputs))
        return dict(zip(self.names, found, strict=True))

    def close(self) -> None:
        """Let go of the session."""
        self.session = None


@dataclass(frozen=True, slots=True)
class OnnxRuntime:
    """Implements `Backend`."""

    name: str = "onnxruntime"
    precisions: tuple[str, ...] = ("fp32", "int8-dynamic")
    modules: tuple[str, ...] = ("onnxruntime",)
    prepares_shapes: bool = False

    def export_modules(self, precision: str) -> tuple[str, ...]:  # noqa: ARG002 - the same for all
        """What graphs are written by."""
        return ("onnx",)

    def missing(self, precisions: Sequence[str] = ()) -> str:
        """Name the extra `onnx` unless both are there."""
        needed = (*self.modules, *(m for p in precisions for m in self.export_modules(p)))
        return missing_modules(self.name, needed, extra="onnx")

    def export(
        self,
        model: Any,  # noqa: ANN401 - transformers is untyped
        out: Path,
        *,
        example: "Mapping[str, Tensor]",
        settings: Mapping[str, Scalar],
        calibration: Sequence[Inputs],  # noqa: ARG002 - no scales are fixed
    ) -> None:
        """Write model.onnx.

        Raises:
            ExportError: If the model cannot be written as ONNX.
        """
        from breakeven.workloads.backends.onnx_export import write_onnx  # noqa: PLC0415 - torch

        if settings["precision"] == "fp32":
            write_onnx(model, out / GRAPH, example=example)
            return
        with tempfile.TemporaryDirectory(prefix="breakeven-") as folder:
            source = Path(folder) / GRAPH
            write_onnx(model, source, example=example)
            write_int8(source, out / GRAPH, per_channel=bool(settings["per_channel"]))

    def open(self, folder: Path, *, threads: int) -> OnnxGraph:
        """Open a session on so many threads; operators run one after the other."""
        import onnxruntime  # noqa: PLC0415 - an extra, and not cheap

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        return OnnxGraph(session, tuple(output.name for output in session.get_outputs()))


BACKEND = OnnxRuntime()
