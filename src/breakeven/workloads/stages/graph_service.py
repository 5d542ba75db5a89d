"""Serving a graph: length, padding and threads change from row to row, depth and precision never.

Nothing of it needs torch: neither tokenizing nor reading answers, which are those of the encoder
that the graph comes from.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.errors import SettingsError
from breakeven.records import Cost, Note, NoteCode, PhaseName, Resource, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.records.settings import BATCHING
from breakeven.workloads.backends.backend import Graph, find_backend
from breakeven.workloads.backends.graph_folder import ROUNDING, GraphFacts, read_graph
from breakeven.workloads.heads.arrays import ArrayHead, array_head_for
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.beforehand import check_positions
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.fast_tokenizer import FastTokenizer, load_fast
from breakeven.workloads.models.folder import read_config, read_labels
from breakeven.workloads.stages.cost_only import says_cost_only
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.matching import check_labels
from breakeven.workloads.stages.serving import LEFT_OUT
from breakeven.workloads.stages.window_row import Computed, WindowRow, encode_ahead
from breakeven.workloads.tasks import Split, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRow(WindowRow):
    """A graph set up for one row; implements `serving.Row`.

    Attributes:
        graph: Open.
        inputs: Names of its inputs.
        n_parameters: Of the model it comes from.
        widths: Tokens of what it was asked, padding included.
    """

    graph: Graph
    inputs: tuple[str, ...]
    n_parameters: int
    widths: set[int] = field(default_factory=set, compare=False)

    def compute(self, batch: Batch, encoded: Encoded) -> Computed:
        """One forward pass; a graph that asks for type ids takes single texts as of type 0."""
        self.widths.add(batch.input_ids.shape[1])
        types = np.zeros_like(batch.input_ids) if batch.type_ids is None else batch.type_ids
        given = {
            "input_ids": batch.input_ids,
            "attention_mask": batch.attention_mask,
            "token_type_ids": types,
        }
        outputs = self.graph({name: given[name] for name in self.inputs})
        return Computed(
            readings=self.head.read(outputs, batch, encoded),
            confidences=self.head.confidences(outputs) if self.says_confidence else (),
        )

    def costs(self) -> list[Cost]:
        """Parameters; a graph has its own memory, in that of the process."""
        return [counted(Resource.N_PARAMETERS, self.n_parameters)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names of the outputs of the model that a graph comes from."""

    labels: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class GraphServer:
    """A graph, opened once for each number of threads in turn; implements `serving.Server`.

    Attributes:
        task: What it answers.
        head: How it answers.
        tokenizer: Of the encoder it comes from.
        facts: What the graph is.
        folder: Where it lies.
        graph: Open.
        threads: What it computes on; 0 while it is closed, so that the next row opens it.
        is_scored: Whether the weights it was made of were trained.
    """

    task: Task[Any]
    head: ArrayHead
    tokenizer: FastTokenizer
    facts: GraphFacts
    folder: Path
    graph: Graph
    threads: int
    is_scored: bool

    @classmethod
    def load(cls, request: StageRequest, task: Task[Any]) -> "GraphServer":
        """Open the parent "start".

        Raises:
            ModelFolderError: If the folder is incomplete or damaged.
            SettingsError: If it answers something else than the task asks, or a device is wanted
                that its backend has not.
        """
        folder, settings = request.parents["start"], request.settings
        facts = read_graph(folder)
        if str(settings["device"]) not in ("auto", "cpu"):
            raise SettingsError(
                f"device={settings['device']!r} is none that graphs of {facts.backend} run on; "
                "set device: cpu or auto"
            )
        head = array_head_for(task)
        check_labels(Labels(labels=read_labels(folder) if head.labels else ()), head, task)
        threads = int(settings["threads"])
        return cls(
            task=task,
            head=head,
            tokenizer=load_fast(folder),
            facts=facts,
            folder=folder,
            graph=find_backend(facts.backend).open(folder, threads=threads),
            threads=threads,
            is_scored=not says_cost_only(read_config(folder)),
        )

    @contextmanager
    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar], *, split: Split[Any]
    ) -> Iterator[GraphRow]:
        """Set up one row; opening for other threads and tokenizing ahead are load phases of it.

        Raises:
            SettingsError: If the length exceeds the model's, or what is fixed in a graph is to
                change.
        """
        self._refuse(settings)
        check_positions(self.facts.n_positions, int(settings["max_length"]))
        self._use(context, int(settings["threads"]))
        for note in batch_notes(self.facts, settings):
            context.add_note(note)
        row = GraphRow(
            graph=self.graph,
            inputs=self.facts.inputs,
            tokenizer=self.tokenizer,
            head=self.head,
            split=split,
            ahead=encode_ahead(context, self.head, self.tokenizer, split, settings),
            settings=settings,
            n_kaplan=self.facts.n_kaplan,
            n_parameters=self.facts.n_parameters,
            prepares_shapes=find_backend(self.facts.backend).prepares_shapes,
        )
        yield row
        for note in length_notes(self.facts, row.widths):
            context.add_note(note)

    def close(self) -> None:
        """Close the graph."""
        self.graph.close()
        self.threads = 0

    def _refuse(self, settings: Mapping[str, Scalar]) -> None:
        """Refuse settings that were decided when the graph was made; defaults leave it as it is."""
        facts = self.facts
        fixed: Mapping[str, tuple[Scalar, Scalar]] = {
            "precision": ("fp32", facts.precision),
            "n_layers": (0, facts.n_layers),
            "attention": ("auto", "auto"),
        }
        for name, (default, own) in fixed.items():
            if settings[name] not in (default, own):
                raise SettingsError(
                    f"{name}={settings[name]!r} cannot be set of a graph of {facts.backend}, which "
                    f"was made with {name}={own!r}; {LEFT_OUT}, or export another graph"
                )

    def _use(self, context: StageContext, threads: int) -> None:
        if threads == self.threads:
            return
        with context.phase(PhaseName.LOAD):
            self.close()  # first, for two of them would take twice the memory
            self.graph = find_backend(self.facts.backend).open(self.folder, threads=threads)
            self.threads = threads


def batch_notes(facts: GraphFacts, settings: Mapping[str, Scalar]) -> tuple[Note, ...]:
    """Say that a score belongs to how batches were made, where that changes answers.

    Args:
        facts: Of the graph that answers.
        settings: Of the row.
    """
    moved_frac = facts.batch_difference_frac
    if moved_frac is None or moved_frac <= ROUNDING:
        return ()
    how = ", ".join(f"{name}={settings[name]}" for name in BATCHING)
    return (
        Note(
            code=NoteCode.ANSWERS_BY_BATCH,
            message=f"the {facts.precision} graph of {facts.backend} answers by what shares a "
            f"batch: one by one, logits moved by up to {moved_frac:.1%} of the largest; the score "
            f"is that of {how}",
            advice="Deploy it with these settings, or have it scored with those it will have.",
        ),
    )


def length_notes(facts: GraphFacts, widths: Collection[int]) -> tuple[Note, ...]:
    """Say that inputs were longer than those the graph was held against its model on, if so.

    Args:
        facts: Of the graph that answered.
        widths: Tokens of what it was asked.
    """
    widest = max(widths, default=0)
    if widest <= facts.max_length:
        return ()
    return (
        Note(
            code=NoteCode.LONGER_THAN_COMPARED,
            message=f"the {facts.precision} graph of {facts.backend} answered inputs of up to "
            f"{widest} tokens, and was held against its model on {facts.max_length} at most",
            advice="Export it with a max_length and check_examples that reach such inputs, or "
            "leave what its agreement says to shorter ones.",
        ),
    )
