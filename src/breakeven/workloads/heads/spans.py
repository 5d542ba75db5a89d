"""Question answering: the first and the last token of the answer, in windows of the context.

Extractive, as BERT does SQuAD v1.1 (Devlin et al. 2019, section 4.2): every question has an answer,
and a window that does not hold it points to [CLS].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from breakeven.workloads.heads.best_span import Found, best_span, decided_span
from breakeven.workloads.heads.contexts import Span, find_answer
from breakeven.workloads.heads.head import Lesson, Wish
from breakeven.workloads.heads.losses import soft_target_loss
from breakeven.workloads.heads.passages import Passages
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.form import Answers

_OUT_OF_REACH = -1e4
"""Score of padding as start or end: its probability is 0, and differences stay finite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans(Passages):
    """Answers each question by a text of its context; implements `Head`.

    The places of a window are its `Passage`.
    """

    labels: tuple[str, ...] = ()
    auto_class: AutoClass = AutoClass.QUESTIONS

    @classmethod
    def of(cls, task: Task[Answers]) -> "Spans":  # noqa: ARG003 - an answer is any text
        """Bind it to a task."""
        return cls()

    def logits(self, output: Any) -> Tensor:  # noqa: ANN401 - the same
        """Scores of every token as first and as last, shape (n_windows, width, 2)."""
        return torch.stack((output.start_logits, output.end_logits), dim=-1)

    def lesson(self, split: Split[Answers], encoded: Encoded, device: torch.device) -> Lesson:
        """Mean cross-entropy of the first answer's start and end, in nats."""
        spans = [
            find_answer(passage, split.labels[example])
            for passage, example in zip(encoded.places, encoded.example_of, strict=True)
        ]
        return _lesson(spans, device)

    def imitation(
        self, taught: Sequence[Tensor], encoded: Encoded, wish: Wish, device: torch.device
    ) -> Lesson:
        """Cross-entropy of the teacher's best span, or divergence from its starts and ends."""
        if not wish.is_soft:
            decided = [
                decided_span(logits[:, 0].numpy(), logits[:, 1].numpy(), passage)
                for logits, passage in zip(taught, encoded.places, strict=True)
            ]
            return _lesson(decided, device)

        def loss(logits: Tensor, batch: Batch) -> Tensor:
            wanted = torch.nn.utils.rnn.pad_sequence(
                [taught[i] for i in batch.indices], batch_first=True, padding_value=_OUT_OF_REACH
            )
            missing = logits.shape[1] - wanted.shape[1]
            wanted = functional.pad(wanted, (0, 0, 0, missing), value=_OUT_OF_REACH)
            return soft_target_loss(
                _by_end(_within_text(logits, batch)),
                _by_end(wanted.to(device)),
                temperature=wish.temperature,
            )

        return Lesson(loss=loss, weight=_n_windows)

    def read(self, logits: Tensor, batch: Batch, encoded: Encoded) -> list[Found | None]:
        """Best span of each window."""
        scores = logits.float().cpu().numpy()
        return [
            best_span(own[:, 0], own[:, 1], encoded.places[window])
            for own, window in zip(scores, batch.indices, strict=True)
        ]


def _n_windows(batch: Batch) -> int:
    return len(batch.indices)


def _lesson(spans: Sequence[Span], device: torch.device) -> Lesson:
    """Learn one span a window."""
    ends = torch.tensor([(span.first, span.last) for span in spans], device=device)

    def loss(logits: Tensor, batch: Batch) -> Tensor:
        wanted = ends[list(batch.indices)].transpose(0, 1).flatten()
        return functional.cross_entropy(_by_end(_within_text(logits, batch)), wanted)

    return Lesson(loss=loss, weight=_n_windows)


def _within_text(logits: Tensor, batch: Batch) -> Tensor:
    is_real = torch.from_numpy(batch.attention_mask).bool().to(logits.device)
    return logits.masked_fill(~is_real[:, :, None], _OUT_OF_REACH)


def _by_end(logits: Tensor) -> Tensor:
    """Starts of all windows, then their ends, shape (2 x n_windows, width)."""
    return logits.permute(2, 0, 1).flatten(0, 1)
