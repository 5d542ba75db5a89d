"""The suite that every backend must pass; the author of one subclasses it.

Provide a fixture `backend` and let pytest do the rest; torch, transformers and what the backend
itself needs must be installed:

    class TestKettle(BackendConformance):
        @pytest.fixture
        def backend(self) -> KettleBackend: ...

A suite that cannot fail is worth nothing: `tests/testing/test_backends.py` shows a faulty backend
to every check here.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from breakeven.errors import ExportError, ModelFolderError
from breakeven.records import Stage
from breakeven.testing.graphs import (
    SHAPES,
    exported,
    of_model,
    padded,
    tiny_model,
    with_types,
)
from breakeven.workloads.backends.backend import Backend, Inputs, Outputs
from breakeven.workloads.backends.graph_folder import GRAPH_FILE
from breakeven.workloads.catalogue import stage_options

LARGEST_DIFFERENCE: Mapping[str, float] = {"fp32": 1e-3, "bf16": 0.1, "fp16": 0.1}
"""Share of the largest output that one may be off by, as stage export and torch's own precisions
have it; of other formats only shapes are checked here, as random weights say nothing of them."""

HEADS = {
    "AutoModelForSequenceClassification": ("logits",),
    "AutoModelForTokenClassification": ("logits",),
    "AutoModelForQuestionAnswering": ("start_logits", "end_logits"),
}
"""Outputs of the models that are exported, by the class of transformers that makes them."""


class BackendConformance:
    """Backends; subclass it and provide a `backend` fixture."""

    def test_is_a_backend(self, backend: Backend) -> None:
        """The object satisfies the protocol, and knows fp32 and no precision of its own making."""
        assert isinstance(backend, Backend), "it lacks a part of the protocol"
        assert backend.name, "it has no name"
        assert "fp32" in backend.precisions, "it cannot build fp32"
        others = set(backend.precisions) - set(stage_options(Stage.EXPORT, {})["precision"].choices)
        assert not others, f"no study can ask for {sorted(others)}"
        for precision in backend.precisions:
            computed_in = backend.computes_in(precision)
            wider = (precision, "fp32")
            assert computed_in in wider, f"{precision} computes in {computed_in!r}, none of {wider}"

    def test_what_is_missing_is_told_in_one_sentence(self, backend: Backend) -> None:
        """Nothing is missing here; without its modules it says so and what to do."""
        said = backend.missing(backend.precisions)
        assert not said, f"all is here, but it says: {said!r}"
        needed = {m: p for p in backend.precisions for m in backend.export_modules(p)}
        for module in (*backend.modules, *needed):
            with hidden(module):
                said = backend.missing([needed.get(module, "fp32")])
            check_line(said)
            assert module in said, f"does not name {module}: {said!r}"
            assert "install" in said, f"no advice: {said!r}"
        for module in needed:
            spared = [p for p in backend.precisions if module not in backend.export_modules(p)]
            with hidden(module):
                said = backend.missing(spared)
            assert not said, f"only some exports need {module}, but without them: {said!r}"

    def test_asking_what_is_missing_imports_nothing(self, backend: Backend) -> None:
        """A study is checked by it, where nothing is to be run."""
        before = set(sys.modules)
        backend.missing(backend.precisions)
        imported = set(sys.modules) - before
        assert not imported, f"it imports {sorted(imported)}"

    def test_answers_are_the_models_for_every_head_and_shape(
        self, backend: Backend, tmp_path: Path
    ) -> None:
        """In each precision; numbers of examples and tokens are free, padding is not looked at."""
        for head, names in HEADS.items():
            model = tiny_model(head)
            for precision in backend.precisions:
                folder = exported(backend, model, tmp_path / head / precision, precision=precision)
                graph = backend.open(folder, threads=1)
                for inputs in map(padded, SHAPES):
                    wanted = of_model(model, inputs, names)
                    check_outputs(graph(inputs), wanted, inputs, precision=precision)
                graph.close()

    def test_type_ids_are_looked_at(self, backend: Backend, tmp_path: Path) -> None:
        """Where the model asks for them."""
        model = tiny_model("AutoModelForSequenceClassification")
        folder = exported(backend, model, tmp_path / "graph", has_types=True)
        graph = backend.open(folder, threads=1)
        inputs = with_types(padded((2, 7)))
        check_outputs(graph(inputs), of_model(model, inputs, ("logits",)), inputs)

    def test_more_threads_answer_the_same(self, backend: Backend, tmp_path: Path) -> None:
        """A graph may be opened twice."""
        model = tiny_model("AutoModelForSequenceClassification")
        folder = exported(backend, model, tmp_path / "graph")
        inputs = padded((3, 7))
        one, two = (backend.open(folder, threads=n)(inputs) for n in (1, 2))
        check_outputs(two, one, inputs)

    def test_the_model_stays_as_it_is(self, backend: Backend, tmp_path: Path) -> None:
        """Its answers before and after, and the mode it is in."""
        model = tiny_model("AutoModelForSequenceClassification")
        inputs = padded((2, 7))
        before = of_model(model, inputs, ("logits",))["logits"]
        exported(backend, model, tmp_path / "graph")
        assert not any(module.training for module in model.modules()), "it is in training mode"
        after = of_model(model, inputs, ("logits",))["logits"]
        assert np.array_equal(after, before), "its answers have changed"

    def test_answers_are_not_written_over_by_the_next(
        self, backend: Backend, tmp_path: Path
    ) -> None:
        """What a call gave stays what it is."""
        model = tiny_model("AutoModelForSequenceClassification")
        graph = backend.open(exported(backend, model, tmp_path / "graph"), threads=1)
        first = graph(padded((2, 7)))["logits"]
        kept = first.copy()
        graph(padded((2, 5)))
        assert np.array_equal(first, kept), "the next call wrote over the answers of the first"

    def test_closing_twice_is_fine(self, backend: Backend, tmp_path: Path) -> None:
        """Closing releases and does not fail, also the second time."""
        model = tiny_model("AutoModelForSequenceClassification")
        graph = backend.open(exported(backend, model, tmp_path / "graph"), threads=1)
        graph.close()
        graph.close()

    def test_a_damaged_graph_is_told(self, backend: Backend, tmp_path: Path) -> None:
        """Whichever of its files is cut short or absent: a `ModelFolderError` of one line."""
        model = tiny_model("AutoModelForSequenceClassification")
        folder = exported(backend, model, tmp_path / "graph")
        for path in sorted(folder.rglob("*")):
            assert not path.is_dir(), f"it leaves the folder {path.name} behind"
            if path.name == GRAPH_FILE:
                continue
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
            check_refused(backend, folder, f"{path.name} cut short")
            path.unlink()
            check_refused(backend, folder, f"{path.name} absent")
            path.write_bytes(whole)

    def test_a_graph_that_cannot_be_written_is_told(self, backend: Backend, tmp_path: Path) -> None:
        """In every precision: an `ExportError` of one line, here where a folder is in the way."""
        model = tiny_model("AutoModelForSequenceClassification")
        for precision in backend.precisions:
            made = exported(backend, model, tmp_path / precision, precision=precision)
            taken = tmp_path / f"{precision}-taken"
            for path in made.iterdir():
                if path.name != GRAPH_FILE:
                    (taken / path.name).mkdir(parents=True)
            try:
                exported(backend, model, taken, precision=precision)
            except ExportError as error:
                check_line(str(error))
                continue
            raise AssertionError(f"it writes {precision} nowhere without a word")

    def test_what_cannot_be_exported_is_told(self, backend: Backend, tmp_path: Path) -> None:
        """A model without a head that breakeven knows is an `ExportError`."""
        try:
            exported(backend, tiny_model("AutoModel"), tmp_path / "graph")
        except ExportError:
            return
        raise AssertionError("it exports a model that answers nothing without a word")


def check_line(said: str) -> None:
    """What is told to people is one line."""
    assert "\n" not in said, f"more than one line: {said!r}"


def check_refused(backend: Backend, folder: Path, what: str) -> None:
    """A graph with something wrong is refused when it is opened, in one line."""
    try:
        backend.open(folder, threads=1).close()
    except ModelFolderError as error:
        check_line(str(error))
        return
    raise AssertionError(f"it opens a graph with {what} without a word")


@contextmanager
def hidden(module: str) -> Iterator[None]:
    """Let a module be one that is not installed."""
    modules = cast("dict[str, Any]", sys.modules)
    was = {name: modules[name] for name in (module,) if name in modules}
    modules[module] = None
    try:
        yield
    finally:
        del modules[module]
        modules.update(was)


def check_outputs(
    got: Outputs, wanted: Outputs, inputs: Inputs, *, precision: str = "fp32"
) -> None:
    """Names, shapes and types are the model's; so are numbers, as far as `precision` keeps them.

    Args:
        got: By a graph.
        wanted: By the model.
        inputs: What both answered; outputs of padding may be anything.
        precision: Of the graph.
    """
    assert set(got) == set(wanted), f"outputs are {sorted(got)}, not {sorted(wanted)}"
    mask = inputs["attention_mask"].astype(bool)
    for name, own in wanted.items():
        assert got[name].dtype == np.float32, f"{name} is {got[name].dtype}, not float32"
        assert got[name].shape == own.shape, f"{name} is {got[name].shape}, not {own.shape}"
        is_real = mask if own.shape[:2] == mask.shape else slice(None)
        assert np.isfinite(got[name][is_real]).all(), f"{name} holds what is no finite number"
        most = LARGEST_DIFFERENCE.get(precision, np.inf) * np.abs(own[is_real]).max()
        off = np.abs(got[name][is_real] - own[is_real]).max()
        assert off <= most, f"{name} in {precision} is off by {off:.2g}, at most {most:.2g} may be"
