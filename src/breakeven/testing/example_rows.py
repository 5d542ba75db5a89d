"""The numbers behind the made-up study: rows of development and deployed services."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records import Scalar, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleRow:
    """One row of development: what it costs and what it comes from."""

    row: str
    stage: Stage
    cpu_s: float
    flops: float
    n_parameters: float
    n_examples: int
    parents: tuple[str, ...] = ()
    settings: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleService:
    """One deployed pathway: cost per example, quality, and what the sweep multiplies."""

    name: str
    row: str
    cpu_s: float
    flops: float
    n_correct: int
    peak_bytes: float
    sweep: Mapping[str, tuple[float, int]] = field(default_factory=dict)


ROWS = (
    ExampleRow(
        row="pretrain",
        stage=Stage.PRETRAIN,
        cpu_s=70.0,
        flops=3.1e13,
        n_parameters=1.6e6,
        n_examples=16200,
    ),
    ExampleRow(
        row="ft",
        stage=Stage.FINETUNE,
        cpu_s=18.0,
        flops=7.9e12,
        n_parameters=1.6e6,
        n_examples=16200,
        parents=("pretrain",),
    ),
    ExampleRow(
        row="ts",
        stage=Stage.DISTIL,
        cpu_s=11.0,
        flops=4.9e12,
        n_parameters=1.2e6,
        n_examples=10800,
        parents=("ft",),
    ),
    ExampleRow(
        row="ta-distil",
        stage=Stage.DISTIL,
        cpu_s=55.0,
        flops=2.4e13,
        n_parameters=1.2e6,
        n_examples=10800,
        parents=("pretrain",),
    ),
    ExampleRow(
        row="ta",
        stage=Stage.FINETUNE,
        cpu_s=9.0,
        flops=4.0e12,
        n_parameters=1.2e6,
        n_examples=16200,
        parents=("ta-distil",),
    ),
    ExampleRow(
        row="tfidf",
        stage=Stage.FINETUNE,
        cpu_s=1.6,
        flops=2.0e9,
        n_parameters=2.1e6,
        n_examples=5400,
        settings={"model": "tfidf", "estimator": "logistic"},
    ),
)

SERVICES = (
    ExampleService(
        name="FT",
        row="ft",
        cpu_s=6.0e-3,
        flops=7.7e7,
        n_correct=1103,
        peak_bytes=4.4e8,
        sweep={"length=16": (0.71, 1061), "batch_size=1": (1.9, 1103), "n_layers=2": (0.55, 912)},
    ),
    ExampleService(
        name="TS",
        row="ts",
        cpu_s=3.1e-3,
        flops=3.9e7,
        n_correct=1089,
        peak_bytes=4.2e8,
        sweep={"length=16": (0.69, 1052), "batch_size=1": (2.3, 1089)},
    ),
    ExampleService(
        name="TA",
        row="ta",
        cpu_s=3.1e-3,
        flops=3.9e7,
        n_correct=1044,
        peak_bytes=4.2e8,
        sweep={"length=16": (0.70, 1009)},
    ),
    ExampleService(
        name="TF-IDF", row="tfidf", cpu_s=1.2e-4, flops=4.8e3, n_correct=1030, peak_bytes=1.6e8
    ),
)
