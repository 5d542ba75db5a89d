"""Lifetime words: who is cheapest from where, what was assumed and left out, for a terminal."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.lifetime import Envelope, Lives, Piece, charging_words
from breakeven.analysis.results import Verdict
from breakeven.analysis.words import amount_words, item_words, listed, resource_words
from breakeven.report.quantity import format_probability
from breakeven.units import format_count

NOT_SHOWN = Verdict.NOT_SHOWN
CORRECT_ANSWER = "correct answer"
"""What output counts in where 1 - score is a share of wrong answers."""


def answer(lives: Lives, found: Envelope) -> list[str]:
    """Say in one cost who is cheapest at which volume, and at the planned one.

    Args:
        lives: In that cost.
        found: Their envelope.
    """
    items, cost = item_words(lives.item), resource_words(lives.resource)
    planned, *others = found.planned
    chances = [found.at_planned[name] for name in found.planned]
    sure = found.why_no_probability or (
        f"P(cheapest) {format_probability(sum(chance or 0.0 for chance in chances))}"
    )
    same = f" (the same as {listed(others)})" if others else ""
    who = "; ".join(_pieces(found.pieces, items))
    is_shown = all(p.since is None or p.since.verdict is not NOT_SHOWN for p in found.pieces)
    by = "" if is_shown else " by point values"
    return [
        f"Cheapest in {cost}{by}, development included: {who}.",
        *_changes(found.pieces),
        f"At the planned {format_count(lives.volume)} {items}: {planned}{same}; {sure}.",
    ]


MAX_PIECES = 6
"""More pieces than this, where updates let two change places again and again, are counted."""


def _pieces(pieces: Sequence[Piece], items: str) -> Iterator[str]:
    if len(pieces) <= MAX_PIECES or len({piece.name for piece in pieces}) == len(pieces):
        yield from (_piece(piece, items) for piece in pieces)
        return
    first, *between, last = pieces
    names = listed(tuple(dict.fromkeys(piece.name for piece in between)))
    yield _piece(first, items)
    yield f"{names} by turns as updates come due ({len(between)} stretches, see --cheapest)"
    yield _piece(last, items)


def _changes(pieces: Sequence[Piece]) -> Iterator[str]:
    """What is said of each two that change places, once; of several times the last."""
    told = {frozenset({b.name, a.name}): a.since for b, a in pairwise(pieces)}
    yield from (found.sentence for found in told.values() if found is not None)


def _piece(piece: Piece, items: str) -> str:
    if piece.low == 0 and math.isinf(piece.high):
        return f"{piece.name} at every volume"
    if math.isinf(piece.high):
        return f"{piece.name} from {format_count(piece.low)} {items} on"
    if piece.low == 0:
        return f"{piece.name} up to {format_count(piece.high)}"
    return f"{piece.name} from {format_count(piece.low)} to {format_count(piece.high)}"


def terms_words(
    of_costs: Sequence[Lives],
    costs: Sequence[PathwayCost],
    *,
    dropped: Sequence[str],
    min_score: float | None = None,
) -> list[str]:
    """State every assumption, how quality counts, and who is left out and why.

    Args:
        of_costs: Lives, one for each cost; the first is answered in, the others have tables.
        costs: Gathered costs, every row whole.
        dropped: Pathways below the threshold.
        min_score: The threshold; None where there is none.
    """
    quality = _quality(of_costs[0], dropped, min_score)
    return [*_terms(of_costs[0], costs, dropped), *quality, *_left_out(of_costs)]


def _terms(lives: Lives, costs: Sequence[PathwayCost], dropped: Sequence[str]) -> Iterator[str]:
    terms, items = lives.terms, item_words(lives.item)
    own = [cost for cost in costs if cost.name not in dropped]
    yield from (f"Assumed: {words}" for words in charging_words(own, terms.rules))
    for update in terms.updates:
        row = update.row or "the row each pathway deploys"
        yield f"Assumed: {row} is paid again after every {format_count(update.every)} {items}."
    if terms.error_cost is not None:
        amount = amount_words(terms.error_cost.resource, terms.error_cost.per_error)
        yield (
            f"Assumed: each wrong answer costs {amount}; an item is wrong with probability 1 - "
            "score."
        )
        if lives.weights.unit != CORRECT_ANSWER:
            yield (
                "Doubtful: 1 - score is the share of wrong answers only where the score is "
                f"accuracy on examples; here output counts in {lives.weights.unit}s, so the charge "
                "is a stand-in for errors, not a count of them."
            )


def _quality(lives: Lives, dropped: Sequence[str], min_score: float | None) -> Iterator[str]:
    terms = lives.terms
    if terms.is_weighted:
        yield "Output is weighted by score: every cost is divided by it, at the same volume of use."
    if dropped:
        yield f"Below the score asked for, dropped out: {listed(dropped)}."
    elif min_score is not None:
        yield f"No pathway is below the score asked for, {min_score:g}."
    if not (terms.is_weighted or terms.error_cost or min_score is not None):
        yield (
            "Quality does not count here; --min-score, --weight-by-score or --error-cost let it."
        )


def _left_out(of_costs: Sequence[Lives]) -> Iterator[str]:
    """Whom the answer lacks and why, and whom the tables of the other costs lack."""
    first, *others = of_costs
    for name, why in first.left_out.items():
        yield f"Left out: {name}, {why}."
    elsewhere = [
        f"{listed(tuple(of.left_out))} in {resource_words(of.resource)}"
        for of in others
        if of.left_out
    ]
    if elsewhere:
        yield f"Left out of other costs: {'; '.join(elsewhere)} (--json says why)."
