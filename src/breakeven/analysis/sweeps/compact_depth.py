"""Compact, with depth: a line in the tokens times a factor for the precision and one for the depth.

The SST-2 milestone varies length, precision and number of layers, and asks whether its frontier
"admits compact interpolation models". Here cost = (intercept + slope x tokens) x factor of the
precision x (1 - share x part of the layers left out): length and precision as in `compact`, and a
share of the cost that goes with the depth while the rest (embeddings, copying, start of kernels)
stays. Least squares of relative errors over all configurations. Each one is foretold by the others;
every measurement of it is held out at once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from breakeven.analysis.sweeps.compact import Surface, surface
from breakeven.analysis.uncertain import LEVEL, quantile
from breakeven.records import Estimate, Kind

Floats = NDArray[np.float64]

MIN_MORE = 2
"""Configurations beyond the parameters without which errors say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One measurement.

    Attributes:
        label: Name.
        tokens: Length in tokens, allowed or computed.
        precision: Number format.
        n_layers: Depth; None where nobody says.
        cost: Per item, above 0.
        loses: Whether it shows a loss of quality; None where that is not known.
    """

    label: str
    tokens: float
    precision: str
    n_layers: float | None
    cost: float
    loses: bool | None = None

    @property
    def setting(self) -> tuple[float, str, float | None]:
        """What makes it a configuration; two measurements may share it."""
        return self.tokens, self.precision, self.n_layers


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthSurface:
    """Cost = (intercept + slope x tokens) x factor x (1 - share x (1 - n_layers / deepest)).

    Attributes:
        base: Length and precision, at full depth.
        depth_share: Share of the cost that goes with the layers; None where none varied.
        deepest: Largest number of layers; None where nobody says.
    """

    base: Surface
    depth_share: float | None
    deepest: float | None

    def at(self, asked: Configuration) -> float | None:
        """Cost that it foretells; None for a precision or a depth that it does not know.

        Examples:
            >>> base = Surface(intercept=1.0, slope=2.0, factors={"fp16": 0.5})
            >>> known = DepthSurface(base=base, depth_share=0.8, deepest=12.0)
            >>> asked = Configuration(
            ...     label="half", tokens=4.0, precision="fp16", n_layers=6.0, cost=1.0)
            >>> round(known.at(asked), 6)
            2.7
        """
        cost = self.base.at(asked.tokens, asked.precision)
        if cost is None or asked.n_layers is None or asked.n_layers == self.deepest:
            return cost
        if self.depth_share is None or self.deepest is None:
            return None
        return cost * (1 - self.depth_share * (1 - asked.n_layers / self.deepest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A configuration and what the others foretell of it.

    Attributes:
        seen: As measured.
        foretold: By a fit without any measurement of it; None where these cannot know.
    """

    seen: Configuration
    foretold: float | None

    @property
    def error_frac(self) -> float | None:
        """Foretold over measured, less 1."""
        return None if self.foretold is None else self.foretold / self.seen.cost - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthFit:
    """The formula with its doubts and its errors.

    Attributes:
        surface: Fitted to everything.
        parameters: Each with an interval by leaving out one configuration after the other.
        points: Every measurement, foretold by the other configurations.
    """

    surface: DepthSurface
    parameters: tuple[Estimate, ...]
    points: tuple[Told, ...]

    def errors_frac(self, *, loses: bool | None = None) -> tuple[float, ...]:
        """Sizes of the errors: of all, or of those that show a loss, or none."""
        kept = [p for p in self.points if loses is None or p.seen.loses is loses]
        return tuple(abs(p.error_frac) for p in kept if p.error_frac is not None)


def depth_fit(configurations: Sequence[Configuration]) -> DepthFit | None:
    """Fit length, precision and depth, and foretell each configuration by the others.

    Args:
        configurations: Every measurement; the precision of the first has factor 1.

    Returns:
        None where they are too few for the formula.

    Raises:
        ValueError: If a cost is not above 0.

    Examples:
        >>> made = [
        ...     Configuration(label="", tokens=t, precision=p, n_layers=n, cost=(1 + t) * f * d)
        ...     for t in (8.0, 16.0, 32.0) for p, f in (("fp32", 1.0), ("fp16", 0.5))
        ...     for n, d in ((12.0, 1.0), (6.0, 0.6))
        ... ]
        >>> fit = depth_fit(made)
        >>> round(fit.surface.depth_share, 4), round(fit.surface.base.factors["fp16"], 4)
        (0.8, 0.5)
        >>> max(fit.errors_frac()) < 1e-6
        True
    """
    least = min((c.cost for c in configurations), default=1.0)
    if not least > 0:
        raise ValueError(f"a cost of {least:g} has no relative error; costs must be above 0")
    settings = list(dict.fromkeys(c.setting for c in configurations))
    whole = _fit(configurations)
    if whole is None or len(settings) < len(_values(whole)) + MIN_MORE:
        return None
    without = {
        setting: _fit([c for c in configurations if c.setting != setting]) for setting in settings
    }
    return DepthFit(
        surface=whole,
        parameters=tuple(_parameters(whole, list(without.values()), configurations)),
        points=tuple(
            Told(seen=c, foretold=None if (own := without[c.setting]) is None else own.at(c))
            for c in configurations
        ),
    )


def _fit(configurations: Sequence[Configuration]) -> DepthSurface | None:
    """Least squares of relative errors; None with a single length."""
    depths = {c.n_layers for c in configurations if c.n_layers is not None}
    deepest = max(depths, default=None)
    full = [c for c in configurations if c.n_layers in {None, deepest}]
    if len({c.tokens for c in full}) < 2:
        return None
    start = surface([c.tokens for c in full], [c.precision for c in full], [c.cost for c in full])
    if deepest is None or len(depths) < 2:
        return DepthSurface(base=start, depth_share=None, deepest=deepest)
    known = [c for c in configurations if c.precision in start.factors]
    names = list(start.factors)
    first = np.array([start.intercept, start.slope, *list(start.factors.values())[1:], 0.5])
    tokens, costs = (np.array([getattr(c, name) for c in known]) for name in ("tokens", "cost"))
    which = np.array([names.index(c.precision) for c in known])
    cut = np.array([0.0 if c.n_layers is None else 1 - c.n_layers / deepest for c in known])

    def missed(values: Floats) -> Floats:
        factors = np.concatenate([[1.0], values[2:-1]])[which]
        told = (values[0] + values[1] * tokens) * factors * (1 - values[-1] * cut)
        return np.asarray(told / costs - 1)

    found = optimize.least_squares(missed, first, x_scale=np.maximum(np.abs(first), 1e-12))
    return _surface(found.x, names, deepest)


def _surface(values: Floats, names: Sequence[str], deepest: float) -> DepthSurface:
    factors = dict(zip(names, [1.0, *map(float, values[2:-1])], strict=True))
    base = Surface(intercept=float(values[0]), slope=float(values[1]), factors=factors)
    return DepthSurface(base=base, depth_share=float(values[-1]), deepest=deepest)


def _values(found: DepthSurface) -> Mapping[str, float]:
    """Parameters by name."""
    exact, *others = found.base.factors
    values = {
        "cost at no tokens": found.base.intercept,
        f"cost per token in {exact}": found.base.slope,
        **{f"{name} over {exact}": found.base.factors[name] for name in others},
    }
    if found.depth_share is not None:
        values["share that goes with the layers"] = found.depth_share
    return values


def _parameters(
    whole: DepthSurface,
    without: Sequence[DepthSurface | None],
    configurations: Sequence[Configuration],
) -> Sequence[Estimate]:
    """Each parameter with its interval by the jackknife over configurations."""
    each = [_values(one) for one in without if one is not None]
    estimates = []
    for name, value in _values(whole).items():
        seen = np.array([values[name] for values in each if name in values])
        m = len(seen)
        spread = math.sqrt((m - 1) / m * float(np.sum((seen - seen.mean()) ** 2)))
        half = quantile(m - 1) * spread
        estimates.append(
            Estimate(
                name=name,
                value=value,
                low=value - half,
                high=value + half,
                level=LEVEL,
                method=f"least squares of relative errors; jackknife over {m} configurations, t",
                n=len(configurations),
                kinds=(Kind.MODELLED,),
            )
        )
    return estimates


def error_words(errors_frac: Sequence[float]) -> str:
    """Median and largest of some errors, in percent.

    Examples:
        >>> error_words([0.01, 0.02, 0.2])
        '2.0 % in the median and 20.0 % at most'
    """
    middle, most = (100 * error for error in (median(errors_frac), max(errors_frac)))
    return f"{middle:.1f} % in the median and {most:.1f} % at most"
