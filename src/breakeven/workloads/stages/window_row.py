"""A row of a model that reads windows: examples in, windows through the model, answers out.

What computes is left to rows of encoders and of graphs; nothing here needs torch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, cast

from breakeven.errors import SettingsError
from breakeven.records import PhaseName, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.heads.sure import SureHead
from breakeven.workloads.models.batches import Batch, Padding, batches
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.stages.passes import forward_passes, in_order
from breakeven.workloads.stages.serving import Answering, Answers
from breakeven.workloads.tasks import Split


def encode_ahead(
    context: StageContext,
    head: Any,  # noqa: ANN401 - a Head or an ArrayHead
    tokenizer: Any,  # noqa: ANN401 - transformers is untyped
    split: Split[Any],
    settings: Mapping[str, Scalar],
) -> Encoded | None:
    """Tokenize a split as a load phase where the row wants that; None to tokenize inside."""
    if settings["tokenize"] != "ahead":
        return None
    with context.phase(PhaseName.LOAD):
        encoded: Encoded = head.encode(tokenizer, split, settings)
    return encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What one forward pass gave, on the CPU.

    Attributes:
        readings: One for each window, as the head reads outputs.
        confidences: How sure each is; empty where nobody asked.
    """

    readings: Sequence[Any]
    confidences: Sequence[float] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """What rows of encoders and graphs share; `compute` is theirs.

    Attributes:
        tokenizer: Of the model.
        head: What its output means.
        split: What is answered.
        ahead: The split as windows where it was tokenized ahead; None to tokenize inside.
        settings: Of the row: `max_length`, `padding` and what `forward_passes` asks for.
        synchronize: Waits for the device.
        n_kaplan: Parameters outside embedding tables.
        says_confidence: Whether answers come with confidences.
        prepares_shapes: Whether what computes prepares for each shape of batch.
    """

    tokenizer: Any
    head: Any
    split: Split[Any]
    ahead: Encoded | None
    settings: Mapping[str, Scalar]
    synchronize: Callable[[], None] = lambda: None
    n_kaplan: int
    says_confidence: bool = False
    prepares_shapes: bool = False

    def compute(self, batch: Batch, encoded: Encoded) -> Computed:
        """One forward pass."""
        raise NotImplementedError

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the examples at `indices`; answers are back on the CPU when it returns.

        It takes several forward passes where `batch_tokens` is set, and where examples have
        several windows.
        """
        asked = self.split.take(indices)
        if self.ahead is None:
            encoded = self.head.encode(self.tokenizer, asked, self.settings)
        else:
            encoded = self.ahead.take(indices)
        order = forward_passes(encoded.lengths, self.settings)
        readings: dict[int, Any] = {}
        confidences: dict[int, float] = {}
        n_real = n_padded = 0
        for batch in batches(
            encoded,
            order,
            pad_id=self.tokenizer.pad_token_id,
            padding=cast("Padding", self.settings["padding"]),
            max_length=int(self.settings["max_length"]),
        ):
            found = self.compute(batch, encoded)
            readings.update(zip(batch.indices, found.readings, strict=True))
            confidences.update(zip(batch.indices, found.confidences, strict=False))
            n_real += batch.n_real_tokens
            n_padded += batch.n_padded_tokens
        return Answers(
            predicted=self.head.answers(in_order(readings), asked, encoded),
            n_real_tokens=n_real,
            n_padded_tokens=n_padded,
            confidences=in_order(confidences),
        )

    @property
    def parts(self) -> Mapping[PhaseName, Answering]:
        """Tokenizing, where it is in the work and is to be shown."""
        is_shown = bool(self.settings["show_tokenizing"]) and self.ahead is None
        return {PhaseName.TOKENIZE: self.tokenize} if is_shown else {}

    def tokenize(self, indices: Sequence[int]) -> Answers:
        """Do no more than turn the examples at `indices` into windows."""
        encoded = self.head.encode(self.tokenizer, self.split.take(indices), self.settings)
        return Answers(predicted=(), n_real_tokens=sum(encoded.lengths))

    def confident(self) -> Self:
        """The same row, whose answers say how sure they are.

        Raises:
            SettingsError: If the head does not know.
        """
        if not isinstance(self.head, SureHead):
            raise SettingsError(
                f"answers of {type(self.head).__name__} say no confidence, which adaptive methods "
                "decide by; use them for classification"
            )
        return replace(self, says_confidence=True)

    def over(self, split: Split[Any]) -> Self:
        """The same setup for other examples."""
        return replace(self, split=split, ahead=None)
