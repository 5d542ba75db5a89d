"""Contrast: one configuration over another, with everything that is said of the pair."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from breakeven.analysis.samples.effects import cliffs_delta
from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.samples.two_samples import Sample, TwoSamples, compare_samples, holm
from breakeven.analysis.statistics.additive import Additive, Against, against_baseline, pair_p
from breakeven.analysis.statistics.equivalence import Equivalence, equivalence
from breakeven.analysis.statistics.influence import Influence, most_influential
from breakeven.analysis.statistics.precision import Advice, advise
from breakeven.analysis.statistics.readings import MIN_SUBJECTS, Readings
from breakeven.analysis.uncertain import LEVEL, quantile


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


def contrasts_of(readings: Readings, model: Additive | None, asked: Asked) -> tuple[Contrast, ...]:
    """Compare every configuration with the baseline, or every two where there is none.

    Args:
        readings: At least one.
        model: As fitted to them; None where it cannot be.
        asked: How; a baseline is one of the configurations.

    Examples:
        >>> from breakeven.analysis.statistics.readings import Reading
        >>> rows = [Reading(value=v, subject=str(i), levels=(name,))
        ...         for name, v in (("a", 1.0), ("b", 2.0)) for i in range(2)]
        >>> found = contrasts_of(Readings(name="t_s", title="Time, s", factors=("model",),
        ...                               readings=tuple(rows)), None, Asked())
        >>> found[0].left, found[0].right, found[0].found.ratio.value
        ('b', 'a', 2.0)
    """
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
