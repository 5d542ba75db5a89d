"""Lifetime words: who is cheapest from where, what was assumed and left out, for a terminal."""

import math
from collections.abc import Iterator, Sequence

from breakeven.analysis.lifetime import Envelope, Lives, Piece, charging_words
from breakeven.analysis.pathways import PathwayCost
from breakeven.analysis.words import amount_words, item_words, listed, resource_words
from breakeven.report.quantity import format_probability
from breakeven.units import format_count


def answer(lives: Lives, found: Envelope) -> list[str]:
    """Say in one cost who is cheapest at which volume, and at the planned one.

    Args:
        lives: In that cost.
        found: Their envelope.
    """
    items, cost = item_words(lives.item), resource_words(lives.resource)
    planned = found.at(lives.volume)
    chance = format_probability(found.at_planned[planned.name])
    same = f" (the same as {listed(planned.equals)})" if planned.equals else ""
    who = "; ".join(_piece(piece, items) for piece in found.pieces)
    return [
        f"Cheapest in {cost}, development included: {who}.",
        *(piece.since.sentence for piece in found.pieces if piece.since is not None),
        f"At the planned {format_count(lives.volume)} {items}: {planned.name}{same}; P(cheapest) "
        + chance
        + ".",
    ]


def _piece(piece: Piece, items: str) -> str:
    if piece.low == 0 and math.isinf(piece.high):
        return f"{piece.name} at every volume"
    if math.isinf(piece.high):
        return f"{piece.name} from {format_count(piece.low)} {items} on"
    if piece.low == 0:
        return f"{piece.name} up to {format_count(piece.high)}"
    return f"{piece.name} from {format_count(piece.low)} to {format_count(piece.high)}"


def terms_words(
    of_costs: Sequence[Lives], costs: Sequence[PathwayCost], *, dropped: Sequence[str]
) -> list[str]:
    """State every assumption, how quality counts, and who is left out and why.

    Args:
        of_costs: Lives, one for each cost; the first is answered in.
        costs: Gathered costs, every row whole.
        dropped: Pathways below the threshold.
    """
    return list(_terms(of_costs[0], costs, dropped))


def _terms(lives: Lives, costs: Sequence[PathwayCost], dropped: Sequence[str]) -> Iterator[str]:
    terms = lives.terms
    names = {life.name for life in lives.members}
    own = [cost for cost in costs if cost.name in names]
    yield from (f"Assumed: {words}" for words in charging_words(own, terms.rules))
    for update in terms.updates:
        row = update.row or "the row each pathway deploys"
        yield f"Assumed: {row} is paid again after every {format_count(update.every)} items."
    if terms.error_cost is not None:
        amount = amount_words(terms.error_cost.resource, terms.error_cost.per_error)
        yield (
            f"Assumed: each wrong answer costs {amount}; an item is wrong with probability 1 - "
            "score."
        )
    if terms.is_weighted:
        yield "Output is weighted by score: every cost is divided by it, at the same volume of use."
    if dropped:
        yield f"Below the score asked for, dropped out: {listed(dropped)}."
    if not (terms.is_weighted or terms.error_cost or dropped):
        yield (
            "Quality does not count here; --min-score, --weight-by-score or --error-cost let it."
        )
    for name, why in lives.left_out.items():
        yield f"Left out: {name}, {why}."
