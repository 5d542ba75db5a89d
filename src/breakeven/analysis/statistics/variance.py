"""Variance: repeated-measures analysis of variance with one or two factors within subjects.

Each effect is tested against its own interaction with subjects. Its orthonormal contrasts give
everything: the square of their mean is the effect, their scatter the error, their covariance the
sphericity. Generalized eta squared counts subjects and every error as variance that a reader could
meet (Olejnik and Algina 2003, Psychological Methods 8; Bakeman 2005, Behavior Research Methods 37).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.samples.describe import Normality, normality
from breakeven.analysis.statistics.sphericity import Sphericity, contrasts, sphericity
from breakeven.analysis.uncertain import ROUNDING_FRAC

MOST_FACTORS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One factor, or what two do together.

    Attributes:
        name: Of the factor, or of both with a times sign between.
        df: Degrees of freedom of the effect and of its error.
        f: Mean square over that of its error; None where the error is 0.
        p: Of so large an F; None likewise.
        eta_squared: Generalized, 0 to 1; None where nothing varies.
        sphericity: None where the error is 0.
        p_greenhouse_geisser: p with both degrees of freedom lowered.
        p_huynh_feldt: The same by the other epsilon.
    """

    name: str
    df: tuple[int, int]
    f: float | None
    p: float | None
    eta_squared: float | None
    sphericity: Sphericity | None
    p_greenhouse_geisser: float | None
    p_huynh_feldt: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """An analysis of variance.

    Attributes:
        effects: Of each factor, then of both together.
        residuals: Shapiro and Wilk's test of what subjects and configurations leave over; None
            where it cannot be tested.
        n_subjects: Subjects with every cell.
        factors: Name of each factor.
    """

    effects: tuple[Effect, ...]
    residuals: Normality | None
    n_subjects: int
    factors: tuple[str, ...]


def analyse_variance(values: Floats, factors: Sequence[str]) -> Variance:
    """Analyse the variance of subjects that were measured under every level.

    Args:
        values: shape (n_subjects, n_levels) or (n_subjects, n_levels, n_other_levels).
        factors: Name of each axis after the first.

    Raises:
        ValueError: If there are fewer than two subjects or levels, or not one or two factors.

    Examples:
        Three subjects, three levels; by hand the mean squares are 16/3 and 1/6:

        >>> found = analyse_variance(np.array([[1.0, 2, 4], [2, 3, 4], [3, 5, 6]]), ["dose"])
        >>> effect = found.effects[0]
        >>> round(effect.f, 6), effect.df, round(effect.eta_squared, 4)
        (32.0, (2, 4), 0.5333)
    """
    _check(values, factors)
    n = values.shape[0]
    parts = [_contrasted(values, axes) for axes in _effects(len(factors))]
    errors = [float(np.sum((z - z.mean(axis=0)) ** 2)) for z in parts]
    cells = values.reshape(n, -1)
    subjects = float(np.sum((cells.mean(axis=1) - cells.mean()) ** 2)) * cells.shape[1]
    unexplained = subjects + sum(errors)
    names = [*factors, " x ".join(factors)][: len(parts)]
    floor = ROUNDING_FRAC**2 * float(np.sum(values**2))
    return Variance(
        effects=tuple(
            _effect(name, z, unexplained=unexplained, floor=floor)
            for name, z in zip(names, parts, strict=True)
        ),
        residuals=normality(_residuals(cells).tolist()),
        n_subjects=n,
        factors=tuple(factors),
    )


def _check(values: Floats, factors: Sequence[str]) -> None:
    if not 1 <= len(factors) <= MOST_FACTORS or values.ndim != len(factors) + 1:
        raise ValueError(
            f"{len(factors)} factors for values of {values.ndim} axes; give one or two factors, "
            "and an axis for subjects before them"
        )
    if min(values.shape) < 2:
        raise ValueError(
            f"values of shape {values.shape}; an analysis of variance takes two subjects and two "
            "levels of each factor"
        )


def _effects(n_factors: int) -> tuple[tuple[int, ...], ...]:
    """Axes of each effect."""
    return ((1,),) if n_factors == 1 else ((1,), (2,), (1, 2))


def _contrasted(values: Floats, axes: tuple[int, ...]) -> Floats:
    """Scores of every subject on the orthonormal contrasts of one effect, shape (n, q)."""
    scores = values
    for axis in range(1, values.ndim):
        size = values.shape[axis]
        matrix = contrasts(size) if axis in axes else np.full((size, 1), size**-0.5)
        scores = np.moveaxis(np.tensordot(scores, matrix, axes=(axis, 0)), -1, axis)
    found: Floats = scores.reshape(values.shape[0], -1)
    return found


def _effect(name: str, scores: Floats, *, unexplained: float, floor: float) -> Effect:
    n, q = scores.shape
    df = q, q * (n - 1)
    between = n * float(np.sum(scores.mean(axis=0) ** 2))
    within = float(np.sum((scores - scores.mean(axis=0)) ** 2))
    shared = between + unexplained
    f = (between / df[0]) / (within / df[1]) if within > floor else None
    spread = sphericity(scores) if f is not None else None
    return Effect(
        name=name,
        df=df,
        f=f,
        p=_p(f, df, 1.0),
        eta_squared=between / shared if shared > floor else None,
        sphericity=spread,
        p_greenhouse_geisser=_p(f, df, spread.greenhouse_geisser) if spread else None,
        p_huynh_feldt=_p(f, df, spread.huynh_feldt) if spread else None,
    )


def _p(f: float | None, df: tuple[int, int], epsilon: float) -> float | None:
    return None if f is None else float(stats.f.sf(f, epsilon * df[0], epsilon * df[1]))


def _residuals(cells: Floats) -> Floats:
    rows, columns = cells.mean(axis=1, keepdims=True), cells.mean(axis=0, keepdims=True)
    found: Floats = (cells - rows - columns + cells.mean()).ravel()
    return found
