"""The `optimize` block of a study file as pydantic sees it."""

from typing import Annotated, Literal

from pydantic import Field

from breakeven.records import Resource, Scalar
from breakeven.study.block import Block

_Name = Annotated[str, Field(max_length=60)]
_Positive = Annotated[float, Field(gt=0)]

MIN_SAVING = 1.05
"""A twin of the baseline saves nothing, and yet the lower bounds of what twins seemed to save were
up to 1.035 in this project's own studies (3 to 6 blocks, SST-2 and the demo, a busy machine)."""


class OptimizeBlock(Block):
    """What `breakeven optimize` searches: among what, for what, within which limits."""

    baseline: _Name = Field(
        default="",
        description="Pathway that quality and cost are compared with, run with the settings of "
        "`inference.reference`; empty: the first.",
    )
    max_drop: Annotated[float, Field(gt=0, le=100)] = Field(
        default=1.0,
        description="Points of the metric that may be lost against the baseline; for a metric "
        "without a fixed range per cent of it.",
    )
    min_saving: Annotated[float, Field(ge=1)] = Field(
        default=MIN_SAVING,
        description="Factor by which the choice must be shown to be cheaper; the default is more "
        "than a twin of the baseline can seem to save.",
    )
    cost: Annotated[Resource, Field(strict=False)] | None = Field(
        default=None, description="What is saved; unset: `analysis.headline`."
    )
    exports: list[dict[str, Scalar | list[Scalar]]] = Field(
        default_factory=list,
        description="Settings of stage export; each pathway is also tried exported so, a list "
        "makes one export per value.",
    )
    depths: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=list,
        description="Layers kept; the baseline is also tried cut to so many, its head re-fitted.",
    )
    refit: dict[str, Scalar] = Field(
        default_factory=dict, description="Settings of that re-fitting, of stage finetune."
    )
    exits: list[str] = Field(
        default_factory=list,
        description="Layers after which the baseline's model may stop where it is sure, such as "
        "'2,4'; each entry is a route of stage adapt, method early-exit.",
    )
    student: _Name = Field(
        default="",
        description="Pathway of a smaller model; it, and each of its exports, is also tried as "
        "what answers first in a cascade, before the baseline exported alike.",
    )
    settings: dict[str, Scalar | list[Scalar]] = Field(
        default_factory=dict,
        description="Settings of inference to try, every combination; empty: lengths, batch sizes, "
        "budgets of tokens, padding and order that their reductions suggest.",
    )
    max_latency_ms: _Positive | None = Field(
        default=None, description="Longest time that a batch may take, at `percentile`."
    )
    percentile: Literal[50, 99] = Field(
        default=99, description="Share of batches, in per cent, that must be as fast."
    )
    max_memory_mb: _Positive | None = Field(
        default=None, description="Largest peak of resident memory, in 10^6 bytes."
    )
    blocks: Annotated[int, Field(ge=2, le=1000)] = Field(
        default=6, description="Fresh blocks that the saving is certified on."
    )
    level: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        default=0.95,
        description="Of all certificates of one test split in a store together, see "
        "[several attempts](certificate.md#several-attempts).",
    )
