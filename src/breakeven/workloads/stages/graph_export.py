"""Exporting a graph: choose real examples, write the graph, open it, compare its answers."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import PhaseName, Resource, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.backends.backend import Backend, Inputs
from breakeven.workloads.backends.graph_folder import GraphFacts, write_graph
from breakeven.workloads.heads import Head, head_for
from breakeven.workloads.models.architecture import is_decoder
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoder import (
    AutoClass,
    Encoder,
    check_max_length,
    count_parameters,
    load_model,
    n_positions_of,
    save_reader,
    to_tensors,
)
from breakeven.workloads.models.layers import keep_first_layers, n_layers_of
from breakeven.workloads.models.tokenizer import check_fast
from breakeven.workloads.stages.agreement import Examples, compare
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.device import confined, use_threads
from breakeven.workloads.stages.graph_model import GraphModel
from breakeven.workloads.stages.graph_probe import (
    Pace,
    Units,
    difference_by_batch,
    measure_pace,
)
from breakeven.workloads.stages.ledger import Ledger, counted
from breakeven.workloads.stages.matching import check_labels
from breakeven.workloads.stages.temporary import temporary_in
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.subset import choose

_OF_SPANS, _OF_OTHERS = ("start_logits", "end_logits"), ("logits",)


def export_graph(context: StageContext, request: StageRequest, backend: Backend) -> None:
    """Export the parent "start", compare the graph with it and keep the graph.

    FLOPs are those of calibrating and comparing; what tracing and timing take is not in them.

    Raises:
        ExportError: If it cannot be exported, or answers otherwise in fp32.
        ModelFolderError: If the parent cannot be loaded safely.
        PrecisionRefusedError: If it would compute in wider numbers than asked for, or was measured
            to be slower than the backend's graph in fp32.
        SettingsError: If it is no encoder with a trained head for the task, or there is nothing to
            compare answers on.
    """
    settings = request.settings
    units = Units.of(backend, str(settings["precision"]))
    if settings["if_slower"] == "refuse":
        units.require()
    use_threads(int(settings["threads"]))
    with context.phase(PhaseName.LOAD):
        task = open_task(context, request)
        head = head_for(task)
        encoder = _source(request.parents["start"], head, task, settings)
    with context.phase(PhaseName.WORK):
        held = Examples.of(_validation(task, settings), head, encoder.tokenizer, settings)
        calibration = _calibration(task, head, encoder, settings)
        out = context.artifact_dir("model")
        example = _example(held)
        with confined(int(settings["threads"])), temporary_in(out):
            backend.export(
                encoder.model,
                out,
                example=example,
                settings=settings,
                calibration=[_arrays(batch) for batch in calibration],
            )
        save_reader(out, encoder)
        facts = _facts(encoder, backend, settings, held=held, head=head)
        write_graph(out, facts)
        with _opened(backend, out, facts, settings) as graph:
            agreement = compare(encoder.model, graph, held, head)
            _count(context, facts, held=held, calibration=calibration)
            agreement.require(precision=facts.precision)
            moved = difference_by_batch(graph, held, head, pad_id=encoder.tokenizer.pad_token_id)
            write_graph(out, replace(facts, batch_difference_frac=moved))
            pace = _pace(encoder, backend, facts, graph, out=out, held=held, settings=settings)
    agreement.report(context)
    for note in units.notes():
        context.add_note(note)
    if pace is not None:
        pace.report(context)
        if settings["if_slower"] == "refuse":
            pace.require(backend=facts.backend, precision=facts.precision)


@contextmanager
def _opened(
    backend: Backend, folder: Path, facts: GraphFacts, settings: Mapping[str, Scalar]
) -> Iterator[GraphModel]:
    graph = backend.open(folder, threads=int(settings["threads"]))
    try:
        yield GraphModel(graph, facts.inputs)
    finally:
        graph.close()


def _pace(  # noqa: PLR0913 - what both graphs are made of
    encoder: Encoder,
    backend: Backend,
    facts: GraphFacts,
    graph: GraphModel,
    *,
    out: Path,
    held: Examples,
    settings: Mapping[str, Scalar],
) -> Pace | None:
    """How fast a narrower graph is beside one in fp32, made for that in `out`; None for fp32."""
    if facts.precision == "fp32":
        return None
    exact = {**settings, "precision": "fp32"}
    with tempfile.TemporaryDirectory(dir=out) as made:
        folder = Path(made)
        backend.export(
            encoder.model, folder, example=_example(held), settings=exact, calibration=()
        )
        write_graph(folder, replace(facts, precision="fp32"))
        with _opened(backend, folder, facts, settings) as fp32:
            return measure_pace(graph, fp32, held)


def _source(
    folder: Path, head: Head[Any, Any], task: Task[Any], settings: Mapping[str, Scalar]
) -> Encoder:
    """Load what is exported, as deep as asked."""
    encoder = load_model(folder, head=head.auto_class)
    if is_decoder(encoder.model.config):
        raise SettingsError(
            f"export begins from an encoder, and its `from` is a {encoder.model.config.model_type} "
            "that reads from left to right; serve that row as it is"
        )
    if encoder.has_new_head and not is_cost_only(encoder.model):
        raise SettingsError(
            f"export needs a model with a head for the task {task.name}, and its `from` has none; "
            "name a row that was fine-tuned or distilled on it"
        )
    check_labels(encoder, head, task)
    check_fast(encoder.tokenizer, to="serve a graph without torch")
    check_max_length(encoder.model, int(settings["max_length"]))
    n_layers = int(settings["n_layers"])
    if n_layers in (0, n_layers_of(encoder.model)):
        return encoder
    return replace(encoder, model=keep_first_layers(encoder.model, n_layers))


def _validation(task: Task[Any], settings: Mapping[str, Scalar]) -> Split[Any]:
    """Examples that answers are compared on, never those of the test split."""
    if not len(task.validation):
        raise SettingsError(
            f"export compares answers on validation examples, and the task {task.name} has none; "
            "set validation_share above 0, or name a validation file or split"
        )
    return _some(task.validation, settings, "check_examples")


def _calibration(
    task: Task[Any], head: Head[Any, Any], encoder: Encoder, settings: Mapping[str, Scalar]
) -> Sequence[Batch]:
    if settings["precision"] != "int8-static":
        return ()
    chosen = _some(task.train, settings, "calibration_examples")
    return Examples.of(chosen, head, encoder.tokenizer, settings).batches


def _some(split: Split[Any], settings: Mapping[str, Scalar], name: str) -> Split[Any]:
    """As many examples as a setting says, or all, where there are fewer."""
    n_kept = min(int(settings[name]), len(split))
    return split.take(choose(len(split), n_kept, seed=int(settings["seed"])))


def _example(held: Examples) -> dict[str, Tensor]:
    """A batch to trace; at least two examples, for a size of one may be taken for a constant."""
    tensors = to_tensors(held.batches[0])
    return {name: own.repeat(2, 1) if len(own) == 1 else own for name, own in tensors.items()}


def _arrays(batch: Batch) -> Inputs:
    return {name: tensor.numpy() for name, tensor in to_tensors(batch).items()}


def _facts(
    encoder: Encoder,
    backend: Backend,
    settings: Mapping[str, Scalar],
    *,
    held: Examples,
    head: Head[Any, Any],
) -> GraphFacts:
    counts = count_parameters(encoder.model)
    precision = str(settings["precision"])
    exporting = backend.export_modules(precision)
    return GraphFacts(
        backend=backend.name,
        precision=precision,
        computed_in=backend.computes_in(precision),
        n_layers=n_layers_of(encoder.model),
        inputs=tuple(_example(held)),
        outputs=_OF_SPANS if head.auto_class is AutoClass.QUESTIONS else _OF_OTHERS,
        max_length=max(held.encoded.lengths),
        n_positions=n_positions_of(encoder.model),
        n_parameters=counts.n_total,
        n_kaplan=counts.n_total - counts.n_embedding,
        versions={
            name: version(name) for name in ("torch", "transformers", *exporting, *backend.modules)
        },
    )


def _count(
    context: StageContext, facts: GraphFacts, *, held: Examples, calibration: Sequence[Batch]
) -> None:
    """Book what was computed: the comparison twice, by model and graph, calibration once."""
    ledger = Ledger(context)
    n_tokens = 2 * held.n_tokens + sum(batch.n_padded_tokens for batch in calibration)
    ledger.passed(n_tokens, n_parameters=facts.n_kaplan)
    ledger.close()
    for batch in held.batches:
        context.add_output(batch.volume)
    context.count(counted(Resource.N_PARAMETERS, facts.n_parameters))
