"""Averaged: of how many runs the records behind a number are means, as printed tables hold them."""

from collections.abc import Iterable

from breakeven.analysis.runs.rollup import n_repeats
from breakeven.records import Estimate, Run


def n_averaged(estimate: Estimate | None, runs: Iterable[Run]) -> int:
    """Number of runs behind a number whose records are means of several; 0 where none is.

    Args:
        estimate: None rests on no run.
        runs: Every run that it may rest on.

    Examples:
        >>> n_averaged(None, [])
        0
    """
    ids = set() if estimate is None else set(estimate.run_ids)
    counts = [n_repeats(run) for run in runs if run.run_id in ids]
    return sum(counts) if any(n > 1 for n in counts) else 0
