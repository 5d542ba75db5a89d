"""Wanted: what an `optimize` block asks for, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.records import Resource, Scalar
from breakeven.study.optimize.schema import OptimizeBlock

PERCENT = 100.0
S_PER_MS = 1e-3
BYTES_PER_MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched.

    Attributes:
        baseline: Pathway compared with.
        max_drop: Most quality that may be lost, as a share.
        cost: What is saved.
        min_saving: Factor by which the choice must be shown to be cheaper.
        limits: Most of a resource that may be reached.
        settings: Settings of inference to try, by name.
        n_blocks: Blocks of the certificate.
        level: Of each of its bounds.
    """

    baseline: str
    max_drop: float
    cost: Resource
    limits: Mapping[Resource, float] = field(default_factory=dict)
    settings: Mapping[str, Sequence[Scalar]] = field(default_factory=dict)
    n_blocks: int = 6
    level: float = 0.95
    min_saving: float = 1.0


def wanted_of(
    block: OptimizeBlock,
    *,
    baseline: str,
    headline: Resource,
    settings: Mapping[str, Sequence[Scalar]],
) -> Wanted:
    """Turn a block into values.

    Args:
        block: As written.
        baseline: Pathway to compare with.
        headline: What is saved unless the block says.
        settings: What to try.
    """
    limits: dict[Resource, float] = {}
    if block.max_latency_ms is not None:
        at = Resource.LATENCY_P99_S if block.percentile == 99 else Resource.LATENCY_P50_S
        limits[at] = block.max_latency_ms * S_PER_MS
    if block.max_memory_mb is not None:
        limits[Resource.PEAK_MEMORY_BYTES] = block.max_memory_mb * BYTES_PER_MB
    return Wanted(
        baseline=baseline,
        max_drop=block.max_drop / PERCENT,
        cost=block.cost or headline,
        limits=limits,
        settings=settings,
        n_blocks=block.blocks,
        level=block.level,
        min_saving=block.min_saving,
    )
