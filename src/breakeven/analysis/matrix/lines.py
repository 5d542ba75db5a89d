"""Lines: development and use of many pathways in one resource, ready to be compared in pairs.

A row that one pathway alone went through is summed once. Rows that several went through are kept
apart, so that in a pair those of both cancel and nothing is taken from a sum that holds it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.matrix.amounts import Amounts, Floats
from breakeven.analysis.runs.seeds import seed_doubt
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import Kind, Origin, Resource

_BITS = {word: 1 << i for i, word in enumerate((*Kind, *Origin))}


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLines:
    """Pathways that have both development and use in one resource.

    Attributes:
        names: In order.
        resource: Which cost.
        own: Development that each pathway has for itself; shape (n_pathways,).
        common: Of each row that several went through; shape (n_rows,).
        has_row: Whether a pathway went through such a row; shape (n_pathways, n_rows).
        marginal: Cost per item by itself; shape (n_pathways,).
        doubt: What the choice of seeds adds to that of each in a pair.
        blocks: Value, low and high per item of each block, NaN where it did not run; shape
            (3, n_pathways, n_blocks).
        is_split: Whether the cost per item is the slope of a line, which no block pairs.
        words: Bits of kinds and origins of everything in it; shape (n_pathways,).
    """

    names: tuple[str, ...]
    resource: Resource
    own: Amounts
    common: Amounts
    has_row: NDArray[np.bool_]
    marginal: Amounts
    doubt: Amounts
    blocks: Floats
    is_split: NDArray[np.bool_]
    words: NDArray[np.int64]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of all that entered."""
        return words_of(int(np.bitwise_or.reduce(self.words)))[0]

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Origins of all that entered."""
        return words_of(int(np.bitwise_or.reduce(self.words)))[1]

    @property
    def development(self) -> Floats:
        """Totals of development, shape (n_pathways,)."""
        return self.own.value + self.has_row @ self.common.value

    def __len__(self) -> int:
        return len(self.names)


def cost_lines(pathways: Sequence[PathwayCost], resource: Resource) -> CostLines:
    """Line up the pathways that have a life in one resource.

    Args:
        pathways: Gathered costs; others are left out.
        resource: One that adds up.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> costs = [pathway_cost(found, p) for p in found.definition.pathways]
        >>> lines = cost_lines(costs, Resource.FLOPS)
        >>> lines.names, lines.has_row.shape
        (('FT', 'TS', 'TA', 'TF-IDF'), (4, 2))
    """
    living = [pathway for pathway in pathways if pathway.has_life(resource)]
    times = Counter(row.row for pathway in living for row in pathway.rows)
    shared = {
        row.row: row.amounts.get(resource, _NOTHING)
        for pathway in living
        for row in pathway.rows
        if times[row.row] > 1
    }
    has_row = np.zeros((len(living), len(shared)), dtype=bool)
    place = {row: i for i, row in enumerate(shared)}
    for i, pathway in enumerate(living):
        has_row[i, [place[row.row] for row in pathway.rows if row.row in place]] = True
    is_split = np.array([resource in pathway.splits for pathway in living], dtype=bool)
    marginals = [_known(pathway.marginal(resource)) for pathway in living]
    return CostLines(
        names=tuple(pathway.name for pathway in living),
        resource=resource,
        own=Amounts.of([_own(pathway, resource, shared) for pathway in living]),
        common=Amounts.of(list(shared.values())),
        has_row=has_row,
        marginal=Amounts.of(marginals),
        doubt=Amounts.of([seed_doubt(p.independent, resource) or _NOTHING for p in living]),
        blocks=_blocks(living, resource),
        is_split=is_split,
        words=np.array(
            [_words(p, resource) | _bits(m) for p, m in zip(living, marginals, strict=True)],
            dtype=np.int64,
        ),
    )


def words_of(bits: int) -> tuple[tuple[Kind, ...], tuple[Origin, ...]]:
    """Kinds and origins in bits.

    Examples:
        >>> words_of(0b0010001)[0]
        (<Kind.MEASURED: 'measured'>,)
    """
    return (
        tuple(kind for kind in Kind if bits & _BITS[kind]),
        tuple(origin for origin in Origin if bits & _BITS[origin]),
    )


_NOTHING = Uncertain.exact(0.0)


def _own(pathway: PathwayCost, resource: Resource, shared: dict[str, Uncertain]) -> Uncertain:
    own = [row.amounts.get(resource) for row in pathway.rows if row.row not in shared]
    return reduce(add, [amount for amount in own if amount is not None], _NOTHING)


def _known(amount: Uncertain | None) -> Uncertain:
    assert amount is not None
    return amount


def _words(pathway: PathwayCost, resource: Resource) -> int:
    amounts = [row.amounts.get(resource) for row in pathway.rows]
    return reduce(int.__or__, [_bits(a) for a in amounts if a is not None], 0)


def _bits(amount: Uncertain) -> int:
    return sum(_BITS[word] for word in {*amount.kinds, *amount.origins})


def _blocks(living: Sequence[PathwayCost], resource: Resource) -> Floats:
    inside = [{b: o for b, o in p.blocks[resource].items() if b >= 0} for p in living]
    numbers = sorted({block for blocks in inside for block in blocks})
    place = {block: i for i, block in enumerate(numbers)}
    found = np.full((3, len(living), len(numbers)), np.nan)
    for i, blocks in enumerate(inside):
        if blocks:
            at = [place[block] for block in blocks]
            found[:, i, at] = np.array([(o.value, o.low, o.high) for o in blocks.values()]).T
    return found
