"""Crossed: intervals of a share of right answers when seeds and test examples are both random.

Every seed answers every example, a two-way layout without replication. With seeds and examples as
random effects (Clark 1973, J. Verbal Learn. Verbal Behav. 12; in diagnostic imaging Obuchowski and
Rockette 1995, Commun. Stat. 24), the variance of the grand mean is `MS_examples / (s n)` plus the
seeds' own part `(MS_seeds - MS_rest) / (s n)`, not below 0. With two or three seeds Satterthwaite's
t interval keeps 88 to 93 % of its promised 95 % where seeds differ much (trials of this project,
and Hillis 2007, Stat. Med. 26, on the choice of degrees of freedom); so the doubt about the seeds'
part is carried along: its mean square is divided by a chi-square, as in Weerahandi's generalized
intervals (1993, JASA 88). That holds 95 to 99 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.uncertain import LEVEL, quantile

Floats = NDArray[np.float64]

N_QUANTILES = 100
"""Steps in which a chi-square is integrated over; the ends move by less than 1 % beyond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPart:
    """What the choice of seeds adds to the variance of a mean, as two mean squares.

    Attributes:
        between: MS of seeds over the number of answers: the variance of the mean, were there
            seeds alone.
        within: MS of what neither seed nor example explains, over the same number.
        n_seeds: At least 2.
    """

    between: float
    within: float
    n_seeds: int

    @property
    def variance(self) -> float:
        """Point estimate, not below 0."""
        return max(0.0, self.between - self.within)

    def spread(self, chi_squares: Floats) -> Floats:
        """The variance for values of a chi-square with `n_seeds - 1` degrees of freedom."""
        found: Floats = np.maximum((self.n_seeds - 1) * self.between / chi_squares - self.within, 0)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanDoubt:
    """What an interval for a mean over examples (and seeds) needs.

    Attributes:
        examples: Variance of the mean from the choice of examples.
        seeds: What seeds add, one part for each pathway that has several.
    """

    examples: float
    seeds: tuple[SeedPart, ...] = ()

    @property
    def variance(self) -> float:
        """Of the mean, both sources together."""
        return self.examples + sum(part.variance for part in self.seeds)

    def half_width(self, *, level: float = LEVEL) -> float:
        """Half-width of the interval of the mean, on the scale of the mean.

        Examples:
            Without seeds it is the normal one:

            >>> round(MeanDoubt(examples=1.0).half_width(), 4)
            1.96
        """
        spreads = np.sqrt(self.examples + self._seed_grid())
        largest = float(spreads.max())
        if float(np.mean(spreads > 0)) <= 1 - level:
            return 0.0
        # The widest normal of the mixture holds more than the mixture does.
        return float(
            optimize.brentq(
                lambda half: float(_outside(half, spreads).mean()) - (1 - level),
                0.0,
                quantile(math.inf, level=level) * largest * (1 + 1e-9),
            )
        )

    def draw(self, n_draws: int, rng: np.random.Generator) -> Floats:
        """Draws of the error that the choice of seeds adds to the mean; shape (n_draws,)."""
        variance = np.zeros(n_draws)
        for part in self.seeds:
            variance += part.spread(rng.chisquare(part.n_seeds - 1, n_draws))
        drawn: Floats = rng.standard_normal(n_draws) * np.sqrt(variance)
        return drawn

    def _seed_grid(self) -> Floats:
        shares = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
        total = np.zeros(1)
        for part in self.seeds:
            spread = part.spread(stats.chi2.ppf(shares, part.n_seeds - 1))
            total = np.add.outer(total, spread).ravel()
        return total


def crossed_doubt(correct: Floats) -> MeanDoubt:
    """Doubt of the mean of a matrix of answers by its mean squares.

    Args:
        correct: shape (n_seeds, n_examples), 0 or 1, at least two examples; with one seed only
            the examples are random.

    Examples:
        Two seeds, four examples, worked by hand: row means 1/2 and 3/4, column means 1, 1, 1/2
        and 0; MS_seeds = 1/8, MS_examples = 11/24 and MS_rest = 1/8.

        >>> doubt = crossed_doubt(np.array([[1.0, 1, 0, 0], [1, 1, 1, 0]]))
        >>> round(doubt.examples * 8 * 24, 6), doubt.seeds[0].between * 8, doubt.seeds[0].within * 8
        (11.0, 0.125, 0.125)
    """
    n_seeds, n = correct.shape
    columns, rows = correct.mean(axis=0), correct.mean(axis=1)
    examples = float(np.var(columns, ddof=1)) / n
    if n_seeds == 1:
        return MeanDoubt(examples=examples)
    rest = correct - columns[None, :] - rows[:, None] + correct.mean()
    n_answers = n_seeds * n
    part = SeedPart(
        between=n * float(np.var(rows, ddof=1)) / n_answers,
        within=float(np.sum(rest**2)) / ((n_seeds - 1) * (n - 1)) / n_answers,
        n_seeds=n_seeds,
    )
    return MeanDoubt(examples=examples, seeds=(part,))


def unpaired_doubt(shares: Sequence[float], n_examples: int) -> MeanDoubt:
    """Doubt of the mean score of several seeds where only their counts are known.

    The scatter between seeds plus the whole binomial variance of one test set: what seeds answer
    alike cannot be told from what they do not, so both are counted in full. Too wide, never too
    narrow.

    Args:
        shares: Score of each seed, at least two.
        n_examples: Examples behind each.

    Examples:
        >>> doubt = unpaired_doubt([0.8, 0.9], 100)
        >>> round(doubt.examples, 6), round(doubt.variance, 6)
        (0.001275, 0.003775)
    """
    mean, n_seeds = float(np.mean(shares)), len(shares)
    between = float(np.var(shares, ddof=1)) / n_seeds
    return MeanDoubt(
        examples=mean * (1 - mean) / n_examples,
        seeds=(SeedPart(between=between, within=0.0, n_seeds=n_seeds),),
    )


def resampled_doubt(values: Sequence[float], ends: Sequence[tuple[float, float]]) -> MeanDoubt:
    """Doubt of the mean score of several seeds whose intervals came from resampling examples.

    The scatter between seeds plus the whole variance over examples of one seed, as in
    `unpaired_doubt`.

    Args:
        values: Score of each seed, or mean of each family of seeds, at least two.
        ends: Where the 95 % interval of each scored run begins and ends.

    Examples:
        >>> doubt = resampled_doubt([0.8, 0.9], [(0.702, 0.898), (0.802, 0.998)])
        >>> round(doubt.examples, 4), round(doubt.variance, 4)
        (0.0025, 0.005)
    """
    z = quantile(math.inf)
    between = float(np.var(values, ddof=1)) / len(values)
    return MeanDoubt(
        examples=float(np.mean([((high - low) / (2 * z)) ** 2 for low, high in ends])),
        seeds=(SeedPart(between=between, within=0.0, n_seeds=len(values)),),
    )


def share_interval(
    value: float, doubt: MeanDoubt, *, n_examples: int, n_seeds: int = 1, level: float = LEVEL
) -> Interval:
    """Interval of a share that stays within 0 and 1: Wilson's, with an effective sample size.

    The number of independent answers that would give the same half-width takes the place of the
    sample size (Korn and Graubard 1998, Surv. Methodol. 24; with Wilson's form as Dean and Pagano
    2015, J. Surv. Stat. Methodol. 3, advise for clusters). One seed gives Wilson's interval itself,
    up to the n - 1 of the variance.

    Args:
        value: Share of right answers.
        doubt: Of that share.
        n_examples: Examples that each seed answered.
        n_seeds: How many seeds; the effective number of answers is never above their product.
        level: Confidence level.

    Examples:
        >>> found = share_interval(81 / 263, MeanDoubt(examples=81 * 182 / 263**3), n_examples=263)
        >>> round(found.low, 4), round(found.high, 4)
        (0.2553, 0.3662)
    """
    z = quantile(math.inf, level=level)
    half = doubt.half_width(level=level)
    spread = value * (1 - value)
    is_known = half > 0 and spread > 0
    n = min(n_seeds * n_examples, z**2 * spread / half**2) if is_known else float(n_examples)
    middle = (value + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z * math.sqrt(spread / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return Interval(
        value=value,
        low=max(0.0, min(value, middle - reach)),
        high=min(1.0, max(value, middle + reach)),
        n=n_examples,
    )


def _outside(half: float, spreads: Floats) -> Floats:
    """Chance that a normal with each spread falls further than `half` from its middle."""
    safe = np.where(spreads > 0, spreads, 1.0)
    found: Floats = np.where(spreads > 0, 2 * special.ndtr(-half / safe), 0.0)
    return found
