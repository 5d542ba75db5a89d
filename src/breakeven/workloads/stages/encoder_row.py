"""A row of an encoder: examples in, windows through the model, answers out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, cast

import torch

from breakeven.errors import SettingsError
from breakeven.records import Cost, PhaseName, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.heads import Head, SureHead
from breakeven.workloads.models.batches import Padding, batches
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.stages.device import model_costs
from breakeven.workloads.stages.passes import forward_passes, in_order
from breakeven.workloads.stages.serving import Answering, Answers
from breakeven.workloads.tasks import Split


def encode_ahead(
    context: StageContext,
    head: Head[Any, Any],
    tokenizer: Any,  # noqa: ANN401 - transformers is untyped
    split: Split[Any],
    settings: Mapping[str, Scalar],
) -> Encoded | None:
    """Tokenize a split as a load phase where the row wants that; None to tokenize inside."""
    if settings["tokenize"] != "ahead":
        return None
    with context.phase(PhaseName.LOAD):
        return head.encode(tokenizer, split, settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRow:
    """An encoder set up for one row; implements `serving.Row`.

    Attributes:
        model: In evaluation mode, on `device`, as deep and as precise as the row wants.
        tokenizer: Its tokenizer.
        head: What its output means.
        split: What is answered.
        ahead: The split as windows where it was tokenized ahead; None to tokenize inside.
        settings: Of the row: `max_length`, `padding` and what `forward_passes` asks for.
        device: Where the model computes.
        synchronize: Waits for the device.
        n_kaplan: Parameters outside embedding tables.
        says_confidence: Whether answers come with confidences.
    """

    model: Any
    tokenizer: Any
    head: Head[Any, Any]
    split: Split[Any]
    ahead: Encoded | None
    settings: Mapping[str, Scalar]
    device: torch.device
    synchronize: Callable[[], None]
    n_kaplan: int
    says_confidence: bool = False

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
            with torch.inference_mode():
                logits = self.head.logits(self.model(**to_tensors(batch, self.device)))
                read = self.head.read(logits, batch, encoded)
                readings.update(zip(batch.indices, read, strict=True))
                if self.says_confidence:
                    sure = cast("SureHead", self.head).confidences(logits)
                    confidences.update(zip(batch.indices, sure, strict=True))
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

    def costs(self) -> list[Cost]:
        """Parameters, and what the model took of a CUDA device's memory."""
        return model_costs(self.model, self.device)
