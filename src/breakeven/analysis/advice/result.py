"""Result: one piece of advice with its figure, and what all pieces are reckoned from."""

from dataclasses import dataclass
from enum import StrEnum

from breakeven.analysis.costs.contenders import ROUNDING, quality_bar
from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.scoring.direction import is_more_better
from breakeven.analysis.uncertain import Uncertain, once
from breakeven.records import Estimate, Resource, Run, Score, Stage

TRAINING = frozenset({Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL, Stage.TUNE})
"""Stages that read texts to train on."""
_DATA = frozenset({Resource.N_LABELLED_EXAMPLES, Resource.N_UNLABELLED_EXAMPLES})


class Topic(StrEnum):
    """What a piece of advice is about."""

    SETTINGS = "settings"
    PRECISION = "precision"
    LENGTH = "length"
    DEPTH = "depth"
    PADDING = "padding"
    TOKENIZING = "tokenizing"
    SEARCH = "search"
    SHARING = "sharing"
    LOST_RUNS = "lost runs"
    START_UP = "start-up"
    IDLE = "idle time"


class Basis(StrEnum):
    """What the number is that a piece of advice rests on."""

    AMOUNT = "amount"
    RATIO = "ratio"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing that would cut a cost, with the number it rests on.

    Attributes:
        topic: What it is about.
        subject: Pathway or row that it concerns.
        pathways: Pathways whose life-cycle it makes cheaper.
        action: What to do, one sentence.
        evidence: What the records say, one sentence with the figure.
        figure: That number, with interval, kinds and runs.
        basis: Whether it is an amount of the headline cost, a ratio of two, or a share of one.
        saves: Headline cost saved over the planned life; None where the records do not tell.
        share: Of the whole life-cycle cost of the first of `pathways`; None likewise.
        is_of_study: Whether it is of the whole study's development, so that nobody can tell what
            part of it a pathway would save.
        caution: What to watch, and what the saving would cost in quality; empty for nothing.
        table: Name of the table that holds the figure.
    """

    topic: Topic
    subject: str
    pathways: tuple[str, ...]
    action: str
    evidence: str
    figure: Estimate
    basis: Basis
    saves: Estimate | None
    share: float | None
    caution: str = ""
    is_of_study: bool = False
    table: str

    @property
    def is_upper_bound(self) -> bool:
        """Whether it saves anything from nothing up to the value."""
        return (
            self.saves is not None and self.saves.low == 0 and self.saves.high == self.saves.value
        )

    def concerns(self, pathway: str | None) -> bool:
        """Whether a pathway itself gains; a shared model saves the heir that is named first."""
        if self.is_of_study:
            return False
        gain = self.pathways[:1] if self.topic is Topic.SHARING else self.pathways
        return pathway in gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What advice is reckoned from.

    Attributes:
        analysis: Conclusions on the study.
        found: Its runs by row, pathway and role.
    """

    analysis: StudyAnalysis
    found: StudyRuns

    @property
    def resource(self) -> Resource:
        """Headline cost."""
        return self.analysis.definition.headline

    @property
    def shared(self) -> frozenset[str]:
        """Rows that the analysis was already asked to divide between several tasks."""
        tasks = {} if self.analysis.ground is None else self.analysis.ground.tasks
        return frozenset(row for row, n_tasks in tasks.items() if n_tasks > 1)

    @property
    def is_of_work(self) -> bool:
        """Whether the headline is a cost of work, which adds up over a life; data are not used up.

        Median waiting times, peaks and sizes are not paid again for each item.
        """
        return self.resource.is_additive and self.resource not in _DATA

    @property
    def volume(self) -> float:
        """Items over the planned life."""
        return self.analysis.definition.planned_volume

    @property
    def pathways(self) -> tuple[PathwayResult, ...]:
        """The recommended pathway, then the others in the study's order."""
        chosen = self.analysis.recommendation.pathway
        return tuple(sorted(self.analysis.pathways, key=lambda p: p.name != chosen))

    def use_of(self, pathway: str) -> Estimate | None:
        """Headline cost per item of a pathway; None when unseen or 0."""
        result = self._result(pathway)
        found = None if result is None else result.marginal.get(self.resource)
        return found if found is not None and found.value else None

    def life_of(self, pathway: str) -> float | None:
        """Headline cost of the whole planned life of a pathway; None when a part is unseen."""
        result, use = self._result(pathway), self.use_of(pathway)
        made = None if result is None else result.development.get(self.resource)
        if use is None or use.value is None or made is None or made.value is None:
            return None
        exact = Uncertain.exact(made.value), Uncertain.exact(use.value)
        return amortized(*exact, volume=self.volume).value * self.volume

    def share_of(self, pathway: str, saves: Estimate | None) -> float | None:
        """Part of the planned life of a pathway that a saving is; None when unknown."""
        life = self.life_of(pathway)
        if not life or saves is None or saves.value is None:
            return None
        return saves.value / life

    def keeps_the_score(self, pathway: str, label: str) -> bool:
        """Whether a configuration scores what the study asks for, or its pathway did not either.

        Where a score is missing nothing speaks against it.
        """
        own = self._result(pathway)
        cut = next(
            (c for c in self.analysis.sweep if (c.pathway, c.label) == (pathway, label)), None
        )
        whole, less = (None if of is None else self._product(of.score) for of in (own, cut))
        least = self._least_product
        if whole is None or less is None or least is None:
            return True
        return less >= least - ROUNDING or whole < least - ROUNDING

    @property
    def _least_product(self) -> float | None:
        """The least score that is good enough, negative where smaller is better."""
        scores = [
            self._score(p.score.value)
            for p in self.analysis.pathways
            if p.score is not None and p.score.value is not None
        ]
        if not scores:
            return None
        bar = quality_bar(self.analysis.definition, scores)
        return bar if self._higher_is_better else -bar

    def _product(self, score: Estimate | None) -> float | None:
        return None if score is None or score.value is None else self._score(score.value).product

    def _score(self, value: float) -> Score:
        return Score(
            metric=self.analysis.definition.metric,
            value=value,
            split="test",
            n_examples=1,
            higher_is_better=self._higher_is_better,
        )

    @property
    def _higher_is_better(self) -> bool:
        return is_more_better(self.analysis.definition.metric, self.found.runs)

    def runs_of_development(self) -> list[Run]:
        """Every run of a row that some pathway's development went through, each row once."""
        rows = once(stage.row for result in self.analysis.pathways for stage in result.stages)
        return [run for row in rows for run in self.found.by_row.get(row, ())]

    def users_of(self, row: str) -> tuple[str, ...]:
        """Pathways whose development went through a row, the recommended one first."""
        return tuple(
            result.name
            for result in self.pathways
            if any(stage.row == row for stage in result.stages)
        )

    def _result(self, pathway: str) -> PathwayResult | None:
        return next((p for p in self.analysis.pathways if p.name == pathway), None)
