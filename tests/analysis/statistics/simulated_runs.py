"""Made-up experiments whose truth is known, many at once: costs of A and B, run in some order.

A log cost is truth + drift + noise. The drift is that of a machine that warms up: a straight line
through the session, and a slow wave around it. Shapes are (n_draws, n_blocks).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.uncertain import quantile

RUN_SD = 0.03
DRIFT = 0.1
"""From the first run to the last, on the log scale: 10 %."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Log costs of A and of B; columns are blocks, or repeats where there are none."""

    a: Floats
    b: Floats


def session(rng: np.random.Generator, n_draws: int, n_runs: int, *, drift: float) -> Floats:
    """What one machine adds to each run of a session, in the order executed."""
    line = drift * np.linspace(0, 1, n_runs)
    phase = rng.uniform(0, 2 * np.pi, (n_draws, 1))
    wave = drift / 4 * np.sin(phase + np.linspace(0, 3 * np.pi, n_runs))
    found: Floats = line + wave + rng.normal(0, RUN_SD, (n_draws, n_runs))
    return found


def in_blocks(
    rng: np.random.Generator, n_draws: int, n_blocks: int, *, drift: float, effect: float = 0.0
) -> Drawn:
    """A and B once in each block, whichever comes first drawn by lot."""
    runs = session(rng, n_draws, 2 * n_blocks, drift=drift).reshape(n_draws, n_blocks, 2)
    is_swapped = rng.random((n_draws, n_blocks)) < 0.5
    first, second = runs[..., 0], runs[..., 1]
    return Drawn(np.where(is_swapped, second, first) + effect, np.where(is_swapped, first, second))


def one_after_the_other(
    rng: np.random.Generator, n_draws: int, n_repeats: int, *, drift: float
) -> Drawn:
    """All of A, then all of B."""
    runs = session(rng, n_draws, 2 * n_repeats, drift=drift)
    return Drawn(runs[:, :n_repeats], runs[:, n_repeats:])


def shuffled(rng: np.random.Generator, n_draws: int, n_repeats: int, *, drift: float) -> Drawn:
    """A and B in random order without blocks."""
    runs = session(rng, n_draws, 2 * n_repeats, drift=drift)
    mixed = rng.permuted(runs, axis=1)
    return Drawn(mixed[:, :n_repeats], mixed[:, n_repeats:])


def power_samples(
    rng: np.random.Generator, n_draws: int, n_runs: int, n_seconds: int
) -> tuple[Floats, Floats]:
    """Seconds of power of A and of B, shape (n_draws, n_runs, n_seconds).

    Seconds of one run share what that run has of its own, and neighbours are alike
    (an AR(1) of 0.8).
    """

    def drawn() -> Floats:
        own = rng.normal(0, RUN_SD, (n_draws, n_runs, 1))
        noise = rng.normal(0, 0.05, (n_draws, n_runs, n_seconds))
        for i in range(1, n_seconds):
            noise[..., i] = 0.8 * noise[..., i - 1] + 0.6 * noise[..., i]
        found: Floats = 100 * np.exp(own + noise)
        return found

    return drawn(), drawn()


def paired_t(drawn: Drawn) -> tuple[Floats, Floats]:
    """Ends of the t interval of the mean log ratio; the same formula as `log_ratio`."""
    logs = drawn.a - drawn.b
    n = logs.shape[1]
    half = quantile(n - 1) * logs.std(axis=1, ddof=1) / np.sqrt(n)
    return logs.mean(axis=1) - half, logs.mean(axis=1) + half


def unpaired_p(drawn: Drawn) -> Floats:
    """Welch's t test of all of A against all of B."""
    return np.asarray(stats.ttest_ind(drawn.a, drawn.b, axis=1, equal_var=False).pvalue)


def false_positives(drawn: Drawn) -> float:
    """Share of draws in which the paired interval leaves 0 out, though nothing differs."""
    low, high = paired_t(drawn)
    return float(np.mean((low > 0) | (high < 0)))


def bootstrap_covers(
    rng: np.random.Generator, drawn: Drawn, *, truth: float, n_resamples: int = 400
) -> float:
    """Share of draws whose percentile bootstrap interval of the ratio of means holds the truth."""
    n_draws, n = drawn.a.shape
    a, b = np.exp(drawn.a), np.exp(drawn.b)
    ratios = np.empty((n_resamples, n_draws))
    rows = np.arange(n_draws)[:, None]
    for i in range(n_resamples):
        index = rng.integers(n, size=(n_draws, n))
        ratios[i] = a[rows, index].mean(axis=1) / b[rows, index].mean(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975], axis=0)
    return float(np.mean((low <= truth) & (truth <= high)))
