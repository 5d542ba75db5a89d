"""What only odd models and other machines show of our backends."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from breakeven.errors import BackendMissingError, ExportError, SettingsError, UnknownNameError
from breakeven.testing.backends import hidden
from breakeven.workloads.backends.backend import check_precision, find_backend, ready_backend
from breakeven.workloads.backends.openvino_backend import _computed_in


def test_backends_are_found_without_their_runtime() -> None:
    assert find_backend("openvino").name == "openvino"
    with pytest.raises(UnknownNameError, match="no backend named 'onyx'"):
        find_backend("onyx")


def test_a_backend_that_is_not_installed_says_what_to_do() -> None:
    said = (
        r"^backend 'onnxruntime' needs onnxruntime, not installed here; "
        r"run: pip install 'breakeven\[onnx\]'$"
    )
    with hidden("onnx"), hidden("onnxruntime"):
        with pytest.raises(BackendMissingError, match="needs onnxruntime and onnx, not installed"):
            ready_backend("onnxruntime", ["fp32"])
        with pytest.raises(BackendMissingError, match=said):
            ready_backend("onnxruntime")


def test_a_precision_that_cannot_be_built_is_refused() -> None:
    check_precision("openvino", "fp16")
    with pytest.raises(SettingsError, match="precision='fp16' is none that backend='onnxruntime'"):
        check_precision("onnxruntime", "fp16")


@pytest.mark.parametrize(
    ("precision", "capable", "expected"),
    [
        ("fp32", ["FP32", "BF16"], "fp32"),
        ("int8-static", ["FP32", "BF16", "INT8"], "int8-static"),
        ("bf16", ["FP32", "BF16"], "bf16"),
        ("bf16", ["FP32"], "fp32"),
        ("fp16", ["FP32", "BF16"], "fp32"),
        ("fp16", ["FP32", "FP16"], "fp16"),
    ],
)
def test_a_device_computes_in_what_it_has_units_for(
    precision: str, capable: Sequence[str], expected: str
) -> None:
    core = SimpleNamespace(get_property=lambda device, name: capable)
    assert _computed_in(core, precision) == expected


@pytest.mark.nlp
def test_an_operator_without_a_counterpart_is_told(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")

    from breakeven.workloads.backends.onnx_export import write_onnx  # noqa: PLC0415 - needs torch

    class Odd(torch.nn.Module):  # type: ignore[name-defined,misc]  # torch comes by importorskip
        def forward(self, input_ids: object) -> object:
            return SimpleNamespace(logits=torch.linalg.eigvals(input_ids.float()).abs())  # type: ignore[attr-defined]  # a tensor

    example = {"input_ids": torch.tensor([[1, 2], [3, 4]])}
    with pytest.raises(ExportError, match=r"^Odd cannot be written as ONNX \(.+\); serve the row"):
        write_onnx(Odd(), tmp_path / "model.onnx", example=example)
