"""Compared: everything that is said of one number of several configurations, put together.

The ratio with its interval comes first. After it come the tests that readers expect, the analysis
of variance, and the checks: do runs know of each other, does one block carry the result, how many
blocks would do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from breakeven.analysis.describe import Description, describe
from breakeven.analysis.effects import cliffs_delta
from breakeven.analysis.statistics.additive import (
    Additive,
    Against,
    against_baseline,
    fit_blocks,
    fit_groups,
    pair_p,
)
from breakeven.analysis.statistics.equivalence import Equivalence, equivalence
from breakeven.analysis.statistics.influence import Influence, most_influential
from breakeven.analysis.statistics.order import Order, order
from breakeven.analysis.statistics.precision import Advice, advise
from breakeven.analysis.statistics.readings import (
    MIN_SUBJECTS,
    Layout,
    Readings,
    layout,
)
from breakeven.analysis.statistics.variance import MOST_FACTORS, Variance, analyse_variance
from breakeven.analysis.stats import Interval
from breakeven.analysis.two_samples import Sample, TwoSamples, compare_samples, holm
from breakeven.analysis.uncertain import LEVEL, quantile
from breakeven.errors import UnknownNameError

DUNNETT, HOLM = "Dunnett", "Holm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to compare, and how.

    Attributes:
        baseline: Configuration that every other one is compared with; empty for every two.
        level: Confidence level.
        target: Half-width of a ratio that is wanted, as a share.
        margin: Share within which two costs count as the same; None asks nothing.
    """

    baseline: str = ""
    level: float = LEVEL
    target: float = 0.02
    margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Two samples by ranks alone.

    Attributes:
        test: Wilcoxon's for pairs, Mann and Whitney's else.
        p: Two-sided; None where nothing differs.
        delta: Cliff's, with its interval.
    """

    test: str
    p: float | None
    delta: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One configuration over another.

    Attributes:
        left: The one.
        right: The other: the baseline where there is one.
        difference: Left less right of plain values, where any value of the number has no
            logarithm; else None.
        found: Ratio, the test that the samples allow, its effect.
        together: Ratio with the interval that holds for all configurations against the baseline at
            once (Dunnett); None without a baseline or a model.
        p: By the additive model, for this pair alone; by the test of the pair without one.
        p_adjusted: For all pairs; see `Compared.adjustment`.
        ranked: The same by ranks.
        influence: What the most influential block does; None outside blocks or with few.
        advice: Blocks for the target; None likewise.
        same: Whether both are the same within the margin asked for.
    """

    left: str
    right: str
    difference: Interval | None
    found: TwoSamples
    together: Interval | None
    p: float | None
    p_adjusted: float | None
    ranked: Ranked
    influence: Influence | None
    advice: Advice | None
    same: Equivalence | None


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
        contrasts=_contrasts(readings, model, asked),
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


def _contrasts(readings: Readings, model: Additive | None, asked: Asked) -> tuple[Contrast, ...]:
    samples, is_log = readings.samples(), readings.is_positive
    if asked.baseline:
        pairs = [(name, asked.baseline) for name in samples if name != asked.baseline]
    else:
        pairs = [(right, left) for left, right in combinations(samples, 2)]
    tested = [compare_samples(samples[a], samples[b], level=asked.level) for a, b in pairs]
    by_model: dict[tuple[str, str], Against] = {}
    if asked.baseline and model is not None and pairs:
        found = against_baseline(model, asked.baseline, level=asked.level)
        by_model = {(one.left, one.right): one for one in found}
    ps = [_p(model, pair, one) for pair, one in zip(pairs, tested, strict=True)]
    adjusted = [by_model[pair].p_dunnett for pair in pairs] if by_model else holm(ps)
    return tuple(
        Contrast(
            left=left,
            right=right,
            difference=None
            if is_log
            else _difference(samples[left], samples[right], level=asked.level),
            found=one,
            together=by_model[left, right].together if by_model else None,
            p=p,
            p_adjusted=p_adjusted,
            ranked=_ranked(samples[left], samples[right], level=asked.level),
            influence=most_influential(samples[left], samples[right], level=asked.level)
            if is_log
            else None,
            advice=_advice(samples[left], samples[right], asked) if is_log else None,
            same=_same(samples[left], samples[right], asked) if is_log else None,
        )
        for (left, right), one, p, p_adjusted in zip(pairs, tested, ps, adjusted, strict=True)
    )


def _p(model: Additive | None, pair: tuple[str, str], found: TwoSamples) -> float | None:
    return found.p if model is None else pair_p(model, *pair)


def _common(left: Sample, right: Sample) -> list[int]:
    return sorted(block for block in left.keys() & right.keys() if block >= 0)


def _is_positive(left: Sample, right: Sample) -> bool:
    return min(*left.values(), *right.values()) > 0


def _difference(left: Sample, right: Sample, *, level: float) -> Interval:
    """Paired t on plain values, where no ratio can be had; unpaired by Welch."""
    common = _common(left, right)
    if len(common) >= MIN_SUBJECTS:
        values = np.array([left[b] - right[b] for b in common])
        n, df = len(values), float(len(values) - 1)
        error = float(np.std(values, ddof=1)) / math.sqrt(n)
        middle = float(values.mean())
    else:
        ones, others = (np.array(list(own.values())) for own in (left, right))
        n, middle = len(ones) + len(others), float(ones.mean() - others.mean())
        if min(len(ones), len(others)) < 2:
            return Interval(value=middle, low=-math.inf, high=math.inf, n=n)
        parts = [float(np.var(x, ddof=1)) / len(x) for x in (ones, others)]
        shares = sum(v**2 / (len(x) - 1) for v, x in zip(parts, (ones, others), strict=True))
        error, df = math.sqrt(sum(parts)), sum(parts) ** 2 / shares if shares else float(n - 2)
    half = quantile(df, level=level) * error
    return Interval(value=middle, low=middle - half, high=middle + half, n=n)


def _ranked(left: Sample, right: Sample, *, level: float) -> Ranked:
    common = _common(left, right)
    ones, others = list(left.values()), list(right.values())
    if len(common) >= MIN_SUBJECTS:
        ones, others = [left[b] for b in common], [right[b] for b in common]
        scaled = (np.log(x) if _is_positive(left, right) else np.array(x) for x in (ones, others))
        differences = np.subtract(*scaled)
        p = float(stats.wilcoxon(differences).pvalue) if np.any(differences) else None
        test = "Wilcoxon signed rank"
    else:
        p = float(stats.mannwhitneyu(ones, others).pvalue)
        test = "Mann-Whitney U"
    return Ranked(test=test, p=p, delta=cliffs_delta(ones, others, level=level))


def _advice(left: Sample, right: Sample, asked: Asked) -> Advice | None:
    common = _common(left, right)
    if len(common) < MIN_SUBJECTS:
        return None
    sd = float(np.std([math.log(left[b] / right[b]) for b in common], ddof=1))
    return advise(sd, len(common), target=asked.target, level=asked.level)


def _same(left: Sample, right: Sample, asked: Asked) -> Equivalence | None:
    if asked.margin is None:
        return None
    return equivalence(left, right, margin=asked.margin)


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
