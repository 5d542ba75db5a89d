"""Depth: keep the lower layers only."""

from breakeven.records import Scalar
from breakeven.workloads.reductions.reduction import Card, Reduction


def _objection(current: Scalar, value: Scalar) -> str:
    if int(value) < 1:
        return "0 means all layers; choose at least 1"
    if int(current) and int(value) >= int(current):
        return f"the model runs {current} layers now; choose 1..{int(current) - 1}"
    return ""


DEPTH = Reduction(
    card=Card(
        name="depth",
        setting="n_layers",
        what="Keeps the first layers of the encoder and drops the upper ones.",
        acts_on="every layer alike; embeddings and head stay",
        suggested=(5, 4, 3),
        cost="free to apply; without re-fitting the head quality collapses after one layer",
        source="Sajjad et al. 2023, On the Effect of Dropping Layers of Pre-trained Transformer "
        "Models; own trials on SST-2: 5 of 6 layers 69.6 %, with a re-fitted head 87.6 %",
    ),
    objection=_objection,
)
