"""A made-up store of any size, written line by line: 1,000 pathways, shared parents, failures.

The numbers are invented. The shape is that of a large study: one pre-training in two repeats, a
teacher in three for every twenty pathways, of each pathway a student, fine-tunings in several
seeds and a failed one; then randomized blocks, in which every seed and a sweep of settings run.
"""

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from breakeven.records import Item, PathwayDefinition, Resource, StudyDefinition
from breakeven.store import Store

STUDY = "scale"
N_WRITERS = 16
PER_TEACHER = 20
N_TEST = 872
_AT = "2026-01-01T00:00:00.000+00:00"
_MS_PER_DAY = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a store of so many runs is laid out.

    Attributes:
        n_runs: About how many.
        n_pathways: Of them.
    """

    n_runs: int
    n_pathways: int = 1000

    @property
    def per_pathway(self) -> int:
        return self.n_runs // self.n_pathways

    @property
    def n_seeds(self) -> int:
        return max(1, min(10, self.per_pathway // 30))

    @property
    def n_blocks(self) -> int:
        return max(4, min(40, self.per_pathway // (2 * self.n_seeds)))

    def n_swept(self, block: int) -> int:
        """Settings of the sweep in one block, so that the runs come out."""
        development = 2 * self.n_seeds + 1
        left = max(0, self.per_pathway - development - self.n_seeds * self.n_blocks)
        return left // self.n_blocks + (block < left % self.n_blocks)


def definition(shape: Shape) -> StudyDefinition:
    """What the study set out to compare."""
    return StudyDefinition(
        name=STUDY,
        pathways=tuple(
            PathwayDefinition(name=f"P{i:04d}", row=f"ft-{i:04d}") for i in range(shape.n_pathways)
        ),
        headline=Resource.CPU_S,
        item=Item.EXAMPLE,
        planned_volume=1e7,
        facts={"made_up": True},
    )


def write_store(path: Path, shape: Shape, *, seed: int = 0) -> int:
    """Write the store and return how many runs it holds."""
    with Store(path) as store:
        store.save_study(definition(shape))
    (path / "runs").mkdir(exist_ok=True)
    files = [(path / "runs" / f"writer-{i:02d}.jsonl").open("w") for i in range(N_WRITERS)]
    n_runs = 0
    try:
        for line in _lines(shape, np.random.default_rng(seed)):
            files[n_runs % N_WRITERS].write(line)
            n_runs += 1
    finally:
        _close(files)
    return n_runs


def _close(files: Sequence[IO[str]]) -> None:
    for file in files:
        file.close()


class _Clock:
    """Gives each run an id and a time of its own."""

    def __init__(self) -> None:
        self.n = 0

    def next(self) -> tuple[str, str]:
        self.n += 1
        day, ms = divmod(self.n * 37, _MS_PER_DAY)
        s, ms = divmod(ms, 1000)
        at = f"2026-01-{1 + day:02d}T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.{ms:03d}+00:00"
        return f"{self.n * 0x9E3779B97F4A7C15 % (1 << 128):032x}", at


def _lines(shape: Shape, rng: np.random.Generator) -> Iterator[str]:
    clock = _Clock()
    quality = rng.uniform(0.75, 0.93, shape.n_pathways)
    speed = 2e-4 * (1 + 40 * (quality - 0.75) ** 1.5) * rng.lognormal(0, 0.3, shape.n_pathways)
    made = yield from _development(shape, rng, clock, quality)
    for block in range(shape.n_blocks):
        n = shape.n_seeds + shape.n_swept(block)
        for i in rng.permutation(shape.n_pathways).tolist():
            drift = 1 + 0.02 * np.sin(block)
            noise = rng.normal(1, 0.02, n) * drift * speed[i]
            right = rng.binomial(N_TEST, quality[i], n)
            for k, (per_item, n_right) in enumerate(
                zip(noise.tolist(), right.tolist(), strict=True)
            ):
                yield _inference(clock, shape, i, block, k, per_item, n_right, made[i])


def _development(
    shape: Shape, rng: np.random.Generator, clock: _Clock, quality: np.ndarray
) -> Generator[str, None, list[list[str]]]:
    pretrained, lines = _repeats(clock, rng, "pretrain", "pretrain", 2, [[]], 9e5)
    yield from lines
    made: list[list[str]] = []
    teachers: list[str] = []
    for i in range(shape.n_pathways):
        if i % PER_TEACHER == 0:
            teacher = f"teacher-{i // PER_TEACHER:03d}"
            teachers, lines = _repeats(clock, rng, teacher, "finetune", 3, [pretrained[:1]], 2e4)
            yield from lines
        parents = [[teachers[n % 3], pretrained[0]] for n in range(shape.n_seeds)]
        students, lines = _repeats(
            clock, rng, f"distil-{i:04d}", "distil", shape.n_seeds, parents, 4e4 * quality[i]
        )
        yield from lines
        _, lines = _repeats(clock, rng, f"ft-{i:04d}", "finetune", 1, [students[:1]], 900, "failed")
        yield from lines
        tuned, lines = _repeats(
            clock, rng, f"ft-{i:04d}", "finetune", shape.n_seeds, [[s] for s in students], 3e3
        )
        yield from lines
        made.append(tuned)
    return made


def _repeats(  # noqa: PLR0913, PLR0917 - what a row of development is
    clock: _Clock,
    rng: np.random.Generator,
    row: str,
    stage: str,
    n: int,
    parents: list[list[str]],
    cpu_s: float,
    status: str = "ok",
) -> tuple[list[str], list[str]]:
    ids, lines = [], []
    for repeat in range(n):
        run_id, at = clock.next()
        spent_s = cpu_s * float(rng.normal(1, 0.05))
        settings = {
            "model": "made-up",
            "lr": 5e-5,
            "epochs": 3,
            "batch_size": 32,
            "max_length": 128,
        }
        lines.append(
            _line(
                *(run_id, at, row, stage, status, settings, spent_s, 3 * 67_349),
                parents[repeat % len(parents)],
                f'"repeat":{repeat}',
            )
        )
        ids.append(run_id)
    return ids, lines


def _inference(  # noqa: PLR0913, PLR0917 - what an inference run is
    clock: _Clock,
    shape: Shape,
    i: int,
    block: int,
    k: int,
    per_item: float,
    n_right: int,
    made: list[str],
) -> str:
    run_id, at = clock.next()
    role = "reference" if k == 0 else "repeat" if k < shape.n_seeds else "sweep"
    label = role if k < shape.n_seeds else f"max_length={k - shape.n_seeds + 8}"
    settings = {"role": role, "max_length": 128, "batch_size": 32, "precision": "fp32"}
    if role == "repeat":
        settings |= {"start_repeat": k}
        label = f"repeat={k}"
    score = (
        f'{{"metric":"accuracy","value":{n_right / N_TEST},"split":"test",'
        f'"n_examples":{N_TEST},"n_correct":{n_right}}}'
    )
    return _line(
        *(run_id, at, f"P{i:04d}/{label}", "infer", "ok", settings, per_item * 8720, 8720),
        [made[k if role == "repeat" else 0]],
        f'"block":{block},"position":{k},"scores":[{score}]',
    )


def _line(  # noqa: PLR0913, PLR0917 - what a record is
    run_id: str,
    at: str,
    row: str,
    stage: str,
    status: str,
    settings: dict[str, object],
    cpu_s: float,
    n_examples: int,
    parents: list[str],
    more: str,
) -> str:
    resolved = json.dumps(settings, separators=(",", ":"))
    wall_s = cpu_s / 1.9
    costs = (
        _cost("duration_s", wall_s, 1e-6, "measured", "wall", "monotonic"),
        _cost("cpu_s", cpu_s, 0.01, "measured", "process_tree", "proc"),
        _cost("energy_j", 21 * wall_s, 0.06, "measured", "package-0", "rapl"),
        _cost("peak_memory_bytes", 8e8, 4096, "measured", "process_tree", "proc"),
    )
    return (
        f'{{"run_id":"{run_id}","stage":"{stage}","status":"{status}","started_at":"{at}",'
        f'"study":"{STUDY}","row":"{row}","key":"{run_id}",'
        f'"settings":{{"resolved":{resolved}}},'
        f'"phases":[{{"name":"work","measurement":{{"started_at":"{at}","duration_s":{wall_s},'
        f'"costs":[{",".join(costs)}]}}}}],'
        f'"counts":[{_cost("flops", cpu_s * 4e10, 0.0, "counted", "all", "closed form")}],'
        f'"output":{{"n_examples":{n_examples},"n_real_tokens":{24 * n_examples},'
        f'"n_padded_tokens":{32 * n_examples}}},'
        f'"parents":{json.dumps(parents)},{more},"schema_version":1}}\n'
    )


def _cost(  # noqa: PLR0913, PLR0917 - what a cost is
    resource: str, value: float, step: float, kind: str, channel: str, sensor: str
) -> str:
    return (
        f'{{"resource":"{resource}","value":{value},"low":{max(0.0, value - step)},'
        f'"high":{value + step},"kind":"{kind}","channel":"{channel}","sensor":"{sensor}"}}'
    )
