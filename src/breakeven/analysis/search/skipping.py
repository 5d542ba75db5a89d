"""Skipping: cells that need not be measured, because what is foretold leaves them no hope."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.draws import cost_draws, front_share, log_costs, quality_draws
from breakeven.analysis.search.foretell import Foretelling
from breakeven.analysis.search.rules import Rules
from breakeven.analysis.search.standing import Standing, blocks_of

N_ERRORS = 2.0
"""A cell must be foretold dearer by as many errors of a difference: 2.3 % are so by chance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """On what, and by which rules, a round compares cells.

    Attributes:
        sources: Of each example, shape (n_examples,).
        slack: Log ratio of costs that is not held against a cell.
        rules: Which share of draws keeps a cell.
    """

    sources: Places
    slack: float
    rules: Rules


def hopeless(
    fit: Foretelling, known: Sequence[Standing], left: Sequence[Cell], *, reference: Cell
) -> dict[str, str]:
    """Name the cells that are foretold to be dearer than one that is expected to answer alike.

    Cells of one group have one length, so this never compares lengths. Where cost follows a line
    in the length, cells foretold to be dearer than the reference are hopeless as well: nothing is
    saved by them.

    Args:
        fit: What foretells.
        known: Measured cells, the reference among them.
        left: Not measured.
        reference: What a saving is a saving against.

    Returns:
        Why, by name of the cell.
    """
    costs = log_costs(np.array([found.costs for found in known]))
    measured = {f.cell.name: float(cost) for f, cost in zip(known, costs, strict=True)}
    told = dict(zip((cell.name for cell in left), map(float, fit.log_costs(left)), strict=True))
    by_name = {cell.name: cell for cell in (*(f.cell for f in known), *left)}
    everything = {**told, **measured}
    best: dict[str, str] = {}
    for name, cost in everything.items():
        group = by_name[name].alike
        if cost < everything.get(best.get(group, ""), np.inf):  # nan is not
            best[group] = name
    margin = N_ERRORS * np.sqrt(2) * fit.error
    found = {}
    for cell in left:
        rivals = [best.get(cell.alike, cell.name)]
        rivals += [reference.name] if fit.report.is_length_plain else []
        for rival in rivals:
            if told[cell.name] - everything[rival] > margin:
                ratio = np.exp(told[cell.name] - everything[rival])
                found[cell.name] = f"foretold {ratio:.1f} times as dear as {rival}"
                break
    return found


def outdone(
    fit: Foretelling,
    known: Sequence[Standing],
    left: Sequence[Cell],
    rng: np.random.Generator,
    *,
    at: Scene,
) -> dict[str, str]:
    """Name the cells that would leave if they cost what is foretold and answered as expected.

    A cell is expected to answer as a measured one of its group does, or nearly as one of its route
    and length does, whose batches alone differ; of others nothing is said. What is foretold is
    drawn with the error of foretelling, everything else as in a round.

    Args:
        fit: What foretells.
        known: Measured cells, at least 2.
        left: Not measured.
        rng: Source of randomness.
        at: What the measured cells were compared on; limits are not looked at.

    Returns:
        Why, by name of the cell.
    """
    told = dict(zip((cell.name for cell in left), fit.log_costs(left), strict=True))
    like = {key: found.answers for found in known for key in _expected_alike(found.cell)}
    expected = {c.name: like[k] for c in left for k in _expected_alike(c) if k in like}
    judged = [cell for cell in left if cell.name in expected and np.isfinite(told[cell.name])]
    if not judged:
        return {}
    costs = cost_draws(blocks_of(known), rng)
    foretold = np.array([told[cell.name] for cell in judged])
    foretold = foretold + rng.normal(scale=fit.error, size=(len(costs), len(judged)))
    answers = np.array([*(found.answers for found in known), *(expected[c.name] for c in judged)])
    groups = [*(found.cell.alike for found in known), *(cell.alike for cell in judged)]
    shares = front_share(
        np.hstack([costs, foretold]),
        quality_draws(answers, groups, at.sources, rng),
        slack=at.slack,
        indifference=at.rules.indifference,
    )
    return {
        cell.name: f"something cheaper is foretold to be as good in {1 - share:.0%} of draws"
        for cell, share in zip(judged, shares[len(known) :], strict=True)
        if share < at.rules.leave_below
    }


def _expected_alike(cell: Cell) -> tuple[Hashable, ...]:
    """What cells that answer about alike have in common, the surest last."""
    return (cell.route, cell.features.length), cell.alike
