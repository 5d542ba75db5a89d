"""Configurations in one line each, for tests whose answers are worked out by hand."""

from collections.abc import Sequence

from breakeven.analysis.runs.select import ScoredRun
from breakeven.analysis.sweeps.cells import Cell
from breakeven.analysis.uncertain import Observation
from breakeven.records import Resource, Scalar
from breakeven.testing.tiny import tiny_score

CPU = Resource.CPU_S
BASE: dict[str, Scalar] = {
    "max_length": 128,
    "padding": "longest",
    "precision": "fp32",
    "n_layers": 0,
}


def observed(*values: float) -> dict[int, Observation]:
    return {
        block: Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=(f"r{block}",))
        for block, v in enumerate(values)
    }


def cell(
    label: str,
    costs: Sequence[float],
    *,
    n_correct: int | None = 900,
    n_parameters: float | None = None,
    role: str = "sweep",
    **changed: Scalar,
) -> Cell:
    blocks = {CPU: observed(*costs)} if costs else {}
    if n_parameters is not None:
        blocks[Resource.N_PARAMETERS] = observed(n_parameters)
    scored = None
    if n_correct is not None:
        scored = ScoredRun(score=tiny_score(n_correct), run_id=label)
    return Cell(
        label=label,
        role="reference" if label == "reference" else role,
        settings={**BASE, **changed},
        runs=(),
        blocks=blocks,
        scored=scored,
    )
