"""Runs to store: one rich, and as many small ones as a test wants."""

from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    Note,
    NoteCode,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.store import Store

MakeRun = Callable[..., Run]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def make_run() -> MakeRun:
    def make(run_id: str = "r1", **fields: object) -> Run:
        known: dict[str, object] = {
            "stage": Stage.FINETUNE,
            "status": Status.OK,
            "started_at": "2026-01-02T03:04:05Z",
        }
        return Run(run_id=run_id, **(known | fields))  # type: ignore[arg-type]  # any field

    return make


@pytest.fixture
def rich_run() -> Run:
    """A run with every field set, as a fine-tuning on a machine with one GPU leaves it."""
    started_at = "2026-01-02T03:04:05.678901+00:00"
    energy = Cost(
        resource=Resource.ENERGY_J,
        value=5021.25,
        low=5000.5,
        high=5100.125,
        kind=Kind.MEASURED,
        channel="core-0",
        sensor="rapl",
        origin=Origin.REPLAYED,
        resolution=6.1e-5,
        period_s=0.001,
        coverage_frac=0.98,
        not_covered="fans; PSU loss",
        part_of="package-0",
    )
    cpu = Cost(
        resource=Resource.CPU_S,
        value=61.5,
        low=61.49,
        high=61.51,
        kind=Kind.MEASURED,
        channel="process_tree",
        sensor="proc",
    )
    doubt = Note(
        code=NoteCode.PARTIAL_COVERAGE,
        message="98 % of the window was observed.",
        advice="Raise the polling rate — or run longer.",
    )
    work = Measurement(started_at=started_at, duration_s=60.25, costs=(energy, cpu), notes=(doubt,))
    load = Measurement(started_at=started_at, duration_s=0.0)
    return Run(
        run_id="0194f3c2a1b24d5e",
        study="demo",
        row="ft",
        stage=Stage.FINETUNE,
        status=Status.FAILED,
        key="9f2c",
        started_at=started_at,
        settings=Settings(
            passed={"model": "random"},
            resolved={"model": "random", "lr": 5e-5, "epochs": 3, "bucketed": True, "note": "ä\n"},
        ),
        machine=Machine(
            host="node7.cluster.example.org",
            host_id="a1b2",
            system="Linux 6.1",
            cpu_model="EPYC 7713",
            n_cpus=2,
            memory_bytes=8 * 2**30,
            python="3.11.7",
            accelerators=("L4 (GPU-01234567-89ab-cdef-0123-456789abcdef)",),
            libraries={"torch": "2.13.0"},
        ),
        phases=(
            Phase(name=PhaseName.LOAD, measurement=load),
            Phase(name=PhaseName.WORK, measurement=work),
        ),
        counts=(
            Cost.exact(Resource.FLOPS, 1.5e15, kind=Kind.COUNTED, sensor="kaplan-2020"),
            Cost.exact(Resource.N_PARAMETERS, 4_400_000, kind=Kind.COUNTED, sensor="model"),
        ),
        output=Volume(n_examples=800, n_real_tokens=30_000, n_padded_tokens=38_400, n_batches=25),
        scores=(
            Score(metric="accuracy", value=0.61, split="test", n_examples=100, n_correct=61),
            Score(
                metric="loss",
                value=1.25,
                split="validation",
                n_examples=100,
                higher_is_better=False,
                kind=Kind.ASSUMED,
            ),
        ),
        parents=("0194f3c2a1b24d00",),
        artifacts={"model": "ab" * 32},
        repeat=1,
        block=2,
        position=17,
        notes=(doubt,),
        error='Traceback (most recent call last):\n  File "/home/alice/x.py", line 1\nKeyError: x',
    )
