"""Agreement: whether a graph answers real examples as the model does that it was made from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from breakeven.errors import ExportError
from breakeven.records import Scalar, Score
from breakeven.records.protocols import StageContext
from breakeven.workloads.backends.graph_folder import ROUNDING
from breakeven.workloads.heads import Head
from breakeven.workloads.heads.head import without_padding
from breakeven.workloads.models.batches import Batch, batches, inference_order
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.tasks import Split

SPLIT = "validation"
AGREEMENT, LARGEST_DIFFERENCE = "agreement", "largest_difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Examples as batches, sorted by length.

    Attributes:
        split: The examples.
        encoded: Their windows.
        batches: Every window once.
    """

    split: Split[Any]
    encoded: Encoded
    batches: Sequence[Batch]

    @classmethod
    def of(
        cls,
        split: Split[Any],
        head: Head[Any, Any],
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        settings: Mapping[str, Scalar],
    ) -> "Examples":
        """Tokenize and pad them.

        Args:
            split: The examples, at least one.
            head: Whose windows they become.
            tokenizer: Of the model.
            settings: `max_length`, `stride` and `batch_size`.
        """
        encoded = head.encode(tokenizer, split, settings)
        order = inference_order(encoded.lengths, int(settings["batch_size"]))
        made = batches(encoded, order, pad_id=tokenizer.pad_token_id)
        return cls(split=split, encoded=encoded, batches=list(made))

    @property
    def n_tokens(self) -> int:
        """Tokens computed on, padding included."""
        return sum(batch.n_padded_tokens for batch in self.batches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two models gave the same answers.

    Attributes:
        n_examples: Answered by both.
        n_equal: To which they gave the same answer; numbers within rounding are the same.
        largest_difference: Of one logit; NaN or infinite where one of them was.
        largest_logit: Of the first model, without sign.
    """

    n_examples: int
    n_equal: int
    largest_difference: float
    largest_logit: float

    def require(self, *, precision: str) -> None:
        """Do nothing if the graph may be used.

        Raises:
            ExportError: If its logits are no finite numbers, or in fp32 other ones.
        """
        if not math.isfinite(self.largest_difference):
            raise ExportError(
                f"the graph in {precision} gives logits that are no finite numbers; export it with "
                "precision: fp32, or use another backend"
            )
        if precision == "fp32" and self.largest_difference > ROUNDING * self.largest_logit:
            raise ExportError(
                f"the graph answers {self.n_equal} of {self.n_examples} examples as its model "
                f"does, and a logit differs by {self.largest_difference:.2g} where the largest is "
                f"{self.largest_logit:.2g} ({ROUNDING:g} of it is rounding); use another backend, "
                "or serve the row it comes from"
            )

    def report(self, context: StageContext) -> None:
        """Hand both scores to the context."""
        context.add_score(
            Score(
                metric=AGREEMENT,
                value=self.n_equal / self.n_examples,
                split=SPLIT,
                n_examples=self.n_examples,
                n_correct=self.n_equal,
            )
        )
        context.add_score(
            Score(
                metric=LARGEST_DIFFERENCE,
                value=self.largest_difference,
                split=SPLIT,
                n_examples=self.n_examples,
                higher_is_better=False,
            )
        )


def compare(model: Any, graph: Any, examples: Examples, head: Head[Any, Any]) -> Agreement:  # noqa: ANN401 - transformers is untyped
    """Let a model and its graph answer the same batches.

    Args:
        model: On the CPU, in evaluation mode.
        graph: Called as it is.
        examples: What both answer.
        head: Reads answers from logits.

    Raises:
        ExportError: If the graph's logits are no finite numbers.
    """
    found: tuple[dict[int, Any], dict[int, Any]] = {}, {}
    differences, logits = [], []
    with torch.inference_mode():
        for batch in examples.batches:
            tensors = to_tensors(batch)
            wanted, got = head.logits(model(**tensors)), head.logits(graph(**tensors))
            logits.append(_largest(wanted, batch))
            differences.append(_largest(wanted - got, batch))
            if not math.isfinite(differences[-1]):
                return Agreement(
                    n_examples=len(examples.split),
                    n_equal=0,
                    largest_difference=differences[-1],
                    largest_logit=max(logits),
                )
            for own, readings in zip((wanted, got), found, strict=True):
                own_readings = head.read(own, batch, examples.encoded)
                readings.update(zip(batch.indices, own_readings, strict=True))
    first, second = (
        head.answers([own[i] for i in sorted(own)], examples.split, examples.encoded)
        for own in found
    )
    rounding = ROUNDING * max(logits)
    return Agreement(
        n_examples=len(examples.split),
        n_equal=sum(_is_same(a, b, rounding) for a, b in zip(first, second, strict=True)),
        largest_difference=max(differences),
        largest_logit=max(logits),
    )


def _largest(logits: Tensor, batch: Batch) -> float:
    """Largest number without sign outside padding; NaN if one is."""
    return float(torch.stack([own.abs().max() for own in without_padding(logits, batch)]).max())


def _is_same(first: Any, second: Any, rounding: float) -> bool:  # noqa: ANN401 - answers of any form
    if isinstance(first, float):
        return bool(abs(first - second) <= rounding)
    return bool(first == second)
