"""Probing a graph on this device: whether narrower numbers pay, and whether batches change answers.

Neither is read from a list: both are tried on real examples when the graph is made.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch

from breakeven.errors import PrecisionRefusedError
from breakeven.records import Kind, Note, NoteCode, Score
from breakeven.records.protocols import StageContext
from breakeven.workloads.backends.backend import Backend
from breakeven.workloads.heads import Head
from breakeven.workloads.heads.head import without_padding
from breakeven.workloads.models.batches import Batch, batches
from breakeven.workloads.models.encoder import to_tensors
from breakeven.workloads.reductions.precision import time_ratio
from breakeven.workloads.stages.agreement import SPLIT, Examples

CPU_RATIO = "cpu_ratio_to_fp32"

SLOWER = 1.1
"""CPU time against fp32 from which a graph in int8 counts as slower. Two graphs that compute the
same differed by 6 % on a busy machine, and int8 is worth its smaller weights; of 16 bits one that
saves nothing is refused, as torch's are."""

_N_BATCHES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What a graph computes in on this device, beside what was asked for.

    Attributes:
        backend: Name of what runs it.
        precision: Asked for.
        computed_in: What it is.
    """

    backend: str
    precision: str
    computed_in: str

    @classmethod
    def of(cls, backend: Backend, precision: str) -> Self:
        """Ask the backend."""
        computed_in = backend.computes_in(precision)
        return cls(backend=backend.name, precision=precision, computed_in=computed_in)

    def require(self) -> None:
        """Do nothing if it computes in what was asked for.

        Raises:
            PrecisionRefusedError: If not.
        """
        if self.computed_in != self.precision:
            raise PrecisionRefusedError(
                f"precision {self.precision} refused: a graph of {self.backend} computes in "
                f"{self.computed_in} on this device, which has no units for {self.precision}; use "
                f"{self.computed_in}, or say if_slower: keep in a study file for a device that has "
                "them"
            )

    def notes(self) -> tuple[Note, ...]:
        """One note where it computes in something else."""
        if self.computed_in == self.precision:
            return ()
        note = Note(
            code=NoteCode.COMPUTED_WIDER,
            message=f"the {self.precision} graph of {self.backend} computes in {self.computed_in} "
            f"on this device, which has no units for {self.precision}",
            advice=f"Take its costs and answers for those of {self.computed_in}; measure it on a "
            "device with such units.",
        )
        return (note,)


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
        """Do nothing if the graph is not slower; in 16 bits, if it is faster.

        Raises:
            PrecisionRefusedError: If it is; the message holds the measured ratio.
        """
        is_slower = self.ratio > SLOWER if precision.startswith("int8") else self.ratio >= 1
        if is_slower:
            raise PrecisionRefusedError(
                f"precision {precision} refused: the graph of {backend} takes "
                f"{self.ratio:.2f} times the CPU time of its graph in fp32 on this device; use "
                "fp32, or say if_slower: keep in a study file for a device that is faster with it"
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
