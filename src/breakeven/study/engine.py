"""Engines by name, and the one that runs NLP models: a thin door to the workloads room."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

from breakeven import registry
from breakeven.records import Scalar, Stage
from breakeven.records.engine import Engine, Service, Speed, TaskFacts, Work
from breakeven.records.protocols import StageContext, StageRequest

_DEVELOPMENT = (
    Stage.FETCH,
    Stage.PRETRAIN,
    Stage.FINETUNE,
    Stage.DISTIL,
    Stage.EXPORT,
    Stage.ADAPT,
)

_PATHS = ("train", "validation", "test", "id", "corpus", "cache_dir", "root", "model", "tokenizer")
_BUILT_HERE = ("parent", "random", "tfidf")


def find_engine(name: str) -> Engine:
    """Return the engine registered under `name`.

    Raises:
        UnknownNameError: If no installed package declares it.
    """
    return cast("Engine", registry.load("engine", name))


class NlpEngine:
    """Implements `Engine` with the workloads room, imported when first needed."""

    clock_s: Callable[[], float] = staticmethod(time.monotonic)

    def versions(self) -> Mapping[Stage, int]:
        """Return the version of each stage's code."""
        from breakeven.workloads.catalogue import STAGE_VERSIONS  # noqa: PLC0415 - lazy on purpose

        return {stage: STAGE_VERSIONS[stage] for stage in (*_DEVELOPMENT, Stage.INFER)}

    def metrics(self) -> Collection[str]:
        """Return the names of the scores that stages give, whatever the form of the task."""
        from breakeven.workloads.tasks.form import METRICS  # noqa: PLC0415 - lazy on purpose

        return tuple(dict.fromkeys(name for names in METRICS.values() for name in names))

    def paths(self, settings: Mapping[str, Scalar]) -> Mapping[str, str]:
        """Return the settings that may name a file or folder."""
        named = {key: str(settings[key]) for key in _PATHS if settings.get(key)}
        return {key: text for key, text in named.items() if text not in _BUILT_HERE}

    def stage_defaults(self, stage: Stage, passed: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
        """Return the settings a stage understands at their defaults."""
        from breakeven.workloads.catalogue import stage_defaults  # noqa: PLC0415 - the same

        return stage_defaults(stage, passed)

    def resolve_stage(self, stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Fill in a stage's defaults."""
        from breakeven.workloads.catalogue import resolve_stage  # noqa: PLC0415 - the same

        return resolve_stage(stage, passed)

    def check_model(self, settings: Mapping[str, Scalar], *, roles: Collection[str]) -> int | None:
        """Check a model from the files of its folder."""
        from breakeven.workloads.models.beforehand import check_model  # noqa: PLC0415 - the same

        return check_model(settings, roles=roles)

    def check_depth(self, settings: Mapping[str, Scalar], n_layers: int) -> None:
        """Check the layers a row keeps of its parent's."""
        from breakeven.workloads.models.beforehand import check_depth  # noqa: PLC0415 - the same

        check_depth(settings, n_layers)

    def resolve_service(self, row: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Return the settings of loading what a row made: its kind, device and threads."""
        from breakeven.workloads.catalogue import resolve_stage, stage_options  # noqa: PLC0415 - the same

        keys = stage_options(Stage.SERVE, {})
        kept = {key: value for key, value in row.items() if key in keys and key != "n_layers"}
        model = "tfidf" if row.get("model") == "tfidf" else "parent"
        return resolve_stage(Stage.SERVE, {**kept, "model": model})

    def resolve_inference(self, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Fill in the defaults of an inference row."""
        from breakeven.workloads.catalogue import resolve_inference  # noqa: PLC0415 - the same

        return resolve_inference(passed)

    def reduce(
        self, name: str, reference: Mapping[str, Scalar], values: Sequence[Scalar]
    ) -> Mapping[str, list[Scalar]]:
        """Try a registered reduction on an inference configuration."""
        from breakeven.workloads.reductions import expand  # noqa: PLC0415 - the same

        return expand(name, reference, values)

    def describe_task(self, task: Mapping[str, Scalar]) -> TaskFacts:
        """Read the data and hash it."""
        from breakeven.workloads.tasks import load_task  # noqa: PLC0415 - the same
        from breakeven.workloads.tasks.likeness import likeness_facts  # noqa: PLC0415 - the same

        loaded = load_task(task)
        return TaskFacts(
            content_hash=loaded.content_hash,
            facts={**loaded.facts, **likeness_facts(loaded)},
            majority_scores=loaded.majority_scores,
            metrics=loaded.metrics,
            notes=loaded.notes,
        )

    def forecast_work(
        self,
        stage: Stage,
        settings: Mapping[str, Scalar],
        facts: Mapping[str, Scalar],
        parents: Mapping[str, Work],
    ) -> Work | None:
        """Say what a row will amount to, where its model's sizes are known beforehand."""
        from breakeven.workloads.ahead import work_ahead  # noqa: PLC0415 - the same

        return work_ahead(stage, settings, facts, parents)

    def calibrate(self, shape: Mapping[str, Scalar]) -> Speed | None:
        """Train one layer of that shape for a moment, in a process of its own."""
        from breakeven.workloads.calibration import try_speed  # noqa: PLC0415 - the same

        return try_speed(shape)

    def run_stage(self, context: StageContext, request: StageRequest) -> None:
        """Run one development stage."""
        from breakeven.workloads.stages import run_stage  # noqa: PLC0415 - the same

        run_stage(context, request)

    def open_service(self, context: StageContext, request: StageRequest) -> Service:
        """Load one checkpoint and keep it."""
        from breakeven.workloads.stages.infer import InferenceService  # noqa: PLC0415 - the same

        return cast("Service", InferenceService.open(context, request))


NLP = NlpEngine()
