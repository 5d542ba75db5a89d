"""Compared: everything that is said of one number of several configurations, put together.

The ratio with its interval comes first. After it come the tests that readers expect, the analysis
of variance, and the checks: do runs know of each other, does one block carry the result, how many
blocks would do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.samples.describe import Description, describe
from breakeven.analysis.statistics.additive import Additive, fit_blocks, fit_groups
from breakeven.analysis.statistics.contrast import Asked, Contrast, contrasts_of
from breakeven.analysis.statistics.order import Order, order
from breakeven.analysis.statistics.readings import MIN_SUBJECTS, Layout, Readings, layout
from breakeven.analysis.statistics.variance import MOST_FACTORS, Variance, analyse_variance
from breakeven.errors import UnknownNameError

DUNNETT, HOLM = "Dunnett", "Holm"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One number of several configurations.

    Attributes:
        readings: What was compared.
        asked: How.
        layout: Subjects with every configuration.
        described: Each configuration in numbers.
        contrasts: Pairs.
        model: Additive model; None where it cannot be fitted.
        adjustment: How p was adjusted: "Dunnett" or "Holm".
        variance: Repeated-measures analysis; None where it cannot be made.
        why_not: Reason of that; empty else.
        order: What the executed order looks like; None where it is unknown or short.
    """

    readings: Readings
    asked: Asked
    layout: Layout
    described: Mapping[str, Description]
    contrasts: tuple[Contrast, ...]
    model: Additive | None
    adjustment: str
    variance: Variance | None
    why_not: str
    order: Order | None


def compare(readings: Readings, asked: Asked | None = None) -> Compared:
    """Compare the configurations of one number.

    Args:
        readings: At least one.
        asked: How; every two configurations, 95 %, by default.

    Raises:
        UnknownNameError: If there is no configuration of the baseline's name.

    Examples:
        >>> from breakeven.analysis.statistics.readings import Reading
        >>> values = {"FT": [10.0, 10.4, 10.2, 10.3], "TS": [5.0, 5.3, 5.1, 5.1]}
        >>> rows = [Reading(value=v, subject=str(i), levels=(name,))
        ...         for name, own in values.items() for i, v in enumerate(own)]
        >>> found = compare(Readings(name="energy_j", title="Energy, J", factors=("pathway",),
        ...                          readings=tuple(rows)), Asked(baseline="FT"))
        >>> pair = found.contrasts[0]
        >>> pair.left, round(pair.found.ratio.value, 3), found.adjustment
        ('TS', 0.501, 'Dunnett')
    """
    asked = asked or Asked()
    if asked.baseline and asked.baseline not in readings.configurations:
        raise UnknownNameError("configuration", asked.baseline, readings.configurations)
    samples, arranged = readings.samples(), layout(readings)
    model = _model(readings, arranged)
    variance, why_not = _variance(readings, arranged)
    return Compared(
        readings=readings,
        asked=asked,
        layout=arranged,
        described={
            name: describe(list(own.values()), level=asked.level) for name, own in samples.items()
        },
        contrasts=contrasts_of(readings, model, asked),
        model=model,
        adjustment=DUNNETT if asked.baseline and model is not None else HOLM,
        variance=variance,
        why_not=why_not,
        order=_order(readings),
    )


def _model(readings: Readings, arranged: Layout) -> Additive | None:
    is_log = readings.is_positive
    if len(arranged.subjects) >= MIN_SUBJECTS:
        return fit_blocks(arranged.values, arranged.configurations, is_log=is_log)
    values = {name: list(own.values()) for name, own in readings.samples().items()}
    return fit_groups(values, is_log=is_log)


def _variance(readings: Readings, arranged: Layout) -> tuple[Variance | None, str]:
    """Analysis of plain values, as readers expect, or why there is none."""
    shape = [len(readings.levels(i)) for i in range(len(readings.factors))]
    n = len(arranged.subjects)
    if n < MIN_SUBJECTS:
        return None, f"{n} {readings.subject or 'subject'}s have every configuration; it takes two"
    if len(shape) > MOST_FACTORS:
        return None, f"{len(shape)} factors; one or two are analysed"
    if min(shape) < 2:
        return None, "a factor has one level"
    if math.prod(shape) != len(readings.configurations):
        return None, "not every level of one factor was measured with every level of the other"
    ordered = _crossed(readings)
    cells = layout(readings, ordered).values.reshape(n, *shape)
    return analyse_variance(cells, readings.factors), ""


def _crossed(readings: Readings) -> list[str]:
    """Names of the configurations, the last factor changing fastest."""
    place = [
        {level: j for j, level in enumerate(readings.levels(i))}
        for i in range(len(readings.factors))
    ]
    known = {reading.configuration: reading.levels for reading in readings.readings}
    return sorted(known, key=lambda name: [place[i][v] for i, v in enumerate(known[name])])


def _order(readings: Readings) -> Order | None:
    """Residuals against the mean of their own configuration, one value per place."""
    placed = [one for one in readings.readings if one.position is not None]
    if len(placed) < len(readings.readings):
        return None
    is_log = readings.is_positive
    own: dict[str, list[float]] = {name: [] for name in readings.configurations}
    for one in placed:
        own[one.configuration].append(math.log(one.value) if is_log else one.value)
    means = {name: float(np.mean(values)) for name, values in own.items()}
    by_place: dict[float, list[float]] = {}
    for one in placed:
        value = math.log(one.value) if is_log else one.value
        by_place.setdefault(one.position or 0.0, []).append(value - means[one.configuration])
    return order([float(np.mean(by_place[place])) for place in sorted(by_place)])
