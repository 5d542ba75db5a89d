"""Envelope: who is cheapest at which volume, with the volumes at which that changes.

Each life is a line over the volume; the cheapest at every volume is their lower envelope, a chain
of at most as many pieces as there are lives. It is found by point values. What doubt there is
stands at each change as the Fieller set of the two that change places, and with each life as the
probability that it is the cheapest at some volume.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.lifetime.draws import N_DRAWS, Draws, draw
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.payback import break_even
from breakeven.analysis.results import BreakEven
from breakeven.analysis.uncertain import ROUNDING_FRAC


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One stretch of volumes with one cheapest life.

    Attributes:
        name: Of the cheapest.
        low: Where the stretch begins, in items.
        high: Where it ends; infinite for the last.
        since: Break-even against the one before it, with its interval; None for the first.
        equals: Others whose line is the same.
    """

    name: str
    low: float
    high: float
    since: BreakEven | None
    equals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The chain and how sure it is.

    Attributes:
        pieces: By rising volume; none without lives.
        at_planned: P(cheapest at the planned volume) by name.
        somewhere: P(cheapest at some volume) by name.
    """

    pieces: tuple[Piece, ...]
    at_planned: dict[str, float]
    somewhere: dict[str, float]

    def at(self, volume: float) -> Piece:
        """The piece that holds a volume; at a change, the one that begins there."""
        return next(piece for piece in reversed(self.pieces) if piece.low <= volume)


def envelope(lives: Lives, *, seed: int = 0, n_draws: int = N_DRAWS) -> Envelope:
    """Who is cheapest at which volume.

    Args:
        lives: In one cost.
        seed: Of the draws behind the probabilities.
        n_draws: Number of those.

    Examples:
        >>> from dataclasses import replace
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.records import Resource
        >>> lives = study_lives(*example_runs(), resource=Resource.FLOPS)
        >>> transformers = tuple(life for life in lives.members if life.name != "TF-IDF")
        >>> [(p.name, round(p.low)) for p in envelope(replace(lives, members=transformers)).pieces]
        [('FT', 0), ('TS', 128947)]
    """
    chain = lower_envelope([life.line for life in lives.members])
    names = [life.name for life in lives.members]
    pieces = []
    for position, (index, low) in enumerate(chain):
        before = lives.members[chain[position - 1][0]] if position else None
        pieces.append(
            Piece(
                name=names[index],
                low=low,
                high=chain[position + 1][1] if position + 1 < len(chain) else math.inf,
                since=_since(lives, lives.members[index], before),
                equals=_equals(lives.members, index),
            )
        )
    drawn = draw(lives, np.random.default_rng(seed), n_draws=n_draws)
    at_planned = drawn.cheapest(lives.volume)
    return Envelope(
        pieces=tuple(pieces),
        at_planned=dict(zip(names, at_planned, strict=True)),
        somewhere=dict(zip(names, _somewhere(drawn), strict=True)),
    )


def lower_envelope(lines: Sequence[tuple[float, float]]) -> list[tuple[int, float]]:
    """Indices of the lines that are lowest somewhere at or above 0, each with where it begins.

    Args:
        lines: Cost at volume 0 and per item; shape (n_lines, 2).

    Returns:
        By rising volume; the first begins at 0. Of equal lines the first counts.

    Examples:
        >>> lower_envelope([(0.0, 3.0), (9.0, 0.0), (6.0, 2.0), (2.0, 1.0)])
        [(0, 0.0), (3, 1.0), (1, 7.0)]
    """
    if not lines:
        return []
    current, since = min(range(len(lines)), key=lambda i: lines[i]), 0.0
    chain = [(current, since)]
    while True:
        crossings = (
            (_overtakes(lines[current], line), line[1], index) for index, line in enumerate(lines)
        )
        volume, _, index = min(crossings)
        if volume == math.inf:
            return chain
        current, since = index, max(since, volume)
        if since == chain[-1][1]:
            chain.pop()
        chain.append((current, since))


def _overtakes(former: tuple[float, float], latter: tuple[float, float]) -> float:
    """Volume from which the latter is the cheaper for good; infinite for never."""
    saved = former[1] - latter[1]
    if saved <= ROUNDING_FRAC * abs(former[1]):
        return math.inf
    return max(0.0, (latter[0] - former[0]) / saved)


def _since(lives: Lives, life: Life, before: Life | None) -> BreakEven | None:
    if before is None:
        return None
    return break_even(lives.pair(life, before), planned_volume=lives.volume)


def _equals(members: Sequence[Life], index: int) -> tuple[str, ...]:
    own = members[index].line
    return tuple(
        life.name
        for i, life in enumerate(members)
        if i != index
        and all(
            math.isclose(a, b, rel_tol=ROUNDING_FRAC) for a, b in zip(life.line, own, strict=True)
        )
    )


def _somewhere(drawn: Draws) -> list[float]:
    """Share of the worlds in which each line is lowest at some volume at or above 0.

    The walk of `lower_envelope`, in all worlds at once.
    """
    starts, rates = drawn.lines()
    worlds = np.arange(len(starts))
    least = np.where(starts == starts.min(axis=1, keepdims=True), rates, np.inf)
    current = least.argmin(axis=1)
    seen = np.zeros(starts.shape, dtype=bool)
    since = np.zeros(len(starts))
    is_open = np.ones(len(starts), dtype=bool)
    while is_open.any():
        seen[worlds[is_open], current[is_open]] = True
        saved = rates[worlds, current][:, None] - rates
        extra = starts - starts[worlds, current][:, None]
        is_flatter = saved > ROUNDING_FRAC * np.abs(rates[worlds, current])[:, None]
        volumes = np.where(is_flatter, extra / np.where(is_flatter, saved, 1.0), np.inf)
        since = np.maximum(volumes.min(axis=1), since)
        # of several that cross at once the flattest goes on
        is_next = volumes <= since[:, None] * (1 + ROUNDING_FRAC)
        following = np.where(is_next, rates, np.inf).argmin(axis=1)
        is_open &= np.isfinite(since)
        current = np.where(is_open, following, current)
    return [float(share) for share in seen.mean(axis=0)]
