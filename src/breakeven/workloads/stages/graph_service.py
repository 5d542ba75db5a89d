"""Serving a graph: length, padding and threads change from row to row, depth and precision never.

Tokenizing and reading answers are those of the encoder it comes from.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from breakeven.errors import SettingsError
from breakeven.records import Cost, Note, NoteCode, PhaseName, Resource, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.backends.backend import Graph, find_backend
from breakeven.workloads.backends.graph_folder import GraphFacts, read_graph
from breakeven.workloads.heads import Head, head_for
from breakeven.workloads.models.beforehand import check_positions
from breakeven.workloads.models.encoder import Reader, load_reader
from breakeven.workloads.stages.agreement import ROUNDING
from breakeven.workloads.stages.cost_only import is_cost_only
from breakeven.workloads.stages.device import use_threads
from breakeven.workloads.stages.encoder_row import EncoderRow, encode_ahead
from breakeven.workloads.stages.graph_model import GraphModel
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.opening import check_labels
from breakeven.workloads.tasks import Split, Task

_CPU = torch.device("cpu")

BATCHING = ("batch_size", "batch_tokens", "sorted", "padding")
"""Settings of a row that decide what shares a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRow(EncoderRow):
    """A graph set up for one row; implements `serving.Row`.

    Attributes:
        n_parameters: Of the model it comes from.
    """

    n_parameters: int

    def costs(self) -> list[Cost]:
        """Parameters; a graph has its own memory, in that of the process."""
        return [counted(Resource.N_PARAMETERS, self.n_parameters)]


@dataclass(slots=True, kw_only=True)
class GraphServer:
    """A graph, opened once for each number of threads in turn; implements `serving.Server`.

    Attributes:
        task: What it answers.
        head: How it answers.
        reader: Tokenizer and labels of the encoder it comes from.
        facts: What the graph is.
        folder: Where it lies.
        graph: Open.
        threads: What it computes on.
    """

    task: Task[Any]
    head: Head[Any, Any]
    reader: Reader
    facts: GraphFacts
    folder: Path
    graph: Graph
    threads: int

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
        head = head_for(task)
        reader = load_reader(folder, head=head.auto_class)
        check_labels(reader, head, task)
        threads = int(settings["threads"])
        use_threads(threads)
        return cls(
            task=task,
            head=head,
            reader=reader,
            facts=facts,
            folder=folder,
            graph=find_backend(facts.backend).open(folder, threads=threads),
            threads=threads,
        )

    @property
    def is_scored(self) -> bool:
        """Whether the weights it was made of were trained."""
        return not is_cost_only(self.reader)

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
        tokenizer = self.reader.tokenizer
        yield GraphRow(
            model=GraphModel(self.graph, self.facts.inputs),
            tokenizer=tokenizer,
            head=self.head,
            split=split,
            ahead=encode_ahead(context, self.head, tokenizer, split, settings),
            settings=settings,
            device=_CPU,
            synchronize=lambda: None,
            n_kaplan=self.facts.n_kaplan,
            n_parameters=self.facts.n_parameters,
        )

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
                    f"was made with {name}={own!r}; leave this pathway out of that row, or export "
                    "another graph"
                )

    def _use(self, context: StageContext, threads: int) -> None:
        use_threads(threads)
        if threads == self.threads:
            return
        with context.phase(PhaseName.LOAD):
            self.graph.close()
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
