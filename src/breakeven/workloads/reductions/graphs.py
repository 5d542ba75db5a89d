"""Graphs: another runtime, and int8, which are decided when a model is exported (stage export)."""

from breakeven.records import Scalar, Stage
from breakeven.workloads.reductions.reduction import Card, Reduction

_WIDER = ("fp32", "bf16", "fp16")


def _same_backend(current: Scalar, value: Scalar) -> str:
    return f"{current} runs the graph already; choose another backend" if current == value else ""


def _no_wider(current: Scalar, value: Scalar) -> str:
    if current in _WIDER:
        return ""
    return f"products are in {current} already, which is as narrow as {value}; measure both"


BACKEND = Reduction(
    card=Card(
        name="backend",
        setting="backend",
        what="Answers by a graph of another runtime, with operators fused, instead of by torch.",
        acts_on="every layer; most where batches are small and torch's own work for each operator "
        "shows",
        suggested=("onnxruntime", "openvino"),
        cost="an export of 1 to 4 CPU seconds for 23 million parameters; weights stay, and answers "
        "in fp32 are checked to be the model's",
        source="own trials on SST-2, docs/adr/0010: 2.1 times fewer CPU seconds than torch in "
        "fp32, both backends alike",
        stage=Stage.EXPORT,
    ),
    objection=_same_backend,
)

INT8_DYNAMIC = Reduction(
    card=Card(
        name="int8-dynamic",
        setting="precision",
        what="Rounds weights to 8 bits, and activations by scales that are found as it answers.",
        acts_on="matrix products and the size of the file, on processors with int8 products",
        suggested=("int8-dynamic",),
        cost="an export of 6 to 8 CPU seconds, no calibration; refused where it is measured slower "
        "than fp32; of onnxruntime each answer depends on its batch, so its score does too",
        source="Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient "
        "Integer-Arithmetic-Only Inference; own trials on SST-2, docs/adr/0010: 1.7 to 2.1 times "
        "fewer CPU seconds than fp32 of the same backend",
        stage=Stage.EXPORT,
    ),
    objection=_no_wider,
)

INT8_STATIC = Reduction(
    card=Card(
        name="int8-static",
        setting="precision",
        what="Rounds weights to 8 bits, and activations by scales fixed on training examples.",
        acts_on="matrix products and the size of the file, on processors with int8 products",
        suggested=("int8-static",),
        cost="an export with calibration of about 20 CPU seconds; inputs unlike those it was "
        "calibrated on may lose more",
        source="Xiao et al. 2023, SmoothQuant (what NNCF does for transformers); own trials on "
        "SST-2, docs/adr/0010: 2.5 times fewer CPU seconds than fp32 of OpenVINO",
        stage=Stage.EXPORT,
    ),
    objection=_no_wider,
)
