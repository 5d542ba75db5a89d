"""A made-up grid in the likeness of studies/sst2_grid.yaml, to try a search on in seconds."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from breakeven.analysis.search.cell import by_runtime, cell_of
from breakeven.analysis.search.replay import Grid, Recording
from breakeven.records import Scalar

N_EXAMPLES = 872
LENGTHS = (128, 16, 24, 32, 48)
BATCHINGS = ((32, True), (1, True), (8, True), (32, False))
"""Sentences of a batch, and whether they are of similar length."""

RUNTIMES: Mapping[str, tuple[str, str, float, float, float]] = {
    "TORCH": ("torch", "fp32", 1.0, 5e-3, 0.0),
    "ORT": ("onnxruntime", "fp32", 0.6, 4e-3, 8.0),
    "ORT8": ("onnxruntime", "int8-dynamic", 0.3, 2e-3, 12.0),
    "OV": ("openvino", "fp32", 0.62, 5e-3, 10.0),
    "OV8": ("openvino", "int8-static", 0.34, 4e-3, 22.0),
}
"""Backend, precision, factor of cost, seconds of each call, seconds of the export."""

DEPTHS = {6: 0.0, 5: 0.012, 4: 0.03}
"""Accuracy that a re-fitted head does not bring back."""

_LOST = {16: 0.06, 24: 0.03, 32: 0.006, 48: 0.0, 128: 0.0}
_REFIT_S, _LOAD_S = 30.0, 5.0


def made_up_grid(*, n_blocks: int = 4, seed: int = 5) -> Grid:
    """Make a grid of 15 routes x 5 lengths x 4 ways to batch up, and its weak baseline.

    Args:
        n_blocks: Each holds every configuration once.
        seed: Of noise and answers.
    """
    rng = np.random.default_rng(seed)
    slowdown = rng.normal(0, 0.03, size=n_blocks)
    recordings = list(_recordings(rng, slowdown))
    weak = Recording(
        cell=cell_of("TORCH-6", {"padding": "max_length"}, depth=6),
        blocks=dict.fromkeys(range(n_blocks), 0.036),
        correct=recordings[0].correct,
        warmup=1.0,
    )
    openings: dict[str, float] = {f"ft{depth}": _REFIT_S for depth in DEPTHS if depth < max(DEPTHS)}
    for (name, runtime), depth in product(RUNTIMES.items(), DEPTHS):
        openings |= {f"{name}-{depth}": runtime[-1], f"{name}-{depth}/serve": _LOAD_S}
    return Grid(recordings=[*recordings, weak], openings=openings)


def _recordings(rng: np.random.Generator, slowdown: np.ndarray) -> Iterator[Recording]:
    base = np.flatnonzero(rng.random(N_EXAMPLES) < 0.887)
    given: dict[str, np.ndarray] = {}
    for (name, (backend, precision, factor, call_s, _)), depth in product(RUNTIMES.items(), DEPTHS):
        drop = DEPTHS[depth] + (0.002 if "int8" in precision else 0.0)
        for length in LENGTHS:
            answers_as = "FT" if precision == "fp32" else name
            alike = f"{answers_as}-{depth}/max_length={length}"
            if alike not in given:
                given[alike] = _answers(rng, base, drop + _LOST[length])
            for batch, is_sorted in BATCHINGS:
                padding = 1 + 0.004 * batch if is_sorted else 1.8
                tokens = min(length, 25 * (1 - math.exp(-length / 14)) * padding)
                mean_s = factor * depth / 6 * (5e-4 + 2.6e-4 * tokens) + call_s / batch
                costs = mean_s * np.exp(slowdown + rng.normal(0, 0.015, size=len(slowdown)))
                settings: dict[str, Scalar] = {
                    "max_length": length,
                    "batch_size": batch,
                    "sorted": is_sorted,
                }
                cell = cell_of(
                    f"{name}-{depth}",
                    settings,
                    backend=backend,
                    precision=precision,
                    depth=depth,
                )
                refit = () if depth == max(DEPTHS) else (f"ft{depth}",)
                yield Recording(
                    cell=replace(cell, alike=alike, features=by_runtime(cell.features)),
                    blocks=dict(enumerate(map(float, costs))),
                    correct=given[alike],
                    warmup=1.5 * batch * mean_s,
                    needs=(f"{name}-{depth}", f"{name}-{depth}/serve", *refit),
                )


def _answers(rng: np.random.Generator, base: np.ndarray, drop: float) -> np.ndarray:
    """Right answers of a cut model: those of the whole one, some lost and a third of these won."""
    correct = np.zeros(N_EXAMPLES)
    correct[base] = 1.0
    n_lost = round(1.5 * drop * N_EXAMPLES)
    wrong = np.setdiff1d(np.arange(N_EXAMPLES), base)
    correct[rng.choice(base, size=n_lost, replace=False)] = 0.0
    correct[rng.choice(wrong, size=min(n_lost // 3, len(wrong)), replace=False)] = 1.0
    return correct
