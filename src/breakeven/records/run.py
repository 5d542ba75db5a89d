"""The run record: one executed stage, with its cost, quality and parents."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from operator import add

from breakeven.records.cost import Cost, Kind, Resource, Scope
from breakeven.records.idle import IdleReading
from breakeven.records.machine import Machine
from breakeven.records.measurement import Measurement, NamedWindow, Phase, PhaseName
from breakeven.records.note import Note
from breakeven.records.notebook import costs_text, html_table
from breakeven.records.rank import Rank
from breakeven.records.rest import Rest
from breakeven.records.score import Score
from breakeven.records.settings import Settings
from breakeven.records.trial import Judged, Trial, score_of
from breakeven.records.volume import Volume

SCHEMA_VERSION = 1
"""History: 1 - first release."""


class Stage(StrEnum):
    """Part of the life-cycle a run paid for."""

    FETCH = "fetch"
    PRETRAIN = "pretrain"
    FINETUNE = "finetune"
    DISTIL = "distil"
    EXPORT = "export"
    """A trained model turned into the graph of another backend."""
    ADAPT = "adapt"
    """Models joined so that easy examples cost less: cascade, early exit."""
    TUNE = "tune"
    EVALUATE = "evaluate"
    SERVE = "serve"
    INFER = "infer"
    COMMAND = "command"
    STATED = "stated"


class Status(StrEnum):
    """How a run ended; its cost counts whichever it was."""

    OK = "ok"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    PRUNED = "pruned"
    """A trial that was not worth its end: no failure, and no result either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One executed stage.

    Attributes:
        run_id: Unique.
        study: Name of the study it belongs to; empty for a run outside any study.
        row: Name of the row of the plan ("ft", "ta-distil", "ft/infer/length=32").
        stage: Part of the life-cycle this run paid for.
        status: How it ended.
        key: Resume key; equal keys need not run again.
        settings: What was chosen.
        machine: What was found; None for numbers taken from print or stated.
        phases: What each part consumed, in the order they ran; repeated names are allowed.
        counts: Counted, modelled or assumed totals of the work phase (FLOPs, examples used,
            parameters, stated costs).
        output: What the work phase processed.
        scores: Empty when the stage produces nothing to score.
        parents: Runs whose results this one used, so a model's whole cost is a walk.
        artifacts: Content hash by name ("model", "predictions").
        repeat: Which repeat of the row, from 0.
        block: Randomized block, from 0; None for stages outside blocks.
        position: Place in the executed order, from 0.
        started_at: UTC, ISO 8601.
        notes: Doubts about the run.
        error: Traceback or reason when the status is not ok.
        joined: Pathway that a command or block measured by hand brings into the study; empty for
            rows of the study file.
        rank: Which process of several this was; None for a stage of one process.
        windows: Named parts of the run, inside its phases and never added to them.
        idle: Idle draw that was known of this machine's energy channels; costs stay gross.
        rest: How long the machine was left alone before; None where it was not.
        examination: Name of the doctor's examination of this machine that the store held; empty
            for none.
        trial: What it was tried for; None for a run that searches nothing.
        judged: How good the model was on the way, in order.
        continues: Run of the same row that was interrupted and from whose checkpoint this one went
            on: what that one did and cost is part of this result.
        schema_version: Layout of this record; see `SCHEMA_VERSION`.
    """

    run_id: str
    stage: Stage
    status: Status
    started_at: str
    study: str = ""
    row: str = ""
    key: str = ""
    settings: Settings = field(default_factory=Settings)
    machine: Machine | None = None
    phases: tuple[Phase, ...] = ()
    counts: tuple[Cost, ...] = ()
    output: Volume = field(default_factory=Volume)
    scores: tuple[Score, ...] = ()
    parents: tuple[str, ...] = ()
    artifacts: Mapping[str, str] = field(default_factory=dict)
    repeat: int = 0
    block: int | None = None
    position: int | None = None
    notes: tuple[Note, ...] = ()
    error: str | None = None
    joined: str = ""
    rank: Rank | None = None
    windows: tuple[NamedWindow, ...] = ()
    idle: tuple[IdleReading, ...] = ()
    rest: Rest | None = None
    examination: str = ""
    trial: Trial | None = None
    judged: tuple[Judged, ...] = ()
    continues: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def result_of(self) -> str:
        """Row of the study that this is a run of: a trial's is the row that is tuned."""
        return self.row if self.trial is None else self.trial.row

    def measurements(self, phase: PhaseName) -> tuple[Measurement, ...]:
        """Every window of one phase, in order."""
        return tuple(p.measurement for p in self.phases if p.name is phase)

    def _repr_html_(self) -> str:
        """What a notebook shows: what each phase took, gross, and the scores."""
        names = tuple(dict.fromkeys(phase.name for phase in self.phases))
        rows = [[str(name), *self._spent(frozenset({name}))] for name in names]
        rows += [["all", *self._spent(frozenset(PhaseName))]]
        scores = "; ".join(f"{s.metric} {s.value:.3f} ({s.split})" for s in self.scores)
        named = " ".join(filter(None, (self.study, self.row))) or str(self.stage)
        return html_table(
            ("Phase", "Time", "CPU time", "Energy"),
            rows,
            caption=f"{named}: {self.status}{f'; {scores}' if scores else ''} [{self.run_id}]",
            is_number=(False, True, True, True),
        )

    def _spent(self, phases: Collection[PhaseName]) -> list[str]:
        units = ((Resource.DURATION_S, "s"), (Resource.CPU_S, "s"), (Resource.ENERGY_J, "J"))
        return [costs_text(self.costs(what, phases=phases), unit) for what, unit in units]

    def costs(
        self, resource: Resource, *, phases: Collection[PhaseName] = frozenset(PhaseName)
    ) -> tuple[Cost, ...]:
        """Totals of one resource over the given phases, one per kind present.

        Counts belong to the work phase and are included when it is. An empty result means
        that nothing observed the resource, which is not the same as zero; where only some of
        the phases were observed, `not_covered` names the others.
        """
        chosen = [p for p in self.phases if p.name in phases]
        counts = self.counts if PhaseName.WORK in phases else ()
        found = [
            _phase_totals(chosen, resource, kind)
            + [c for c in counts if c.resource is resource and c.kind is kind and not _is_inside(c)]
            for kind in Kind
        ]
        return tuple(reduce(add, totals) for totals in found if totals)


def best_trial(runs: Iterable[Run]) -> Run | None:
    """Return the trial that ended well with the best score; of equals the first drawn.

    Returns:
        None when no trial did, or none has the score that trials are compared by.
    """
    scored = [
        (-score.product, run.trial.number, run)
        for run in runs
        if run.trial is not None and run.status is Status.OK
        if (score := score_of(run.scores, run.trial.metric)) is not None
    ]
    return min(scored, key=lambda each: each[:2])[2] if scored else None


def _phase_totals(phases: Collection[Phase], resource: Resource, kind: Kind) -> list[Cost]:
    """Total of each phase; what a phase was not seen in, or seen in by less, is said with it."""
    totals = [(p.name, p.measurement.total(resource, kind)) for p in phases]
    seen = [total for _, total in totals if total is not None]
    widest = max((total.scope for total in seen), key=lambda scope: scope.width, default=Scope.PART)
    gaps = [
        f"{name} phase" if total is None else f"{name} phase beyond {_NAMES[total.scope]}"
        for name, total in totals
        if total is None or total.scope is not widest
    ]
    missed = "; ".join(dict.fromkeys(gaps))
    return [_without(total, missed) for total in seen]


def _is_inside(count: Cost) -> bool:
    """Whether a count is in another number already, or checks one."""
    return bool(count.part_of or count.check_of)


_NAMES = {Scope.PART: "its parts", Scope.SUPPLY: "the power supplies"}


def _without(total: Cost, missed: str) -> Cost:
    gaps = [text for text in (total.not_covered, missed) if text]
    return replace(total, not_covered="; ".join(gaps))
