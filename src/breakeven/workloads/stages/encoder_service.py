"""Serving an encoder: length, depth, precision and padding change from row to row, weights never.

Length is cut by the tokenizer; depth and precision run on copies that end with the row, so every
row starts from the same checkpoint and nothing is trained again.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from breakeven.errors import SettingsError
from breakeven.records import PhaseName, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.heads import Head
from breakeven.workloads.models.attention import attending
from breakeven.workloads.models.decoder import Decoder
from breakeven.workloads.models.encoder import (
    Encoder,
    check_max_length,
    count_parameters,
    load_encoder,
    load_model,
)
from breakeven.workloads.models.layers import keep_first_layers, n_layers_of
from breakeven.workloads.reductions.precision import DTYPES, PrecisionResult, measure_precision
from breakeven.workloads.stages.cost_only import is_cost_only, mark_cost_only
from breakeven.workloads.stages.device import (
    choose_device,
    synchronizer,
    use_threads,
)
from breakeven.workloads.stages.encoder_row import EncoderRow
from breakeven.workloads.stages.generation import (
    GenerationRow,
    check_room,
    encode_prompts,
    prompt_length,
)
from breakeven.workloads.stages.matching import check_labels
from breakeven.workloads.stages.opening import open_head
from breakeven.workloads.stages.window_row import encode_ahead
from breakeven.workloads.tasks import Split, Task
from breakeven.workloads.tasks.form import Form


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
        head = open_head(request, task)
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
        """Whether weights and head were trained, so that answers mean something.

        What is generated is not judged: no text is the one right continuation.
        """
        if self.task.form is Form.GENERATION:
            return False
        return not (self.encoder.has_new_head or is_cost_only(self.encoder.model))

    @contextmanager
    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar], *, split: Split[Any]
    ) -> Iterator[EncoderRow | GenerationRow]:
        """Set up one row; trying a precision and tokenizing ahead are load phases of the row.

        Raises:
            SettingsError: If length or depth exceed the model's, or it cannot attend so.
            PrecisionRefusedError: If the precision was measured not to pay on this device.
        """
        use_threads(int(settings["threads"]))
        generates = self.task.form is Form.GENERATION
        check = check_room if generates else check_length
        check(self.encoder.model, settings)
        set_up = self._generation if generates else self._answering
        attention = attending(self.encoder.model, str(settings["attention"]))
        with attention, self._model(context, settings) as model:
            yield set_up(context, model, settings, split)

    def close(self) -> None:
        """Nothing is held but memory, which goes with the last name for it."""

    def _answering(
        self,
        context: StageContext,
        model: Any,  # noqa: ANN401 - transformers is untyped
        settings: Mapping[str, Scalar],
        split: Split[Any],
    ) -> EncoderRow:
        tokenizer = self.encoder.tokenizer
        return EncoderRow(
            model=model,
            tokenizer=tokenizer,
            head=self.head,
            split=split,
            ahead=encode_ahead(context, self.head, tokenizer, split, settings),
            settings=settings,
            device=self.device,
            synchronize=self.synchronize,
            n_kaplan=_n_kaplan(model),
        )

    def _generation(
        self,
        context: StageContext,
        model: Any,  # noqa: ANN401 - the same
        settings: Mapping[str, Scalar],
        split: Split[Any],
    ) -> GenerationRow:
        tokenizer, texts = self.encoder.tokenizer, split.texts
        ahead = None
        if settings["tokenize"] == "ahead":
            with context.phase(PhaseName.LOAD):
                ahead = encode_prompts(tokenizer, texts, prompt_length(settings))
        return GenerationRow(
            decoder=Decoder.of(model, self.device),
            tokenizer=tokenizer,
            texts=texts,
            ahead=ahead,
            settings=settings,
            synchronize=self.synchronize,
            n_kaplan=_n_kaplan(model),
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


def check_length(model: Any, settings: Mapping[str, Scalar]) -> None:  # noqa: ANN401 - the same
    """Refuse a `max_length` the model has no positions for.

    Raises:
        SettingsError: If it is above the model's positions.
    """
    check_max_length(model, int(settings["max_length"]))


def _n_kaplan(model: torch.nn.Module) -> int:
    counts = count_parameters(model)
    return counts.n_total - counts.n_embedding


def _deployed(folder: Path, head: Head[Any, Any]) -> Encoder:
    """Load a kept model; one that was fetched without a head gets one of the task's, unscored."""
    encoder = load_model(folder, head=head.auto_class)
    if not encoder.has_new_head or encoder.labels == head.labels:
        return encoder
    fetched: dict[str, Scalar] = {
        "model": str(folder),
        "weights": "pretrained",
        "n_layers": 0,
        "max_length": 3,
    }
    return load_encoder({**fetched, "seed": 0}, head=head.auto_class, labels=head.labels)


def _load(request: StageRequest, head: Head[Any, Any]) -> Encoder:
    if "start" in request.parents:
        return _deployed(request.parents["start"], head)
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
