"""From validated blocks to a `Study`: what only the whole file can tell, with lines at hand."""

from dataclasses import dataclass

from breakeven.errors import UnknownNameError
from breakeven.records import Until
from breakeven.records.engine import Engine
from breakeven.study.engine import find_engine
from breakeven.study.inference import configurations, reference_preset, reference_settings
from breakeven.study.lines import Document
from breakeven.study.pathways import build_pathways
from breakeven.study.places import located
from breakeven.study.rows import build_rows
from breakeven.study.schema import StudyBlock
from breakeven.study.spec import Budget, Cooldown, Question, Study
from breakeven.units import J_PER_WH, S_PER_H


def build_study(document: Document, block: StudyBlock) -> Study:
    """Check names, parents and settings against each other and resolve them.

    Raises:
        StudyFileError: If something cannot be carried out; names file and line.
    """
    try:
        engine = find_engine(block.engine)
    except UnknownNameError as error:
        raise document.error(("engine",), str(error)) from error
    return _Builder(document=document, block=block, engine=engine).study()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    """Checks across the parts of one file, with the lines at hand."""

    document: Document
    block: StudyBlock
    engine: Engine

    def study(self) -> Study:
        rows = build_rows(self.document, self.block, self.engine)
        pathways = build_pathways(self.document, self.block, rows)
        block, budget = self.block, self.block.budget
        if not isinstance(block.task.get("name"), str):
            raise self.document.error(("task",), "task.name is missing; add it")
        self._check_metric()
        return Study(
            name=block.study,
            seed=block.seed,
            engine=block.engine,
            task=located(self.engine, block.task, folder=self.document.folder),
            rows=rows,
            pathways=pathways,
            configurations=configurations(self.document, block, self.engine, rows, pathways),
            reference=reference_settings(self.document, block, self.engine).resolved,
            reference_preset=reference_preset(self.document, block),
            n_blocks=block.inference.blocks,
            max_workers=block.inference.max_workers,
            cooldown=self._cooldown(),
            question=Question(**block.analysis.model_dump()),
            budget=Budget(
                duration_s=_scaled(budget.hours, S_PER_H),
                cpu_s=_scaled(budget.cpu_hours, S_PER_H),
                energy_j=_scaled(budget.energy_wh, J_PER_WH),
            ),
            meters=tuple(block.meters),
            replay=(self.document.folder / block.replay) if block.replay else None,
            folder=self.document.folder,
            source=self.document.text,
            task_places={key: self.document.where(("task", key)) for key in block.task},
        )

    def _cooldown(self) -> Cooldown:
        block = self.block.inference
        is_idle = block.cooldown_until is Until.IDLE
        if is_idle and (block.cooldown_s == 0 or block.cooldown_min_s > block.cooldown_s):
            raise self.document.error(
                ("inference", "cooldown_until"),
                f"inference.cooldown_s={block.cooldown_s:g} is the limit of a rest until idle; "
                "set it above 0 and not below cooldown_min_s",
            )
        if block.cooldown_min_s and not is_idle:
            raise self.document.error(
                ("inference", "cooldown_min_s"),
                f"inference.cooldown_min_s={block.cooldown_min_s:g} is the least of a rest until "
                "idle; set cooldown_until: idle, or leave it out and set cooldown_s alone",
            )
        return Cooldown(
            until=block.cooldown_until,
            limit_s=block.cooldown_s,
            least_s=block.cooldown_min_s,
        )

    def _check_metric(self) -> None:
        metric, known = self.block.analysis.metric, self.engine.metrics()
        if metric and metric not in known:
            error = UnknownNameError("metric", metric, known)
            raise self.document.error(("analysis", "metric"), f"analysis.metric: {error}")


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
