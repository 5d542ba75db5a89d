"""The services of the made-up study: loaded once, then measured in randomized blocks."""

import math
from collections.abc import Iterator

import numpy as np

from breakeven.records import (
    Note,
    NoteCode,
    PhaseName,
    Run,
    Scalar,
    Score,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.testing.example_costs import (
    MACHINE,
    STARTED_AT,
    STUDY,
    TOKENS_PER_EXAMPLE,
    kaplan,
    latency,
    phase,
)
from breakeven.testing.example_rows import SERVICES, ExampleService

N_BLOCKS = 6
N_TEST = 1310
N_PASSED = 2 * N_TEST


def serve(service: ExampleService, rng: np.random.Generator) -> Run:
    """The loading of a service's checkpoint."""
    load_s = 0.4 * math.exp(rng.normal(0, 0.05))
    import_s = 1.0 if service.row == "tfidf" else 8.0
    return Run(
        run_id=f"{service.name}/serve",
        stage=Stage.SERVE,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row=f"{service.name}/serve",
        machine=MACHINE,
        phases=(
            phase(PhaseName.IMPORT, import_s, 2.5e8),
            phase(PhaseName.LOAD, load_s, service.peak_bytes),
        ),
        parents=(service.row,),
    )


def blocks(rng: np.random.Generator) -> Iterator[Run]:
    """Every row of every service in each block, in random order, and one that was refused."""
    position = 0
    for block in range(N_BLOCKS):
        slowdown = math.exp(rng.normal(0, 0.03))
        rows = [(s, label) for s in SERVICES for label in ("reference", "aa", *s.sweep)]
        for index in rng.permutation(len(rows)):
            service, label = rows[index]
            noise = slowdown * math.exp(rng.normal(0, 0.008))
            yield _infer(service, label, block=block, position=position, noise=noise)
            position += 1
    yield _refused(position)


def _infer(service: ExampleService, label: str, *, block: int, position: int, noise: float) -> Run:
    factor, n_correct = service.sweep.get(label, (1.0, service.n_correct))
    cpu_s = service.cpu_s * factor * noise * N_PASSED
    role = label if label in {"reference", "aa"} else "sweep"
    n_batches = N_PASSED if label == "batch_size=1" else math.ceil(N_PASSED / 32)
    return Run(
        run_id=f"{service.name}/{label}/{block}",
        stage=Stage.INFER,
        status=Status.OK,
        started_at=STARTED_AT,
        study=STUDY,
        row=f"{service.name}/{label}",
        settings=_inference_settings(label, role),
        machine=MACHINE,
        phases=(
            phase(PhaseName.WARMUP, cpu_s * 0.1, service.peak_bytes),
            phase(PhaseName.WORK, cpu_s, service.peak_bytes),
        ),
        counts=(
            kaplan(service.flops * min(factor, 1.0) * N_PASSED),
            *latency(cpu_s / n_batches, n_batches),
        ),
        output=Volume(
            n_examples=N_PASSED,
            n_real_tokens=N_PASSED * TOKENS_PER_EXAMPLE,
            n_padded_tokens=N_PASSED * TOKENS_PER_EXAMPLE * 5 // 4,
            n_batches=n_batches,
        ),
        scores=(_score(n_correct),),
        parents=(service.row, f"{service.name}/serve"),
        block=block,
        position=position,
    )


def _inference_settings(label: str, role: str) -> Settings:
    resolved: dict[str, Scalar] = {"batch_size": 32, "max_length": 48, "precision": "fp32"}
    passed: dict[str, Scalar] = {}
    if role == "sweep":
        key, value = label.split("=")
        passed = {
            "max_length" if key == "length" else key: int(value) if value.isdigit() else value
        }
    return Settings(passed=passed, resolved={**resolved, **passed, "role": role})


def _score(n_correct: int) -> Score:
    return Score(
        metric="accuracy",
        value=n_correct / N_TEST,
        split="test",
        n_examples=N_TEST,
        n_correct=n_correct,
    )


def _refused(position: int) -> Run:
    message = "bf16 ran 3.1 times slower than fp32 on Example CPU"
    return Run(
        run_id="FT/precision=bf16/0",
        stage=Stage.INFER,
        status=Status.FAILED,
        started_at=STARTED_AT,
        study=STUDY,
        row="FT/precision=bf16",
        settings=_inference_settings("precision=bf16", "sweep"),
        machine=MACHINE,
        parents=("ft", "FT/serve"),
        block=0,
        position=position,
        notes=(
            Note(
                code=NoteCode.PRECISION_REFUSED,
                message=message,
                advice="Use fp32 on this device.",
            ),
        ),
        error=f"PrecisionRefusedError: {message}",
    )
