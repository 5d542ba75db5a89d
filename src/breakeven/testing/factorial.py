"""A made-up sweep of 40 configurations for each of three pathways, to try crowded reports on.

The numbers are invented: cost is linear in the tokens computed, multiplied by a factor for
precision and by the share of layers kept, with seeded noise; quality falls below 48 tokens and
with every layer removed. It is the design of a factorial study: length x padding x precision, and
depth at two lengths.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from breakeven.records import (
    Cost,
    Item,
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    Scalar,
    Settings,
    Stage,
    StudyDefinition,
    Volume,
)
from breakeven.testing.tiny import Amounts, tiny_inference, tiny_run, tiny_score

STUDY = "factorial"
LENGTHS = (16, 24, 32, 40, 48, 64, 96, 128)
N_LAYERS = 6
N_TEST = 872
MEAN_TOKENS = 25.0
_FULL_LENGTH = 128
_SECONDS_PER_TOKEN = 2e-4
_SECONDS_PER_EXAMPLE = 1e-3
_WATTS = 20.0
_HALF_COST = 0.45
_SAFE_LENGTH = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One configuration: what differs from fp32, full depth, 128 tokens, padded to the longest."""

    max_length: int = _FULL_LENGTH
    padding: str = "longest"
    precision: str = "fp32"
    n_layers: int = 0

    @property
    def label(self) -> str:
        """Name as a study would give it."""
        told = {name: value for name, value in self.settings.items() if value != _BASE[name]}
        return ",".join(f"{name}={value}" for name, value in told.items()) or "reference"

    @property
    def settings(self) -> dict[str, Scalar]:
        """Settings by name."""
        return {
            "max_length": self.max_length,
            "padding": self.padding,
            "precision": self.precision,
            "n_layers": self.n_layers,
        }

    @property
    def tokens(self) -> float:
        """Tokens computed per example."""
        if self.padding == "max_length":
            return float(self.max_length)
        return MEAN_TOKENS * (1 - math.exp(-self.max_length / 12))

    @property
    def depth_frac(self) -> float:
        """Share of layers kept."""
        return (self.n_layers or N_LAYERS) / N_LAYERS


_BASE = Cell().settings


def factorial_cells() -> tuple[Cell, ...]:
    """Return the 40 configurations of one pathway, reference first.

    Examples:
        >>> len(factorial_cells()), factorial_cells()[0].label
        (40, 'reference')
    """
    cells = [
        Cell(max_length=length, padding=padding, precision=precision)
        for precision in ("fp32", "fp16")
        for padding in ("longest", "max_length")
        for length in reversed(LENGTHS)
    ]
    depths = [
        Cell(max_length=length, n_layers=n)
        for length in (_FULL_LENGTH, _SAFE_LENGTH)
        for n in (5, 4, 3, 2)
    ]
    return (*cells, *depths)


def factorial_runs(*, n_blocks: int = 3, seed: int = 5) -> tuple[StudyDefinition, tuple[Run, ...]]:
    """Return a made-up study of FT, TS and TA, each with 40 configurations, and its runs.

    Args:
        n_blocks: Each holds every configuration once.
        seed: Of the noise.

    Examples:
        >>> definition, runs = factorial_runs(n_blocks=1)
        >>> len(runs)
        123
    """
    rng = np.random.default_rng(seed)
    shares = {"FT": 1.0, "TS": 0.52, "TA": 0.51}
    definition = StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=name, row=name.lower()) for name in shares),
        headline=Resource.CPU_S,
        item=Item.EXAMPLE,
        reference=_BASE,
        source="study: factorial\n",
    )
    development = (_developed(name.lower(), 1500.0 * share) for name, share in shares.items())
    return definition, (*development, *_blocks(rng, shares, n_blocks=n_blocks))


def _developed(row: str, cpu_s: float) -> Run:
    run = tiny_run(row, _amounts(cpu_s), stage=Stage.FINETUNE)
    return replace(run, study=STUDY)


def _blocks(rng: np.random.Generator, shares: dict[str, float], *, n_blocks: int) -> Iterator[Run]:
    for block in range(n_blocks):
        slowdown = math.exp(rng.normal(0, 0.03))
        for name, share in shares.items():
            for cell in factorial_cells():
                noise = slowdown * math.exp(rng.normal(0, 0.01))
                yield _measured(name, cell, share=share * noise, block=block)


def _measured(pathway: str, cell: Cell, *, share: float, block: int) -> Run:
    per_example_s = _SECONDS_PER_EXAMPLE + _SECONDS_PER_TOKEN * cell.tokens * cell.depth_frac
    cpu_s = share * N_TEST * per_example_s * (_HALF_COST if cell.precision == "fp16" else 1.0)
    n_parameters = 2.4e7 + 1.8e6 * (cell.n_layers or N_LAYERS)
    run = tiny_inference(pathway, _amounts(cpu_s), label=cell.label, block=block)
    role = {"role": "reference" if cell.label == "reference" else "sweep"}
    return replace(
        run,
        study=STUDY,
        settings=Settings(resolved={**cell.settings, **role}),
        output=Volume(
            n_examples=N_TEST,
            n_real_tokens=round(N_TEST * min(MEAN_TOKENS, cell.tokens)),
            n_padded_tokens=round(N_TEST * cell.tokens),
        ),
        counts=(
            Cost.exact(Resource.N_PARAMETERS, n_parameters, kind=Kind.COUNTED, sensor="model"),
        ),
        scores=(tiny_score(_n_correct(pathway, cell), N_TEST),),
        parents=(pathway.lower(),),
    )


def _amounts(cpu_s: float) -> Amounts:
    return {
        Resource.CPU_S: cpu_s,
        Resource.DURATION_S: 1.02 * cpu_s,
        Resource.ENERGY_J: _WATTS * 1.02 * cpu_s,
    }


def _n_correct(pathway: str, cell: Cell) -> int:
    best = {"FT": 0.887, "TS": 0.871, "TA": 0.846}[pathway]
    n_missing = max(0, _SAFE_LENGTH - cell.max_length)
    loss = 0.00007 * n_missing**2 + 0.35 * math.sqrt(1 - cell.depth_frac)
    return round(N_TEST * max(0.5, best - loss))
