"""Serving an encoder: length, depth, precision and padding change from row to row, weights never.

Length is cut by the tokenizer; depth and precision run on copies that end with the row, so every
row starts from the same checkpoint and nothing is trained again.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import torch

from breakeven.errors import SettingsError
from breakeven.records import Cost, Kind, PhaseName, Resource, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.heads import Head, head_for
from breakeven.workloads.models.batches import Padding, batches, cut
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import (
    Encoder,
    check_max_length,
    count_parameters,
    load_encoder,
    load_model,
    to_tensors,
)
from breakeven.workloads.models.layers import keep_first_layers, n_layers_of
from breakeven.workloads.reductions.precision import DTYPES, PrecisionResult, measure_precision
from breakeven.workloads.stages.cost_only import is_cost_only, mark_cost_only
from breakeven.workloads.stages.device import choose_device, synchronizer, use_threads
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.opening import check_labels
from breakeven.workloads.stages.serving import Answers
from breakeven.workloads.tasks import Split, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderRow:
    """An encoder set up for one row; implements `serving.Row`.

    Attributes:
        model: In evaluation mode, on `device`, as deep and as precise as the row wants.
        tokenizer: Its tokenizer.
        head: What its output means.
        split: What is answered.
        ahead: The split as windows where it was tokenized ahead; None to tokenize inside.
        settings: Of the row: `max_length`, `padding`, `batch_size`.
        device: Where the model computes.
        synchronize: Waits for the device.
        n_kaplan: Parameters outside embedding tables.
    """

    model: Any
    tokenizer: Any
    head: Head[Any, Any]
    split: Split[Any]
    ahead: Encoded | None
    settings: Mapping[str, Scalar]
    device: torch.device
    synchronize: Callable[[], None]
    n_kaplan: int

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the examples at `indices`; answers are back on the CPU when it returns.

        Examples of several windows may make more forward passes than one, each of at most
        `batch_size` windows.
        """
        asked = self.split.take(indices)
        if self.ahead is None:
            encoded = self.head.encode(self.tokenizer, asked, self.settings)
        else:
            encoded = self.ahead.take(indices)
        order = cut(range(len(encoded)), int(self.settings["batch_size"]))
        readings: list[Any] = []
        n_real = n_padded = 0
        for batch in batches(
            encoded,
            order,
            pad_id=self.tokenizer.pad_token_id,
            padding=cast("Padding", self.settings["padding"]),
            max_length=int(self.settings["max_length"]),
        ):
            logits = self.head.logits(self.model(**to_tensors(batch, self.device)))
            readings += self.head.read(logits, batch, encoded)
            n_real += batch.n_real_tokens
            n_padded += batch.n_padded_tokens
        return Answers(
            predicted=self.head.answers(readings, asked, encoded),
            n_real_tokens=n_real,
            n_padded_tokens=n_padded,
        )

    def costs(self) -> list[Cost]:
        """Parameters, and what the model took of a CUDA device's memory."""
        found = [counted(Resource.N_PARAMETERS, count_parameters(self.model).n_total)]
        if self.device.type == "cuda":
            found.append(
                Cost.exact(
                    Resource.PEAK_DEVICE_MEMORY_BYTES,
                    torch.cuda.max_memory_allocated(self.device),
                    kind=Kind.MEASURED,
                    sensor="torch.cuda.max_memory_allocated",
                    channel=str(self.device),
                )
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderServer:
    """An encoder loaded once; implements `serving.Server`.

    Attributes:
        task: What it answers.
        head: How it answers.
        encoder: Model, tokenizer and labels; never changed by a row.
        device: Where it computes.
        synchronize: Waits for the device.
        tried: Precisions tried so far, so that each is tried once.
    """

    task: Task[Any]
    head: Head[Any, Any]
    encoder: Encoder
    device: torch.device
    synchronize: Callable[[], None]
    tried: dict[str, PrecisionResult] = field(default_factory=dict)

    @classmethod
    def load(cls, request: StageRequest, task: Task[Any]) -> "EncoderServer":
        """Load the parent "start", or the model that the settings name.

        Raises:
            ModelFolderError: If it cannot be loaded safely.
            SettingsError: If it answers something else than the task asks, or its device is absent.
        """
        device = choose_device(str(request.settings["device"]))
        head = head_for(task)
        encoder = _load(request, head)
        check_labels(encoder, head, task)
        encoder.model.to(device)
        return cls(
            task=task,
            head=head,
            encoder=encoder,
            device=device,
            synchronize=synchronizer(device),
        )

    @property
    def is_scored(self) -> bool:
        """Whether weights and head were trained, so that answers mean something."""
        return not (self.encoder.has_new_head or is_cost_only(self.encoder.model))

    @contextmanager
    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar]
    ) -> Iterator[EncoderRow]:
        """Set up one row; trying a precision and tokenizing ahead are load phases of the row.

        Raises:
            SettingsError: If length or depth exceed the model's.
            PrecisionRefusedError: If the precision was measured not to pay on this device.
        """
        use_threads(int(settings["threads"]))
        check_max_length(self.encoder.model, int(settings["max_length"]))
        with self._model(context, settings) as model, torch.inference_mode():
            counts = count_parameters(model)
            yield EncoderRow(
                model=model,
                tokenizer=self.encoder.tokenizer,
                head=self.head,
                split=self.task.test,
                ahead=self._ahead(context, settings) if settings["tokenize"] == "ahead" else None,
                settings=settings,
                device=self.device,
                synchronize=self.synchronize,
                n_kaplan=counts.n_total - counts.n_embedding,
            )

    @contextmanager
    def _model(self, context: StageContext, settings: Mapping[str, Scalar]) -> Iterator[Any]:
        model, n_layers = self.encoder.model, int(settings["n_layers"])
        if n_layers not in (0, n_layers_of(model)):
            model = keep_first_layers(model, n_layers, shares_weights=True)
        if self.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self.device)
        precision = str(settings["precision"])
        if precision == "fp32":
            yield model
            return
        with context.phase(PhaseName.LOAD, synchronize=self.synchronize):
            self._require(precision)
            narrow = copy.deepcopy(model).to(getattr(torch, DTYPES[precision]))
        yield narrow

    def _require(self, precision: str) -> None:
        if precision not in self.tried:
            self.tried[precision] = measure_precision(self.encoder.model, precision)
        self.tried[precision].require()

    def _ahead(self, context: StageContext, settings: Mapping[str, Scalar]) -> Encoded:
        with context.phase(PhaseName.LOAD):
            return self.head.encode(self.encoder.tokenizer, self.task.test, settings)


def _load(request: StageRequest, head: Head[Any, Any]) -> Encoder:
    if "start" in request.parents:
        return load_model(request.parents["start"], head=head.auto_class)
    settings = request.settings
    if settings["model"] in ("random", "parent", "tfidf"):
        raise SettingsError(
            f"model={settings['model']} cannot be served without a row that makes it; deploy that "
            "row, or name a folder or hub id"
        )
    whole: dict[str, Scalar] = {"n_layers": 0, "max_length": 3}
    encoder = load_encoder({**whole, **settings}, head=head.auto_class, labels=head.labels)
    if settings["weights"] == "random":
        mark_cost_only(encoder.model)
    return encoder
