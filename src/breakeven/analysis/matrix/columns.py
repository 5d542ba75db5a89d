"""Columns: what pathways need of every run of a store, as arrays instead of records.

Whoever keeps runs fills them in (the store's columnar index does); nothing here knows of files.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.uncertain import Observation
from breakeven.records import Kind, Origin, Run

Floats = NDArray[np.float64]
Codes = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What runs consumed of one resource.

    Attributes:
        values: Value, low and high, NaN where unseen; shape (3, n_runs).
        bits: Bit i for kind i of `Kind`, the next ones for origins; shape (n_runs,).
    """

    values: Floats
    bits: Codes

    def of(self, place: int) -> Observation | None:
        """What one run says; None where it saw nothing."""
        value, low, high = self.values[:, place].tolist()
        return None if math.isnan(value) else observation(value, low, high, int(self.bits[place]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreColumns:
    """Scores of all runs, one run's after another's; text as codes.

    Attributes:
        starts: First score of each run and one more for the end; shape (n_runs + 1,).
        metric: shape (n_scores,), as every column that follows.
        split: Code.
        kind: Code.
        origin: Code.
        how: Code.
        n_examples: Number.
        n_correct: Number, below 0 for none.
        higher_is_better: 0 or 1.
        values: Value, low and high, NaN for none; shape (3, n_scores).
    """

    starts: Codes
    metric: Codes
    split: Codes
    kind: Codes
    origin: Codes
    how: Codes
    n_examples: Codes
    n_correct: Codes
    higher_is_better: Codes
    values: Floats


@dataclass(frozen=True, kw_only=True)
class RunColumns:
    """Runs of a store, each once, with what they consumed of one resource.

    Attributes:
        texts: What codes stand for.
        ids: Ids of runs as bytes, shape (n_runs,), as every column of codes or numbers.
        parents: Ids of parents, one run's after another's.
        parent_starts: First parent of each run and one more for the end.
        study: Code, as are the next ones.
        row: Row that it is a run of, see `Run.result_of`.
        stage: Code.
        status: Code.
        joined: Code.
        role: Code.
        start_repeat: Code.
        model: Code.
        time_form: Code of how its time is written.
        started: When, in any unit.
        repeat: Number.
        block: Number, below 0 outside blocks.
        observed: Bits of the resources that it saw at all; 0 for none.
        n_items: Output in the study's item.
        is_rank: Whether it is one process of several.
        is_special: Whether it is a trial or went on from another, so that its row is read in full.
        is_by_batch: Whether its answers depend on how batches were made.
        whole: Consumed over all phases.
        work: Consumed in the work phase.
        scores: Its scores.
        records: Gives the records of runs by their places.
    """

    texts: Sequence[str]
    ids: NDArray[np.bytes_]
    parents: NDArray[np.bytes_]
    parent_starts: Codes
    study: Codes
    row: Codes
    stage: Codes
    status: Codes
    joined: Codes
    role: Codes
    start_repeat: Codes
    model: Codes
    time_form: Codes
    started: Codes
    repeat: Codes
    block: Codes
    observed: Codes
    n_items: Codes
    is_rank: NDArray[np.bool_]
    is_special: NDArray[np.bool_]
    is_by_batch: NDArray[np.bool_]
    whole: Observed
    work: Observed
    scores: ScoreColumns
    records: Callable[[Sequence[int]], Sequence[Run]]

    @cached_property
    def code_of(self) -> Mapping[str, int]:
        """Code of each text."""
        return {text: code for code, text in enumerate(self.texts)}

    def code(self, text: str) -> int:
        """Code of a text; -1 where no run has it."""
        return self.code_of.get(text, -1)


def observation(value: float, low: float, high: float, bits: int) -> Observation:
    """Make an observation of four numbers; it names no run.

    Examples:
        >>> observation(3.0, 2.0, 4.0, 0b0010001).kinds
        (<Kind.MEASURED: 'measured'>,)
    """
    kinds, origins = _named(bits)
    return Observation(value=value, low=low, high=high, kinds=kinds, origins=origins, run_ids=())


@cache
def _named(bits: int) -> tuple[tuple[Kind, ...], tuple[Origin, ...]]:
    kinds, origins = tuple(Kind), tuple(Origin)
    return (
        tuple(kind for i, kind in enumerate(kinds) if bits >> i & 1),
        tuple(origin for i, origin in enumerate(origins) if bits >> (len(kinds) + i) & 1),
    )
