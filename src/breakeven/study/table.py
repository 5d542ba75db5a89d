"""The run table: every run a study asks for, in order, before anything is known of the store."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from breakeven.records import Scalar, Settings, Stage, Trial
from breakeven.records.engine import Engine, TaskFacts
from breakeven.study.order import randomized_blocks
from breakeven.study.places import contents, located, told
from breakeven.study.presets import PRESET
from breakeven.study.spec import AA, REFERENCE, REPEAT, Configuration, StageRow, Study

TUNE = "tune"
"""Setting that tells what a trial was drawn from."""

START = "start"
"""Role of the parent whose model is taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """One run to be made.

    Attributes:
        row: Name of the row.
        stage: What is run.
        settings: As recorded: what the engine resolved, and what else decides the result.
        engine_settings: What the engine resolved, as it wants it back, its paths located.
        contents: Hash of what each path in them leads to; stands for the path in the key.
        defaults: What the engine takes for each of them that is not passed.
        version: Version of the stage's code.
        parents: Development row by role.
        repeat: From 0.
        block: From 0; None for development.
        position: Place in the order, from 0; None for the loading of a checkpoint.
        pathway: Whose inference row; empty for development.
        parent_repeats: Which repeat of each parent it begins from, by role; the first if absent.
        trial: What it is tried for; the settings are drawn when its turn comes, see `drawn_run`.
    """

    row: str
    stage: Stage
    settings: Settings
    engine_settings: Mapping[str, Scalar]
    contents: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Scalar] = field(default_factory=dict)
    version: int
    parents: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 0
    block: int | None = None
    position: int | None
    pathway: str = ""
    parent_repeats: Mapping[str, int] = field(default_factory=dict)
    trial: Trial | None = None

    def filled(self, recorded: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Settings of an equal run, those there were not yet when it was made at their default."""
        return {**self.defaults, **recorded}

    @property
    def result_of(self) -> str:
        """Row of the study that this is a run of: a trial's is the row that is tuned."""
        return self.row if self.trial is None else self.trial.row

    @property
    def start_repeat(self) -> int:
        """Which repeat of the row it begins from."""
        return self.parent_repeats.get(START, 0)

    @property
    def checkpoint(self) -> str:
        """Name of what an inference row is run on: a pathway, or one further repeat of it."""
        return f"{self.pathway}/{REPEAT}-{self.start_repeat}" if self.start_repeat else self.pathway

    def parent(self, role: str) -> tuple[str, int]:
        """Row and repeat that plays a role."""
        return self.parents[role], self.parent_repeats.get(role, 0)

    @property
    def number(self) -> int:
        """Repeat, or block of an inference row; tells runs of one row apart."""
        return self.repeat if self.block is None else self.block


def run_table(study: Study, facts: TaskFacts, engine: Engine) -> tuple[PlannedRun, ...]:
    """List every run: development rows with parents first, then the randomized blocks."""
    versions = engine.versions()
    shared: dict[str, Scalar] = {
        "task": str(study.task["name"]),
        "task_hash": facts.content_hash,
    }
    development = [
        run
        for row in study.rows
        for run in _trials(
            row,
            _development(
                row, study, engine, shared={**shared, "stage_version": versions[row.stage]}
            ),
        )
    ]
    ordered = tuple(replace(run, position=i) for i, run in enumerate(development))
    shared["stage_version"] = versions[Stage.INFER]
    return ordered + _inference(study, engine, shared=shared, first_position=len(ordered))


def _development(
    row: StageRow, study: Study, engine: Engine, *, shared: Mapping[str, Scalar]
) -> Iterator[PlannedRun]:
    placed = located(engine, row.settings.resolved, folder=study.folder)
    found = contents(engine, placed)
    hashes = {f"{name}_hash": content for name, content in found.items()}
    for repeat, parent_repeats in enumerate(row.parent_repeats):
        varied = row.resolved(repeat)
        recorded = {
            **told(varied, found),
            **hashes,
            **row.parents,
            **_further(parent_repeats),
            **shared,
        }
        yield PlannedRun(
            row=row.name,
            stage=row.stage,
            settings=Settings(
                passed={**told(row.settings.passed, found), **_origin(row.preset)},
                resolved=recorded,
            ),
            engine_settings=located(engine, varied, folder=study.folder),
            contents=found,
            defaults=engine.stage_defaults(row.stage, varied),
            version=int(shared["stage_version"]),
            parents=row.parents,
            repeat=repeat,
            position=0,
            parent_repeats=parent_repeats,
        )


def _trials(row: StageRow, runs: Iterator[PlannedRun]) -> Iterator[PlannedRun]:
    """Put the trials of a tuned row in the place of its one run."""
    tuning = row.tuning
    if tuning is None:
        yield from runs
        return
    (run,) = runs
    resolved = {**run.settings.resolved, TUNE: tuning.text}
    for number in range(tuning.n_trials):
        yield replace(
            run,
            row=f"{row.name}/trial-{number}",
            settings=replace(run.settings, resolved=resolved),
            trial=Trial(row=row.name, number=number, metric=tuning.metric),
        )


def drawn_run(
    planned: PlannedRun, values: Mapping[str, Scalar], study: Study, engine: Engine
) -> PlannedRun:
    """Give a planned trial the settings that were drawn for it.

    Args:
        planned: A trial of the table.
        values: By setting.
        study: Whose.
        engine: Resolves them.
    """
    assert planned.trial is not None
    row = study.row(planned.trial.row)
    passed = {**row.settings.passed, **values}
    resolved = engine.resolve_stage(row.stage, passed)
    placed = located(engine, resolved, folder=study.folder)
    found = contents(engine, placed) if engine.paths(values) else planned.contents
    kept = {k: v for k, v in planned.settings.resolved.items() if not is_of(k, values)}
    hashes = {f"{name}_hash": content for name, content in found.items()}
    return replace(
        planned,
        settings=Settings(
            passed={**told(passed, found), **_origin(row.preset)},
            resolved={**kept, **told(resolved, found), **hashes},
        ),
        engine_settings=placed,
        contents=found,
        defaults=engine.stage_defaults(row.stage, resolved),
        trial=replace(planned.trial, drawn=told(values, found)),
    )


def is_of(key: str, names: Collection[str]) -> bool:
    """Whether a recorded setting is one of these, or the content that it leads to."""
    return key.removesuffix("_hash") in names


def _origin(preset: str) -> dict[str, Scalar]:
    """Say where settings come from, beside those that were passed: it changes no result."""
    return {PRESET: preset} if preset else {}


def _further(parent_repeats: Mapping[str, int]) -> dict[str, Scalar]:
    """Say which repeat of its parents a run begins from, unless it is the first.

    What older stores hold still compares.
    """
    return {f"{role}_repeat": repeat for role, repeat in parent_repeats.items() if repeat}


def _inference(
    study: Study, engine: Engine, *, shared: Mapping[str, Scalar], first_position: int
) -> tuple[PlannedRun, ...]:
    by_row = {c.row: c for c in study.configurations}
    slots = randomized_blocks(
        tuple(by_row),
        n_blocks=study.n_blocks,
        first_block=study.first_block,
        seed=study.seed,
        first_position=first_position,
        pair=_pair(study),
    )
    return tuple(
        PlannedRun(
            row=slot.row,
            stage=Stage.INFER,
            settings=_recorded(by_row[slot.row], study, shared),
            engine_settings=by_row[slot.row].settings.resolved,
            defaults=engine.stage_defaults(Stage.INFER, by_row[slot.row].settings.resolved),
            version=int(shared["stage_version"]),
            parents={START: study.pathway(by_row[slot.row].pathway).row},
            block=slot.block,
            position=slot.position,
            pathway=by_row[slot.row].pathway,
            parent_repeats={START: by_row[slot.row].start_repeat},
        )
        for slot in slots
    )


def _pair(study: Study) -> tuple[str, str] | None:
    """Return the reference and its twin, which take turns in running first."""
    twin = next((c for c in study.configurations if c.role == AA), None)
    if twin is None:
        return None
    return next(
        (c.row, twin.row)
        for c in study.configurations
        if (c.pathway, c.role) == (twin.pathway, REFERENCE)
    )


def loading(first: PlannedRun, study: Study, engine: Engine, *, n_before: int) -> PlannedRun:
    """Plan the run that loads a checkpoint into a worker of its own.

    Args:
        first: An inference run on it.
        study: Whose.
        engine: Resolves the settings of loading.
        n_before: How often it was loaded before.
    """
    row, start_repeat = first.parent(START)
    settings = engine.resolve_service(study.row(row).resolved(start_repeat))
    recorded: dict[str, Scalar] = {
        **settings,
        START: row,
        "pathway": first.pathway,
        **_further(first.parent_repeats),
    }
    return PlannedRun(
        row=f"{first.checkpoint}/{Stage.SERVE}",
        stage=Stage.SERVE,
        settings=Settings(resolved=recorded),
        engine_settings=settings,
        version=0,
        parents=first.parents,
        repeat=n_before,
        position=None,
        pathway=first.pathway,
        parent_repeats=first.parent_repeats,
    )


def _recorded(configuration: Configuration, study: Study, shared: Mapping[str, Scalar]) -> Settings:
    settings = configuration.settings
    extra: dict[str, Scalar] = {
        "role": configuration.role,
        "pathway": configuration.pathway,
        START: study.pathway(configuration.pathway).row,
        **_further({START: configuration.start_repeat}),
    }
    return Settings(
        passed={**settings.passed, **_origin(study.reference_preset)},
        resolved={**settings.resolved, **extra, **shared},
    )
