"""Services: each pathway and configuration as it would answer requests that come one at a time.

Score and cost of a service rest on the same trainings: at the reference both are means over all
training seeds, with seeds in their doubt; any other configuration was deployed from one checkpoint
and has the score and the cost of that one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.runs import select
from breakeven.analysis.runs.seeds import (
    SeedBlocks,
    by_family,
    over_seeds,
    seed_blocks,
    with_seed_doubt,
)
from breakeven.analysis.runs.select import ROLE, StudyRuns
from breakeven.analysis.samples.stats import paired_difference
from breakeven.analysis.serving.idling import IdleDoubt, IdleRate, idle_rates
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.records import Estimate, Item, Resource, Run, Scalar, Score, Status

SINGLE = "batch_size=1"
CHOSEN = frozenset({"reference", "sweep"})
"""Roles of rows that are configurations to choose from; twins and repeats are checks."""

Blocks = Mapping[int, Observation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One pathway in one configuration.

    Attributes:
        name: "TS" for the reference, else "TS/length=16".
        pathway: Its costs.
        settings: Resolved inference settings; empty where they are not known.
        assumption: What was assumed for want of rows with batch size 1.
        is_batched: Whether that stretches a batch over single requests, which flatters it.
        score: Of this configuration; None when absent.
        quality: The same as reports show it.
        blocks: Cost per request by block, by resource, the mean over training seeds where several
            were deployed so; empty where nothing ran in blocks.
        per_request: Its mean, by resource.
        idle: Cost per second of waiting, by resource; absent where it was not measured.
        idle_doubt: How the CPU seconds among them stand to the meter's own.
        seeds: The blocks of every training seed, where more than one was deployed so; of every
            family, where seeds share parents.
    """

    name: str
    pathway: PathwayCost
    settings: Mapping[str, Scalar]
    assumption: str
    is_batched: bool
    score: Score | None
    quality: Estimate | None
    blocks: Mapping[Resource, Blocks]
    per_request: Mapping[Resource, Uncertain]
    idle: Mapping[Resource, Uncertain]
    idle_doubt: IdleDoubt = IdleDoubt.NONE
    seeds: SeedBlocks = field(default_factory=dict)

    def saves(self, other: "Service", resource: Resource) -> Uncertain:
        """Cost per request less that of another, by block where both ran in blocks; seeds in it."""
        own, theirs = self.blocks.get(resource), other.blocks.get(resource)
        if own and theirs:
            paired = with_seed_doubt(paired_difference(own, theirs), self.seeds, resource)
            return with_seed_doubt(paired, other.seeds, resource)
        return self.per_request[resource] - other.per_request[resource]


def services_of(found: StudyRuns, pathways: Sequence[PathwayCost]) -> tuple[Service, ...]:
    """Every configuration with batch size 1; where there is none, the reference as an assumption.

    A pathway whose use was measured per token only, or not at all, gives none.

    Args:
        found: The study's runs.
        pathways: Gathered costs.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> found = select.study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> [(s.name, s.assumption[:14]) for s in services_of(found, costs)][:3]
        [('FT/batch_size=1', ''), ('TS/batch_size=1', ''), ('TA', 'only rows with')]
    """
    return tuple(
        service
        for pathway in pathways
        if pathway.is_finished
        for service in _of_pathway(found, pathway)
        if service.per_request
    )


def _of_pathway(found: StudyRuns, pathway: PathwayCost) -> Iterator[Service]:
    inference = found.inference(pathway.name)
    runs = [r for r in inference if r.status is Status.OK and _role(r) in CHOSEN]
    idle = idle_rates(found, [r for r in inference if r.status is Status.OK])
    by_label: dict[str, list[Run]] = {}
    for run in runs:
        by_label.setdefault(select.label_of(run, pathway.name), []).append(run)
    singles = {label: own for label, own in by_label.items() if _batching(own) == SINGLE}
    if singles:
        for label, own in singles.items():
            yield _service(found, pathway, own, label=label, idle=idle, assumption="")
    elif reference := select.with_role(runs, "reference"):
        yield _service(
            found,
            pathway,
            reference,
            label="reference",
            idle=idle,
            assumption=_assumption(_batching(reference)),
        )
    elif found.definition.item is Item.EXAMPLE:
        yield Service(
            name=pathway.name,
            pathway=pathway,
            settings={},
            assumption="a request is taken to cost as much as an example of its use",
            is_batched=False,
            score=pathway.score,
            quality=score_estimate(pathway.scored),
            blocks={},
            per_request={r: m for r in pathway.blocks if (m := pathway.marginal(r)) is not None},
            idle={},
        )


def _service(  # noqa: PLR0913 - what one configuration is made of
    found: StudyRuns,
    pathway: PathwayCost,
    runs: Sequence[Run],
    *,
    label: str,
    idle: Mapping[Resource, IdleRate],
    assumption: str,
) -> Service:
    is_reference = _role(runs[0]) == "reference"
    further = found.inference(pathway.name) if is_reference else ()
    every_seed = seed_blocks(found, runs, further, item=Item.EXAMPLE)
    seeds = by_family(every_seed, pathway.family_of)
    blocks = {r: by_block for r in found.resources if (by_block := over_seeds(seeds, r))}
    own = select.score_on_test(runs, found.definition.metric)
    score, quality = (own.score if own else None), score_estimate(own)
    if is_reference:
        score, quality = pathway.score, score_estimate(pathway.scored)
    if assumption and own is not None and own.batching:  # what single requests score is not known
        score, quality = None, None
    return Service(
        name=pathway.name if is_reference else f"{pathway.name}/{label}",
        pathway=pathway,
        settings=runs[0].settings.resolved,
        assumption=assumption,
        is_batched=bool(assumption) and _batching(runs) is not None,
        score=score,
        quality=quality,
        blocks=blocks,
        per_request={
            r: with_seed_doubt(mean_of(list(by_block.values())), seeds, r)
            for r, by_block in blocks.items()
        },
        idle={r: i.rate for r, i in idle.items()},
        idle_doubt=idle[Resource.CPU_S].doubt if Resource.CPU_S in idle else IdleDoubt.NONE,
        seeds=seeds,
    )


def _role(run: Run) -> str:
    return str(run.settings.resolved.get(ROLE, ""))


def _batching(runs: Sequence[Run]) -> str | None:
    """The setting that says what is asked at once, a budget of tokens before a size; or None."""
    settings = runs[0].settings.resolved
    name = "batch_tokens" if settings.get("batch_tokens") else "batch_size"
    return f"{name}={settings[name]}" if name in settings else None


def _assumption(batching: str | None) -> str:
    if batching is None:
        return "only what was stated is known; a request is taken to cost as much as one example"
    return (
        f"only rows with {batching} were measured; a request is taken to cost as much as an "
        "example in a full batch, and to wait as long as the batch"
    )
