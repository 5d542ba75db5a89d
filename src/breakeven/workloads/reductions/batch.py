"""Batch: more or fewer examples per forward pass."""

from breakeven.records import Scalar
from breakeven.workloads.reductions.reduction import Card, Reduction


def _objection(current: Scalar, value: Scalar) -> str:
    if int(value) < 1:
        return "a batch holds at least 1 example"
    if int(value) == int(current):
        return f"batches hold {current} examples already; choose another number"
    return ""


BATCH = Reduction(
    card=Card(
        name="batch",
        setting="batch_size",
        what="Changes how many examples share a forward pass.",
        acts_on="larger: fixed work per batch; smaller: padding, latency and memory",
        suggested=(1, 8, 16, 64, 128),
        cost="free to apply; an answer waits for its whole batch, memory grows with it",
        source="own trials on SST-2: best at 8 to 32 on a CPU once texts are sorted",
    ),
    objection=_objection,
)
