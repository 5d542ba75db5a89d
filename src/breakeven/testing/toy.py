"""A toy engine: stages that burn a stated number of CPU seconds and write a small file.

Whole studies run through it in seconds without torch, with the same workers, windows, store and
resume as real ones. `toy` burns real CPU time; `toy-virtual` only moves a clock of its own, so
that with a replayed power trace every number is the same on every machine.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import (
    Cost,
    Kind,
    PhaseName,
    Resource,
    Scalar,
    Stage,
    Volume,
)
from breakeven.records.engine import Speed, TaskFacts, Work
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.testing.toy_service import INFERENCE, N_TEST, TOKENS, ToyService, burn, scored
from breakeven.workloads.reductions import expand

_DEVELOPMENT = (Stage.FETCH, Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL, Stage.EXPORT)
_STAGE: dict[str, Scalar] = {
    "burn_s": 0.05,
    "epochs": 1,
    "accuracy": 0.8,
    "work_s": 0.01,
    "size_bytes": 1000,
    "n_layers": 4,
    "fail": False,
    "log": "",
    "seed": 0,
}
_EXPORT: dict[str, Scalar] = {**_STAGE, "backend": "graph", "precision": "fp32"}
_GRAPHS: Mapping[Scalar, tuple[float, float]] = {
    "fp32": (0.8, 0.0),
    "int8-dynamic": (0.5, 0.04),
    "int8-static": (0.3, 0.0),
}
"""Work and lost accuracy of a graph by its precision, against the model it was made from."""


class VirtualClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def __call__(self) -> float:
        """Return the seconds that passed."""
        return self._now_s

    def advance(self, duration_s: float) -> None:
        """Let `duration_s` pass."""
        self._now_s += duration_s


class ToyEngine:
    """Implements `breakeven.records.engine.Engine`.

    Stage settings: `burn_s` CPU seconds to burn in each of `epochs`; `accuracy` that the result
    scores, towards which it rises when it is watched; `work_s` per batch at inference; `size_bytes`
    of the artefact; `n_layers`; `fail` raises at the end; `log` a file that receives run, process
    and its CPU seconds all the time, at inference too.
    """

    def __init__(
        self, clock_s: Callable[[], float], *, pass_time: Callable[[float], None], noise: float
    ) -> None:
        self.clock_s = clock_s
        self._pass_time = pass_time
        self._noise = noise

    def versions(self) -> Mapping[Stage, int]:
        """Return the version of each stage."""
        return dict.fromkeys((*_DEVELOPMENT, Stage.INFER), 1)

    def metrics(self) -> Collection[str]:
        """Score accuracy alone."""
        return ("accuracy",)

    def paths(self, settings: Mapping[str, Scalar]) -> Mapping[str, str]:
        """Read nothing but `data`, an option of the task."""
        return {"data": str(settings["data"])} if "data" in settings else {}

    def stage_defaults(
        self,
        stage: Stage,
        passed: Mapping[str, Scalar],  # noqa: ARG002 - no default depends on another setting
    ) -> Mapping[str, Scalar]:
        """Return the settings of inference, of exporting, or those all other stages share."""
        return {Stage.INFER: INFERENCE, Stage.EXPORT: _EXPORT}.get(stage, _STAGE)

    def resolve_stage(self, stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Fill in defaults."""
        return _resolve(f"stage {stage}", self.stage_defaults(stage, {}), passed)

    def check_model(self, settings: Mapping[str, Scalar], *, roles: Collection[str]) -> int | None:
        """Know no models."""

    def check_depth(self, settings: Mapping[str, Scalar], n_layers: int) -> None:
        """Know no layers."""

    def resolve_service(self, row: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Loading depends on nothing but the artefact."""
        return {"seed": row["seed"]}

    def resolve_inference(self, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Fill in defaults."""
        return _resolve("inference", INFERENCE, passed)

    def reduce(
        self, name: str, reference: Mapping[str, Scalar], values: Sequence[Scalar]
    ) -> Mapping[str, list[Scalar]]:
        """Reduce by the cards of the workloads room; the settings bear the same names."""
        return expand(name, reference, values)

    def describe_task(self, task: Mapping[str, Scalar]) -> TaskFacts:
        """Return made-up facts; the hash depends on the task's options."""
        return TaskFacts(
            content_hash=f"toy-{json.dumps(dict(sorted(task.items())))}",
            facts={"task": "toy", "n_validation": N_TEST, "n_test": N_TEST},
            majority_scores={"accuracy": 0.2},
        )

    def forecast_work(
        self,
        stage: Stage,
        settings: Mapping[str, Scalar],
        facts: Mapping[str, Scalar],
        parents: Mapping[str, Work],
    ) -> Work | None:
        """Know nothing beforehand."""

    def calibrate(self, shape: Mapping[str, Scalar]) -> Speed | None:
        """Know nothing beforehand."""

    def run_stage(self, context: StageContext, request: StageRequest) -> None:
        """Burn, then write the artefact."""
        settings = request.settings
        for role, folder in request.parents.items():
            if not (folder / "toy.json").is_file():
                raise SettingsError(f"the artefact of {role} holds no toy.json")
        n_epochs = int(settings["epochs"])
        with context.phase(PhaseName.WORK):
            for epoch in range(1, n_epochs + 1):
                burn(context, self._pass_time, float(settings["burn_s"]), log=str(settings["log"]))
                if settings["fail"] and epoch == n_epochs:
                    raise RuntimeError("the toy was told to fail")
                context.add_output(Volume(n_examples=100, n_real_tokens=100 * TOKENS))
                if context.is_watched:
                    risen = float(settings["accuracy"]) * (1 + epoch / n_epochs) / 2
                    score = scored(risen, "validation")
                    context.judged((score,), step=epoch, n_steps=n_epochs)
            context.count(_count(Resource.N_LABELLED_EXAMPLES, 100))
            context.count(_count(Resource.N_PARAMETERS, 1000))
        context.add_score(scored(float(settings["accuracy"]), "validation"))
        folder = context.artifact_dir("model")
        kept = {k: settings[k] for k in ("accuracy", "work_s", "n_layers", "seed", "log")}
        if request.stage is Stage.EXPORT:
            kept = _exported(request.parents["start"], str(settings["precision"]))
        (folder / "toy.json").write_text(json.dumps(kept), encoding="utf-8")
        (folder / "weights.bin").write_bytes(b"\0" * int(settings["size_bytes"]))

    def open_service(self, context: StageContext, request: StageRequest) -> "ToyService":
        """Read the artefact."""
        with context.phase(PhaseName.LOAD):
            self._pass_time(0.01)
            text = (request.parents["start"] / "toy.json").read_text(encoding="utf-8")
        return ToyService(
            model=json.loads(text),
            pass_time=self._pass_time,
            clock_s=self.clock_s,
            noise=self._noise,
        )


def _resolve(
    where: str, defaults: Mapping[str, Scalar], passed: Mapping[str, Scalar]
) -> dict[str, Scalar]:
    for name, value in passed.items():
        if name not in defaults:
            raise UnknownNameError(f"setting of {where}", name, defaults)
        if isinstance(value, str) != isinstance(defaults[name], str):
            raise SettingsError(f"{where}: {name}={value!r} has the wrong type")
    return {**defaults, **passed}


def _exported(parent: Path, precision: str) -> dict[str, Any]:
    """What becomes of a model that is turned into a graph."""
    model: dict[str, Any] = json.loads((parent / "toy.json").read_text(encoding="utf-8"))
    work, lost = _GRAPHS[precision]
    return {
        **model,
        "work_s": model["work_s"] * work,
        "accuracy": model["accuracy"] - lost,
    }


def _count(resource: Resource, value: float) -> Cost:
    return Cost.exact(resource, value, kind=Kind.COUNTED, sensor="toy")


def burn_cpu(duration_s: float) -> None:
    """Keep one core busy until this process has used `duration_s` more CPU seconds."""
    end_s = time.process_time() + duration_s
    while time.process_time() < end_s:
        pass


def _virtual() -> ToyEngine:
    clock = VirtualClock()
    return ToyEngine(clock, pass_time=clock.advance, noise=0.02)


TOY = ToyEngine(time.monotonic, pass_time=burn_cpu, noise=0.0)
TOY_VIRTUAL = _virtual()
