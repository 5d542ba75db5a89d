"""Again: a delivered folder measured once more, and whether it gives the numbers it came with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakeven.analysis.runs.select import by_block
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.analysis.words import amount_words, resource_words
from breakeven.errors import DataFileError, NothingMeasuredError
from breakeven.records import Item, Kind, Origin, Resource, Run, Scalar, Stage, Status
from breakeven.store import Store
from breakeven.study.define import define_study
from breakeven.study.runner import run_study
from breakeven.workloads.manifest import Manifest, read_manifest

STUDY, ROW = "measured again", "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostAgain:
    """A cost per example, when it was delivered and now.

    Attributes:
        resource: Which.
        then: Mean over blocks.
        now: The same, measured again.
        is_within: Whether the 95 % interval of their difference holds 0; None where one of them
            was measured in one block, or the machines differ, so that nothing tells.
    """

    resource: Resource
    then: float
    now: float
    is_within: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAgain:
    """What measuring a delivered folder again came to.

    Attributes:
        scores_then: By metric, as it was delivered.
        scores_now: The same, measured again.
        costs: Each cost per example that both know.
        is_same_machine: Whether it was measured on the machine that measured it first.
    """

    scores_then: Mapping[str, float]
    scores_now: Mapping[str, float]
    costs: tuple[CostAgain, ...]
    is_same_machine: bool

    @property
    def is_same_score(self) -> bool:
        """Whether every score is exactly what it was."""
        return self.scores_then == self.scores_now

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in words."""
        scores = (
            f"{metric_words(metric)} {'is' if now == then else 'was'} {then:.6g}"
            f"{'' if now == then else f', is {now:.6g}'}"
            for metric, then in self.scores_then.items()
            if (now := self.scores_now.get(metric)) is not None
        )
        told = "Scores are identical" if self.is_same_score else "Scores differ"
        return (f"{told}: {'; '.join(scores)}.", *map(self._cost_sentence, self.costs))

    def _cost_sentence(self, cost: CostAgain) -> str:
        name = resource_words(cost.resource)
        then, now = (amount_words(cost.resource, value) for value in (cost.then, cost.now))
        if cost.is_within is None:
            why = "one block each" if self.is_same_machine else "another machine"
            verdict = f"{why} cannot tell whether that is the same"
        elif cost.is_within:
            verdict = "no difference beyond what blocks scatter"
        else:
            verdict = "more than blocks scatter; look for other load, clocks or libraries"
        return f"{name[:1].upper()}{name[1:]} per example was {then}, is {now}: {verdict}."


def measure_again(
    folder: Path | str,
    task: Mapping[str, Scalar],
    store: Path | str,
    *,
    n_blocks: int = 5,
    engine: str = "nlp",
) -> MeasuredAgain:
    """Measure a delivered folder as its row was measured, and compare.

    Args:
        folder: That `breakeven export --pathway` wrote.
        task: Name and options of the task, as in the study file that it comes from.
        store: New folder for the runs.
        n_blocks: How often.
        engine: Runs it.

    Raises:
        ModelFolderError: If it is no deliverable, or a file was changed.
        DataFileError: If the task's data are not those it was measured on.
        NothingMeasuredError: If it could not be run.
    """
    manifest = read_manifest(Path(folder))
    settings = {**manifest.settings, **manifest.measuring}
    study = define_study(
        STUDY,
        task=task,
        stages=[{"name": ROW, "stage": "fetch", "model": Path(folder).resolve()}],
        pathways={ROW: ROW},
        inference={"blocks": n_blocks, "aa": False, "reference": settings},
        engine=engine,
    )
    found = run_study(study, store)
    runs = [run for run in found if run.stage is Stage.INFER and run.status is Status.OK]
    if not runs:
        raise NothingMeasuredError(
            f"{folder} could not be run again: {next((r.error for r in found if r.error), '')}"
        )
    with Store(store, create=False) as opened:
        _refuse_other_data(manifest, opened.study(STUDY).facts)
    return _compared(manifest, runs)


def _refuse_other_data(manifest: Manifest, facts: Mapping[str, Scalar]) -> None:
    then, now = manifest.task.get("content_hash"), facts.get("content_hash")
    if then != now:
        raise DataFileError(
            f"the task's data have hash {now}, and the folder was measured on {then}; name the "
            "task of its study, with the same files and options"
        )


def _compared(manifest: Manifest, runs: Sequence[Run]) -> MeasuredAgain:
    machines = {run.machine.fingerprint for run in runs if run.machine is not None}
    is_same_machine = machines == {manifest.machine}
    costs = []
    for resource, values in manifest.costs.items():
        seen = by_block(runs, resource, item=Item.EXAMPLE)
        if seen and values:
            before = mean_of([_exactly(value) for value in values])
            after = mean_of(list(seen.values()))
            costs.append(_cost(resource, before, after, is_same_machine=is_same_machine))
    return MeasuredAgain(
        scores_then=dict(manifest.scores),
        scores_now={score.metric: score.value for score in runs[0].scores},
        costs=tuple(costs),
        is_same_machine=is_same_machine,
    )


def _cost(
    resource: Resource, before: Uncertain, after: Uncertain, *, is_same_machine: bool
) -> CostAgain:
    is_telling = is_same_machine and min(before.n, after.n) > 1
    low, high = (after - before).interval()
    return CostAgain(
        resource=resource,
        then=before.value,
        now=after.value,
        is_within=low <= 0 <= high if is_telling else None,
    )


def _exactly(value: float) -> Observation:
    return Observation(
        value=value,
        low=value,
        high=value,
        kinds=(Kind.MEASURED,),
        origins=(Origin.LIVE,),
        run_ids=(),
    )
