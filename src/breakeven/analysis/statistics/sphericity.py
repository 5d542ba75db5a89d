"""Sphericity: whether differences between configurations all scatter alike, and if not, what then.

An F of repeated measures takes every difference between two levels to have one variance. Mauchly's
W (1940, Annals of Mathematical Statistics 11) tests it; Greenhouse and Geisser's epsilon (1959,
Psychometrika 24) says by how much to lower the degrees of freedom, Huynh and Feldt's (1976, Journal
of Educational Statistics 1) by a little less.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.uncertain import ROUNDING_FRAC


@dataclass(frozen=True, slots=True, kw_only=True)
class Sphericity:
    """How alike the differences scatter.

    Attributes:
        w: Mauchly's; 1 where they scatter alike, None with a single contrast or too few subjects.
        p: Of so small a W, by Box's two-term chi-square; None likewise.
        greenhouse_geisser: Epsilon, 1 / q to 1.
        huynh_feldt: Epsilon, at most 1; never below the other.
    """

    w: float | None
    p: float | None
    greenhouse_geisser: float
    huynh_feldt: float


def contrasts(n_levels: int) -> Floats:
    """Orthonormal contrasts between levels (Helmert), shape (n_levels, n_levels - 1).

    Examples:
        >>> np.round(contrasts(2).ravel(), 4).tolist()
        [0.7071, -0.7071]
    """
    columns = np.triu(np.ones((n_levels, n_levels - 1)))
    for j in range(n_levels - 1):
        columns[j + 1, j] = -(j + 1)
    found: Floats = columns / np.sqrt(np.sum(columns**2, axis=0))
    return found


def sphericity(scores: Floats) -> Sphericity | None:
    """Tell how alike contrasts scatter over subjects.

    Args:
        scores: One orthonormal contrast a column, shape (n_subjects, q).

    Returns:
        None where nothing scatters.

    Examples:
        Of two levels there is one difference, which cannot be unlike another:

        >>> sphericity(np.array([[1.0], [2.0], [4.0]])).greenhouse_geisser
        1.0
    """
    n, q = scores.shape
    df = n - 1
    covariance = np.atleast_2d(np.cov(scores, rowvar=False))
    trace, square = float(np.trace(covariance)), float(np.sum(covariance**2))
    if trace <= ROUNDING_FRAC**2 * float(np.sum(scores.mean(axis=0) ** 2)) or trace == 0:
        return None
    epsilon = min(1.0, max(1 / q, trace**2 / (q * square)))
    w, p = _mauchly(covariance, df)
    return Sphericity(
        w=w, p=p, greenhouse_geisser=epsilon, huynh_feldt=_huynh_feldt(epsilon, n=n, q=q)
    )


def _huynh_feldt(epsilon: float, *, n: int, q: int) -> float:
    below = q * (n - 1 - q * epsilon)
    return max(epsilon, min(1.0, (n * q * epsilon - 2) / below)) if below > 0 else 1.0


def _mauchly(covariance: Floats, df: int) -> tuple[float | None, float | None]:
    """W and its p, with the second term of Box's series (Anderson 2003, 10.7.4)."""
    q = covariance.shape[0]
    if q == 1 or df < q:
        return None, None
    sign, log_determinant = np.linalg.slogdet(covariance)
    if sign <= 0:
        return 0.0, 0.0
    log_w = float(log_determinant - q * np.log(np.trace(covariance) / q))
    rho = 1 - (2 * q**2 + q + 2) / (6 * q * df)
    if rho <= 0:
        return math.exp(log_w), None
    chi_square, f = -df * rho * log_w, q * (q + 1) / 2 - 1
    second = (q + 2) * (q - 1) * (q - 2) * (2 * q**3 + 6 * q**2 + 3 * q + 2)
    second /= 288 * (q * df * rho) ** 2
    first_p, next_p = (float(stats.chi2.sf(chi_square, f + more)) for more in (0, 4))
    return math.exp(log_w), min(1.0, max(0.0, first_p + second * (next_p - first_p)))
