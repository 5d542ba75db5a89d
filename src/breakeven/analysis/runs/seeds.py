"""Seeds: what several trainings of one row cost to use, each in its own process, block by block.

Every seed is deployed in every block, so costs too form a two-way layout. The cost of a pathway
is the mean over seeds and blocks; what sets seeds apart (weights, memory layout of their
processes) is a second random part of its variance, beside that of the blocks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from breakeven.analysis.runs.families import together
from breakeven.analysis.runs.select import StudyRuns, averaged, by_block, with_role
from breakeven.analysis.scoring.crossed import crossed_doubt
from breakeven.analysis.scoring.scores import REPEAT, start_repeat
from breakeven.analysis.uncertain import Observation, Uncertain, once
from breakeven.records import Item, Resource, Run

Blocks = Mapping[int, Observation]
SeedBlocks = Mapping[int, Mapping[Resource, Blocks]]
"""Cost per item by repeat of the deployed row, resource and block."""


def seed_blocks(
    found: StudyRuns,
    reference: Sequence[Run],
    inference: Sequence[Run],
    *,
    item: Item | None = None,
) -> dict[int, dict[Resource, Blocks]]:
    """Cost per item of each seed, the reference being seed 0.

    Args:
        found: The study's runs.
        reference: Runs of the first seed.
        inference: All inference runs of the pathway; those of role "repeat" are its other seeds.
        item: What an average counts; the study's own by default.

    Returns:
        A seed without any finished run is absent.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> from breakeven.analysis.runs.select import study_runs
        >>> seed_blocks(study_runs(StudyDefinition(name="s", pathways=()), []), [], [])
        {}
    """
    further = with_role(inference, REPEAT)
    by_seed = {0: tuple(reference)} | {
        n: tuple(run for run in further if start_repeat(run) == n)
        for n in sorted(once(start_repeat(run) for run in further))
    }
    costs = {
        n: {r: by_block(runs, r, item=item or found.definition.item) for r in found.resources}
        for n, runs in by_seed.items()
    }
    kept: dict[int, dict[Resource, Blocks]] = {
        n: {r: blocks for r, blocks in by_resource.items() if blocks}
        for n, by_resource in costs.items()
    }
    return {n: by_resource for n, by_resource in kept.items() if by_resource}


def over_seeds(seeds: SeedBlocks, resource: Resource) -> dict[int, Observation]:
    """Mean over seeds in each block that all of them ran in; all blocks of a single seed.

    Args:
        seeds: By repeat.
        resource: Seeds that did not observe it are left out.

    Examples:
        >>> def seen(value: float) -> Observation:
        ...     return Observation(value=value, low=value, high=value, kinds=(), origins=(),
        ...                        run_ids=())
        >>> seeds = {0: {Resource.CPU_S: {0: seen(1.0), 1: seen(5.0)}},
        ...          1: {Resource.CPU_S: {0: seen(3.0)}}}
        >>> {block: o.value for block, o in over_seeds(seeds, Resource.CPU_S).items()}
        {0: 2.0}
    """
    blocks = [by_resource[resource] for by_resource in seeds.values() if resource in by_resource]
    if not blocks:
        return {}
    common = [b for b in blocks[0] if all(b in other for other in blocks)]
    if not common:
        return dict(blocks[0])
    return {block: averaged([by_block[block] for by_block in blocks]) for block in common}


def by_family(seeds: SeedBlocks, family_of: Mapping[int, int]) -> dict[int, dict[Resource, Blocks]]:
    """Means of the seeds of one family, which are independent where the seeds are not.

    Args:
        seeds: By repeat.
        family_of: Family by repeat; a repeat that is absent is its own.

    Returns:
        By the first repeat of each family.

    Examples:
        >>> by_family({0: {}, 1: {}, 2: {}}, {0: 0, 1: 0, 2: 1})
        {0: {}, 2: {}}
    """
    repeats = tuple(seeds)
    grouped = [[repeats[place] for place in group] for group in together(repeats, family_of)]
    return {
        group[0]: {
            resource: over_seeds({n: seeds[n] for n in group}, resource)
            for resource in once(r for n in group for r in seeds[n])
        }
        for group in grouped
    }


def seed_doubt(seeds: SeedBlocks, resource: Resource) -> Uncertain | None:
    """What the choice of seeds adds to the doubt of the mean cost: a value of 0 with a variance.

    Where seeds scatter more than blocks explain, their mean square counts whole. Taking from it
    what blocks explain leaves a variance with next to no degrees of freedom, and t intervals a
    million times as wide as the cost; whole, they hold 90 to 97 % of a promised 95 % in trials
    with two or three seeds in three or five blocks, at finite widths.

    Args:
        seeds: Independent ones, see `by_family`.
        resource: Which cost.

    Returns:
        None for fewer than two seeds, or when they scatter no more than blocks explain.

    Examples:
        >>> seed_doubt({}, Resource.CPU_S) is None
        True
    """
    blocks = [by_resource[resource] for by_resource in seeds.values() if resource in by_resource]
    common = [b for b in (blocks[0] if blocks else ()) if all(b in other for other in blocks)]
    if len(blocks) < 2 or not common:
        return None
    values = np.array([[by_block[b].value for b in common] for by_block in blocks])
    n_seeds = len(blocks)
    if len(common) == 1:
        between, within = float(np.var(values[:, 0], ddof=1)) / n_seeds, 0.0
    else:
        (part,) = crossed_doubt(values).seeds
        between, within = part.between, part.within
    if between <= within:
        return None
    return replace(Uncertain.exact(0.0), variance=between, curvature=between**2 / (n_seeds - 1))


def with_seed_doubt(amount: Uncertain, seeds: SeedBlocks, resource: Resource) -> Uncertain:
    """The same cost, or difference of costs, with what the choice of seeds adds to its doubt.

    Args:
        amount: Mean over blocks.
        seeds: Independent ones, see `by_family`.
        resource: Which cost.

    Examples:
        >>> with_seed_doubt(Uncertain.exact(2.0), {}, Resource.CPU_S).value
        2.0
    """
    doubt = seed_doubt(seeds, resource)
    return amount if doubt is None else replace(amount + doubt, value=amount.value)
