"""Basis: what the documents of one model rest on: its study, its footprint and what was stated."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.analysis.impacts.footprint import Assumptions, Footprint, footprints
from breakeven.analysis.impacts.subjects import (
    ALL,
    DEVELOPMENT,
    FINAL,
    USE,
    store_subjects,
)
from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.runs.rollup import RollUp, roll_ups
from breakeven.analysis.uncertain import once
from breakeven.errors import NoStudyError, UnknownNameError
from breakeven.records import Machine, Resource, Run, Stage, Status

__all__ = [
    "ALL",
    "DEVELOPMENT",
    "FINAL",
    "NOT_TRAINING",
    "TRAINING",
    "USE",
    "Basis",
    "Stated",
    "basis",
]


TRAINING = frozenset({Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL, Stage.ADAPT, Stage.TUNE})
"""Stages that set weights, scales or thresholds by data."""
NOT_TRAINING = frozenset({Stage.FETCH, Stage.EXPORT})
"""Stages of development that train nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What nobody can measure; nothing has a default, and what is not stated is unknown.

    Attributes:
        public: Whether the model is publicly available, and where; empty where nobody says.
        location: Where the computations were performed; empty likewise.
        assumed: PUE, grids and draws, each with year and source.
    """

    public: str = ""
    location: str = ""
    assumed: Assumptions = field(default_factory=Assumptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the documents of one model rest on.

    Attributes:
        analysis: Of its study.
        pathway: The model, by its pathway.
        paid: Every run of the study, each paid once.
        phases: Footprint by phase: all runs, final model, development, use; no final model where
            the deployed row trains none.
        stated: What was stated beside.
        why_pathway: Why this model and no other.
    """

    analysis: StudyAnalysis
    pathway: PathwayResult
    paid: RollUp
    phases: Mapping[str, Footprint]
    stated: Stated
    why_pathway: str

    @property
    def runs(self) -> tuple[Run, ...]:
        """Every run that was paid."""
        return tuple(run for row in self.paid.rows for run in row.runs)

    @property
    def statuses(self) -> Mapping[Status, int]:
        """Number of runs by status, means of several counted as several."""
        found: Counter[Status] = Counter()
        for row in self.paid.rows:
            found.update(row.statuses)
        return found

    @property
    def machines(self) -> tuple[Machine, ...]:
        """Machines that anything ran on, each once."""
        found = {run.machine.fingerprint: run.machine for run in self.runs if run.machine}
        return tuple(found.values())

    def n_unseen(self, resource: Resource) -> int:
        """Runs that did not observe a resource, so that a sum over all is a lower bound."""
        blind = sum(row.unseen.get(resource, 0) for row in self.paid.rows)
        silent = (row.n_runs for row in self.paid.rows if resource not in row.totals)
        return blind + sum(silent)

    @property
    def deployed(self) -> Stage | None:
        """Stage of the row that is deployed; None where no run of it is there."""
        return _deployed(self.analysis, self.pathway)

    @property
    def has_training(self) -> bool:
        """Whether a row of its development may have trained it, as a measured command may."""
        return bool(set(self.stages) - NOT_TRAINING)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages that its development went through, each once."""
        return once(stage.stage for stage in self.pathway.stages)


def basis(
    analysis: StudyAnalysis,
    runs: Sequence[Run],
    *,
    pathway: str | None = None,
    stated: Stated | None = None,
) -> Basis:
    """Gather what the documents of one model rest on.

    Args:
        analysis: Of its study.
        runs: Every run of the store; those of other studies are ignored.
        pathway: Name of the model's pathway; by default the recommended one, else the first.
        stated: What nobody can measure.

    Raises:
        NoStudyError: If the study has no pathway.
        UnknownNameError: If no pathway of that name has a result.
    """
    told = stated or Stated()
    chosen, why = _chosen(analysis, pathway)
    own = [run for run in runs if run.study == analysis.definition.name]
    found = footprints(store_subjects([analysis.definition], own), told.assumed)
    mine = {
        one.subject.phase: one
        for one in found
        if one.subject.phase == ALL or one.subject.name == chosen.name
    }
    if _deployed(analysis, chosen) in NOT_TRAINING:
        mine.pop(FINAL, None)
    return Basis(
        analysis=analysis,
        pathway=chosen,
        paid=roll_ups([analysis.definition], own)[0],
        phases=mine,
        stated=told,
        why_pathway=why,
    )


def _deployed(analysis: StudyAnalysis, pathway: PathwayResult) -> Stage | None:
    row = next(p.row for p in analysis.definition.pathways if p.name == pathway.name)
    return next((stage.stage for stage in pathway.stages if stage.row == row), None)


def _chosen(analysis: StudyAnalysis, pathway: str | None) -> tuple[PathwayResult, str]:
    known = {each.name: each for each in analysis.pathways}
    if pathway is not None:
        if pathway not in known:
            raise UnknownNameError("pathway", pathway, list(known))
        return known[pathway], "named by the author"
    recommended = analysis.recommendation.pathway
    if recommended in known:
        return known[recommended], "recommended at the planned volume"
    if not known:
        raise NoStudyError(
            f"study {analysis.definition.name!r} has no pathway, and a document is of the model at "
            "the end of one; name its pathways in the study"
        )
    return next(iter(known.values())), "the first of the study"
