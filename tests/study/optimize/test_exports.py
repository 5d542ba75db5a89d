"""What a search of a model exports to: what is installed, wanted, and computed in as it says."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.study.optimize.exports import (
    exports_of,
    exports_to,
    installed_backends,
)
from breakeven.testing.backends import hidden
from breakeven.workloads.backends.backend import Offering, find_backend

NO_NNCF = (
    "int8-dynamic and int8-static left out: backend 'openvino' needs nncf, not installed here; "
    "run: pip install 'breakeven[openvino]'"
)

NO_UNITS = (
    "bf16 and fp16 left out: graphs of old would compute in fp32 on this device, which has no "
    "units for that"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnOldDevice:
    """A backend whose device has no units for 16 bits."""

    name: str = "old"
    precisions: tuple[str, ...] = ("fp32", "bf16", "fp16", "int8-static")

    def computes_in(self, precision: str) -> str:
        return "fp32" if precision in ("bf16", "fp16") else precision

    def missing(self, precisions: Sequence[str] = ()) -> str:
        del precisions
        return ""


def as_computed(backend: Offering, *precisions: str) -> list[str]:
    """Of those precisions the ones that this device computes in."""
    return [p for p in precisions if backend.computes_in(p) == p]


def test_a_backend_is_tried_in_every_precision_it_builds() -> None:
    pytest.importorskip("openvino")

    found = exports_to(["openvino"])

    assert {"fp32", "int8-static"} <= set(found.precisions["openvino"])
    with pytest.raises(UnknownNameError, match="openvimo"):
        exports_to(["openvimo"])


def test_a_precision_that_would_be_refused_is_not_tried_and_one_sentence_says_why() -> None:
    found = exports_of([OnOldDevice()])

    assert found.precisions == {"old": ["fp32", "int8-static"]}
    assert found.left_out == (NO_UNITS,)


def test_only_the_precisions_that_are_wanted_are_tried() -> None:
    found = exports_of([OnOldDevice()], ["int8-static", "fp32"])

    assert found.precisions == {"old": ["fp32", "int8-static"]}
    assert found.left_out == ()
    assert exports_of([OnOldDevice()], ["fp16"]).precisions == {}
    assert len(exports_of([OnOldDevice()], ["fp16"]).left_out) == 1


def test_a_precision_that_no_backend_builds_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"no precision named 'int9'.*int8-static"):
        exports_of([OnOldDevice()], ["int9"])
    with pytest.raises(SettingsError, match="precisions fp32 are of graphs, and there is no back"):
        exports_of([], ["fp32"])


def test_openvino_without_what_rounds_is_offered_for_all_but_int8() -> None:
    pytest.importorskip("openvino")
    pytest.importorskip("onnx")
    with hidden("nncf"):
        assert "openvino" in installed_backends()
        found = exports_to(["openvino"])

    kept = as_computed(find_backend("openvino"), "fp32", "bf16", "fp16")
    assert found.precisions == {"openvino": kept}
    assert found.left_out[-1] == NO_NNCF


def test_a_backend_that_is_not_there_is_not_offered_and_when_named_asked_for_all() -> None:
    with hidden("openvino"):
        assert "openvino" not in installed_backends()
        found = exports_to(["openvino"])

    assert "int8-static" in found.precisions["openvino"]
    assert found.left_out == ()
