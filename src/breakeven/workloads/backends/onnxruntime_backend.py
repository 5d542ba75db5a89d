"""ONNX Runtime on the CPU.

A second thread that waits must not spin: it would show as CPU time and energy of work.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breakeven.records import Scalar
from breakeven.workloads.backends.backend import (
    Inputs,
    Outputs,
    missing_modules,
    unreadable,
    unwritable,
)
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

    def computes_in(self, precision: str) -> str:
        """As asked; 16 bits are not built."""
        return precision

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
            ExportError: If the model cannot be written as ONNX, or its graph not in int8.
        """
        from breakeven.workloads.backends.onnx_export import write_onnx  # noqa: PLC0415 - torch

        if settings["precision"] == "fp32":
            write_onnx(model, out / GRAPH, example=example)
            return
        with tempfile.TemporaryDirectory(dir=out) as folder:
            source = Path(folder) / GRAPH
            write_onnx(model, source, example=example)
            try:
                write_int8(source, out / GRAPH, per_channel=bool(settings["per_channel"]))
            except _errors() as error:
                raise unwritable(self.name, str(settings["precision"]), error) from error

    def open(self, folder: Path, *, threads: int) -> OnnxGraph:
        """Open a session on so many threads; operators run one after the other.

        Raises:
            ModelFolderError: If the graph is absent or damaged.
        """
        import onnxruntime  # noqa: PLC0415 - an extra, and not cheap

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(
                str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
            )
        except _errors() as error:
            raise unreadable(folder / GRAPH, error) from error
        return OnnxGraph(session, tuple(output.name for output in session.get_outputs()))


def _errors() -> tuple[type[Exception], ...]:
    """What the runtime and its quantizer raise; the runtime's own share no base but Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as runtime  # noqa: PLC0415 - an extra

    own = (own for own in vars(runtime).values() if isinstance(own, type))
    return (OSError, RuntimeError, ValueError, *(e for e in own if issubclass(e, Exception)))


BACKEND = OnnxRuntime()
