"""Int8 for ONNX Runtime: weights rounded once, the scale of activations found batch by batch.

One scale serves all activations of a batch, so an answer depends on what it shares a batch with.
Calibrated scales were tried and lost quality or time (docs/adr/0010).
"""

from pathlib import Path

OPERATORS = ("MatMul", "Gemm", "Gather")
"""What has its weights rounded: products, and embedding tables, which are most of a small model."""


def write_int8(source: Path, path: Path, *, per_channel: bool) -> None:
    """Write a graph with weights in int8.

    Args:
        source: Graph in fp32.
        path: Of the file that is written.
        per_channel: Whether each output channel of a product has a scale of its own.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - an extra

    quantize_dynamic(
        source,
        path,
        op_types_to_quantize=list(OPERATORS),
        per_channel=per_channel,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )
