"""Our backends pass the suite, and the suite fails a backend for each of its faults."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

pytest.importorskip("torch")

from breakeven.errors import ModelFolderError
from breakeven.testing import BackendConformance
from breakeven.workloads.backends.backend import (
    Backend,
    Graph,
    Inputs,
    Outputs,
    find_backend,
    missing_modules,
)

pytestmark = pytest.mark.nlp


class TestOnnxRuntime(BackendConformance):
    @pytest.fixture
    def backend(self) -> Backend:
        return find_backend("onnxruntime")


class TestOpenvino(BackendConformance):
    @pytest.fixture
    def backend(self) -> Backend:
        return find_backend("openvino")


Change = Callable[[dict[str, np.ndarray[Any, Any]]], Outputs]


@dataclass
class FaultyGraph:
    """Answers as a sound graph does, but for `change`."""

    sound: Graph
    change: Change = dict
    drops_types: bool = False
    n_closings: int = 0

    def __call__(self, inputs: Inputs) -> Outputs:
        known = dict(inputs)
        if self.drops_types and "token_type_ids" in known:
            known["token_type_ids"] = np.zeros_like(known["token_type_ids"])
        return self.change({name: own.copy() for name, own in self.sound(known).items()})

    def close(self) -> None:
        self.n_closings += 1
        if self.n_closings > 1:
            raise ValueError("closed already")


@dataclass
class Faulty:
    """ONNX Runtime with one thing wrong at a time."""

    name: str = "faulty"
    precisions: tuple[str, ...] = ("fp32",)
    modules: tuple[str, ...] = ("onnxruntime",)
    prepares_shapes: bool = False
    change: Change = dict
    drops_types: bool = False
    is_wrong_on_two_threads: bool = False
    leaves_training: bool = False
    swallows: bool = False
    opens_anything: bool = False
    said: str | None = None
    asks_too_much: bool = False
    imports: str = ""
    computed_in: str = "fp32"

    def export_modules(self, precision: str) -> tuple[str, ...]:
        return ("onnx",)

    def computes_in(self, precision: str) -> str:
        return self.computed_in

    def missing(self, precisions: Sequence[str] = ()) -> str:
        if self.imports:
            sys.modules.setdefault(self.imports, sys)
        if self.said is not None:
            return self.said
        exports = precisions or self.asks_too_much
        needed = (*self.modules, *(self.export_modules("fp32") if exports else ()))
        return missing_modules(self.name, needed, extra="onnx")

    def export(self, model: Any, out: Path, **given: Any) -> None:
        if self.swallows:
            return
        find_backend("onnxruntime").export(model, out, **given)
        model.train(self.leaves_training)

    def open(self, folder: Path, *, threads: int) -> Graph:
        try:
            sound = find_backend("onnxruntime").open(folder, threads=threads)
        except ModelFolderError:
            if not self.opens_anything:
                raise
            return FaultyGraph(cast("Graph", None), self.change)
        is_wrong = self.is_wrong_on_two_threads and threads == 2
        change = shifted if is_wrong else self.change
        return FaultyGraph(sound, change, drops_types=self.drops_types)


def shifted(outputs: Mapping[str, np.ndarray[Any, Any]]) -> Outputs:
    return {name: own + 1 for name, own in outputs.items()}


def doubled(outputs: Mapping[str, np.ndarray[Any, Any]]) -> Outputs:
    return {name: own.astype(np.float64) for name, own in outputs.items()}


def renamed(outputs: Mapping[str, np.ndarray[Any, Any]]) -> Outputs:
    return {f"output_{i}": own for i, own in enumerate(outputs.values())}


def cut(outputs: Mapping[str, np.ndarray[Any, Any]]) -> Outputs:
    return {name: own[:2] for name, own in outputs.items()}


def endless(outputs: Mapping[str, np.ndarray[Any, Any]]) -> Outputs:
    return {name: own * np.float32("nan") for name, own in outputs.items()}


def reusing() -> Change:
    """Give the same memory again and again."""
    kept: dict[str, np.ndarray[Any, Any]] = {}

    def change(outputs: dict[str, np.ndarray[Any, Any]]) -> Outputs:
        for name, own in outputs.items():
            if name in kept and kept[name].shape == own.shape:
                kept[name][...] = own
            kept.setdefault(name, own)
        return kept

    return change


ANSWERS = "test_answers_are_the_models_for_every_head_and_shape"


@pytest.mark.parametrize(
    ("faulty", "check", "said"),
    [
        pytest.param(Faulty(name=""), "test_is_a_backend", "no name", id="no name"),
        pytest.param(Faulty(precisions=()), "test_is_a_backend", "fp32", id="no fp32"),
        pytest.param(Faulty(precisions=("fp32", "int4")), "test_is_a_backend", "int4", id="int4"),
        pytest.param(Faulty(computed_in="f32"), "test_is_a_backend", "'f32'", id="no format"),
        pytest.param(
            Faulty(said="nothing installed"),
            "test_what_is_missing_is_told_in_one_sentence",
            "nothing installed",
            id="missing although it is there",
        ),
        pytest.param(
            Faulty(said=""),
            "test_what_is_missing_is_told_in_one_sentence",
            "does not name onnxruntime",
            id="not missing although it is not there",
        ),
        pytest.param(
            Faulty(asks_too_much=True),
            "test_what_is_missing_is_told_in_one_sentence",
            "only some exports need onnx",
            id="asks for the exporter to open",
        ),
        pytest.param(
            Faulty(imports="heavy_runtime"),
            "test_asking_what_is_missing_imports_nothing",
            "heavy_runtime",
            id="imports",
        ),
        pytest.param(Faulty(change=shifted), ANSWERS, "is off by 1", id="other answers"),
        pytest.param(Faulty(change=doubled), ANSWERS, "float64, not float32", id="float64"),
        pytest.param(Faulty(change=renamed), ANSWERS, "not ['logits']", id="other names"),
        pytest.param(Faulty(change=cut), ANSWERS, "not (5, 3)", id="other shapes"),
        pytest.param(Faulty(change=endless), ANSWERS, "no finite number", id="no numbers"),
        pytest.param(
            Faulty(drops_types=True), "test_type_ids_are_looked_at", "is off by", id="types"
        ),
        pytest.param(
            Faulty(is_wrong_on_two_threads=True),
            "test_more_threads_answer_the_same",
            "is off by",
            id="threads",
        ),
        pytest.param(
            Faulty(leaves_training=True),
            "test_the_model_stays_as_it_is",
            "in training mode",
            id="training mode",
        ),
        pytest.param(
            Faulty(change=reusing()),
            "test_answers_are_not_written_over_by_the_next",
            "wrote over",
            id="shared memory",
        ),
        pytest.param(
            Faulty(opens_anything=True),
            "test_a_damaged_graph_is_told",
            "opens a graph with model.onnx cut short without a word",
            id="opens anything",
        ),
        pytest.param(
            Faulty(swallows=True),
            "test_what_cannot_be_exported_is_told",
            "without a word",
            id="no error",
        ),
    ],
)
def test_a_fault_fails_its_check(faulty: Faulty, check: str, said: str, tmp_path: Path) -> None:
    suite = BackendConformance()
    given = (tmp_path,) if "tmp_path" in getattr(suite, check).__code__.co_varnames else ()
    with pytest.raises(AssertionError) as failed:
        getattr(suite, check)(cast("Backend", faulty), *given)
    sys.modules.pop("heavy_runtime", None)
    assert said in str(failed.value)


def test_a_graph_that_closes_only_once_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="closed already"):
        BackendConformance().test_closing_twice_is_fine(cast("Backend", Faulty()), tmp_path)
