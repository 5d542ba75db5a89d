"""Pathways: what each way to a deployable model cost to make, to start and to use.

Development is summed over rows, so that two pathways which share an ancestor also share its
doubt: the difference of their costs rests only on the rows in which they differ.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from breakeven.analysis import select
from breakeven.analysis.results import PathwayResult, StageCost
from breakeven.analysis.select import StudyRuns
from breakeven.analysis.stats import wilson
from breakeven.analysis.uncertain import (
    LEVEL,
    Observation,
    Uncertain,
    as_estimate,
    mean_of,
    once,
    total_of,
)
from breakeven.analysis.words import counted, resource_words
from breakeven.records import (
    Estimate,
    Kind,
    Note,
    NoteCode,
    Origin,
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
)

USED_WHERE_NEEDED = frozenset(
    {
        Resource.N_LABELLED_EXAMPLES,
        Resource.N_UNLABELLED_EXAMPLES,
        Resource.N_PARAMETERS,
        Resource.PEAK_MEMORY_BYTES,
        Resource.PEAK_DEVICE_MEMORY_BYTES,
    }
)
"""Resources of which a stage that reports none has used none; the others are then unknown."""

TAKEN_FROM_ELSEWHERE = frozenset({Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED, Origin.STATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCost:
    """What one row of development cost for one model.

    Attributes:
        row: Row of the plan.
        stage: Its stage.
        runs: Every attempt at it.
        amounts: Mean over finished repeats plus all that failed, by resource.
        unseen: Runs that did not finish and did not observe a resource which others did.
    """

    row: str
    stage: Stage
    runs: tuple[Run, ...]
    amounts: Mapping[Resource, Uncertain]
    unseen: Mapping[Resource, int]

    @property
    def n_finished(self) -> int:
        """Number of repeats that ended well."""
        return sum(run.status is Status.OK for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCost:
    """All that analysis needs of one pathway.

    Attributes:
        definition: Name and deployed row.
        rows: Development, ancestors first.
        blocks: Average per item by block at the reference configuration, by resource.
        startup: Fixed cost of starting the service once, by resource.
        score: On the test split; None when absent.
        is_finished: Whether the deployed row has ended well at least once.
        is_baseline: Whether the deployed model is not neural.
        notes: Doubts.
    """

    definition: PathwayDefinition
    rows: tuple[RowCost, ...]
    blocks: Mapping[Resource, Mapping[int, Observation]]
    startup: Mapping[Resource, Uncertain]
    score: Score | None
    is_finished: bool
    is_baseline: bool
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """As in the definition."""
        return self.definition.name

    def development(self, resource: Resource) -> Uncertain | None:
        """Total over the rows; None when a row that must have consumed some did not say."""
        if not self.is_finished:
            return None
        return combined([row.amounts.get(resource) for row in self.rows], resource)

    def marginal(self, resource: Resource) -> Uncertain | None:
        """Average per item over the blocks; None when nothing saw it."""
        blocks = self.blocks.get(resource)
        return mean_of(list(blocks.values())) if blocks else None

    def has_life(self, resource: Resource) -> bool:
        """Whether both development and use are known and may be added up over a lifetime."""
        is_known = self.development(resource) is not None and resource in self.blocks
        return resource.is_additive and is_known


def combined(amounts: Sequence[Uncertain | None], resource: Resource) -> Uncertain | None:
    """Sum over rows, or the largest for peaks and parameter counts.

    Args:
        amounts: One per row; None where the row did not observe the resource.
        resource: Decides how they combine and whether a gap makes the total unknown.

    Examples:
        >>> combined([Uncertain.exact(2.0), Uncertain.exact(3.0)], Resource.CPU_S).value
        5.0
        >>> combined([Uncertain.exact(2.0), Uncertain.exact(3.0)], Resource.N_PARAMETERS).value
        3.0
        >>> combined([Uncertain.exact(2.0), None], Resource.CPU_S) is None
        True
        >>> combined([Uncertain.exact(2.0), None], Resource.N_UNLABELLED_EXAMPLES).value
        2.0
    """
    known = [amount for amount in amounts if amount is not None]
    if not known or (len(known) < len(amounts) and resource not in USED_WHERE_NEEDED):
        return None
    if resource.is_additive:
        return reduce(add, known)
    return max(known, key=lambda amount: amount.value)


def pathway_cost(found: StudyRuns, definition: PathwayDefinition) -> PathwayCost:
    """Gather what one pathway cost.

    Args:
        found: The study's runs.
        definition: The pathway.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> pathway_cost(study, PathwayDefinition(name="FT", row="ft")).is_finished
        False
    """
    rows = tuple(row_cost(found.by_row[row]) for row in select.development_rows(found, definition))
    deployed = next((row.runs for row in rows if row.row == definition.row), ())
    inference = found.inference(definition.name)
    reference = select.with_role(inference, "reference")
    serving = found.serving(definition.name)
    return PathwayCost(
        definition=definition,
        rows=rows,
        blocks=_blocks(found, reference, deployed),
        startup=_means(found.resources, serving, {PhaseName.IMPORT, PhaseName.LOAD}),
        score=select.score_on_test((*reference, *deployed), found.definition.metric),
        is_finished=any(run.status is Status.OK for run in deployed),
        is_baseline=any(run.settings.resolved.get("model") == "tfidf" for run in deployed),
        notes=_gaps(found, definition, rows),
    )


def row_cost(runs: Sequence[Run]) -> RowCost:
    """Cost of one row for one model: mean over finished repeats, plus everything unfinished.

    Tuning trials are not repeats of each other: each counts in full.

    Args:
        runs: Every attempt at the row, at least one.

    Examples:
        >>> from breakeven.records import Cost
        >>> def run(i: int, status: Status, flops: float) -> Run:
        ...     cost = Cost.exact(Resource.FLOPS, flops, kind=Kind.COUNTED, sensor="kaplan-2020")
        ...     return Run(run_id=str(i), row="ft", stage=Stage.FINETUNE, status=status,
        ...                started_at="", counts=(cost,))
        >>> attempts = [run(0, Status.OK, 4e9), run(1, Status.OK, 6e9), run(2, Status.FAILED, 1e9)]
        >>> row_cost(attempts).amounts[Resource.FLOPS].value
        6000000000.0
    """
    amounts: dict[Resource, Uncertain] = {}
    unseen: dict[Resource, int] = {}
    for resource in Resource:
        finished, unfinished, n_unseen = _attempts(runs, resource)
        is_unknown = not finished and any(run.status is Status.OK for run in runs)
        if is_unknown or not (finished or unfinished):
            continue
        repeats = total_of(finished) if runs[0].stage is Stage.TUNE else None
        parts = [mean_of(finished) if repeats is None else repeats] if finished else []
        parts += [mean_of([seen]) for seen in unfinished]
        total = combined(parts, resource)
        assert total is not None
        amounts[resource] = total
        if n_unseen and resource not in USED_WHERE_NEEDED:
            unseen[resource] = n_unseen
    return RowCost(
        row=runs[0].row, stage=runs[0].stage, runs=tuple(runs), amounts=amounts, unseen=unseen
    )


def _attempts(
    runs: Sequence[Run], resource: Resource
) -> tuple[list[Observation], list[Observation], int]:
    seen = [(run.status is Status.OK, select.observe(run, resource)) for run in runs]
    finished = [o for is_ok, o in seen if is_ok and o is not None]
    unfinished = [o for is_ok, o in seen if not is_ok and o is not None]
    return finished, unfinished, sum(o is None for _, o in seen)


def _blocks(
    found: StudyRuns, reference: Sequence[Run], deployed: Sequence[Run]
) -> dict[Resource, dict[int, Observation]]:
    item = found.definition.item
    blocks = {r: select.by_block(reference, r, item=item) for r in found.resources}
    if reference and not blocks.get(Resource.N_PARAMETERS):
        blocks[Resource.N_PARAMETERS] = select.by_block(deployed, Resource.N_PARAMETERS, item=item)
    return {resource: by_block for resource, by_block in blocks.items() if by_block}


def _means(
    resources: Sequence[Resource], runs: Sequence[Run], phases: set[PhaseName]
) -> dict[Resource, Uncertain]:
    found: dict[Resource, Uncertain] = {}
    for resource in resources:
        seen = [select.observe(run, resource, phases=phases) for run in runs]
        if present := [o for o in seen if o is not None]:
            found[resource] = mean_of(present)
    return found


def _gaps(
    found: StudyRuns, definition: PathwayDefinition, rows: Sequence[RowCost]
) -> tuple[Note, ...]:
    notes = []
    name = definition.name
    if missing := select.missing_parents(found, [row.row for row in rows]):
        notes.append(
            Note(
                code=NoteCode.PARENT_MISSING,
                message=f"{name} was built on {', '.join(missing)}, not recorded in this store; "
                "its development cost leaves them out.",
                advice="Merge the store that holds them: breakeven store merge.",
            )
        )
    if not any(
        run.status is Status.OK for row in rows for run in row.runs if row.row == definition.row
    ):
        notes.append(
            Note(
                code=NoteCode.NOT_FINISHED,
                message=f"{name} has no finished run of its row {definition.row!r}; "
                "what was spent on it is listed, but it cannot be compared.",
                advice="Run the study again: finished rows are kept.",
            )
        )
    for resource in found.resources:
        notes += _gap(name, resource, rows)
    return tuple(notes)


def _gap(name: str, resource: Resource, rows: Sequence[RowCost]) -> list[Note]:
    silent = [row.row for row in rows if resource not in row.amounts]
    if silent and len(silent) < len(rows) and resource not in USED_WHERE_NEEDED:
        return [
            Note(
                code=NoteCode.PARTIAL_COVERAGE,
                message=f"{name}: {resource_words(resource)} of {', '.join(silent)} was not "
                "observed, so no development total is given.",
                advice="Measure or state it for every row of the pathway.",
            )
        ]
    unseen = {row.row: row.unseen[resource] for row in rows if resource in row.unseen}
    if not unseen or silent:
        return []
    rows_text = ", ".join(f"{n} of {row}" for row, n in unseen.items())
    return [
        Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=f"runs without a count of {resource_words(resource)} ({rows_text}) are left "
            "out of the development total.",
            advice="They ended before they counted; the true total is larger.",
        )
    ]


def pathway_result(cost: PathwayCost, found: StudyRuns) -> PathwayResult:
    """Put one pathway into the form that reports show.

    Args:
        cost: What was gathered.
        found: The study's runs.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> cost = pathway_cost(study, PathwayDefinition(name="FT", row="ft"))
        >>> pathway_result(cost, study).notes[0].code.value
        'not-finished'
    """
    item = found.definition.item
    development = {r: d for r in found.resources if (d := cost.development(r)) is not None}
    marginal = {r: m for r in cost.blocks if (m := cost.marginal(r)) is not None}
    return PathwayResult(
        name=cost.name,
        description=cost.definition.description,
        score=score_estimate(cost.score),
        stages=tuple(_stage_cost(row) for row in cost.rows),
        development={
            r: as_estimate(d, r.value, what=_sum_words(r, cost.rows), notes=mixed_kinds(d))
            for r, d in development.items()
        },
        startup={
            r: as_estimate(s, f"{r.value} per start", what=f"mean of {counted(s.n, 'start')}")
            for r, s in cost.startup.items()
        },
        marginal={
            r: as_estimate(
                m,
                f"{r.value} per {item.value}" if r.is_additive else r.value,
                what=_mean_words(r, m),
                notes=mixed_kinds(m),
            )
            for r, m in marginal.items()
        },
        notes=cost.notes,
    )


def score_estimate(score: Score | None) -> Estimate | None:
    """Give quality its interval: Wilson's where successes were counted, else none.

    Examples:
        >>> score_estimate(Score(metric="f1", value=0.873, split="test", n_examples=13504)).low
    """
    if score is None:
        return None
    has_counts = score.n_correct is not None and score.n_examples > 0
    interval = wilson(score.n_correct or 0, score.n_examples) if has_counts else None
    return Estimate(
        name=score.metric,
        value=score.value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        level=LEVEL if interval else None,
        method="share correct; Wilson score interval" if interval else "as given; no interval",
        n=score.n_examples,
        kinds=(score.kind,),
        origins=(Origin.STATED if score.kind is Kind.ASSUMED else Origin.LIVE,),
    )


def mixed_kinds(amount: Uncertain) -> tuple[Note, ...]:
    """A note when numbers of several kinds were added.

    Examples:
        >>> both = Uncertain(value=1, low=1, high=1, kinds=(Kind.MEASURED, Kind.MODELLED))
        >>> mixed_kinds(both)[0].message
        'measured and modelled numbers are added here.'
    """
    if len(amount.kinds) < 2:
        return ()
    return (
        Note(
            code=NoteCode.MIXED_KINDS,
            message=f"{' and '.join(k.value for k in amount.kinds)} numbers are added here.",
            advice="Look at the parts before trusting the sum.",
        ),
    )


def _stage_cost(row: RowCost) -> StageCost:
    return StageCost(
        row=row.row,
        stage=row.stage,
        statuses=dict(Counter(run.status for run in row.runs)),
        totals={
            resource: as_estimate(
                amount, resource.value, what=_row_words(row), notes=mixed_kinds(amount)
            )
            for resource, amount in row.amounts.items()
        },
        run_ids=once(run.run_id for run in row.runs),
    )


def _row_words(row: RowCost) -> str:
    n_lost = len(row.runs) - row.n_finished
    lost = f" plus {n_lost} unfinished" if n_lost else ""
    if row.n_finished == 1:
        return f"one run{lost}"
    verb = "sum" if row.stage is Stage.TUNE else "mean"
    return f"{verb} of {row.n_finished} runs{lost}"


def _sum_words(resource: Resource, rows: Sequence[RowCost]) -> str:
    verb = "sum" if resource.is_additive else "largest"
    return f"{verb} over {counted(len(rows), 'row')}, failed and interrupted runs included"


def _mean_words(resource: Resource, amount: Uncertain) -> str:
    what = "per item, work phase only" if resource.is_additive else "of the work phase"
    return f"mean {what}, {counted(amount.n, 'block')}"
