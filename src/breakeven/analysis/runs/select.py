"""Select: which runs belong to what, and what each says of a resource.

Development is a walk over parents at the level of rows: a run with two children is one run, and
failed or interrupted attempts at a row on the way are part of what the model cost.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from breakeven.analysis.runs.joined import joined_pathways, shadowed
from breakeven.analysis.runs.ranks import rolled_up
from breakeven.analysis.uncertain import Observation, once
from breakeven.records import (
    Item,
    NoteCode,
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.records.settings import BATCHING

ROLE = "role"
"""Setting that tells what an inference run is for: "reference", "aa" or "sweep"."""

SEARCHING = "search"
"""Role of the short rows that a search for the cheapest inference measures on validation examples;
they are compared in the search alone."""

NOT_DEVELOPMENT = frozenset({Stage.INFER, Stage.SERVE})

UTILISATION = frozenset({Resource.MEMORY_BYTE_S, Resource.DEVICE_BUSY_S})
"""Kept for their mean over a window; as a cost, memory is its peak and a device its energy."""


@dataclass(frozen=True, kw_only=True)
class StudyRuns:
    """The runs of one study, found by id, by row and by role.

    Attributes:
        definition: Of the study, with the pathways that joined it after those of its file.
        runs: Every run of it.
        shadowed: Pathways that joined under a name which the file now uses; not among the runs.
        is_measured_only: Whether modelled and assumed numbers were taken out of the runs, so that
            none may be put in either.
    """

    definition: StudyDefinition
    runs: tuple[Run, ...]
    shadowed: tuple[str, ...] = ()
    is_measured_only: bool = False

    @cached_property
    def by_id(self) -> Mapping[str, Run]:
        """Run by its id."""
        return {run.run_id: run for run in self.runs}

    @cached_property
    def by_row(self) -> Mapping[str, tuple[Run, ...]]:
        """Runs of each row, in the order they started; its trials are those of a tuned row."""
        found: dict[str, list[Run]] = defaultdict(list)
        for run in sorted(self.runs, key=lambda r: (r.started_at, r.run_id)):
            found[run.result_of].append(run)
        return {row: tuple(runs) for row, runs in found.items()}

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """Resources that any run observed, headline first; without those that show utilisation."""
        seen = {c.resource for run in self.runs for c in run.counts} | {
            c.resource for run in self.runs for p in run.phases for c in p.measurement.costs
        }
        headline = self.definition.headline
        seen -= UTILISATION
        return tuple(sorted(seen, key=lambda r: (r is not headline, list(Resource).index(r))))

    def inference(self, pathway: str) -> tuple[Run, ...]:
        """Inference runs of one pathway of the file, whatever became of them."""
        return tuple(
            run
            for row, runs in self.by_row.items()
            if self._owners[row] == pathway
            for run in runs
            if run.stage is Stage.INFER and not run.joined
        )

    def joined(self, pathway: str) -> tuple[Run, ...]:
        """Every run by which one pathway joined the study, in the order they started."""
        return tuple(run for runs in self.by_row.values() for run in runs if run.joined == pathway)

    def serving(self, pathway: str) -> tuple[Run, ...]:
        """Runs that started the service of one pathway."""
        return tuple(
            run
            for row, runs in self.by_row.items()
            if self._owners[row] == pathway
            for run in runs
            if run.stage is Stage.SERVE and run.status is Status.OK
        )

    @cached_property
    def _owners(self) -> Mapping[str, str | None]:
        """Pathway whose name begins each row; the longest where one name begins another."""
        names = {pathway.name for pathway in self.definition.pathways}
        return {row: owner_of(row, names) for row in self.by_row}


def owner_of(row: str, names: Collection[str]) -> str | None:
    """The longest of the names that begins a row up to one of its slashes; None for none.

    Args:
        row: Of a plan.
        names: Of pathways.

    Examples:
        >>> owner_of("FT/small/length=16", {"FT", "FT/small"}), owner_of("FTX/reference", {"FT"})
        ('FT/small', None)
    """
    name, slash, _ = row.rpartition("/")
    while slash and name not in names:
        name, slash, _ = name.rpartition("/")
    return name if slash else None


def study_runs(definition: StudyDefinition, runs: Iterable[Run]) -> StudyRuns:
    """Keep the runs of this study, each once, and let pathways join that only runs know of.

    The ranks of one stage are put together, see `rolled_up`.

    Examples:
        >>> study_runs(StudyDefinition(name="s", pathways=()), []).runs
        ()
    """
    once_each = {run.run_id: run for run in runs if run.study == definition.name}
    own = {run.run_id: run for run in rolled_up(once_each.values())}
    hidden = shadowed(definition, own.values())
    kept = tuple(run for run in own.values() if run.joined not in hidden)
    pathways = (*definition.pathways, *joined_pathways(definition, kept))
    return StudyRuns(definition=replace(definition, pathways=pathways), runs=kept, shadowed=hidden)


def development_rows(found: StudyRuns, pathway: PathwayDefinition) -> tuple[str, ...]:
    """Rows that a pathway's development went through, ancestors first, each once.

    Args:
        found: The study's runs.
        pathway: Ends in `pathway.row`.

    Examples:
        >>> from breakeven.records import Run, Stage, Status
        >>> def run(row: str, *parents: str) -> Run:
        ...     return Run(run_id=row, row=row, stage=Stage.FINETUNE, status=Status.OK,
        ...                started_at="", study="s", parents=parents)
        >>> ts = PathwayDefinition(name="TS", row="ts")
        >>> study = StudyDefinition(name="s", pathways=(ts,))
        >>> development_rows(study_runs(study, [run("ts", "ft"), run("ft")]), ts)
        ('ft', 'ts')
    """
    ordered: dict[str, None] = {}
    stack = [(pathway.row, False)]
    entered: set[str] = set()
    while stack:
        row, is_done = stack.pop()
        if is_done:
            ordered[row] = None
        elif row not in entered and row in found.by_row:
            entered.add(row)
            stack.append((row, True))
            stack += [(parent, False) for parent in reversed(_parent_rows(found, row))]
    return tuple(ordered)


def missing_parents(found: StudyRuns, rows: Collection[str]) -> tuple[str, ...]:
    """Ids of parents whose records are not here, so that their cost is unknown.

    Examples:
        >>> missing_parents(study_runs(StudyDefinition(name="s", pathways=()), []), [])
        ()
    """
    named = (parent for row in rows for run in found.by_row[row] for parent in run.parents)
    return once(parent for parent in named if parent not in found.by_id)


def _parent_rows(found: StudyRuns, row: str) -> tuple[str, ...]:
    parents = (p for run in found.by_row[row] for p in run.parents)
    runs = (found.by_id[p] for p in parents if p in found.by_id)
    return once(run.result_of for run in runs if run.stage not in NOT_DEVELOPMENT)


def observe(
    run: Run, resource: Resource, *, phases: Collection[PhaseName] = frozenset(PhaseName)
) -> Observation | None:
    """What one run says of one resource over the given phases; None when nothing saw it.

    Where several kinds saw it they are added, and the observation lists each kind.

    Examples:
        >>> from breakeven.records import Cost, Kind, Run, Stage, Status
        >>> stated = Cost.exact(Resource.FLOPS, 2e9, kind=Kind.COUNTED, sensor="kaplan-2020")
        >>> run = Run(run_id="a", stage=Stage.FINETUNE, status=Status.OK, started_at="",
        ...           counts=(stated,))
        >>> observe(run, Resource.FLOPS).value
        2000000000.0
        >>> observe(run, Resource.ENERGY_J) is None
        True
    """
    costs = run.costs(resource, phases=phases)
    if not costs:
        return None
    combine = math.fsum if resource.is_additive else max
    return Observation(
        value=combine(c.value for c in costs),
        low=combine(c.low for c in costs),
        high=combine(c.high for c in costs),
        kinds=once(c.kind for c in costs),
        origins=once(c.origin for c in costs),
        run_ids=(run.run_id,),
    )


def per_item(run: Run, resource: Resource, *, item: Item) -> Observation | None:
    """Cost of the work phase per item; the amount itself for peaks and parameter counts.

    Returns:
        None when nothing saw the resource or no item was counted.

    Examples:
        >>> from breakeven.records import Cost, Kind, Run, Stage, Status, Volume
        >>> stated = Cost.exact(Resource.FLOPS, 2e9, kind=Kind.COUNTED, sensor="kaplan-2020")
        >>> run = Run(run_id="a", stage=Stage.INFER, status=Status.OK, started_at="",
        ...           counts=(stated,), output=Volume(n_examples=1000))
        >>> per_item(run, Resource.FLOPS, item=Item.EXAMPLE).value
        2000000.0
    """
    total = observe(run, resource, phases={PhaseName.WORK})
    if total is None or not resource.is_additive:
        return total
    n_items = run.output.count(item)
    return total.scaled(1 / n_items) if n_items else None


def by_block(runs: Iterable[Run], resource: Resource, *, item: Item) -> dict[int, Observation]:
    """Average per item of the finished runs, by block; those outside blocks get -1, -2 ....

    Several runs of one block are repeats of it: the mean is theirs.

    Examples:
        >>> by_block([], Resource.CPU_S, item=Item.EXAMPLE)
        {}
    """
    grouped: dict[int, list[Observation]] = defaultdict(list)
    outside = 0
    for run in runs:
        seen = per_item(run, resource, item=item) if run.status is Status.OK else None
        if seen is not None:
            outside -= run.block is None
            grouped[outside if run.block is None else run.block].append(seen)
    return {block: averaged(seen) for block, seen in grouped.items()}


def with_role(runs: Iterable[Run], role: str) -> tuple[Run, ...]:
    """Inference runs made for one purpose.

    Examples:
        >>> with_role([], "reference")
        ()
    """
    return tuple(run for run in runs if run.settings.resolved.get(ROLE) == role)


def label_of(run: Run, pathway: str) -> str:
    """What follows the pathway's name in a row, e.g. "length=16".

    Examples:
        >>> from breakeven.records import Run, Stage, Status
        >>> label_of(Run(run_id="a", row="FT/length=16", stage=Stage.INFER,
        ...              status=Status.OK, started_at=""), "FT")
        'length=16'
    """
    return run.row.removeprefix(f"{pathway}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredRun:
    """A score and the run that earned it.

    Attributes:
        score: Of one split.
        run_id: Of the run.
        batching: How its batches were made, where its answers depend on that; the score is then of
            no other way to make them.
    """

    score: Score
    run_id: str
    batching: str = ""


def score_on_test(runs: Sequence[Run], metric: str) -> ScoredRun | None:
    """First score of that metric on the test split; None when there is none.

    Examples:
        >>> score_on_test([], "accuracy") is None
        True
    """
    return next(
        (
            ScoredRun(score=score, run_id=run.run_id, batching=batching_of(run))
            for run in runs
            if run.status is Status.OK
            for score in run.scores
            if score.metric == metric and score.split == "test"
        ),
        None,
    )


def batching_of(run: Run) -> str:
    """How a run made its batches, where its answers depend on that; else empty.

    Examples:
        >>> from breakeven.testing.tiny import tiny_inference
        >>> batching_of(tiny_inference("FT", {}))
        ''
    """
    if all(note.code is not NoteCode.ANSWERS_BY_BATCH for note in run.notes):
        return ""
    resolved = run.settings.resolved
    return ", ".join(f"{name}={resolved[name]}" for name in BATCHING if name in resolved)


def averaged(seen: Sequence[Observation]) -> Observation:
    """Mean of several observations as one, without their scatter.

    Args:
        seen: At least one.

    Examples:
        >>> def amount(value: float) -> Observation:
        ...     return Observation(value=value, low=value, high=value, kinds=(), origins=(),
        ...                        run_ids=())
        >>> averaged([amount(1.0), amount(3.0)]).value
        2.0
    """
    if len(seen) == 1:
        return seen[0]
    share = 1 / len(seen)
    return Observation(
        value=sum(o.value for o in seen) * share,
        low=sum(o.low for o in seen) * share,
        high=sum(o.high for o in seen) * share,
        kinds=once(k for o in seen for k in o.kinds),
        origins=once(k for o in seen for k in o.origins),
        run_ids=once(r for o in seen for r in o.run_ids),
    )
