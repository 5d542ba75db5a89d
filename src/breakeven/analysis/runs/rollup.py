"""Roll-up: every run of a study paid once, by stage and by pathway.

A pathway's development counts all of its ancestors, so two students of one teacher both show the
teacher's cost; added up, it would be paid twice. Here each run is in one line, and what several
pathways rest on is shared out between them in equal parts, as an assumption that is stated.
Trials that were pruned, failed or killed are part of what tuning cost (H of Schwartz et al. 2020).
A record that holds the mean of n runs, as tables print them, was paid n times: n times a mean is
the sum that it was taken of.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from breakeven.analysis.runs.ranks import rolled_up
from breakeven.analysis.runs.select import (
    NOT_DEVELOPMENT,
    UTILISATION,
    StudyRuns,
    development_rows,
    observe,
    study_runs,
)
from breakeven.analysis.uncertain import Observation, Uncertain, once, total_of
from breakeven.records import Kind, Origin, Resource, Run, Stage, Status, StudyDefinition

INSIDE = "inside"
"""Setting that names the run around one, whose cost holds this one's."""

N_REPEATS = "n_repeats"
"""Setting that tells of how many runs the numbers of a record are the mean."""

NOTHING_READ = ", which nothing read"
"""Ends the name of a part of the machine in what a cost does not cover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidRow:
    """All runs of one row, each paid once.

    Attributes:
        row: Row of the plan, or the name of a measured command; trials are of the row they tune.
        stage: What was paid for; tuning for every trial.
        runs: Every attempt at it, whatever became of it; one may be the mean of several.
        totals: Sum over the runs by resource; the largest for peaks and sizes.
        unseen: Number of runs that did not observe a resource which others of the row did.
        users: Pathways that rest on it; empty for what none of them needs.
    """

    row: str
    stage: Stage
    runs: tuple[Run, ...]
    totals: Mapping[Resource, Uncertain]
    unseen: Mapping[Resource, int]
    users: tuple[str, ...]

    @property
    def n_runs(self) -> int:
        """How many runs were paid; a mean of n counts n."""
        return sum(self.statuses.values())

    @property
    def statuses(self) -> Mapping[Status, int]:
        """Number of runs by status."""
        found: Counter[Status] = Counter()
        for run in self.runs:
            found[run.status] += n_repeats(run)
        return found

    @property
    def means(self) -> tuple[int, ...]:
        """Of how many runs each record that is a mean was taken."""
        return tuple(n for run in self.runs if (n := n_repeats(run)) > 1)

    @property
    def unread(self) -> Mapping[str, int]:
        """Number of runs by the part of their machine that nothing read, such as the GPU."""
        found: Counter[str] = Counter()
        for run in self.runs:
            said = (c.not_covered for phase in run.phases for c in phase.measurement.costs)
            gaps = once(gap for text in said for gap in text.split("; "))
            for gap in gaps:
                if gap.endswith(NOTHING_READ):
                    found[gap.removesuffix(NOTHING_READ)] += n_repeats(run)
        return found

    @property
    def share(self) -> float | None:
        """Part of it that each of its users bears; None where nobody uses it."""
        return 1 / len(self.users) if self.users else None

    def borne(self, resource: Resource) -> Uncertain | None:
        """Part of the cost that each user bears; assumed where there are several."""
        total = self.totals.get(resource)
        if total is None or self.share is None or not resource.is_additive:
            return None
        part = total.scaled(self.share)
        if len(self.users) == 1:
            return part
        return replace(
            part,
            kinds=once((*part.kinds, Kind.ASSUMED)),
            origins=once((*part.origins, Origin.STATED)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """A study, paid once.

    Attributes:
        study: Its name; empty for runs outside any.
        rows: Each row, development first, in the order they began.
        pathways: Names of its pathways.
        resources: Costs that anything observed.
    """

    study: str
    rows: tuple[PaidRow, ...]
    pathways: tuple[str, ...]
    resources: tuple[Resource, ...]

    def total(self, resource: Resource) -> Uncertain | None:
        """What all runs together cost; None when nothing saw the resource."""
        return _sum([row.totals.get(resource) for row in self.rows], resource)

    def by_stage(self, resource: Resource) -> Mapping[Stage, Uncertain]:
        """What each stage cost; they add up to the total."""
        grouped: defaultdict[Stage, list[Uncertain | None]] = defaultdict(list)
        for row in self.rows:
            grouped[row.stage].append(row.totals.get(resource))
        sums = {stage: _sum(parts, resource) for stage, parts in grouped.items()}
        return {stage: found for stage, found in sums.items() if found is not None}

    def by_pathway(self, resource: Resource) -> Mapping[str, Uncertain]:
        """What each pathway bears when shared rows are split; with `unused` the total."""
        grouped: defaultdict[str, list[Uncertain | None]] = defaultdict(list)
        for row in self.rows:
            for user in row.users:
                grouped[user].append(row.borne(resource))
        sums = {name: _sum(parts, resource) for name, parts in grouped.items()}
        return {name: found for name, found in sums.items() if found is not None}

    def unused(self, resource: Resource) -> Uncertain | None:
        """What was paid for and no pathway rests on."""
        return _sum([r.totals.get(resource) for r in self.rows if not r.users], resource)


def n_repeats(run: Run) -> int:
    """Of how many runs a record is the mean; 1 for what was recorded run by run.

    Examples:
        >>> from breakeven.testing.tiny import tiny_run
        >>> n_repeats(tiny_run("ft", {}))
        1
    """
    said = run.settings.resolved.get(N_REPEATS, 1)
    is_count = isinstance(said, int) and not isinstance(said, bool) and said > 1
    return int(said) if is_count else 1


def roll_ups(definitions: Sequence[StudyDefinition], runs: Iterable[Run]) -> tuple[RollUp, ...]:
    """Roll up each study of a store, and last what was run outside any.

    Args:
        definitions: Every study that the store knows.
        runs: Every run of the store.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> (found,) = roll_ups([definition], runs)
        >>> teacher = next(row for row in found.rows if row.row == "ft")
        >>> teacher.users, teacher.share
        (('FT', 'TS'), 0.5)
    """
    whole = rolled_up(runs)
    ids = {run.run_id for run in whole}
    found = [run for run in whole if run.settings.resolved.get(INSIDE) not in ids]
    known = {definition.name: definition for definition in definitions}
    names = once(run.study for run in found if run.study in known)
    inside = [
        _rolled_up(known[name], [run for run in found if run.study == name]) for name in names
    ]
    outside = [run for run in found if run.study not in known]
    if not outside:
        return tuple(inside)
    nobody = study_runs(StudyDefinition(name="", pathways=()), ())
    return (*inside, _roll_up("", nobody, outside, users={}))


def _rolled_up(definition: StudyDefinition, runs: Sequence[Run]) -> RollUp:
    found = study_runs(definition, runs)
    return _roll_up(definition.name, found, runs, users=_users(found))


def _roll_up(
    study: str, found: StudyRuns, runs: Sequence[Run], *, users: Mapping[str, tuple[str, ...]]
) -> RollUp:
    grouped: defaultdict[tuple[str, Stage], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.stage in NOT_DEVELOPMENT, run.started_at)):
        grouped[run.result_of, _stage(run)].append(run)
    rows = tuple(_paid(row, stage, own, users) for (row, stage), own in grouped.items())
    seen = {resource for row in rows for resource in row.totals} - UTILISATION
    return RollUp(
        study=study,
        rows=rows,
        pathways=tuple(pathway.name for pathway in found.definition.pathways),
        resources=tuple(resource for resource in Resource if resource in seen),
    )


def _users(found: StudyRuns) -> dict[str, tuple[str, ...]]:
    """Pathways that rest on each row, by development or by use."""
    users: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for pathway in found.definition.pathways:
        used = (*found.inference(pathway.name), *found.serving(pathway.name))
        own = (*used, *found.joined(pathway.name))
        development = (pathway.row, *development_rows(found, pathway))
        for row in (*development, *(run.row for run in own)):
            users[row][pathway.name] = None
    return {row: tuple(names) for row, names in users.items()}


def _stage(run: Run) -> Stage:
    return Stage.TUNE if run.trial is not None else run.stage


def _paid(
    row: str, stage: Stage, runs: Sequence[Run], users: Mapping[str, tuple[str, ...]]
) -> PaidRow:
    totals: dict[Resource, Uncertain] = {}
    unseen: dict[Resource, int] = {}
    for resource in Resource:
        by_run = [(run, observe(run, resource)) for run in runs]
        seen = [(n_repeats(run), observed) for run, observed in by_run if observed is not None]
        if seen:
            totals[resource] = _all_of(seen, resource)
            unseen[resource] = sum(n_repeats(run) for run, observed in by_run if observed is None)
    resting = (users.get(run.row) or users.get(run.result_of, ()) for run in runs)
    return PaidRow(
        row=row,
        stage=stage,
        runs=tuple(runs),
        totals=totals,
        unseen={resource: n for resource, n in unseen.items() if n},
        users=once(name for names in resting for name in names),
    )


def _all_of(seen: Sequence[tuple[int, Observation]], resource: Resource) -> Uncertain:
    """Sum of records, each as often as it was paid."""
    if resource.is_additive:
        return total_of([observed.scaled(n) for n, observed in seen])
    return total_of([max((observed for _, observed in seen), key=lambda each: each.value)])


def _sum(parts: Sequence[Uncertain | None], resource: Resource) -> Uncertain | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    if resource.is_additive:
        return reduce(add, known)
    return max(known, key=lambda part: part.value)
