"""Estimates: pathways in the form that reports show, each number with interval and method."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.results import PathwayResult, StageCost
from breakeven.analysis.runs.rows import (
    RowCost,
)
from breakeven.analysis.runs.select import ScoredRun, StudyRuns
from breakeven.analysis.scoring.scores import PathwayScore, is_above
from breakeven.analysis.uncertain import (
    LEVEL,
    Uncertain,
    as_estimate,
    once,
)
from breakeven.analysis.words import counted
from breakeven.records import (
    Estimate,
    Kind,
    Note,
    NoteCode,
    Origin,
    Resource,
)


def pathway_result(cost: PathwayCost, found: StudyRuns) -> PathwayResult:
    """Put one pathway into the form that reports show.

    Args:
        cost: What was gathered.
        found: The study's runs.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import PathwayDefinition
        >>> study = study_runs(StudyDefinition(name="s", pathways=()), [])
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
        score=score_estimate(cost.scored),
        stages=tuple(_stage_cost(row) for row in cost.rows),
        development={
            r: as_estimate(d, r.value, what=_sum_words(r, cost.rows), notes=mixed_kinds(d))
            for r, d in development.items()
        },
        startup={r: _start_estimate(cost, r, s) for r, s in cost.startup.items()},
        marginal={
            r: as_estimate(
                m,
                f"{r.value} per {item.value}" if r.is_additive else r.value,
                what=_mean_words(cost, r, m),
                notes=mixed_kinds(m),
            )
            for r, m in marginal.items()
        },
        notes=cost.notes,
        n_seeds=cost.scored.n_seeds if cost.scored and not cost.scored.is_stated else 0,
        is_above_majority=is_above(cost.scored, found.definition.constant_score),
    )


def score_estimate(scored: ScoredRun | PathwayScore | None) -> Estimate | None:
    """Give quality its interval: over seeds and examples, or Wilson's for one seed.

    Examples:
        >>> from breakeven.records import Score
        >>> f1 = Score(metric="f1", value=0.873, split="test", n_examples=13504)
        >>> score_estimate(ScoredRun(score=f1, run_id="a")).low
    """
    if scored is None:
        return None
    found = PathwayScore(seeds=(scored,), repeats=(0,)) if isinstance(scored, ScoredRun) else scored
    first, interval = found.seeds[0].score, found.interval
    batching = found.seeds[0].batching
    of_batches = f"; answers depend on their batch, and these are of {batching}" if batching else ""
    return Estimate(
        name=first.metric,
        value=found.value,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        level=LEVEL if interval else None,
        method=f"{found.method}{of_batches}",
        n=found.n_examples,
        kinds=(first.kind,),
        origins=(Origin.STATED if first.kind is Kind.ASSUMED else first.origin,),
        run_ids=found.run_ids,
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
    lost = f" plus {row.n_lost} unfinished" if row.n_lost else ""
    if row.n_finished == 1:
        return f"one run{lost}"
    verb = "sum" if row.is_searched else "mean"
    of_parents = f" of {row.n_families} parents" if 0 < row.n_families < row.n_finished else ""
    return f"{verb} of {row.n_finished} runs{of_parents}{lost}"


def _sum_words(resource: Resource, rows: Sequence[RowCost]) -> str:
    verb = "sum" if resource.is_additive else "largest"
    return f"{verb} over {counted(len(rows), 'row')}, failed and interrupted runs included"


def _start_estimate(cost: PathwayCost, resource: Resource, amount: Uncertain) -> Estimate:
    split, name = cost.splits.get(resource), f"{resource.value} per start"
    if split is None:
        return as_estimate(amount, name, what=f"mean of {counted(amount.n, 'start')}")
    what = f"intercept of a {split.method}"
    if split.is_startup_told:
        return as_estimate(amount, name, what=what)
    found = as_estimate(amount, name, what=f"{what}, not told apart from 0")
    if amount.value > 0 or amount.has_scatter:
        return found
    far = "below 0 and taken as 0; upper end as far above 0 as it fell below"
    return replace(found, method=f"{what}, {far}")


def _mean_words(cost: PathwayCost, resource: Resource, amount: Uncertain) -> str:
    if split := cost.splits.get(resource):
        return f"slope of a {split.method}"
    if cost.definition.is_joined and resource.is_additive:
        return f"mean per item, start-up included, {counted(amount.n, 'run')}"
    what = "per item, work phase only" if resource.is_additive else "of the work phase"
    return f"mean {what}, {counted(amount.n, 'block')}"
