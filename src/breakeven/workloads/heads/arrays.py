"""Heads that read arrays: what a graph says, turned into answers; free of torch.

They encode and answer as the heads that learn do, and cannot learn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.adaptive.confidence import softmax_maximum
from breakeven.workloads.heads.best_span import Found, best_span
from breakeven.workloads.heads.finite import largest
from breakeven.workloads.heads.passages import Passages
from breakeven.workloads.heads.whole_text import WholeText
from breakeven.workloads.heads.words import TaggedWords, Tags, check_tags
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.form import Form

Outputs = Mapping[str, NDArray[np.float32]]
"""`logits`, or `start_logits` and `end_logits`; the first dimension is that of windows."""

OUTPUT = "LABEL_0"
"""What transformers itself calls the single output of a regression, so that checkpoints of others
fit too."""


class ArrayHead(Protocol):
    """The half of `Head` that answers."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the model's outputs, as its configuration keeps them; empty for none."""
        ...

    def encode(self, tokenizer: Any, split: Split[Any], settings: Mapping[str, Scalar]) -> Encoded:  # noqa: ANN401 - transformers is untyped
        """Turn examples into windows, as `Head` does."""
        ...

    def read(self, outputs: Outputs, batch: Batch, encoded: Encoded) -> Sequence[Any]:
        """Reduce outputs to what answers rest on, one reading for each window."""
        ...

    def answers(
        self, readings: Sequence[Any], split: Split[Any], encoded: Encoded
    ) -> Sequence[Any]:
        """Turn readings of every window into one answer for each example, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class ArrayClassification(WholeText):
    """The index of the class of each example; knows how sure it is."""

    labels: tuple[str, ...]

    def read(self, outputs: Outputs, batch: Batch, encoded: Encoded) -> list[int]:  # noqa: ARG002 - a window is an example
        """Index of the class of each window.

        Raises:
            SettingsError: If outputs are no finite numbers.
        """
        found: list[int] = largest(outputs["logits"]).tolist()
        return found

    def confidences(self, outputs: Outputs) -> list[float]:
        """Softmax probability of the class that is answered."""
        found: list[float] = softmax_maximum(outputs["logits"]).tolist()
        return found


@dataclass(frozen=True, slots=True)
class ArrayRegression(WholeText):
    """A number for each example."""

    labels: tuple[str, ...] = (OUTPUT,)

    def read(self, outputs: Outputs, batch: Batch, encoded: Encoded) -> list[float]:  # noqa: ARG002 - the same
        """The number of each window."""
        found: list[float] = outputs["logits"].squeeze(-1).tolist()
        return found


@dataclass(frozen=True, slots=True)
class ArrayTagging(TaggedWords):
    """The index of the tag of every word of each sentence."""

    labels: tuple[str, ...]

    def read(self, outputs: Outputs, batch: Batch, encoded: Encoded) -> list[Tags]:
        """Tag of every word of each window.

        Raises:
            SettingsError: If outputs are no finite numbers.
        """
        rows: list[list[int]] = largest(outputs["logits"]).tolist()
        return [
            self.tags_of(row, encoded.places[window])
            for row, window in zip(rows, batch.indices, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class ArraySpans(Passages):
    """A text of its context for each question."""

    labels: tuple[str, ...] = ()

    def read(self, outputs: Outputs, batch: Batch, encoded: Encoded) -> list[Found | None]:
        """Best span of each window."""
        sides = zip(outputs["start_logits"], outputs["end_logits"], batch.indices, strict=True)
        return [best_span(start, end, encoded.places[window]) for start, end, window in sides]


def array_head_for(task: Task[Any]) -> ArrayHead:
    """Return the head that answers a task from arrays.

    Raises:
        SettingsError: If none is known for its form, or the task has no tag for other words.
    """
    if task.form is Form.TOKEN_CLASSIFICATION:
        check_tags(task)
    made: Mapping[Form, Callable[[], ArrayHead]] = {
        Form.CLASSIFICATION: lambda: ArrayClassification(task.labels),
        Form.REGRESSION: ArrayRegression,
        Form.TOKEN_CLASSIFICATION: lambda: ArrayTagging(task.labels),
        Form.QUESTION_ANSWERING: ArraySpans,
    }
    if task.form not in made:
        raise SettingsError(
            f"the task {task.name} is {task.form}, which no graph answers; choose one of "
            f"{', '.join(made)}"
        )
    return made[task.form]()
