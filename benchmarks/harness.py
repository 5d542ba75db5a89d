"""What measuring costs: a row through the harness against a plain `torch.inference_mode` loop.

Both answer the same texts in the same batches with the same model, interleaved A B B A. The
harness pays for its windows, sampler thread, journal ticks and counting while the work lasts; the
loop for nothing. What comes after a row (predictions, fsync of its record) is `store append`'s.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import torch

from benchmarks.result import Result
from breakeven.meters import MeterBank, open_bank
from breakeven.records import PhaseName, Scalar, Settings, Stage
from breakeven.records.protocols import StageRequest
from breakeven.session.measure import new_run
from breakeven.session.recorder import Recorder
from breakeven.store import Store
from breakeven.workloads.catalogue import resolve_inference, resolve_stage
from breakeven.workloads.models.batches import collate
from breakeven.workloads.models.encoder import (
    AutoClass,
    build_random,
    save_model,
    to_tensors,
)
from breakeven.workloads.models.tokenizer import encode, train_tokenizer
from breakeven.workloads.stages.infer import InferenceService
from breakeven.workloads.stages.passes import plan_pass

N_PAIRS = 24
N_TEXTS = 800
N_PASSES = 2
N_WARMUP = 4
"""Batches before either is timed: both begin with their memory and caches in place."""
LIMIT_FRAC = 0.01
SHAPE: Mapping[str, Scalar] = {
    "hidden_size": 128,
    "n_layers": 2,
    "n_heads": 2,
    "intermediate_size": 512,
    "max_length": 48,
    "seed": 0,
}
"""The demo's model: the smaller the model, the more a harness shows."""

Batches = Sequence[Sequence[int]]


class CpuOfWork(Recorder):
    """A recorder that also takes this process's CPU time around its work window, reads included."""

    cpu_s = 0.0

    @contextmanager
    def phase(
        self, name: PhaseName, *, synchronize: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        start_s = time.process_time()
        with super().phase(name, synchronize=synchronize):
            yield
        if name is PhaseName.WORK:
            self.cpu_s = time.process_time() - start_s


def run() -> list[Result]:
    """Measure pairs of harness and plain loop, interleaved, and compare their medians."""
    with tempfile.TemporaryDirectory() as made, open_bank() as bank:
        folder = Path(made)
        service, settings = _open(folder, Store(folder / "store"), bank)
        batches = plan_pass(service.server.task.test, settings).batches
        harness_s, plain_s = [], []
        for pair in range(-2, N_PAIRS):  # the first two settle caches and clocks
            both = {
                "harness": lambda: _harness(Store(folder / "store"), bank, service, settings),
                "plain": lambda: _plain(service, batches, int(settings["max_length"])),
            }
            order = sorted(both, reverse=pair % 2 == 1)  # A B, then B A: neither is always second
            taken_s = {name: both[name]() for name in order}
            if pair >= 0:
                harness_s.append(taken_s["harness"])
                plain_s.append(taken_s["plain"])
    return [_result(harness_s, plain_s)]


def _result(harness_s: Sequence[float], plain_s: Sequence[float]) -> Result:
    ratios = [a / b - 1 for a, b in zip(harness_s, plain_s, strict=True)]
    low, _, high = quantiles(ratios, n=4)
    return Result(
        name="inference harness, extra CPU",
        value=median(harness_s) / median(plain_s) - 1,
        unit="share",
        limit=LIMIT_FRAC,
        detail=f"medians of {len(ratios)} interleaved pairs, {median(harness_s):.3f} against "
        f"{median(plain_s):.3f} CPU s; middle half of the pairs {low:+.3f} to {high:+.3f}",
    )


def _harness(
    store: Store, bank: MeterBank, service: InferenceService, settings: Mapping[str, Scalar]
) -> float:
    skeleton = new_run(row="harness", stage=Stage.INFER, settings=Settings(resolved=settings))
    with CpuOfWork(store, skeleton, bank=bank) as recorder:
        service.run(recorder, settings)
    return recorder.cpu_s


def _plain(service: InferenceService, batches: Batches, max_length: int) -> float:
    """The same tokenizing, padding and forward passes, with nothing around them.

    Padding is ours, not the tokenizer's own, which costs 3 % more CPU and would hide the harness.
    """
    server: Any = service.server
    model, tokenizer, texts = server.encoder.model, server.encoder.tokenizer, server.task.test.texts
    pad_id, predicted = tokenizer.pad_token_id, []

    def answer(indices: Sequence[int]) -> None:
        encoded = encode(tokenizer, [texts[i] for i in indices], max_length=max_length)
        batch = collate(encoded, range(len(encoded)), pad_id=pad_id)
        predicted.append(model(**to_tensors(batch)).logits.argmax(-1))

    with torch.inference_mode():
        widest = max(batches, key=lambda b: max(len(texts[i]) for i in b))
        for _ in range(N_WARMUP):
            answer(widest)
        start_s = time.process_time()
        for _ in range(N_PASSES):
            for indices in batches:
                answer(indices)
        return time.process_time() - start_s


def _open(
    folder: Path, store: Store, bank: MeterBank
) -> tuple[InferenceService, Mapping[str, Scalar]]:
    """Make texts and a model with random weights, and open a service on them."""
    torch.set_num_threads(1)
    texts = _texts()
    tokenizer = train_tokenizer(texts, 6000)
    encoder = build_random(SHAPE, tokenizer, head=AutoClass.CLASSIFICATION, labels=("a", "b"))
    save_model(folder / "model", encoder)
    rows = folder / "rows.tsv"
    lines = ["sentence\tlabel", *(f"{text}\t{'ab'[i % 2]}" for i, text in enumerate(texts))]
    rows.write_text("\n".join(lines) + "\n", encoding="utf-8")
    request = StageRequest(
        stage=Stage.SERVE,
        settings=resolve_stage(Stage.SERVE, {}),
        task={"name": "files", "train": str(rows), "test": str(rows), "labels": "a,b"},
        parents={"start": folder / "model"},
    )
    skeleton = new_run(row="serve", stage=Stage.SERVE, settings=Settings())
    with Recorder(store, skeleton, bank=bank) as recorder:
        service = InferenceService.open(recorder, request)
    n_batches = N_PASSES * -(-len(texts) // 32)
    passed: dict[str, Scalar] = {
        "max_length": 48,
        "batch_size": 32,
        "warmup": str(N_WARMUP),
        "min_window_s": 0.0,
        "n_batches": n_batches,
    }
    return service, resolve_inference(passed)


def _texts() -> list[str]:
    """Made-up sentences of 3 to 60 words, so that lengths differ as in real text."""
    rng = random.Random(0)
    words = [
        "".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(2, 9))) for _ in range(900)
    ]
    return [" ".join(rng.choices(words, k=rng.randint(3, 60))) for _ in range(N_TEXTS)]
