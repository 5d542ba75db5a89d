"""Compact: a line in the tokens times a factor for each precision, and how well it foretells cost.

The SST-2 milestone sees energy "approximately linearly with maximum sequence length and
multiplicatively with numerical precision" and asks for "compact interpolation models" of its
frontiers. One is fitted here to the configurations that lose nothing shown, by least squares of
relative errors; each of them is foretold by the others, and the rest of the sweep by all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from breakeven.analysis.certificates.loss import PairedLoss, is_shown, loss_of
from breakeven.analysis.sweeps.cells import Cell
from breakeven.analysis.sweeps.compact_words import compact_sentence
from breakeven.analysis.sweeps.findings import PADDING, SETTINGS, Axis, CompactFit, Foretold
from breakeven.analysis.sweeps.slope import over_blocks
from breakeven.records import Estimate, Resource, StudyDefinition

N_ROUNDS = 200
"""Line and factors are fitted in turns; twenty are plenty where precisions share lengths."""

MIN_LENGTHS = 3
"""In the exact precision: through two points every line fits."""

_LENGTH, _PRECISION = SETTINGS[Axis.LENGTH], SETTINGS[Axis.PRECISION]
_MOVED = {_LENGTH, _PRECISION, PADDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Cost = (intercept + slope x tokens) x factor of the precision."""

    intercept: float
    slope: float
    factors: Mapping[str, float]

    def at(self, x: float, precision: str) -> float | None:
        """Cost that it foretells; None for a precision that it does not know.

        Examples:
            >>> Surface(intercept=1.0, slope=2.0, factors={"fp16": 0.5}).at(4.0, "fp16")
            4.5
        """
        factor = self.factors.get(precision)
        return None if factor is None else (self.intercept + self.slope * x) * factor


def surface(xs: Sequence[float], precisions: Sequence[str], costs: Sequence[float]) -> Surface:
    """Fit by least squares of relative errors; the first precision has factor 1.

    Args:
        xs: Tokens, one per configuration.
        precisions: Number format of each.
        costs: Of each, above 0.

    Examples:
        >>> found = surface([8, 16, 32, 8, 32], ["fp32"] * 3 + ["fp16"] * 2, [9, 17, 33, 3, 11])
        >>> round(found.intercept, 6), round(found.slope, 6), round(found.factors["fp16"], 6)
        (1.0, 1.0, 0.333333)
    """
    x, y = np.asarray(xs, dtype=float), np.asarray(costs, dtype=float)
    names = list(dict.fromkeys(precisions))
    which = np.array([names.index(precision) for precision in precisions])
    factors, line = np.ones(len(names)), np.zeros(2)
    for _ in range(N_ROUNDS):
        share = factors[which] / y
        line = np.linalg.lstsq(np.column_stack([share, share * x]), np.ones_like(y), rcond=None)[0]
        told = (line[0] + line[1] * x) / y
        for index in range(1, len(names)):
            own = told[which == index]
            factors[index] = own.sum() / (own @ own)
    found = dict(zip(names, map(float, factors), strict=True))
    return Surface(intercept=float(line[0]), slope=float(line[1]), factors=found)


def compact_fit(
    definition: StudyDefinition,
    pathway: str,
    cells: Sequence[Cell],
    *,
    reference: Cell,
    paired: PairedLoss | None = None,
) -> CompactFit | None:
    """Fit the headline cost of one pathway's lengths and precisions.

    Args:
        definition: Headline cost and item.
        pathway: Name.
        cells: Its configurations, each once.
        reference: Uncut; what else it sets, the others have as well.
        paired: Compares the answers of two runs example by example, where they are kept.

    Returns:
        None unless three lengths in the reference's precision and a second precision lose nothing
        shown, or where no block holds every configuration.

    Examples:
        >>> from breakeven.analysis.sweeps.cells import cells_of, with_role
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> definition, runs = factorial_runs()
        >>> cells = cells_of(study_runs(definition, runs), "FT", order=str)
        >>> found = compact_fit(definition, "FT", cells, reference=with_role(cells, "reference"))
        >>> f"{found.slope.value:.1e} {found.factors['fp16'].value:.2f}"
        '2.0e-04 0.45'
        >>> max(found.errors_frac(is_free=False)) < 0.05
        True
    """
    exact = reference.settings.get(_PRECISION)
    chosen = [
        cell
        for cell in cells
        if {_LENGTH, _PRECISION} <= cell.settings.keys()
        and cell.differences(reference) <= _MOVED
        and definition.headline in cell.blocks
    ]
    chosen.sort(key=lambda cell: cell.settings[_PRECISION] != exact)
    counted = all(cell.n_tokens is not None for cell in chosen)
    grid = [
        _Place(
            cell=cell,
            x=float((cell.n_tokens if counted else cell.settings[_LENGTH]) or 0.0),
            is_free=cell is reference or is_shown(loss_of(reference, cell, paired=paired)) is False,
        )
        for cell in chosen
    ]
    free = [place for place in grid if place.is_free]
    n_lengths = len({place.x for place in free if place.precision == exact})
    blocks = _common(grid, definition.headline)
    if n_lengths < MIN_LENGTHS or len({place.precision for place in free}) < 2 or not blocks:
        return None
    fit = _Fit(pathway=pathway, resource=definition.headline, free=free, blocks=blocks)
    found = fit.result(grid, x="tokens computed per example" if counted else "tokens allowed")
    return replace(found, sentence=compact_sentence(found, definition))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A configuration and where it stands."""

    cell: Cell
    x: float
    is_free: bool

    @property
    def precision(self) -> str:
        return str(self.cell.settings[_PRECISION])

    def cost(self, resource: Resource, blocks: Sequence[int]) -> float:
        return float(np.mean([self.cell.blocks[resource][block].value for block in blocks]))


def _common(grid: Sequence[_Place], resource: Resource) -> list[int]:
    """Blocks that hold every configuration."""
    held = [set(place.cell.blocks[resource]) for place in grid]
    return sorted(set.intersection(*held)) if held else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """The fit of one pathway: in each block for intervals, over all blocks for errors."""

    pathway: str
    resource: Resource
    free: Sequence[_Place]
    blocks: Sequence[int]

    def result(self, grid: Sequence[_Place], *, x: str) -> CompactFit:
        each = [self._surface(self.free, [block]) for block in self.blocks]
        exact, *others = each[0].factors
        return CompactFit(
            pathway=self.pathway,
            resource=self.resource,
            x=x,
            intercept=self._over([s.intercept for s in each], f"{self.resource} at no tokens"),
            slope=self._over([s.slope for s in each], f"{self.resource} per token in {exact}"),
            factors={
                name: self._over([s.factors[name] for s in each], f"{name} over {exact}")
                for name in others
            },
            points=tuple(self._foretold(place) for place in grid),
        )

    def _surface(self, places: Sequence[_Place], blocks: Sequence[int]) -> Surface:
        return surface(
            [place.x for place in places],
            [place.precision for place in places],
            [place.cost(self.resource, blocks) for place in places],
        )

    def _over(self, values: Sequence[float], name: str) -> Estimate:
        held = (place.cell.blocks[self.resource] for place in self.free)
        seen = [own[block] for own in held for block in self.blocks]
        return over_blocks(values, seen, name=name)

    def _foretold(self, place: _Place) -> Foretold:
        others = [other for other in self.free if other is not place]
        observed = place.cost(self.resource, self.blocks)
        told = self._surface(others, self.blocks).at(place.x, place.precision)
        return Foretold(
            label=place.cell.label,
            x=place.x,
            precision=place.precision,
            is_free=place.is_free,
            observed=observed,
            error_frac=None if told is None else told / observed - 1,
        )
