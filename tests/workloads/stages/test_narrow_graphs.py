"""Graphs in 16 bits, on devices with and without units for them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("openvino")

from breakeven.errors import PrecisionRefusedError  # noqa: E402 - needs torch
from breakeven.records import NoteCode, Scalar, Stage  # noqa: E402 - the same
from breakeven.records.protocols import StageRequest  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.graph_folder import read_graph  # noqa: E402 - the same
from breakeven.workloads.backends.openvino_backend import Openvino  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_stage  # noqa: E402 - the same
from breakeven.workloads.stages.graph_export import export_graph  # noqa: E402 - the same

pytestmark = pytest.mark.nlp


class Unitless(Openvino):
    """On a processor that computes in fp32 alone."""

    def computes_in(self, precision: str) -> str:
        return "fp32"


def request(toy_task: Mapping[str, Scalar], folder: Path, **passed: Scalar) -> StageRequest:
    told = {"backend": "openvino", "precision": "fp16", "max_length": 12, "n_layers": 1, **passed}
    return StageRequest(
        stage=Stage.EXPORT,
        settings=resolve_stage(Stage.EXPORT, told),
        task=toy_task,
        parents={"start": folder},
    )


def test_sixteen_bits_without_units_for_them_are_refused_before_anything_is_loaded(
    context: FakeContext, toy_task: Mapping[str, Scalar], fine_tuned: FakeContext
) -> None:
    asked = request(toy_task, fine_tuned.folder / "model")
    with pytest.raises(PrecisionRefusedError, match="openvino computes in fp32 on this device"):
        export_graph(context, asked, Unitless())
    assert context.phases == []


def test_kept_all_the_same_they_say_what_they_compute_in(
    context: FakeContext, toy_task: Mapping[str, Scalar], fine_tuned: FakeContext
) -> None:
    asked = request(toy_task, fine_tuned.folder / "model", if_slower="keep")
    export_graph(context, asked, Unitless())
    facts = read_graph(context.folder / "model")
    assert (facts.precision, facts.computed_in) == ("fp16", "fp32")
    assert NoteCode.COMPUTED_WIDER in [note.code for note in context.notes]
