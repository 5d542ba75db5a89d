"""From records to the break-even's interval: does it hold the truth as often as it says?"""

from dataclasses import replace

import numpy as np

from breakeven.analysis.costs.comparison import compare
from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.runs.select import study_runs
from breakeven.records import Item, PathwayDefinition, Resource, Run, Stage, StudyDefinition
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

CPU = Resource.CPU_S
N_DRAWS = 500
TRUTH = 100.0 / (6.0 - 4.0)
FT, TS = (PathwayDefinition(name=name, row=name.lower()) for name in ("FT", "TS"))
DEFINITION = StudyDefinition(name=STUDY, pathways=(FT, TS))


def drawn(rng: np.random.Generator) -> list[Run]:
    """FT costs 6 per item and TS 4, in blocks that move by 10 %; distilling costs 100."""
    runs = [tiny_run("ft", {CPU: 50 * np.exp(rng.normal(0, 0.3))})]
    for repeat in range(4):
        distilled = tiny_run("ts", {CPU: rng.normal(100, 5)}, stage=Stage.DISTIL, parents=["ft"])
        runs.append(replace(distilled, run_id=f"ts-{repeat}"))
    for block in range(8):
        weather = np.exp(rng.normal(0, 0.1))
        for name, cost in (("FT", 6.0), ("TS", 4.0)):
            value = cost + (weather - 1) * 5 + rng.normal(0, 0.1)
            runs.append(tiny_inference(name, {CPU: float(value)}, block=block))
    return runs


def test_interval_holds_the_truth_under_shared_ancestors_and_restless_blocks() -> None:
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(N_DRAWS):
        found = study_runs(DEFINITION, drawn(rng))
        pair = compare(pathway_cost(found, TS), pathway_cost(found, FT), CPU, item=Item.EXAMPLE)
        assert pair is not None
        estimate = break_even(pair, planned_volume=1000.0).estimate
        hits += (estimate.low or 0.0) <= TRUTH <= (estimate.high or 0.0)
    assert 0.92 <= hits / N_DRAWS <= 0.985
