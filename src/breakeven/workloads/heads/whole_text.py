"""Heads that read a text, or two, as a whole: one window for each example, one answer for it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from breakeven.records import Scalar
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.tokenizer import encode
from breakeven.workloads.tasks import Split

if TYPE_CHECKING:
    from torch import Tensor

Read = TypeVar("Read")


class WholeText:
    """What such heads share of `Head`."""

    __slots__ = ()

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[Any],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """One window for each text or pair, cut at `max_length` tokens."""
        max_length = int(settings["max_length"])
        return encode(tokenizer, split.texts, split.pairs, max_length=max_length)

    def logits(self, output: Any) -> "Tensor":  # noqa: ANN401 - the same
        """Outputs of the layer on top, shape (n_windows, n_outputs)."""
        found: Tensor = output.logits
        return found

    def answers(self, readings: Sequence[Read], split: Split[Any], encoded: Encoded) -> list[Read]:  # noqa: ARG002 - a window is an example
        """Each window is an example."""
        return list(readings)
