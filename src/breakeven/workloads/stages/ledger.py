"""Ledger: what a stage's work amounted to; examples, tokens and FLOPs, handed to its context."""

from breakeven.formulas.flops import (
    KAPLAN_SENSOR,
    inference_flops,
    kaplan_convention,
    training_flops,
)
from breakeven.records import Cost, Kind, Note, NoteCode, Resource
from breakeven.records.protocols import StageContext
from breakeven.workloads.models.batches import Batch


class Ledger:
    """Adds up FLOPs by Kaplan's rule while batches go by; embeddings are left out of N."""

    def __init__(self, context: StageContext) -> None:
        self._context = context
        self._flops = 0.0

    def trained(self, batch: Batch, *, n_parameters: int) -> None:
        """Add one training step on `batch`: 6N per padded token, and the batch as output."""
        self._flops += training_flops(n_parameters, batch.n_padded_tokens).flops
        self.hand_over()
        self._context.add_output(batch.volume)

    def learned(self, n_tokens: int, *, n_parameters: int) -> None:
        """Add the training of a part that sees only some tokens: 6N for each of these."""
        self._flops += training_flops(n_parameters, n_tokens).flops

    def passed(self, n_tokens: int, *, n_parameters: int) -> None:
        """Add one forward pass (validation, a teacher, a frozen encoder): 2N per token."""
        self._flops += inference_flops(n_parameters, n_tokens).flops

    def spent(self, flops: float) -> None:
        """Add what somebody else has counted by the same rule."""
        self._flops += flops

    def hand_over(self) -> None:
        """Hand the FLOPs so far to the context, so that they are known if it ends here."""
        self._context.count(counted(Resource.FLOPS, self._flops, sensor=KAPLAN_SENSOR))
        self._flops = 0.0

    def close(self) -> None:
        """Hand the FLOPs to the context, with the convention they were counted by."""
        self.hand_over()
        self._context.add_note(
            Note(
                code=NoteCode.FLOPS_CONVENTION,
                message=kaplan_convention("out"),
                advice="Compare only with FLOPs counted by the same convention.",
            )
        )


def counted(resource: Resource, value: float, *, sensor: str = "breakeven") -> Cost:
    """Make an exact count."""
    return Cost.exact(resource, value, kind=Kind.COUNTED, sensor=sensor)
