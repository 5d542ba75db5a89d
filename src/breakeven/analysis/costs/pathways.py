"""Pathways: what each way to a deployable model cost to make, to start and to use.

Development is summed over rows, so that two pathways which share an ancestor also share its
doubt: the difference of their costs rests only on the rows in which they differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from breakeven.analysis.costs.startup import Split
from breakeven.analysis.runs import select
from breakeven.analysis.runs.families import families, of_repeats
from breakeven.analysis.runs.gaps import gap_notes
from breakeven.analysis.runs.joining import joined_notes, joined_scores, joined_splits
from breakeven.analysis.runs.rows import RowCost, combined, row_cost
from breakeven.analysis.runs.seeds import (
    SeedBlocks,
    by_family,
    over_seeds,
    seed_blocks,
    with_seed_doubt,
)
from breakeven.analysis.runs.select import ScoredRun, StudyRuns
from breakeven.analysis.samples.stats import paired_difference
from breakeven.analysis.scoring.answers import Answers, no_answers
from breakeven.analysis.scoring.scores import PathwayScore, pathway_score
from breakeven.analysis.uncertain import (
    Observation,
    Uncertain,
    mean_of,
)
from breakeven.records import (
    Kind,
    Note,
    Origin,
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    best_trial,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayCost:
    """All that analysis needs of one pathway.

    Attributes:
        definition: Name and deployed row.
        rows: Development, ancestors first.
        blocks: Average per item by block at the reference configuration, by resource; the mean
            over training seeds where several were deployed.
        startup: Fixed cost of starting the service once, by resource.
        scored: Score on the test split over its seeds; None when absent.
        is_finished: Whether the deployed row has ended well at least once.
        is_baseline: Whether the deployed model is not neural.
        splits: Start-up told apart from cost per item, by resource, where the use of a joined
            pathway was measured at several volumes; `blocks` then hold averages of both.
        seeds: The same averages by training seed, where more than one was deployed.
        family_of: Family of each repeat of the deployed row; those of one are not independent.
        notes: Doubts.
    """

    definition: PathwayDefinition
    rows: tuple[RowCost, ...]
    blocks: Mapping[Resource, Mapping[int, Observation]]
    startup: Mapping[Resource, Uncertain]
    scored: PathwayScore | None
    is_finished: bool
    is_baseline: bool
    splits: Mapping[Resource, Split] = field(default_factory=dict)
    seeds: SeedBlocks = field(default_factory=dict)
    family_of: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """As in the definition."""
        return self.definition.name

    @property
    def independent(self) -> SeedBlocks:
        """Averages of seeds that are independent of each other, or of families that are."""
        return by_family(self.seeds, self.family_of) if self.seeds else {}

    @property
    def score(self) -> Score | None:
        """On the test split, the mean over seeds; None when absent."""
        return self.scored.score if self.scored is not None else None

    def development(self, resource: Resource) -> Uncertain | None:
        """Total over the rows; None when a row that must have consumed some did not say."""
        if not self.is_finished:
            return None
        return combined([row.amounts.get(resource) for row in self.rows], resource)

    def marginal(self, resource: Resource) -> Uncertain | None:
        """Average per item over the blocks, or the slope over volumes; None when unseen."""
        if resource in self.splits:
            return self.splits[resource].per_item
        blocks = self.blocks.get(resource)
        mean = mean_of(list(blocks.values())) if blocks else None
        return None if mean is None else with_seed_doubt(mean, self.seeds_in(resource), resource)

    def use_difference(self, other: "PathwayCost", resource: Resource) -> Uncertain | None:
        """Cost per item less that of another; paired by block where both were run in blocks.

        Returns:
            None when one of them has none.
        """
        own, theirs = self.marginal(resource), other.marginal(resource)
        if own is None or theirs is None:
            return None
        if resource in self.splits or resource in other.splits:
            return own - theirs
        paired = paired_difference(self.blocks[resource], other.blocks[resource])
        own_doubt = with_seed_doubt(paired, self.seeds_in(resource), resource)
        return with_seed_doubt(own_doubt, other.seeds_in(resource), resource)

    def seeds_in(self, resource: Resource) -> SeedBlocks:
        """Those of `independent` in one resource alone: means of all others are not worked out."""
        if not self.seeds:
            return {}
        kept = {
            seed: {resource: by_resource[resource]} if resource in by_resource else {}
            for seed, by_resource in self.seeds.items()
        }
        return by_family(kept, self.family_of)

    def has_life(self, resource: Resource) -> bool:
        """Whether both development and use are known and may be added up over a lifetime."""
        is_known = self.development(resource) is not None and resource in self.blocks
        return resource.is_additive and is_known


def pathway_cost(
    found: StudyRuns, definition: PathwayDefinition, *, answers: Answers = no_answers
) -> PathwayCost:
    """Gather what one pathway cost.

    Args:
        found: The study's runs.
        definition: The pathway.
        answers: Which examples a run got right, by run id; none are known from records alone.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> pathway_cost(study, PathwayDefinition(name="FT", row="ft")).is_finished
        False
    """
    rows = tuple(
        row_cost(found.by_row[row], family_of=families(found, _finished(found.by_row[row])))
        for row in select.development_rows(found, definition)
    )
    deployed = _deployed(definition, rows)
    reference = _use(found, definition)
    splits = joined_splits(found, definition)
    inference = found.inference(definition.name)
    family_of = of_repeats(found, _finished(deployed))
    scored = scored_by(found, definition, rows, found.definition.metric, answers=answers)
    serving = found.serving(definition.name)
    seeds = seed_blocks(found, reference, inference)
    blocks = _blocks(found, by_family(seeds, family_of), deployed)
    return PathwayCost(
        definition=definition,
        rows=rows
        if found.is_measured_only
        else tuple(_with_past_paid(row, blocks) for row in rows),
        blocks=blocks,
        startup=_means(found.resources, serving, {PhaseName.IMPORT, PhaseName.LOAD})
        | {resource: split.startup for resource, split in splits.items()},
        scored=scored,
        is_finished=any(run.status is Status.OK for run in deployed),
        is_baseline=any(run.settings.resolved.get("model") == "tfidf" for run in deployed),
        splits=splits,
        seeds=seeds if len(seeds) > 1 else {},
        family_of=family_of,
        notes=(
            *gap_notes(found, definition, rows),
            *joined_notes(found, definition, scored=_joined_one(definition, scored), splits=splits),
        ),
    )


def scored_by(
    found: StudyRuns,
    definition: PathwayDefinition,
    rows: Sequence[RowCost],
    metric: str,
    *,
    answers: Answers = no_answers,
) -> PathwayScore | None:
    """Score of one pathway by one metric at the reference, over its seeds.

    Args:
        found: The study's runs.
        definition: The pathway.
        rows: Of its development.
        metric: Name of the score.
        answers: Which examples a run got right, by run id.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> scored_by(study, PathwayDefinition(name="FT", row="ft"), (), "f1") is None
        True
    """
    if definition.is_joined:
        joined = joined_scores(found, definition, metric)
        if joined:
            return PathwayScore(seeds=joined, repeats=tuple(range(len(joined))))
    deployed = _deployed(definition, rows)
    return pathway_score(
        (*_use(found, definition), *deployed),
        found.inference(definition.name),
        metric,
        answers=answers,
        family_of=of_repeats(found, _finished(deployed)),
    )


def _joined_one(definition: PathwayDefinition, scored: PathwayScore | None) -> ScoredRun | None:
    return scored.seeds[0] if definition.is_joined and scored is not None else None


def _deployed(definition: PathwayDefinition, rows: Sequence[RowCost]) -> tuple[Run, ...]:
    return next((_handed_on(row) for row in rows if row.row == definition.row), ())


def _handed_on(row: RowCost) -> tuple[Run, ...]:
    """Runs whose results may be deployed: every repeat, or the best of the trials."""
    if not any(run.trial for run in row.runs):
        return row.runs
    best = best_trial(row.runs)
    return () if best is None else (best,)


def _finished(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.status is Status.OK)


def _use(found: StudyRuns, definition: PathwayDefinition) -> tuple[Run, ...]:
    """Runs that give the cost per item: the reference, or what a joined pathway was used for."""
    if not definition.is_joined:
        return select.with_role(found.inference(definition.name), "reference")
    return tuple(run for run in found.joined(definition.name) if run.stage is Stage.INFER)


def _with_past_paid(row: RowCost, used: Mapping[Resource, object]) -> RowCost:
    """Take a stated model without any stated development as paid already: an assumed 0."""
    if row.stage is not Stage.STATED or row.amounts:
        return row
    paid = replace(Uncertain.exact(0.0), kinds=(Kind.ASSUMED,), origins=(Origin.STATED,))
    return replace(row, amounts={r: paid for r in used if r.is_additive})


def _blocks(
    found: StudyRuns, seeds: SeedBlocks, deployed: Sequence[Run]
) -> dict[Resource, Mapping[int, Observation]]:
    item = found.definition.item
    blocks: dict[Resource, Mapping[int, Observation]] = {
        resource: over_seeds(seeds, resource) for resource in found.resources
    }
    if seeds and not blocks.get(Resource.N_PARAMETERS):
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
