"""Chances: whether a probability may be given at all, and why not.

Where nothing was repeated, all that is in doubt is how the numbers were rounded or read. Nobody
drew these errors at random, so no probability is printed of them; the worst-case bounds are.
"""

from collections.abc import Iterable, Iterator

from breakeven.analysis.costs.payback import probability_cheaper
from breakeven.analysis.lifetime.draws import Draws
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.uncertain import Uncertain

BY_RESOLUTION = "no probability: what is in doubt is the numbers' resolution alone"
"""Reason in words."""


def is_resolution_alone(amounts: Iterable[Uncertain]) -> bool:
    """Whether amounts are in doubt by their resolution, and by nothing else.

    Args:
        amounts: All that a probability would rest on.

    Examples:
        >>> exact, printed = Uncertain.exact(3.0), Uncertain(value=3.0, low=2.9, high=3.1)
        >>> scattered = Uncertain(value=3.0, low=3.0, high=3.0, variance=0.01, curvature=1e-5)
        >>> [is_resolution_alone(x) for x in ([exact], [exact, printed], [printed, scattered])]
        [False, True, False]
    """
    known = list(amounts)
    return any(a.high > a.low for a in known) and not any(a.has_scatter for a in known)


def why_no_chance(lives: Lives) -> str | None:
    """Why nobody can say how probable it is that a life is the cheapest; None where one can.

    Args:
        lives: In one cost.

    Examples:
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> why_no_chance(study_lives(*example_runs())) is None
        True
    """
    return BY_RESOLUTION if is_resolution_alone(_amounts(lives)) else None


def chances_at(lives: Lives, drawn: Draws, volume: float) -> list[float]:
    """P(cheapest after `volume` items) of each life; two have a closed form, that of break-evens.

    Args:
        lives: In one cost.
        drawn: Worlds of them, for more than two.
        volume: Items; the updates due by then are counted.

    Examples:
        >>> import numpy as np
        >>> from breakeven.analysis.lifetime import draw, study_lives
        >>> from breakeven.testing.runs import example_runs
        >>> lives = study_lives(*example_runs())
        >>> drawn = draw(lives, np.random.default_rng(0), n_draws=100)
        >>> round(sum(chances_at(lives, drawn, 1e4)), 9)
        1.0
    """
    if len(lives.members) != len(_PAIR):
        return drawn.cheapest(volume)
    pair = lives.pair(*lives.members, at=volume)
    first = probability_cheaper(pair.extra, pair.saved, volume=volume, covariance=pair.covariance)
    return [first, 1 - first]


_PAIR = ("one", "other")


def _amounts(lives: Lives) -> Iterator[Uncertain]:
    for life in lives.members:
        yield from (row.amounts[life.resource] for row in life.rows)
        yield life.use
        if life.weight is not None:
            yield life.weight
        yield life.errors
