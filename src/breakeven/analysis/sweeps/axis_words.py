"""Axis words: what one axis of a sweep says, in sentences that the intervals carry."""

from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.scoring.metric_words import FRACTIONS, metric_words
from breakeven.analysis.sweeps.findings import Axis, AxisPoint, AxisResult, LineFit
from breakeven.analysis.words import amount_words, listed, one_item, resource_words
from breakeven.records import Estimate, Resource, StudyDefinition

_PADDING = {
    "padding=longest": "padded to the longest of the batch",
    "padding=max_length": "padded to the maximum length",
}
_UNITS = {Axis.LENGTH: " tokens", Axis.DEPTH: " layers", Axis.PRECISION: ""}


def axis_sentences(axis: AxisResult, definition: StudyDefinition) -> tuple[str, ...]:
    """Say what cutting along one axis saves and costs, in the headline cost.

    Args:
        axis: What was found.
        definition: Headline cost, metric and item.

    Examples:
        >>> from breakeven.analysis.sweeps.axes import axis_results
        >>> from breakeven.analysis.sweeps.cells import cells_of, with_role
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> definition, runs = factorial_runs()
        >>> cells = cells_of(study_runs(definition, runs), "FT", order=str)
        >>> *_, fp16 = axis_results(
        ...     definition, "FT", cells, reference=with_role(cells, "reference"))
        >>> axis_sentences(fp16, definition)[0]
        'FT: fp16 takes 0.452 of the CPU time of fp32 (0.449 to 0.455); no loss of accuracy is \
shown: 0.0 points (-3.0 to 3.0).'
    """
    words = _Words(axis=axis, definition=definition)
    told = words.precision() if axis.axis is Axis.PRECISION else words.cut()
    return tuple(told)


def fit_sentence(axis: AxisResult, definition: StudyDefinition) -> str:
    """Say how the headline cost grows along an axis; empty where no line was fitted.

    Args:
        axis: What was found.
        definition: Headline cost and item.

    Examples:
        >>> none = AxisResult(pathway="FT", axis=Axis.DEPTH, fixed="", points=(), flat=(),
        ...                   cheapest={}, saving={}, fits={})
        >>> fit_sentence(none, StudyDefinition(name="s", pathways=()))
        ''
    """
    return _Words(axis=axis, definition=definition).fit()


def loss_words(loss: Estimate, metric: str) -> str:
    """Write a loss with its interval, in points where the metric is a fraction.

    Examples:
        >>> loss = Estimate(name="", value=0.019, low=0.003, high=0.036, method="", n=872, kinds=())
        >>> loss_words(loss, "accuracy")
        '1.9 points (0.3 to 3.6)'
        >>> loss_words(loss, "perplexity")
        '0.019 (0.003 to 0.036)'
    """
    value = f"{points_words(loss.value or 0.0, metric)}{_unit(metric)}"
    if loss.low is None or loss.high is None:
        return f"{value} (no interval)"
    return f"{value} ({points_words(loss.low, metric)} to {points_words(loss.high, metric)})"


def gain_words(loss: Estimate, metric: str) -> str:
    """Write a loss that lies below 0 as what is gained.

    Examples:
        >>> loss = Estimate(name="", value=-0.047, low=-0.099, high=-0.004, method="", n=150,
        ...                 kinds=())
        >>> gain_words(loss, "accuracy")
        '4.7 points (0.4 to 9.9)'
    """
    low, high = (None if end is None else -end for end in (loss.high, loss.low))
    return loss_words(replace(loss, value=-(loss.value or 0.0), low=low, high=high), metric)


def points_words(value: float, metric: str) -> str:
    """Write a difference of scores without its unit.

    Examples:
        >>> points_words(0.0191, "accuracy"), points_words(0.0191, "perplexity")
        ('1.9', '0.0191')
    """
    if metric in FRACTIONS:
        return f"{round(100 * value, 1) + 0.0:.1f}"
    return f"{value:.3g}"


def ratio_words(ratio: Estimate) -> str:
    """Write a ratio with its interval.

    Examples:
        >>> ratio_words(Estimate(name="", value=0.5, low=0.4, high=0.6, method="", n=3, kinds=()))
        '0.5 (0.4 to 0.6)'
        >>> ratio_words(Estimate(name="", value=0.5, method="", n=1, kinds=()))
        '0.5 (one block, no interval)'
    """
    if ratio.low is None or ratio.high is None:
        return f"{ratio.value:.3g} (one block, no interval)"
    return f"{ratio.value:.3g} ({ratio.low:.3g} to {ratio.high:.3g})"


def fit_words(fit: LineFit, resource: Resource, *, per: str, of: str) -> str:
    """Write a fitted line with what it leaves unexplained.

    Args:
        fit: The line.
        resource: Of the cost.
        per: What one step of x is.
        of: What the cost is an average of.

    Examples:
        >>> def known(value: float) -> Estimate:
        ...     return Estimate(name="", value=value, low=0.9 * value, high=1.1 * value,
        ...                     method="", n=3, kinds=())
        >>> fit = LineFit(x="layers computed", slope=known(0.002), intercept=known(0.001),
        ...               r_squared=0.9987, residual_frac=0.031, n_points=5)
        >>> fit_words(fit, Resource.CPU_S, per="layer", of="example")
        'a straight line through 5 values gives 2 CPU ms per layer (1.8 CPU ms to 2.2 CPU ms) and \
1 CPU ms per example besides; R2 0.9987, off by at most 3.1 %'
    """
    slope = _amount_range(fit.slope, resource)
    besides = amount_words(resource, fit.intercept.value or 0.0)
    return (
        f"a straight line through {fit.n_points} values gives {slope.replace('@', per)} and "
        f"{besides} per {of} besides; {_fit_quality(fit)}"
    )


def _fit_quality(fit: LineFit) -> str:
    r2 = "no R2, for the cost does not vary" if fit.r_squared is None else f"R2 {fit.r_squared:.4f}"
    if fit.residual_frac is None:
        return r2
    return f"{r2}, off by at most {100 * fit.residual_frac:.1f} %"


def _amount_range(estimate: Estimate, resource: Resource) -> str:
    value = f"{amount_words(resource, estimate.value or 0.0)} per @"
    if estimate.low is None or estimate.high is None:
        return value
    ends = (amount_words(resource, end) for end in (estimate.low, estimate.high))
    return f"{value} ({' to '.join(ends)})"


def _unit(metric: str) -> str:
    return " points" if metric in FRACTIONS else ""


class _Words:
    """Sentences on one axis in the headline cost."""

    def __init__(self, *, axis: AxisResult, definition: StudyDefinition) -> None:
        self._axis = axis
        self._metric, self._score = definition.metric, metric_words(definition.metric)
        self._item = one_item(definition.item)
        self._resource = definition.headline
        self._cost = resource_words(definition.headline)
        padding = _PADDING.get(axis.fixed, axis.fixed)
        self._who = f"{axis.pathway}, {padding}" if padding else axis.pathway

    def cut(self) -> Iterator[str]:
        yield " ".join(
            part for part in (f"{self._who}: {self._region()}", self._cheapest()) if part
        )

    def fit(self) -> str:
        fit = self._axis.fits.get(self._resource)
        if fit is None:
            return ""
        per = "layer" if self._axis.axis is Axis.DEPTH else "token computed"
        told = fit_words(fit, self._resource, per=per, of=self._item)
        return f"{self._who}: for {self._cost}, {told}."

    def _region(self) -> str:
        axis, base = self._axis, self._axis.base
        if not axis.flat:
            return f"nothing can be said of {self._score}, for {self._named(base)} has no score."
        kept = [axis.point(label) for label in axis.flat[1:]]
        lossy = next((p for p in axis.points if p.is_loss_shown), None)
        told = []
        if kept:
            told.append(self._kept(kept))
        if lossy is not None and lossy.loss is not None:
            lost = loss_words(lossy.loss, self._metric)
            first = "already " if not kept else ""
            told.append(
                f"{first}at {self._named(lossy)} {lost} of {self._score} are lost"
                f"{self._at_ratio(lossy)}."
            )
        elif not kept:
            told.append(f"no interval of a loss of {self._score} can be given.")
        return " ".join([told[0], *(text[0].upper() + text[1:] for text in told[1:])])

    def _at_ratio(self, point: AxisPoint) -> str:
        ratio = point.ratio.get(self._resource)
        return f", for {ratio_words(ratio)} of the {self._cost}" if ratio is not None else ""

    def _kept(self, kept: list[AxisPoint]) -> str:
        values = listed([self._value(p) for p in kept])
        verb = "show" if len(kept) > 1 else "shows"
        last = kept[-1]
        assert last.loss is not None
        assert last.loss.high is not None
        told = (
            f"{values}{self._unit_of(values)} {verb} no loss of {self._score} against "
            f"{self._named(self._axis.base)}; at {self._value(last)}"
        )
        if last.loss.high < 0:
            return f"{told} it is better, a gain of {gain_words(last.loss, self._metric)}."
        doubt = f"{points_words(last.loss.high, self._metric)}{_unit(self._metric)}"
        return f"{told}, one of up to {doubt} is not excluded."

    def _cheapest(self) -> str:
        axis = self._axis
        label = axis.cheapest.get(self._resource)
        if label is None or len(axis.flat) < 2:
            return ""
        ratio = axis.saving.get(self._resource)
        if ratio is None:
            return f"None takes less {self._cost} than {self._named(axis.base)}."
        point = axis.point(label)
        told = (
            f"The cheapest of them, {self._named(point)}, takes {ratio_words(ratio)} of the "
            f"{self._cost} of {self._named(axis.base)}"
        )
        is_shown = ratio.high is not None and ratio.high < 1
        return f"{told}." if is_shown else f"{told}, which does not show a saving."

    def precision(self) -> Iterator[str]:
        base = self._axis.base
        for point in self._axis.points[1:]:
            ratio = point.ratio.get(self._resource)
            cost = self._relative(ratio, base) if ratio is not None else "has no ratio to it"
            yield f"{self._axis.pathway}: {point.value} {cost}; {self._quality(point)}."

    def _relative(self, ratio: Estimate, base: AxisPoint) -> str:
        whole = f"of the {self._cost} of {base.value}"
        if ratio.low is not None and ratio.low > 1:
            times = ratio_words(ratio).replace(" (", f" times the {self._cost} of {base.value} (")
            return f"is dearer: it takes {times}"
        if ratio.high is not None and ratio.high < 1:
            return f"takes {ratio_words(ratio).replace(' (', f' {whole} (')}"
        return f"is not shown to save anything: {ratio_words(ratio)} {whole}"

    def _quality(self, point: AxisPoint) -> str:
        if point.loss is None:
            return f"its {self._score} cannot be compared"
        lost = loss_words(point.loss, self._metric)
        if point.is_loss_shown:
            return f"it loses {lost} of {self._score}"
        if point.loss.high is not None and point.loss.high < 0:
            return f"its {self._score} is better, a gain of {gain_words(point.loss, self._metric)}"
        return f"no loss of {self._score} is shown: {lost}"

    def _value(self, point: AxisPoint) -> str:
        is_whole = self._axis.axis is Axis.DEPTH and point.value == 0
        return "all" if is_whole else str(point.value)

    def _named(self, point: AxisPoint) -> str:
        value = self._value(point)
        return f"{value}{self._unit_of(value)}"

    def _unit_of(self, values: str) -> str:
        unit = _UNITS[self._axis.axis]
        return unit.removesuffix("s") if values == "1" else unit
