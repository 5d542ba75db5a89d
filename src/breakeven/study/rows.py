"""Rows: the development rows of a study file, each checked and resolved, parents first."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from breakeven.errors import (
    BreakevenError,
    ModelFolderError,
    SettingsError,
    StudyFileError,
    UnknownNameError,
)
from breakeven.records import Scalar, Settings, Stage
from breakeven.records.engine import Engine
from breakeven.study.inference import known_depth
from breakeven.study.lines import Document, Place
from breakeven.study.nesting import lay_out
from breakeven.study.places import located
from breakeven.study.presets import PRESET, Preset, find_preset
from breakeven.study.schema import StageBlock, StudyBlock
from breakeven.study.search import Tuning
from breakeven.study.spec import StageRow
from breakeven.study.tuned import TunedRow


def build_rows(document: Document, block: StudyBlock, engine: Engine) -> tuple[StageRow, ...]:
    """Resolve the rows of a file and bring them in an order in which they can be run.

    Args:
        document: The file, to name its lines.
        block: The same, validated.
        engine: Knows the stages and their settings.

    Raises:
        StudyFileError: If a row cannot be carried out; names file and line.
    """
    return _Rows(document=document, block=block, engine=engine).built()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Checks across the rows of one file, with the lines at hand."""

    document: Document
    block: StudyBlock
    engine: Engine

    def built(self) -> tuple[StageRow, ...]:
        rows: dict[str, StageRow] = {}
        for index, stage in enumerate(self.block.stages):
            if stage.name in rows:
                raise self.document.error(
                    ("stages", index, "name"),
                    f"two rows are named {stage.name!r}; rename one of them",
                )
            rows[stage.name] = self._row(index, stage)
        self._refuse_unused_defaults(rows)
        for index, stage in enumerate(self.block.stages):
            for role, parent in stage.parents.items():
                key = "from" if role == "start" else role
                if parent not in rows:
                    raise self.document.error(
                        ("stages", index, key),
                        f"row {stage.name!r}: {key}: {UnknownNameError('row', parent, rows)}",
                    )
        ordered = self._parents_first(rows)
        self._refuse_made(rows)
        self._refuse_depths(ordered)
        return lay_out(ordered)

    def _refuse_made(self, rows: Mapping[str, StageRow]) -> None:
        """Refuse to export what is no model of torch any more."""
        for index, block in enumerate(self.block.stages):
            parent = rows[block.start] if block.start else None
            is_export = rows[block.name].stage is Stage.EXPORT
            if is_export and parent is not None and parent.stage in (Stage.EXPORT, Stage.ADAPT):
                raise self.document.error(
                    ("stages", index, "from"),
                    f"row {block.name!r}: export begins from an encoder, and {parent.name!r} is "
                    f"made by stage {parent.stage}; name the row that trained the encoder",
                )

    def _refuse_depths(self, rows: Sequence[StageRow]) -> None:
        """Refuse rows that keep more layers than the row has which they take them from."""
        written = [stage.name for stage in self.block.stages]
        for row in rows:
            source = row.parents.get("teacher") or row.parents.get("start")
            if source is None or row.settings.resolved.get("model", "parent") != "parent":
                continue
            if (n_layers := known_depth(source, rows)) is not None:
                with self._at_row(written.index(row.name)):
                    self.engine.check_depth(row.settings.resolved, n_layers)

    def _row(self, index: int, block: StageBlock) -> StageRow:
        stages = {str(stage): stage for stage in self.engine.versions() if stage != Stage.INFER}
        if block.stage not in stages:
            error = UnknownNameError("stage", block.stage, stages)
            raise self.document.error(("stages", index, "stage"), f"row {block.name!r}: {error}")
        stage = stages[block.stage]
        preset = self._preset(index, stage)
        given = {**(preset.settings if preset else {}), **block.__pydantic_extra__}
        passed = self._passed(index, stage, given)
        tuning = self._tuning(index, stage, passed)
        passed |= tuning.largest if tuning else {}
        parents = block.parents
        if block.nested and not parents:
            raise self.document.error(
                ("stages", index, "nested"),
                f"row {block.name!r}: nested repeats need rows to begin from; set `from` or "
                "`teacher`, or leave `nested` out",
            )
        with self._at_row(index):
            resolved = self.engine.resolve_stage(stage, passed)
            placed = located(self.engine, resolved, folder=self.document.folder)
            model_layers = self.engine.check_model(placed, roles=parents)
        return StageRow(
            name=block.name,
            stage=stage,
            settings=Settings(passed=passed, resolved=resolved),
            parents=parents,
            repeats=block.repeats,
            nested=block.nested,
            model_layers=model_layers,
            preset=preset.told if preset else "",
            tuning=tuning,
        )

    def _tuning(self, index: int, stage: Stage, passed: Mapping[str, Scalar]) -> Tuning | None:
        block = self.block.stages[index]
        if block.tune is None:
            return None
        row = TunedRow(
            document=self.document,
            index=index,
            block=block,
            stage=stage,
            passed=passed,
            engine=self.engine,
        )
        return row.tuning(block.tune, seed=self.block.seed)

    def _preset(self, index: int, stage: Stage) -> Preset | None:
        block = self.block.stages[index]
        if block.preset is None:
            return None
        with self._at_row(index):
            return find_preset(block.preset, stage)

    def _passed(self, index: int, stage: Stage, given: Mapping[str, Scalar]) -> dict[str, Scalar]:
        shared: dict[str, Scalar] = {"seed": self.block.seed, **self.block.defaults}
        try:
            known = self.engine.stage_defaults(stage, {**shared, **given})
        except SettingsError as error:
            raise self.document.error(("stages", index), str(error)) from error
        return {**{k: v for k, v in shared.items() if k in known}, **given}

    @contextmanager
    def _at_row(self, index: int) -> Iterator[None]:
        """Say of what the engine refuses in which row and at which of its keys that stands."""
        try:
            yield
        except (SettingsError, UnknownNameError, ModelFolderError) as error:
            name = self.block.stages[index].name
            place = self._culprit(index, error)
            raise self.document.error(place, f"row {name!r}: {error}") from error

    def _culprit(self, index: int, error: BreakevenError) -> Place:
        written = self.document.data["stages"][index]
        about = ["model"] if isinstance(error, ModelFolderError) else []
        about += [key for key in (*written, *self.block.defaults) if _names(str(error), str(key))]
        for key in about:
            if key in written:
                return ("stages", index, key)
            if key in self.block.defaults:
                return ("defaults", key)
        return ("stages", index, PRESET if PRESET in written else "name")

    def _refuse_unused_defaults(self, rows: Mapping[str, StageRow]) -> None:
        used = {key for row in rows.values() for key in row.settings.passed}
        for key in self.block.defaults:
            if rows and key not in used:
                known = {k for row in rows.values() for k in row.settings.resolved}
                raise self.document.error(
                    ("defaults", key), f"defaults: {UnknownNameError('setting', key, known)}"
                )

    def _parents_first(self, rows: Mapping[str, StageRow]) -> tuple[StageRow, ...]:
        ordered: dict[str, StageRow] = {}
        left = dict(rows)
        while left:
            ready = [r for r in left.values() if all(p in ordered for p in r.parents.values())]
            if not ready:
                raise self._circle(left)
            ordered[ready[0].name] = left.pop(ready[0].name)
        return tuple(ordered.values())

    def _circle(self, left: Mapping[str, StageRow]) -> StudyFileError:
        names = set(left)
        while True:  # a row that nothing left begins from only waits for the circle
            used = {parent for name in names for parent in left[name].parents.values()}
            if names <= used:
                break
            names &= used
        written = [stage.name for stage in self.block.stages]
        inside = [name for name in written if name in names]
        return self.document.error(
            ("stages", written.index(inside[0])),
            f"rows {', '.join(inside)} wait for each other; break the circle of `from` and "
            "`teacher`",
        )


def _names(sentence: str, key: str) -> bool:
    return f"{key}=" in sentence or f"'{key}'" in sentence
