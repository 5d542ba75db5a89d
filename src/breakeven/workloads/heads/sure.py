"""Heads that know how sure they are; free of torch."""

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class SureHead(Protocol):
    """A head whose answers come with a probability; each window is an example to it."""

    def confidences(self, outputs: Any) -> list[float]:  # noqa: ANN401 - tensors or arrays
        """How sure the answer of each window is, from 0 to 1."""
        ...
