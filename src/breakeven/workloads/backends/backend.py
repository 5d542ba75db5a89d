"""The protocol of a backend: what turns a model into a graph, and what then answers by it.

Importing a backend imports neither torch nor its runtime, so that studies are checked without
both, and a graph is opened without torch.
"""

import textwrap
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from breakeven import registry
from breakeven.errors import (
    BackendMissingError,
    ExportError,
    ModelFolderError,
    SettingsError,
)
from breakeven.records import Scalar

if TYPE_CHECKING:
    from torch import Tensor

OUTPUTS = ("logits", "start_logits", "end_logits")
"""What answers are read from, by the names that transformers gives them."""

Inputs = Mapping[str, NDArray[np.int64]]
"""`input_ids`, `attention_mask` and, of models that ask, `token_type_ids`, shape (n, length)."""

Outputs = Mapping[str, NDArray[np.float32]]
"""`logits`, or `start_logits` and `end_logits`; the first dimension is n."""


class Graph(Protocol):
    """A graph that was opened; any number of examples of any length."""

    def __call__(self, inputs: Inputs) -> Outputs:
        """Compute the outputs of one padded batch; they may be read when it returns."""
        ...

    def close(self) -> None:
        """Give back what it holds; it cannot be called again. Closing twice is fine."""
        ...


class Offering(Protocol):
    """Of a backend, what tells which graphs it can make here."""

    @property
    def name(self) -> str:
        """As registered."""
        ...

    @property
    def precisions(self) -> tuple[str, ...]:
        """Those of the setting `precision` of stage export that it can build; fp32 is one."""
        ...

    def computes_in(self, precision: str) -> str:
        """The precision a graph asked for in this one computes in on this device.

        Another where it would compute in wider numbers without a word, as for 16 bits that the
        device has no units for. May import the modules.
        """
        ...

    def missing(self, precisions: Sequence[str] = ()) -> str:
        """One sentence on what to install, "" where all modules are; imports nothing heavy.

        Args:
            precisions: Of graphs to be made; none where graphs are only opened.
        """
        ...


@runtime_checkable
class Backend(Offering, Protocol):
    """A runtime that answers by graphs."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Modules that opening a graph imports, each called as what installs it.

        They are imported in a phase of their own, and their versions are kept with a graph.
        """
        ...

    @property
    def prepares_shapes(self) -> bool:
        """Whether an open graph prepares for each shape of batch when it first meets it.

        Rows of such graphs answer every batch once in their warm-up.
        """
        ...

    def export_modules(self, precision: str) -> tuple[str, ...]:
        """The same of those that only exporting in that precision imports."""
        ...

    def export(
        self,
        model: Any,  # noqa: ANN401 - transformers is untyped
        out: Path,
        *,
        example: "Mapping[str, Tensor]",
        settings: Mapping[str, Scalar],
        calibration: Sequence[Inputs],
    ) -> None:
        """Write a model's graph into the folder `out`, by any file names but graph.json.

        Args:
            model: In fp32 on the CPU, in evaluation mode, and in it again afterwards.
            out: An empty folder; what is written on the way belongs there as well, and is gone in
                the end.
            example: A batch as the model takes it; numbers and lengths of others differ.
            settings: Of stage export, resolved: `precision`, `per_channel`.
            calibration: Batches that scales are found on; empty unless `precision` is
                int8-static.

        Raises:
            ExportError: If the model cannot be turned into a graph, or that not be written;
                `unwritable` words the latter.
        """
        ...

    def open(self, folder: Path, *, threads: int) -> Graph:
        """Open what `export` wrote, beside graph.json, to compute on so many threads.

        Raises:
            ModelFolderError: If a file of it is absent or damaged; `unreadable` words it.
        """
        ...


def find_backend(name: str) -> Backend:
    """Return the backend registered under `name`, whether or not its runtime is installed.

    Raises:
        UnknownNameError: If no installed package declares it.
    """
    return cast("Backend", registry.load("backend", name))


def ready_backend(name: str, precisions: Sequence[str] = ()) -> Backend:
    """Return the backend registered under `name`, installed.

    Args:
        name: As registered.
        precisions: Of graphs to be made; none where graphs are only opened.

    Raises:
        UnknownNameError: If no installed package declares it.
        BackendMissingError: If what it needs is not installed.
    """
    backend = find_backend(name)
    if advice := backend.missing(precisions):
        raise BackendMissingError(advice)
    return backend


def check_precision(name: str, precision: str) -> None:
    """Refuse a precision that a backend cannot build.

    Raises:
        UnknownNameError: If there is no such backend.
        SettingsError: If it cannot build that.
    """
    precisions = find_backend(name).precisions
    if precision not in precisions:
        raise SettingsError(
            f"precision={precision!r} is none that backend={name!r} can build; choose one of "
            f"{', '.join(precisions)}, or another backend"
        )


def missing_modules(name: str, modules: Sequence[str], *, extra: str) -> str:
    """One sentence on what a backend lacks; "" where nothing.

    Args:
        name: Of the backend.
        modules: Top-level modules that it needs; one may come twice.
        extra: Of breakeven, that installs them.

    Examples:
        >>> missing_modules("numpy", ["numpy"], extra="onnx")
        ''
    """
    absent = [module for module in dict.fromkeys(modules) if find_spec(module) is None]
    if not absent:
        return ""
    return (
        f"backend {name!r} needs {' and '.join(absent)}, not installed here; "
        f"run: pip install 'breakeven[{extra}]'"
    )


def unreadable(path: Path, error: Exception) -> ModelFolderError:
    """What a backend raises where its runtime cannot open a graph.

    Args:
        path: Of the graph.
        error: Of the runtime.
    """
    return ModelFolderError(
        f"{path} cannot be opened ({_in_a_line(error)}); copy the folder again, or export the row "
        "again"
    )


def unwritable(name: str, precision: str, error: Exception) -> ExportError:
    """What a backend raises where a graph cannot be rounded or written.

    Args:
        name: Of the backend.
        precision: Asked for.
        error: Of what should have written it.
    """
    return ExportError(
        f"the graph of {name} in {precision} cannot be written ({_in_a_line(error)}); see that the "
        "disk has room, export it with precision: fp32, or use another backend"
    )


def _in_a_line(error: Exception) -> str:
    return textwrap.shorten(str(error), 200, placeholder=" ...") or type(error).__name__
