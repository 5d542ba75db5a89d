"""Use among the columns: cost per item of each pathway's reference by training seed and block."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.matrix.columns import observation
from breakeven.analysis.matrix.study import StudyColumns
from breakeven.analysis.runs.seeds import Blocks
from breakeven.analysis.scoring.scores import REPEAT
from breakeven.records import Stage

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What inference at the reference cost.

    Attributes:
        blocks: Cost per item by pathway, seed and block; a seed without any finished run that saw
            the resource is absent.
        runs: Places of the runs by pathway and seed, in order; of seed 0 those of the reference.
    """

    blocks: Mapping[int, Mapping[int, Blocks]]
    runs: Mapping[int, dict[int, list[int]]]


def blocks_by_seed(study: StudyColumns) -> Use:
    """Cost per item of every pathway and seed, as `seeds.seed_blocks` from records.

    Args:
        study: Its columns.

    Examples:
        >>> from breakeven.records import Resource
        >>> from tempfile import TemporaryDirectory
        >>> from breakeven.cli.index_columns import run_columns
        >>> from breakeven.store import Store
        >>> from breakeven.store.index import open_index, update_index
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> with TemporaryDirectory() as folder, Store(folder + "/store") as store:
        ...     for run in runs:
        ...         store.append(run)
        ...     _ = update_index(store)
        ...     columns = run_columns(open_index(store), Resource.CPU_S, item=definition.item)
        >>> sorted(blocks_by_seed(StudyColumns(columns, definition)).blocks)
        [0, 1, 2, 3]
    """
    columns = study.columns
    owners = np.full(len(columns.texts), -1, dtype=np.int64)
    owners[[columns.code_of[row] for row in study.owner]] = list(study.owner.values())
    in_rows = np.concatenate([*study.by_row.values(), np.zeros(0, dtype=np.int64)])
    own = in_rows[
        (owners[columns.row[in_rows]] >= 0)
        & (columns.stage[in_rows] == columns.code(Stage.INFER))
        & np.isin(columns.role[in_rows], [columns.code("reference"), columns.code(REPEAT)])
    ].astype(np.int64)
    pathway, seed = owners[columns.row[own]], _seeds(study, own)
    return Use(blocks=_blocks(study, own, pathway, seed), runs=_runs(own, pathway, seed))


def _seeds(study: StudyColumns, own: Ints) -> Ints:
    """Which repeat of the deployed row each run began from; 0 for the reference."""
    columns = study.columns
    found = np.zeros(len(own), dtype=np.int64)
    is_further = columns.role[own] == columns.code(REPEAT)
    codes = columns.start_repeat[own]
    for code in np.unique(codes[is_further]).tolist():
        found[is_further & (codes == code)] = int(float(columns.texts[code] or 0))
    return found


def _runs(own: Ints, pathway: Ints, seed: Ints) -> dict[int, dict[int, list[int]]]:
    found: dict[int, dict[int, list[int]]] = {}
    for places, (i, n) in _groups(own, pathway, seed):
        found.setdefault(i, {})[n] = places.tolist()
    return found


def _blocks(
    study: StudyColumns, own: Ints, pathway: Ints, seed: Ints
) -> dict[int, dict[int, Blocks]]:
    columns = study.columns
    n_items = columns.n_items[own]
    is_seen = study.is_ok[own] & (n_items > 0) & ~np.isnan(columns.work.values[0, own])
    own, pathway, seed, n_items = (x[is_seen] for x in (own, pathway, seed, n_items))
    amounts = columns.work.values[:, own] * (1 / n_items)
    bits = columns.work.bits[own].astype(np.int64)
    block = _numbered(columns.block[own].astype(np.int64), pathway, seed)
    found: dict[int, dict[int, Blocks]] = {}
    at = np.arange(len(own))
    for places, (i, n) in _groups(at, pathway, seed):
        numbers, of_block, counts = np.unique(
            block[places], return_inverse=True, return_counts=True
        )
        sums = np.stack([np.bincount(of_block, weights=row) for row in amounts[:, places]])
        entered = np.zeros(len(numbers), dtype=np.int64)
        np.bitwise_or.at(entered, of_block, bits[places])
        columns_of = zip(
            numbers.tolist(), *(sums * (1 / counts)).tolist(), entered.tolist(), strict=True
        )
        found.setdefault(i, {})[n] = {
            number: observation(value, low, high, bit)
            for number, value, low, high, bit in columns_of
        }
    return found


def _numbered(block: Ints, pathway: Ints, seed: Ints) -> Ints:
    """Blocks, those of runs outside any being -1, -2 ... in the order of each seed's runs."""
    found = block.copy()
    outside = np.flatnonzero(block < 0)
    for places, _ in _groups(outside, pathway[outside], seed[outside]):
        found[places] = -1 - np.arange(len(places))
    return found


def _groups(values: Ints, pathway: Ints, seed: Ints) -> Iterator[tuple[Ints, tuple[int, int]]]:
    """Values by pathway and seed, in their order."""
    order = np.lexsort((seed, pathway))
    is_new = (np.diff(pathway[order]) != 0) | (np.diff(seed[order]) != 0)
    for group in np.split(order, np.flatnonzero(is_new) + 1) if len(order) else ():
        yield values[group], (int(pathway[group[0]]), int(seed[group[0]]))
