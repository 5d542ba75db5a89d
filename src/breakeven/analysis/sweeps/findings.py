"""Findings: what a sweep says of each axis, as values that tables, figures and sentences show."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from breakeven.records import Estimate, Resource, Scalar


class Axis(StrEnum):
    """One way of cutting inference while the weights stay as they are."""

    LENGTH = "length"
    DEPTH = "depth"
    PRECISION = "precision"


SETTINGS: Mapping[Axis, str] = {
    Axis.LENGTH: "max_length",
    Axis.DEPTH: "n_layers",
    Axis.PRECISION: "precision",
}
"""Inference setting that each axis moves."""

PADDING = "padding"


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisPoint:
    """One value along an axis.

    Attributes:
        label: Configuration, as in the sweep.
        value: Of the axis: tokens, layers or the name of a precision.
        n_tokens: Tokens computed per example, padding included; None where nobody counted.
        cost: Average per item by resource.
        ratio: Cost over that of the axis's base by resource, within blocks; the base has none.
        score: Quality.
        loss: Score of the base minus this one, in the metric's scale, positive when this one is
            worse; None where a score is missing, and for the base.
        is_loss_shown: Whether the interval of the loss lies above 0; None without an interval.
    """

    label: str
    value: Scalar
    n_tokens: float | None
    cost: Mapping[Resource, Estimate]
    ratio: Mapping[Resource, Estimate]
    score: Estimate | None
    loss: Estimate | None
    is_loss_shown: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFit:
    """Cost as a straight line along an axis.

    Attributes:
        x: What the line runs along, in words.
        slope: Cost per step of x, with its interval over blocks.
        intercept: Cost at x = 0, likewise.
        r_squared: Of the means over blocks; None where they do not vary.
        residual_frac: Largest distance of a mean from the line, as a share of that mean; None where
            a mean is 0.
        n_points: Values of x.
    """

    x: str
    slope: Estimate
    intercept: Estimate
    r_squared: float | None
    residual_frac: float | None
    n_points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisResult:
    """One axis of one pathway's sweep, everything else held fixed.

    Attributes:
        pathway: Whose checkpoint.
        axis: Which setting moves.
        fixed: What else tells this series apart ("padding=longest"); empty for nothing.
        points: The uncut base first, then ever deeper cuts.
        flat: Labels of the base and of every cut after it, up to the first whose loss is shown;
            empty when quality cannot be judged.
        cheapest: Label of the cheapest of `flat`, by resource.
        saving: Its cost over that of the base, by resource; absent where the base is cheapest.
        fits: Cost as a straight line along the axis, by resource.
        sentences: The same in words, headline cost.
        fit_sentence: The line of the headline cost in words; empty where there is none.
    """

    pathway: str
    axis: Axis
    fixed: str
    points: tuple[AxisPoint, ...]
    flat: tuple[str, ...]
    cheapest: Mapping[Resource, str]
    saving: Mapping[Resource, Estimate]
    fits: Mapping[Resource, LineFit]
    sentences: tuple[str, ...] = ()
    fit_sentence: str = ""

    @property
    def base(self) -> AxisPoint:
        """The uncut configuration that the others are compared with."""
        return self.points[0]

    def point(self, label: str) -> AxisPoint:
        """The point of that label.

        Raises:
            KeyError: If there is none.
        """
        return {point.label: point for point in self.points}[label]


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedCell:
    """A configuration that differs from an origin in several settings at once.

    Attributes:
        pathway: Whose checkpoint.
        label: Configuration.
        origin: Label of the configuration that ratios are taken against.
        parts: Labels of the configurations that differ from the origin in one of the settings.
        settings: Names of the settings that differ.
        observed: Its cost over that of the origin, by resource.
        product: Product of the single ratios, from the same blocks.
        departure: Observed over product; 1 when reductions multiply.
        loss: Score of the origin minus this one; None where it cannot be had.
    """

    pathway: str
    label: str
    origin: str
    parts: tuple[str, ...]
    settings: tuple[str, ...]
    observed: Mapping[Resource, Estimate]
    product: Mapping[Resource, Estimate]
    departure: Mapping[Resource, Estimate]
    loss: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafestCut:
    """The cheapest configuration of a sweep whose loss of quality the data do not show.

    Attributes:
        pathway: Whose checkpoint.
        label: Configuration; that of the origin when nothing cheaper kept its quality.
        origin: What it is compared with.
        resource: Cost it is cheapest in.
        n_tried: Configurations looked at, so that the reader can judge the luck of the draw.
        saving: Its cost over that of the origin; None when it is the origin.
        loss: Score of the origin minus its own; None when it is the origin.
    """

    pathway: str
    label: str
    origin: str
    resource: Resource
    n_tried: int
    saving: Estimate | None
    loss: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One configuration beside what the compact fit says of it.

    Attributes:
        label: Configuration.
        x: Tokens.
        precision: Number format.
        is_free: Whether no loss of quality is shown, so that the fit rests on it.
        observed: Mean cost per item over the blocks that hold every configuration.
        error_frac: What is foretold over what is observed, less 1; of a configuration that the fit
            rests on, by a fit without it; None where the others cannot tell.
    """

    label: str
    x: float
    precision: str
    is_free: bool
    observed: float
    error_frac: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactFit:
    """Cost = (intercept + slope x tokens) x factor of the precision.

    Attributes:
        pathway: Whose checkpoint.
        resource: Headline cost.
        x: What the tokens are, in words.
        intercept: Cost at no tokens in the exact precision, with its interval over blocks.
        slope: Cost per token in it, likewise.
        factors: Of the other precisions, likewise.
        points: Every configuration of length, padding and precision.
        sentence: The same in words.
    """

    pathway: str
    resource: Resource
    x: str
    intercept: Estimate
    slope: Estimate
    factors: Mapping[str, Estimate]
    points: tuple[Foretold, ...]
    sentence: str = ""

    def errors_frac(self, *, is_free: bool) -> tuple[float, ...]:
        """Sizes of the errors where no loss is shown, or where one is."""
        points = (p for p in self.points if p.is_free == is_free)
        return tuple(abs(p.error_frac) for p in points if p.error_frac is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFindings:
    """What the sweep of one pathway says.

    Attributes:
        pathway: Whose checkpoint.
        axes: Length first (one series per padding), then depth and precision.
        combined: Cells with several settings changed.
        cuts: Cheapest configuration without a shown loss, per origin, in the headline cost.
        cut_sentences: On the cheapest cuts.
        product_sentences: On combined cells; axes carry their own.
        compact: One formula for all lengths and precisions; None where they are too few.
    """

    pathway: str
    axes: tuple[AxisResult, ...] = ()
    combined: tuple[CombinedCell, ...] = ()
    cuts: tuple[SafestCut, ...] = ()
    cut_sentences: tuple[str, ...] = ()
    product_sentences: tuple[str, ...] = ()
    compact: CompactFit | None = None
