"""Probing a graph on this device: whether narrower numbers pay, and whether batches change answers.

Neither is read from a list: both are tried on real examples when the graph is made.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from breakeven.errors import PrecisionRefusedError
from breakeven.records import Kind, Score
from breakeven.records.protocols import StageContext
from breakeven.workloads.heads import Head
from breakeven.workloads.heads.head import without_padding
from breakeven.workloads.models.batches import Batch, batches
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.reductions.precision import time_ratio
from breakeven.workloads.stages.agreement import SPLIT, Examples

CPU_RATIO = "cpu_ratio_to_fp32"

SLOWER = 1.1
"""CPU time against fp32 from which a graph counts as slower. Two graphs that compute the same
differed by 6 % on a busy machine; formats without units for them take 2 to 17 times."""

_N_BATCHES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a graph is beside that of the same backend in fp32.

    Attributes:
        ratio: Its median CPU time over that of fp32; above 1 is slower.
        n_examples: Timed.
    """

    ratio: float
    n_examples: int

    def report(self, context: StageContext) -> None:
        """Hand the ratio to the context."""
        context.add_score(
            Score(
                metric=CPU_RATIO,
                value=self.ratio,
                split=SPLIT,
                n_examples=self.n_examples,
                higher_is_better=False,
                kind=Kind.MEASURED,
            )
        )

    def require(self, *, backend: str, precision: str) -> None:
        """Do nothing if the graph is not slower.

        Raises:
            PrecisionRefusedError: If it is; the message holds the measured ratio.
        """
        if self.ratio > SLOWER:
            raise PrecisionRefusedError(
                f"precision {precision} refused: the graph of {backend} takes "
                f"{self.ratio:.2f} times the CPU time of its graph in fp32 on this device; use "
                "fp32, or if_slower: keep for a device that is faster with it"
            )


def measure_pace(
    graph: Any,  # noqa: ANN401 - called as it is
    fp32: Any,  # noqa: ANN401 - the same
    examples: Examples,
    *,
    clock_s: Callable[[], float] = time.process_time,
) -> Pace:
    """Let a graph and the one in fp32 answer the same batches in turn.

    Args:
        graph: In narrower numbers, called as a model of transformers is.
        fp32: Of the same backend.
        examples: Some of their batches are answered.
        clock_s: CPU time of this process, in seconds.
    """
    chosen = _some(examples.batches)
    tensors = [to_tensors(batch) for batch in chosen]

    def answering(model: Any) -> Callable[[], None]:  # noqa: ANN401 - the same
        def answer() -> None:
            for own in tensors:
                model(**own)

        return answer

    return Pace(
        ratio=time_ratio(answering(graph), answering(fp32), clock_s=clock_s),
        n_examples=sum(batch.n_examples for batch in chosen),
    )


def difference_by_batch(
    graph: Any,  # noqa: ANN401 - the same
    examples: Examples,
    head: Head[Any, Any],
    *,
    pad_id: int,
) -> float:
    """How far logits move when examples are answered one by one, as a share of the largest.

    Args:
        graph: Called as a model of transformers is.
        examples: Some of their batches are answered.
        head: Reads logits.
        pad_id: Token that fills.
    """
    differences, logits = [0.0], [0.0]
    for batch in _some(examples.batches):
        together = _logits(graph, batch, head)
        singles = batches(examples.encoded, [[i] for i in batch.indices], pad_id=pad_id)
        alone = [_logits(graph, single, head)[0] for single in singles]
        logits += [float(own.abs().max()) for own in together]
        differences += [float((a - b).abs().max()) for a, b in zip(together, alone, strict=True)]
    return max(differences) / max(logits) if max(logits) else 0.0


def _logits(graph: Any, batch: Batch, head: Head[Any, Any]) -> list[torch.Tensor]:  # noqa: ANN401 - the same
    with torch.inference_mode():
        found = without_padding(head.logits(graph(**to_tensors(batch))), batch)
        return [own.clone() for own in found]


def _some(chosen: Sequence[Batch]) -> list[Batch]:
    """A few batches from the longest to the shortest."""
    places = np.linspace(0, len(chosen) - 1, min(_N_BATCHES, len(chosen))).round().astype(int)
    return [chosen[place] for place in places]
