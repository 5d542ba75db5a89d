"""Spreads: the values behind box, density and Q-Q plots, as they lie on their axis.

Costs are distances from the pathway's own median, for the scatter of a cheap model would not be
seen beside a dear one; scores are as they are. Fewer than three values are not drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.samples.describe import Description, describe
from breakeven.analysis.samples.scattered import Scattered, cost_samples, score_samples
from breakeven.analysis.samples.shape import MIN_DENSITY, Density, density
from breakeven.analysis.scoring.metric_words import metric_title, metric_words
from breakeven.analysis.uncertain import ROUNDING_FRAC, once
from breakeven.analysis.words import amount_words, one_item, resource_words
from breakeven.records import Resource
from breakeven.report.kinds import doubted
from breakeven.report.lookup import compared
from breakeven.report.quantity import score_scale

TINY = 1e-6
"""Distances in percent that only rounding tells from 0."""
P_VALUE = 0.05
"""Below this a sample is told from a normal one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One number of every pathway that has at least three values of it.

    Attributes:
        name: For names of figures.
        words: In a sentence.
        axis: Title of the axis.
        unit: Behind a number of the axis.
        is_relative: Whether values are distances from the median in percent of it.
        medians: In words, by name of the pathway.
        samples: As measured.
        drawn: The same on the axis, by name of the pathway.
        too_few: Pathways with one or two values, and how many.
    """

    name: str
    words: str
    axis: str
    unit: str
    is_relative: bool
    medians: dict[str, str]
    samples: tuple[Scattered, ...]
    drawn: dict[str, tuple[float, ...]]
    too_few: dict[str, int]

    def described(self, pathway: str) -> Description:
        """The sample of one pathway on the axis."""
        return describe(self.drawn[pathway])

    @property
    def sign(self) -> str:
        """How the numbers came about, where they were neither measured nor counted."""
        kinds = once(kind for own in self.samples for kind in own.kinds)
        return doubted(kinds, once(origin for own in self.samples for origin in own.origins))


def all_spreads(analysis: StudyAnalysis) -> tuple[Spread, ...]:
    """Every cost compared, then the score, whether there is something to draw or not."""
    found = [_cost_spread(analysis, resource) for resource in compared(analysis)]
    return (*found, _score_spread(analysis))


def spreads(analysis: StudyAnalysis) -> tuple[Spread, ...]:
    """The same without those that have nothing to draw."""
    return tuple(each for each in all_spreads(analysis) if each.drawn)


def _cost_spread(analysis: StudyAnalysis, resource: Resource) -> Spread:
    item = one_item(analysis.definition.item)
    samples = cost_samples(analysis, resource)
    moved = {own.pathway: _from_median(own.values) for own in samples if own.is_enough}
    return Spread(
        name=resource.value,
        words=f"{resource_words(resource)} per {item}",
        axis="Distance from the median",
        unit=" %",
        is_relative=True,
        medians={
            own.pathway: amount_words(resource, median(own.values))
            for own in samples
            if own.is_enough
        },
        samples=samples,
        drawn={name: values for name, values in moved.items() if any(values)},
        too_few=_too_few(samples),
    )


def _score_spread(analysis: StudyAnalysis) -> Spread:
    metric = analysis.definition.metric
    samples = score_samples(analysis)
    enough = {own.pathway: own.values for own in samples if own.is_enough}
    scale = score_scale(metric, max((abs(v) for each in enough.values() for v in each), default=1))
    return Spread(
        name="score",
        words=f"{metric_words(metric)} over training seeds",
        axis=f"{metric_title(metric)} of each seed",
        unit=f" {scale.symbol}".rstrip(),
        is_relative=False,
        medians={
            name: f"{median(values) / scale.factor:.3g} {scale.symbol}".rstrip()
            for name, values in enough.items()
        },
        samples=samples,
        drawn={
            name: tuple(value / scale.factor for value in values)
            for name, values in enough.items()
            if max(values) > min(values)
        },
        too_few=_too_few(samples),
    )


def _too_few(samples: Sequence[Scattered]) -> dict[str, int]:
    return {own.pathway: len(own.values) for own in samples if own.values and not own.is_enough}


def _from_median(values: Sequence[float]) -> tuple[float, ...]:
    """Distances from the median in percent of it; zeros where it is 0 or nothing varies."""
    found = describe(values)
    if found.median <= 0 or found.value_range <= ROUNDING_FRAC * found.high:
        return (0.0,) * len(values)
    return tuple(100 * (value / found.median - 1) for value in values)


def densities(spread: Spread) -> dict[str, Density]:
    """Density of each pathway that has eight values or more."""
    made = ((name, density(values)) for name, values in spread.drawn.items())
    return {name: found for name, found in made if found is not None}


def box_title(spread: Spread) -> str:
    """Whose middle half is widest; of a few values their range, for no half lies between."""
    name = max(spread.drawn, key=lambda name: _range(spread.described(name)))
    found = spread.described(name)
    is_few = found.n < MIN_DENSITY
    low, high = (
        number_text(end, spread) for end in ((found.low, found.high) if is_few else found.quartiles)
    )
    of = "" if is_few else "half of "
    if len(spread.drawn) > 1:
        subject, of = f"{_whole(spread)} scatters most for {name}", f"{of}its "
    else:
        subject = f"{_whole(spread)} of {name}"
    return f"{subject}: {of}{found.n} values lie from {low} to {high}"


def box_words(spread: Spread) -> str:
    """Every box in numbers."""
    return "; ".join(
        f"{name}, n = {found.n}: median {spread.medians[name]}, quartiles "
        f"{number_text(found.quartiles[0], spread)} and {number_text(found.quartiles[1], spread)}, "
        f"range {number_text(found.low, spread)} to {number_text(found.high, spread)}"
        for name in spread.drawn
        for found in [spread.described(name)]
    )


def density_title(spread: Spread, found: Mapping[str, Density]) -> str:
    """Whose values reach farthest from their median."""
    far = {name: _farthest(spread.described(name)) for name in found}
    name = max(far, key=lambda name: abs(far[name]))
    way = "above" if far[name] > 0 else "below"
    unit = " points" if spread.unit and not spread.is_relative else spread.unit
    reach = f"{_signed(abs(far[name]))[1:]}{unit} {way} its median"
    return f"{_whole(spread)}: {name} has the longest tail, {reach}"


def density_words(spread: Spread, found: Mapping[str, Density]) -> str:
    """Kernel and bandwidths."""
    widths = (f"{name} {_signed(made.bandwidth)[1:]}{spread.unit}" for name, made in found.items())
    return f"normal kernel, bandwidth by Silverman's rule: {', '.join(widths)}"


def normal_title(spread: Spread) -> str:
    """Which samples are told from normal ones."""
    tested = {n: t for n in spread.drawn if (t := spread.described(n).normality) is not None}
    told = [name for name, test in tested.items() if test.p < P_VALUE]
    if not told:
        return f"{_whole(spread)}: no sample is told from a normal one"
    name = min(told, key=lambda name: tested[name].p)
    others = f" ({len(told)} of {len(tested)} samples are)" if len(told) > 1 else ""
    return (
        f"{_whole(spread)}: {name} is told from a normal sample, p = {tested[name].p:.2g}{others}"
    )


def normal_words(spread: Spread) -> str:
    """Shapiro and Wilk's test of each sample."""
    parts = []
    for name in spread.drawn:
        found = spread.described(name)
        test = found.normality
        said = "not tested" if test is None else f"W = {test.w:.3f}, p = {test.p:.2g}"
        parts.append(f"{name}, n = {found.n}: {said}")
    return "; ".join(parts) + " by Shapiro and Wilk, not adjusted for the number of samples"


def _whole(spread: Spread) -> str:
    """What is drawn, at the start of a sentence, and how it came about where that matters."""
    sign = f" ({spread.sign})" if spread.sign else ""
    return spread.words[:1].upper() + spread.words[1:] + sign


def number_text(value: float, spread: Spread) -> str:
    """A value of the axis in words, the sign of a distance with it."""
    if not spread.is_relative:
        return f"{value:.3g}{spread.unit}"
    return f"{_signed(value)}{spread.unit}" if abs(value) >= TINY else f"0{spread.unit}"


def _signed(value: float) -> str:
    """Two digits with their sign, no exponent for a number of three or more."""
    text = f"{value:+.2g}"
    return f"{float(text):+.0f}" if "e+" in text else text


def _range(found: Description) -> float:
    return found.quartiles[1] - found.quartiles[0]


def _farthest(found: Description) -> float:
    up, down = found.high - found.median, found.median - found.low
    return up if up >= down else -down
