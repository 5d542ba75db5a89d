"""Break-evens of every pathway against every other, in one resource, as `payback.break_even`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.matrix.amounts import Amounts, Floats
from breakeven.analysis.matrix.lines import CostLines, cost_lines
from breakeven.analysis.matrix.pairs import extra_development, saving
from breakeven.analysis.matrix.volumes import VolumeSets, volume_sets
from breakeven.analysis.results import Verdict
from breakeven.records import Item, Resource

VERDICTS = tuple(Verdict)

_CHUNK = 8
"""Candidates compared with all at a time, so that thousands need little memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEvenMatrix:
    """What can be said of every ordered pair; rows are candidates, columns incumbents.

    Attributes:
        names: Pathways that have a life in the resource.
        resource: Cost compared.
        item: What a volume counts.
        planned_volume: Items over the planned lifetime.
        verdict: Place in `VERDICTS`; -1 on the diagonal. Shape (n, n), as all that follow.
        value: Point of the break-even, NaN for none.
        low: Lowest volume not excluded, NaN for none.
        high: Highest, infinite for a half-line, NaN for none.
        has_level: Whether low and high are Fieller's at 95 %; else the worst case of resolution.
        probability: That the candidate has cost less after the planned volume; NaN where all that
            is in doubt is the numbers' resolution, as in `lifetime.chances`.
    """

    names: tuple[str, ...]
    resource: Resource
    item: Item
    planned_volume: float
    verdict: NDArray[np.int8]
    value: Floats
    low: Floats
    high: Floats
    has_level: NDArray[np.bool_]
    probability: Floats

    def verdict_of(self, candidate: int, incumbent: int) -> Verdict | None:
        """What can be said of one pair; None of a pathway against itself."""
        code = int(self.verdict[candidate, incumbent])
        return None if code < 0 else VERDICTS[code]

    def counts(self) -> dict[Verdict, int]:
        """Ordered pairs by verdict."""
        return {v: int(np.sum(self.verdict == i)) for i, v in enumerate(VERDICTS)}


def break_even_matrix(
    pathways: Sequence[PathwayCost], resource: Resource, *, item: Item, planned_volume: float
) -> BreakEvenMatrix:
    """Compare every pathway with every other.

    Args:
        pathways: Gathered costs; those without development or use in that resource are left out.
        resource: One that adds up.
        item: What a volume counts.
        planned_volume: Items over the planned lifetime.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> matrix = break_even_matrix(
        ...     costs, Resource.FLOPS, item=Item.EXAMPLE, planned_volume=1e5)
        >>> ft, ts = matrix.names.index("FT"), matrix.names.index("TS")
        >>> matrix.verdict_of(ts, ft).value, bool(matrix.value[ts, ft] > 0)
        ('finite', True)
    """
    return matrix_of(cost_lines(pathways, resource), item=item, planned_volume=planned_volume)


def matrix_of(lines: CostLines, *, item: Item, planned_volume: float) -> BreakEvenMatrix:
    """The same of pathways that are lined up already.

    Args:
        lines: Pathways.
        item: What a volume counts.
        planned_volume: Items over the planned lifetime.

    Examples:
        >>> lines = cost_lines([], Resource.CPU_S)
        >>> matrix_of(lines, item=Item.EXAMPLE, planned_volume=1.0).names
        ()
    """
    n = len(lines)
    found = BreakEvenMatrix(
        names=lines.names,
        resource=lines.resource,
        item=item,
        planned_volume=planned_volume,
        verdict=np.full((n, n), -1, dtype=np.int8),
        value=np.full((n, n), np.nan),
        low=np.full((n, n), np.nan),
        high=np.full((n, n), np.nan),
        has_level=np.zeros((n, n), dtype=bool),
        probability=np.full((n, n), np.nan),
    )
    for begin in range(0, n, _CHUNK):
        _fill(found, lines, slice(begin, min(n, begin + _CHUNK)))
    return found


def decisions(extra: Amounts, saved: Amounts, volumes: VolumeSets) -> NDArray[np.int8]:
    """What can be said of each pair, as `payback.decide`.

    Args:
        extra: Extra development.
        saved: Saved per item.
        volumes: Not excluded as break-even.

    Returns:
        Places in `VERDICTS`.

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> spent, saved = (Amounts.of([Uncertain.exact(x)]) for x in (9.0, 3.0))
        >>> VERDICTS[decisions(spent, saved, volume_sets(spent, saved))[0]].value
        'finite'
    """
    is_same = _is_nothing(extra) & _is_nothing(saved)
    is_less = extra.value < 0
    return np.select(
        [is_same, volumes.is_empty, ~volumes.is_clear, saved.value > 0],
        [
            np.full(is_less.shape, _ALWAYS),
            np.where(is_less, _ALWAYS, _NEVER),
            np.full(is_less.shape, _NOT_SHOWN),
            np.where(extra.value > 0, _FINITE, _ALWAYS),
        ],
        default=np.where(is_less, _UP_TO, _NEVER),
    ).astype(np.int8)


def probabilities_cheaper(extra: Amounts, saved: Amounts, *, volume: float) -> Floats:
    """P(the candidate has cost less after `volume` items), as `payback.probability_cheaper`.

    Args:
        extra: Extra development.
        saved: Saved per item.
        volume: Items.

    Examples:
        >>> from breakeven.analysis.uncertain import Uncertain
        >>> spent, saved = (Amounts.of([Uncertain.exact(x)]) for x in (9.0, 3.0))
        >>> probabilities_cheaper(spent, saved, volume=4.0).tolist()
        [1.0]
    """
    ahead = _scaled(saved, volume) - extra
    is_sure = ~ahead.has_scatter & ((ahead.low > 0) | (ahead.high < 0))
    spread = np.where(ahead.variance > 0, np.sqrt(ahead.variance), 1.0)
    drawn = special.stdtr(ahead.df, ahead.value / spread)
    return np.select(
        [is_sure, ahead.variance == 0], [(ahead.low > 0).astype(float), 0.5], default=drawn
    )


_FINITE, _ALWAYS, _NEVER = map(VERDICTS.index, (Verdict.FINITE, Verdict.ALWAYS, Verdict.NEVER))
_UP_TO, _NOT_SHOWN = map(VERDICTS.index, (Verdict.UP_TO, Verdict.NOT_SHOWN))


def _fill(found: BreakEvenMatrix, lines: CostLines, chosen: slice) -> None:
    extra, saved = extra_development(lines, chosen), saving(lines, chosen)
    volumes = volume_sets(extra, saved)
    verdict = decisions(extra, saved, volumes)
    value, low, high = _ends(extra, saved, volumes, verdict)
    has_scatter = extra.has_scatter | saved.has_scatter
    is_open = (extra.high > extra.low) | (saved.high > saved.low)
    probability = probabilities_cheaper(extra, saved, volume=found.planned_volume)
    parts = {
        "verdict": verdict,
        "value": value,
        "low": low,
        "high": high,
        "has_level": has_scatter,
        "probability": np.where(~has_scatter & is_open, np.nan, probability),
    }
    itself = np.arange(chosen.start, chosen.stop)
    for name, part in parts.items():
        whole = getattr(found, name)
        kept = whole[itself, itself].copy()
        whole[chosen] = part
        whole[itself, itself] = kept


def _ends(
    extra: Amounts, saved: Amounts, volumes: VolumeSets, verdict: NDArray[np.int8]
) -> tuple[Floats, Floats, Floats]:
    """Point value, low and high of the volume under each verdict."""
    is_never, is_always = verdict == _NEVER, verdict == _ALWAYS
    latest = np.where(np.isfinite(volumes.high), volumes.high, 0.0)
    is_same_sign = (
        (extra.value != 0)
        & (saved.value != 0)
        & (np.signbit(extra.value) == np.signbit(saved.value))
    )
    has_point = is_same_sign & ((saved.value > 0) | (verdict == _UP_TO))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        point = np.where(has_point, extra.value / saved.value, np.nan)
    return (
        np.select([is_never, is_always], [np.nan, 0.0], default=point),
        np.select([is_never, is_always], [np.nan, 0.0], default=volumes.low),
        np.select(
            [is_never, is_always],
            [np.where(latest > 0, latest, np.nan), latest],
            default=volumes.high,
        ),
    )


def _is_nothing(amounts: Amounts) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (amounts.low == 0) & (amounts.high == 0) & (amounts.variance == 0)
    return found


def _scaled(amounts: Amounts, factor: float) -> Amounts:
    """Times a number above 0."""
    return Amounts(
        value=amounts.value * factor,
        low=amounts.low * factor,
        high=amounts.high * factor,
        variance=amounts.variance * factor**2,
        curvature=amounts.curvature * factor**4,
    )
