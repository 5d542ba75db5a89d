"""Depth: keep the lower layers only, with the head as it is or fitted again."""

from breakeven.records import Scalar, Stage
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
        "Models; own trials on SST-2: 5 of 6 layers 69.6 %, with the head fitted again 88.3 %",
    ),
    objection=_objection,
)


def _already_head(current: Scalar, value: Scalar) -> str:
    if (current, value) == ("all", "head"):
        return ""
    return f"trained={current} now; only going from all to head saves work"


REFIT = Reduction(
    card=Card(
        name="refit",
        setting="trained",
        what="Fits what stands above the last layer to a model whose upper layers were taken away "
        "(n_layers), and leaves the layers as they are.",
        acts_on="every layer taken away, in use; in making, the layers' gradients and all passes "
        "through them but the first",
        suggested=("head",),
        cost="one pass of the training texts through the layers that are left, and some epochs of "
        "the head: 48 CPU seconds for 6,000 sentences, 5 layers and 20 epochs",
        source="own trials on SST-2 with 6,000 sentences: 5 of 6 layers 88.3 % where the head as "
        "it was gives 69.6 %, 4 layers 85.4 % (40 epochs) against 50.9 %; all 6 layers 88.6 %",
        stage=Stage.FINETUNE,
    ),
    objection=_already_head,
)
