"""Two fixed baselines: ratios block by block, limits, losses, and how far from the peak."""

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from benchmarks.inference import (
    Line,
    against_peaks,
    compare,
    evidence_of,
    results,
    sources_of,
    told,
    verdicts,
    work_of_real_tokens,
)
from benchmarks.peaks import Peak, ops_per_s, refuse_threads
from breakeven.analysis.certificates.certify import Evidence
from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.scoring.answers import Answers, no_answers
from breakeven.analysis.scoring.kept_answers import Kept
from breakeven.analysis.sweeps.cells import cells_of
from breakeven.records import (
    Cost,
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    StudyDefinition,
    Volume,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_score

COSTS = {
    ("FT", "reference"): 9.0,
    ("FT", "weak"): 40.0,
    ("FT", "strong"): 8.0,
    ("OV8", "reference"): 2.0,
    ("OV8", "batch_size=8"): 1.5,
}
CORRECT = {"FT": 887, "OV8": 880}


def row(pathway: str, label: str, block: int) -> Run:
    """A thousand sentences whose cost doubles in the second block for every row."""
    cpu_s = COSTS[pathway, label] * (1 + block)
    run = tiny_inference(pathway, {Resource.CPU_S: cpu_s}, label=label, block=block, n_items=1000)
    work = Cost.exact(Resource.FLOPS, 3e9, kind=Kind.COUNTED, sensor="kaplan-2020")
    return replace(
        run,
        counts=(work,),
        output=Volume(n_examples=1000, n_real_tokens=2000, n_padded_tokens=3000),
        scores=(tiny_score(CORRECT[pathway]),),
    )


def study(*rows: tuple[str, str], n_blocks: int = 2) -> StudyRuns:
    names = dict.fromkeys(pathway for pathway, _ in COSTS)
    definition = StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=name, row=name.lower()) for name in names),
        headline=Resource.CPU_S,
    )
    runs = [row(*key, block) for key in rows or COSTS for block in range(n_blocks)]
    return study_runs(definition, runs)


def right(run_id: str) -> dict[int, bool]:
    """The first so many sentences of a pathway are answered right."""
    return {i: i < CORRECT[run_id.partition("/")[0]] for i in range(1000)}


def line_of(pathway: str, *, answers: Answers) -> Line:
    lines = compare(study(), answers)
    return next(line for line in lines if (line.pathway, line.label) == (pathway, "reference"))


def test_ratios_are_taken_in_blocks_so_that_a_slow_block_moves_none() -> None:
    line = line_of("OV8", answers=no_answers)
    assert (line.weak.value, line.weak.low, line.weak.high) == pytest.approx((20.0, 20.0, 20.0))
    assert line.strong.value == pytest.approx(4.0)
    assert line.loss is not None
    assert line.loss.value == pytest.approx(0.007)


def test_a_pathway_is_held_against_its_limits_by_the_row_that_was_chosen_before() -> None:
    weak, strong = results(compare(study(), no_answers))
    assert weak.name == "OV8, weak"
    assert (weak.value, weak.limit) == pytest.approx((1 / 20, 1 / 16))
    assert strong.value == pytest.approx(1 / 4)
    assert strong.is_within


@pytest.mark.parametrize(("low", "is_within"), [(16.1, True), (15.9, False), (0.0, False)])
def test_a_limit_is_kept_when_the_lower_end_of_the_interval_keeps_it(
    low: float, *, is_within: bool
) -> None:
    line = line_of("OV8", answers=no_answers)
    weak, _ = results([replace(line, weak=Interval(value=20.0, low=low, high=25.0, n=2))])
    assert weak.is_within == is_within


def test_rows_are_judged_together_and_more_strictly_the_more_they_are() -> None:
    """Alone at 95 %, of two at 97.5 %, so the margin that can be shown is wider."""
    own = evidence("OV8")
    one = verdicts({"OV8/reference": own})["OV8/reference"]
    both = verdicts({"OV8/reference": own, "OV8/other": own})["OV8/reference"]
    assert margin(both) > margin(one)


def test_examples_of_one_source_are_counted_together() -> None:
    index = np.arange(1000)

    def kept(run_id: str) -> Mapping[str, np.ndarray[Any, Any]]:
        return {"index": index, "group": index // 4}

    assert sources_of("a", kept)[7] == 1
    assert sources_of("a", lambda _: {"index": index}) == {}
    found = evidence("OV8", kept)
    assert len(np.unique(found.answers.groups)) == 250


def evidence(pathway: str, kept: Kept = lambda _: None) -> Evidence:
    found = study()
    base, cut = (
        next(cell for cell in cells_of(found, name, order=str) if cell.label == label)
        for name, label in (("FT", "weak"), (pathway, "reference"))
    )
    made = evidence_of(base, cut, right, kept)
    assert made is not None
    return made


def margin(said: str) -> float:
    return float(said.partition("Smallest margin shown: ")[2].partition(" ")[0])


def test_baselines_come_first_and_one_block_has_no_interval() -> None:
    lines = list(told(list(compare(study(n_blocks=1), no_answers))))
    assert [line.split(":")[0] for line in lines[:2]] == ["FT/strong", "FT/weak"]
    assert "no interval" in lines[0]
    assert "no loss to tell" in lines[1]


def test_the_verdict_tells_the_claim_and_the_smallest_margin() -> None:
    """Seven lost and none gained of a thousand: not below a point, for certain."""
    found = line_of("OV8", answers=right)
    assert found.verdict.startswith("Not shown:")
    assert "Smallest margin shown: 1." in found.verdict


def test_without_answers_there_is_no_verdict() -> None:
    assert line_of("OV8", answers=no_answers).verdict == ""


def test_a_study_without_baselines_is_refused() -> None:
    with pytest.raises(SystemExit, match="FT/weak"):
        list(compare(study(("FT", "reference"), ("OV8", "reference")), no_answers))


def test_work_counts_real_tokens_alone() -> None:
    """3e9 operations on 3,000 tokens, 2,000 of them real, of 1,000 sentences."""
    assert work_of_real_tokens(study()) == pytest.approx(2e6)


def test_distance_from_the_peak_is_told() -> None:
    """2e6 operations at 2e9 a second are 1 ms; the chosen row takes 3 ms on average."""
    found = study()
    peak = Peak(precision="int8", ops_per_s=2e9, how="made up")
    (line,) = against_peaks(found, list(compare(found, no_answers)), {"int8": peak})
    assert line.startswith("OV8 takes 3.0 times as long")
    assert "33% of it" in line


@pytest.mark.parametrize("n_threads", [1.0, 0.4])
def test_one_thread_is_one_on_a_busy_machine_too(n_threads: float) -> None:
    cpu = iter([0.0, n_threads])
    wall = iter([0.0, 1.0])
    refuse_threads(lambda: None, "numpy", clock_s=lambda: next(cpu), wall_s=lambda: next(wall))


def test_a_library_that_takes_more_threads_gives_no_peak() -> None:
    cpu, wall = iter([0.0, 3.5]), iter([0.0, 1.0])
    with pytest.raises(SystemExit, match=r"^numpy computes on 3\.5 threads, .* OMP_NUM_THREADS=1"):
        refuse_threads(lambda: None, "numpy", clock_s=lambda: next(cpu), wall_s=lambda: next(wall))


def test_the_fastest_of_some_products_is_the_peak() -> None:
    """Four clock ticks of a quarter second each, but one product of an eighth."""
    ticks = iter([0.0, 0.25, 1.0, 1.125, 2.0, 2.25, 3.0, 3.25, 4.0, 4.25])
    done = count()
    assert ops_per_s(lambda: next(done), 4, lambda: next(ticks)) == 2 * 4**3 / 0.125
    assert next(done) == 6
    assert math.isinf(next(ticks, math.inf))
