"""A row of an encoder: examples in, windows through the model, answers out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import torch

from breakeven.records import Cost, PhaseName, Scalar
from breakeven.workloads.heads import Head
from breakeven.workloads.models.batches import Padding, batches, cut
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.stages.device import model_costs
from breakeven.workloads.stages.serving import Answering, Answers
from breakeven.workloads.tasks import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRow:
    """An encoder set up for one row; implements `serving.Row`.

    Attributes:
        model: In evaluation mode, on `device`, as deep and as precise as the row wants.
        tokenizer: Its tokenizer.
        head: What its output means.
        split: What is answered.
        ahead: The split as windows where it was tokenized ahead; None to tokenize inside.
        settings: Of the row: `max_length`, `padding`, `batch_size`.
        device: Where the model computes.
        synchronize: Waits for the device.
        n_kaplan: Parameters outside embedding tables.
        parts: Nothing is measured apart.
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
    parts: Mapping[PhaseName, Answering] = field(default_factory=dict)

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the examples at `indices`; answers are back on the CPU when it returns.

        Examples of several windows may make more forward passes than one, each of at most
        `batch_size` windows.
        """
        asked = self.split.take(indices)
        if self.ahead is None:
            encoded = self.head.encode(self.tokenizer, asked, self.settings)
        else:
            encoded = self.ahead.take(indices)
        order = cut(range(len(encoded)), int(self.settings["batch_size"]))
        readings: list[Any] = []
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
                readings += self.head.read(logits, batch, encoded)
            n_real += batch.n_real_tokens
            n_padded += batch.n_padded_tokens
        return Answers(
            predicted=self.head.answers(readings, asked, encoded),
            n_real_tokens=n_real,
            n_padded_tokens=n_padded,
        )

    def over(self, split: Split[Any]) -> "EncoderRow":
        """The same setup for other examples."""
        return replace(self, split=split, ahead=None)

    def costs(self) -> list[Cost]:
        """Parameters, and what the model took of a CUDA device's memory."""
        return model_costs(self.model, self.device)
