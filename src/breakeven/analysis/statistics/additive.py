"""Additive: many configurations in the same blocks, a log cost being block plus configuration.

What moves a whole block (heat, clocks, other load) is a number of that block and falls out of every
difference between configurations; what is left is one scatter for all, with
`(blocks - 1) (configurations - 1)` degrees of freedom. With every configuration in every block the
estimates of the fixed and of the mixed model are the same. Runs outside blocks have no block term.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.statistics.many_to_one import SAME_NUMBER, adjusted, critical, load
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC

MIN_SPREAD = 3
"""Values a side below which spreads are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Additive:
    """The model of one number.

    Attributes:
        means: Of each configuration, of logarithms or of plain values.
        n_values: Of each configuration.
        sd: Standard deviation of what is left over.
        df: Its degrees of freedom.
        is_log: Whether values are logarithms, so that differences are ratios.
        is_blocked: Whether blocks were taken out.
        spread_p: Levene's p that every configuration scatters alike; None where not tested.
    """

    means: Mapping[str, float]
    n_values: Mapping[str, int]
    sd: float
    df: int
    is_log: bool
    is_blocked: bool
    spread_p: float | None

    def standard_error(self, left: str, right: str) -> float:
        """Of the difference of two configurations."""
        return self.sd * math.sqrt(1 / self.n_values[left] + 1 / self.n_values[right])

    def difference(self, left: str, right: str) -> float:
        """Left minus right, on the scale of the model."""
        return self.means[left] - self.means[right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One configuration against another by the model.

    Attributes:
        left: The one.
        right: The other.
        p: Of one look at this difference.
        together: Ratio (or difference) with the interval that holds for all of them at once; None
            where none was asked for.
        p_dunnett: p adjusted for all comparisons with that baseline; None likewise.
    """

    left: str
    right: str
    p: float
    together: Interval | None = None
    p_dunnett: float | None = None


def fit_blocks(values: Floats, configurations: Sequence[str], *, is_log: bool) -> Additive | None:
    """Fit block plus configuration.

    Args:
        values: Every configuration in every block, shape (n_blocks, n_configurations).
        configurations: Names of the columns.
        is_log: Whether to take logarithms; every value must then be above 0.

    Returns:
        None with fewer than two blocks or configurations, or where nothing is left over.

    Examples:
        >>> values = np.array([[1.0, 2.0], [2.0, 4.2], [4.0, 7.8]])
        >>> found = fit_blocks(values, ["a", "b"], is_log=True)
        >>> round(math.exp(found.difference("b", "a")), 3), found.df
        (2.016, 2)
    """
    n, k = values.shape
    if min(n, k) < 2:
        return None
    scaled = np.log(values) if is_log else values
    rest = scaled - scaled.mean(axis=1, keepdims=True) - scaled.mean(axis=0) + scaled.mean()
    df = (n - 1) * (k - 1)
    sd = math.sqrt(float(np.sum(rest**2)) / df)
    if sd <= ROUNDING_FRAC * _size(scaled, is_log=is_log):
        return None
    return Additive(
        means=dict(zip(configurations, map(float, scaled.mean(axis=0)), strict=True)),
        n_values={name: n for name in configurations},  # noqa: C420 - mypy knows its type
        sd=sd,
        df=df,
        is_log=is_log,
        is_blocked=True,
        spread_p=_levene(list(rest.T)) if k > 2 else None,
    )


def fit_groups(samples: Mapping[str, Sequence[float]], *, is_log: bool) -> Additive | None:
    """Fit one mean per configuration, for runs that stand in no common blocks.

    Args:
        samples: Values of each configuration, in any number.
        is_log: Whether to take logarithms; every value must then be above 0.

    Returns:
        None where no configuration has two values, or nothing scatters.

    Examples:
        >>> found = fit_groups({"a": [1.0, 2.0], "b": [4.0, 2.0, 3.0]}, is_log=False)
        >>> found.df, round(found.sd, 4)
        (3, 0.9129)
    """
    scaled = {
        name: np.log(own) if is_log else np.asarray(own, dtype=float)
        for name, own in samples.items()
    }
    rest = [own - own.mean() for own in scaled.values()]
    df = sum(len(own) - 1 for own in rest)
    if len(samples) < 2 or df < 1:
        return None
    sd = math.sqrt(sum(float(np.sum(own**2)) for own in rest) / df)
    if sd <= ROUNDING_FRAC * _size(np.concatenate(list(scaled.values())), is_log=is_log):
        return None
    return Additive(
        means={name: float(own.mean()) for name, own in scaled.items()},
        n_values={name: len(own) for name, own in scaled.items()},
        sd=sd,
        df=df,
        is_log=is_log,
        is_blocked=False,
        spread_p=_levene(rest),
    )


def against_baseline(
    model: Additive, baseline: str, *, level: float = LEVEL
) -> tuple[Against, ...]:
    """Compare every other configuration with one baseline, by Dunnett's procedure.

    Args:
        model: As fitted.
        baseline: One of its configurations.
        level: Confidence of all intervals together.

    Examples:
        >>> model = fit_groups({"a": [1.0, 2.0], "b": [4.0, 2.0, 3.0]}, is_log=False)
        >>> found = against_baseline(model, "a")[0]
        >>> found.together.value, found.p == round(found.p_dunnett, 3) or round(found.p, 3)
        (1.5, 0.17)
    """
    names = [name for name in model.means if name != baseline]
    loads = [_load(model, name, baseline) for name in names]
    ts = [_t(model, name, baseline) for name in names]
    reach = critical(loads, df=model.df, level=level)
    return tuple(
        Against(
            left=name,
            right=baseline,
            p=_p(t, model.df),
            together=_interval(model, name, baseline, reach),
            p_dunnett=p,
        )
        for name, t, p in zip(names, ts, adjusted(ts, loads, df=model.df), strict=True)
    )


def pair_p(model: Additive, left: str, right: str) -> float:
    """Two-sided p of one difference by the model's scatter, adjusted for nothing.

    Args:
        model: As fitted.
        left: The one.
        right: The other.

    Examples:
        >>> model = fit_groups({"a": [1.0, 2.0], "b": [4.0, 2.0, 3.0]}, is_log=False)
        >>> round(pair_p(model, "b", "a"), 3)
        0.17
    """
    return _p(_t(model, left, right), model.df)


def _load(model: Additive, name: str, baseline: str) -> float:
    if model.is_blocked:
        return SAME_NUMBER
    return load(model.n_values[name], model.n_values[baseline])


def _t(model: Additive, left: str, right: str) -> float:
    return model.difference(left, right) / model.standard_error(left, right)


def _p(t: float, df: float) -> float:
    return float(2 * stats.t.sf(abs(t), df))


def _interval(model: Additive, left: str, right: str, reach: float) -> Interval:
    value, half = model.difference(left, right), reach * model.standard_error(left, right)
    ends = np.array([value, value - half, value + half])
    found = np.exp(np.clip(ends, -700, 700)) if model.is_log else ends
    n = model.n_values[left] if model.is_blocked else model.n_values[left] + model.n_values[right]
    return Interval(value=float(found[0]), low=float(found[1]), high=float(found[2]), n=n)


def _size(values: Floats, *, is_log: bool) -> float:
    return max(1.0 if is_log else 0.0, float(np.max(np.abs(values))))


def _levene(rest: Sequence[Floats]) -> float | None:
    """Whether configurations scatter alike, by distances from medians (Brown and Forsythe 1974)."""
    distances = [np.abs(own - np.median(own)) for own in rest if len(own) >= MIN_SPREAD]
    if len(distances) < 2 or not any(np.ptp(own) > 0 for own in distances):
        return None
    return float(stats.f_oneway(*distances).pvalue)
