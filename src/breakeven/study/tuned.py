"""From a row's `tune` block to what is searched, checked against the settings of its stage."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from breakeven.errors import ModelFolderError, SettingsError, UnknownNameError
from breakeven.records import Scalar, Stage
from breakeven.records.engine import Engine
from breakeven.study.lines import Document, Place
from breakeven.study.places import located
from breakeven.study.schema import StageBlock
from breakeven.study.search import HYPERBAND, Choices, Range, Tuning, extremes, n_rungs
from breakeven.study.search_schema import SpaceBlock, TuneBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedRow:
    """A row with a `tune` block, and what is needed to check it.

    Attributes:
        document: The study file.
        index: Of the row among `stages`.
        block: The row.
        stage: What it runs.
        passed: Its settings without those that are searched, defaults of the study included.
        engine: Knows the settings of the stage.
    """

    document: Document
    index: int
    block: StageBlock
    stage: Stage
    passed: Mapping[str, Scalar]
    engine: Engine

    def tuning(self, block: TuneBlock, *, seed: int) -> Tuning:
        """Check what is searched; `seed` is the study's.

        Raises:
            StudyFileError: If a setting cannot be searched like that; names its line.
        """
        self._refuse_repeats()
        space = {name: self._choices(name, given) for name, given in block.space.items()}
        found = Tuning(
            n_trials=block.trials,
            sampler=block.sampler,
            n_rungs=0,
            metric=block.metric,
            space=space,
            seed=seed if block.seed is None else block.seed,
        )
        for name, value in _tried(space):
            self._check(name, {**found.largest, name: value})
        return replace(found, n_rungs=self._rungs(found)) if block.pruner == HYPERBAND else found

    def _refuse_repeats(self) -> None:
        if self.block.repeats > 1 or self.block.nested:
            key = "nested" if self.block.nested else "repeats"
            raise self._error(
                (key,),
                f"it is tuned, so it has trials and no `{key}`; repeat the best settings in a "
                "row of their own",
            )

    def _choices(self, name: str, given: SpaceBlock) -> Choices:
        if name in self.block.__pydantic_extra__:
            raise self._error(
                (name,), f"{name} is set here and searched in tune.space; keep one of them"
            )
        if given.choices is not None:
            return tuple(dict.fromkeys(given.choices))
        assert given.low is not None
        assert given.high is not None
        written = Range(low=given.low, high=given.high, log=given.log, step=given.step)
        default = self.engine.stage_defaults(self.stage, self.passed).get(name, written.low)
        try:
            return written.of_type(default)
        except SettingsError as error:
            raise self._space_error(name, f"tune.space: {name} {error}") from error

    def _check(self, name: str, drawn: Mapping[str, Scalar]) -> None:
        """Have the engine look at one set of settings that could be drawn."""
        try:
            resolved = self.engine.resolve_stage(self.stage, {**self.passed, **drawn})
            placed = located(self.engine, resolved, folder=self.document.folder)
            self.engine.check_model(placed, roles=self.block.parents)
        except (SettingsError, UnknownNameError, ModelFolderError) as error:
            raise self._space_error(name, f"tune.space: {error}") from error

    def _rungs(self, found: Tuning) -> int:
        resolved = self.engine.resolve_stage(self.stage, {**self.passed, **found.largest})
        rungs = n_rungs(resolved)
        if rungs < 2:
            raise self._error(
                ("tune", "pruner"),
                f"hyperband ends trials between epochs, and these have {rungs or 'none'}; set "
                "epochs to 2 or more, or leave the pruner out",
            )
        return rungs

    def _space_error(self, name: str, message: str) -> Exception:
        return self._error(("tune", "space", name), message)

    def _error(self, place: Place, message: str) -> Exception:
        at = ("stages", self.index, *place)
        return self.document.error(at, f"row {self.block.name!r}: {message}")


def _tried(space: Mapping[str, Choices]) -> Iterator[tuple[str, Scalar]]:
    """Each end of each range, and each choice."""
    for name, choices in space.items():
        for value in extremes(choices):
            yield name, value
