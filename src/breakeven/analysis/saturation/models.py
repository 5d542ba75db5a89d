"""Models: the straight line and the two that flatten, by least squares over log10 x."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_NULL = 1999
"""Simulated straight lines: p is known to about 0.005 at 0.05."""
N_PLACES = 400
"""At which a plateau may begin, beside the points themselves."""

_N_BENDS = 160
_STEEPEST, _FLATTEST = 4.0, 0.02
"""Exponents per tenfold that a power law is tried with: beyond, it is a plateau or a line."""
_EXACT = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One of the curves.

    Attributes:
        name: "line", "plateau" or "power law".
        n_parameters: Of the curve.
        rss: Sum of squared residuals.
        aicc: Akaike's criterion with its correction for few points; smaller is better.
    """

    name: str
    n_parameters: int
    rss: float
    aicc: float


def bends(u: Floats, y: Floats) -> Floats:
    """Places where the plateau may begin: a grid, the points, and the best join of each split.

    Args:
        u: shape (n,), log10 of x.
        y: shape (n,), larger is better.

    Examples:
        >>> u = np.array([0.0, 1.0, 2.0, 3.0])
        >>> found = bends(u, np.array([0.0, 1.0, 1.5, 1.5]))
        >>> float(found.min()), float(found.max()), bool(np.any(np.isclose(found, 1.5)))
        (1.0, 3.0, True)
    """
    places = np.unique(u)
    low, high = float(places[1]), float(places[-1])
    joins = []
    for place, following in pairwise(places[1:]):
        rising = u <= place
        v = u[rising] - u[rising].mean()
        slope = float(v @ y[rising] / (v @ v))
        if slope != 0:
            join = float(u[rising].mean() + (y[~rising].mean() - y[rising].mean()) / slope)
            joins += [join] if place <= join <= following else []
    return np.unique(np.concatenate([np.linspace(low, high, N_PLACES), places[1:], joins]))


def plateau_rss(u: Floats, ys: Floats, bends: Floats) -> Floats:
    """Residual sums of squares of y = a + b min(u, bend).

    Args:
        u: shape (n,), log10 of x.
        ys: shape (n, n_curves).
        bends: shape (n_bends,), above the least u.

    Returns:
        shape (n_bends, n_curves).

    Examples:
        >>> u = np.array([0.0, 1.0, 2.0, 3.0])
        >>> y = np.array([0.0, 1.0, 2.0, 2.0])
        >>> [round(float(rss), 6) for rss in plateau_rss(u, y[:, None], np.array([2.0, 3.0]))[:, 0]]
        [0.0, 0.3]
    """
    columns = np.minimum(u[None, :], bends[:, None])
    columns = columns - columns.mean(axis=1, keepdims=True)
    centred = ys - ys.mean(axis=0)
    spread = np.sum(columns**2, axis=1)[:, None]
    missed = np.sum(centred**2, axis=0) - (columns @ centred) ** 2 / spread
    floor = _EXACT * np.sum(centred**2, axis=0)
    return np.asarray(np.maximum(missed, floor))


def null(u: Floats, bends: Floats, seed: int) -> Floats:
    """The statistic over simulated straight lines: what a free bend gains by chance.

    Args:
        u: shape (n,), log10 of x.
        bends: shape (n_bends,).
        seed: Of the simulation.

    Returns:
        shape (N_NULL,), each the fall of the sum of squares over what is left.

    Examples:
        >>> drawn = null(np.arange(8.0), np.linspace(1.0, 7.0, 50), 1)
        >>> drawn.shape, bool(drawn.min() > -1e-9)
        ((1999,), True)
    """
    drawn = np.random.default_rng(seed).standard_normal((len(u), N_NULL))
    straight = plateau_rss(u, drawn, np.array([u.max()]))[0]
    best = plateau_rss(u, drawn, bends).min(axis=0)
    return np.asarray((straight - best) / best)


def models(u: Floats, y: Floats, least: float) -> tuple[Model, Model, Model]:
    """The line, the plateau and the power law with what each leaves over.

    Args:
        u: shape (n,), log10 of x.
        y: shape (n,), larger is better.
        least: Sum of squares of the best plateau.

    Examples:
        >>> u = np.arange(8.0)
        >>> [model.name for model in models(u, np.sqrt(u), 0.1)]
        ['line', 'plateau', 'power law']
    """
    line = float(plateau_rss(u, y[:, None], np.array([u.max()]))[0, 0])
    power = min(line, float(power_rss(u, y).min()))
    return (
        _model("line", 2, line, len(u)),
        _model("plateau", 3, least, len(u)),
        _model("power law", 3, power, len(u)),
    )


def _model(name: str, n_parameters: int, rss: float, n: int) -> Model:
    k = n_parameters + 1  # the variance is one more
    aicc = n * math.log(rss / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1) if rss > 0 else -math.inf
    return Model(name=name, n_parameters=n_parameters, rss=rss, aicc=aicc)


def exponents() -> Floats:
    """Exponents per tenfold that a power law is tried with."""
    return np.geomspace(_FLATTEST, _STEEPEST, _N_BENDS)


def power_rss(u: Floats, y: Floats) -> Floats:
    """Residual sums of squares of y = c - a 10^(-b u) by b, with a not below 0.

    Args:
        u: shape (n,), log10 of x.
        y: shape (n,), larger is better.

    Returns:
        shape (n_b,), one for each exponent that is tried.

    Examples:
        >>> u = np.arange(6.0)
        >>> y = 0.9 - 0.4 * 10 ** (-0.5 * u)
        >>> bool(power_rss(u, y).min() < 1e-5)
        True
    """
    columns = -(10.0 ** (-exponents()[:, None] * (u - u.mean())[None, :]))
    columns = columns - columns.mean(axis=1, keepdims=True)
    centred = y - y.mean()
    along = np.maximum(0.0, columns @ centred)
    missed = float(centred @ centred) - along**2 / np.sum(columns**2, axis=1)
    return np.asarray(np.maximum(missed, _EXACT * float(centred @ centred)))
