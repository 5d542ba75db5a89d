"""Padding: pad to the longest text of the batch, not to the limit."""

from breakeven.records import Scalar
from breakeven.workloads.reductions.reduction import Card, Reduction


def _objection(current: Scalar, value: Scalar) -> str:
    if current == "max_length" and value == "longest":
        return ""
    return f"batches are padded to {current} now; only going from max_length to longest saves work"


PADDING = Reduction(
    card=Card(
        name="padding",
        setting="padding",
        what="Pads each batch to its longest text, not to the length limit.",
        acts_on="padded tokens in every layer; real tokens stay",
        suggested=("longest",),
        cost="free to apply; answers equal up to rounding",
        source="own trials on SST-2: 6.2-7.6 times fewer CPU seconds together with sorting",
    ),
    objection=_objection,
)
