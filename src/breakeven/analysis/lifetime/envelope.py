"""Envelope: who is cheapest at which volume, with the volumes at which that changes.

Each life is a line over the volume; the cheapest at every volume is their lower envelope, a chain
of at most as many pieces as there are lives. Updates turn lines into steps, and the pieces follow
the steps. The chain is found by point values. What doubt there is stands at each change as the
Fieller set of the two that change places, and with each life as the probability that it is the
cheapest at some volume.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.lifetime.chances import chances_at, why_no_chance
from breakeven.analysis.lifetime.draws import N_DRAWS, Draws, draw
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.lifetime.payoffs import payoff
from breakeven.analysis.lifetime.stepped import stepped_envelope
from breakeven.analysis.results import BreakEven
from breakeven.analysis.uncertain import ROUNDING_FRAC


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One stretch of volumes with one cheapest life.

    Attributes:
        name: Of the cheapest.
        low: Where the stretch begins, in items.
        high: Where it ends; infinite for the last.
        since: Break-even against the one before it, with its interval or, with updates, by their
            steps; None for the first.
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
        planned: Cheapest at the planned volume by point values, with the updates due by then;
            several where they cost the same.
        at_planned: P(cheapest at the planned volume) by name; None where the numbers' resolution
            alone would make it.
        somewhere: P(cheapest at some volume) by name, updates at their worst.
        why_no_probability: Reason; None where there are probabilities.
    """

    pieces: tuple[Piece, ...]
    planned: tuple[str, ...]
    at_planned: dict[str, float | None]
    somewhere: dict[str, float | None]
    why_no_probability: str | None = None


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
    is_stepped = any(life.every for life in lives.members)
    lines = [life.line for life in lives.members]
    chain = stepped_envelope(lives.members) if is_stepped else lower_envelope(lines)
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
    at_planned, somewhere = _chances(lives, seed=seed, n_draws=n_draws)
    return Envelope(
        pieces=tuple(pieces),
        planned=_cheapest(lives),
        at_planned=at_planned,
        somewhere=somewhere,
        why_no_probability=why_no_chance(lives),
    )


_Chances = dict[str, float | None]


def _chances(lives: Lives, *, seed: int, n_draws: int) -> tuple[_Chances, _Chances]:
    """P(cheapest at the planned volume) and P(cheapest somewhere), where they are probabilities."""
    names = [life.name for life in lives.members]
    if why_no_chance(lives) is not None:
        return dict.fromkeys(names), dict.fromkeys(names)
    drawn = draw(lives, np.random.default_rng(seed), n_draws=n_draws)
    at_planned = chances_at(lives, drawn, lives.volume)
    # drawn shares may fall short of the closed form of two
    somewhere = [max(a, b) for a, b in zip(_somewhere(drawn), at_planned, strict=True)]
    return dict(zip(names, at_planned, strict=True)), dict(zip(names, somewhere, strict=True))


def _cheapest(lives: Lives) -> tuple[str, ...]:
    averages = {life.name: life.average(lives.volume).value for life in lives.members}
    least = min(averages.values(), default=0.0)
    return tuple(n for n, v in averages.items() if v <= least + ROUNDING_FRAC * abs(least))


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
    return payoff(lives, life, before).found


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
