from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.analysis.sweeps.sweep import SweepResult, sweep_of
from breakeven.records import (
    Note,
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Status,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_score

CPU = Resource.CPU_S
MEMORY = Resource.PEAK_MEMORY_BYTES


def study(runs: Sequence[Run]) -> StudyRuns:
    pathways = (PathwayDefinition(name="FT", row="ft"),)
    return study_runs(StudyDefinition(name=STUDY, pathways=pathways), runs)


def measured(label: str, *costs: float, n_correct: int | None = 800) -> list[Run]:
    scores = () if n_correct is None else (tiny_score(n_correct),)
    return [
        replace(
            tiny_inference("FT", {CPU: cost, MEMORY: 100.0}, label=label, block=block),
            scores=scores,
        )
        for block, cost in enumerate(costs)
    ]


REFERENCE = measured("reference", 10.0, 20.0, 40.0)


def swept(*more: list[Run]) -> SweepResult:
    return sweep_of(study([*REFERENCE, *(run for runs in more for run in runs)]), "FT")


def test_ratio_is_taken_within_blocks() -> None:
    short = swept(measured("length=16", 5.0, 10.0, 20.0)).configurations[1]
    ratio = short.ratio[CPU]
    assert (ratio.value, ratio.low, ratio.high) == (0.5, 0.5, 0.5)
    assert ratio.n == 3
    assert ratio.method.endswith("sign-flip p = 0.25")


def test_ratio_of_memory_is_given_too() -> None:
    assert swept(measured("length=16", 5.0)).configurations[1].ratio[MEMORY].value == 1.0


def test_reference_has_no_ratio_to_itself() -> None:
    assert swept().configurations[0].ratio == {}


def test_one_common_block_gives_no_interval() -> None:
    ratio = swept(measured("length=16", 5.0)).configurations[1].ratio[CPU]
    assert (ratio.value, ratio.low, ratio.high, ratio.level) == (0.5, None, None, None)


def test_a_cost_of_nothing_has_no_ratio() -> None:
    assert CPU not in swept(measured("length=16", 0.0, 1.0)).configurations[1].ratio


def test_no_reference_no_ratios() -> None:
    found = sweep_of(study(measured("length=16", 5.0)), "FT")
    assert found.configurations[0].ratio == {}
    assert found.configurations[0].is_on_front


def test_order_is_reference_twin_then_numbers_in_their_order() -> None:
    found = swept(*(measured(x, 5.0) for x in ("length=128", "length=16", "batch=8", "aa")))
    labels = [c.label for c in found.configurations]
    assert labels == ["reference", "aa", "batch=8", "length=16", "length=128"]


def test_front_holds_what_is_cheaper_or_better() -> None:
    found = swept(
        measured("length=16", 5.0, 10.0, 20.0, n_correct=700),
        measured("length=8", 6.0, 11.0, 21.0, n_correct=690),
        measured("aa", 1.0, 1.0, 1.0),
        measured("unscored", 1.0, 1.0, 1.0, n_correct=None),
    )
    on_front = {c.label for c in found.configurations if c.is_on_front}
    assert on_front == {"reference", "length=16"}


def test_sweep_without_scores_has_no_front() -> None:
    found = sweep_of(study(measured("reference", 1.0, n_correct=None)), "FT")
    assert not found.configurations[0].is_on_front
    assert found.configurations[0].score is None


def test_pathway_without_inference_has_no_sweep() -> None:
    assert sweep_of(study([]), "FT") == SweepResult(configurations=(), notes=())


def test_twin_that_differs_is_noted() -> None:
    notes = swept(measured("aa", 12.0, 24.1, 47.9)).notes
    assert [note.code for note in notes] == [NoteCode.AA_DIFFERS]
    assert "differs by +20" in notes[0].message


def test_twin_that_agrees_is_not() -> None:
    assert swept(measured("aa", 10.5, 19.0, 41.0)).notes == ()


def test_refused_precision_is_told_with_its_own_words() -> None:
    refusal = Note(code=NoteCode.PRECISION_REFUSED, message="3 x slower", advice="Use fp32.")
    failed = replace(measured("precision=bf16", 1.0)[0], status=Status.FAILED, notes=(refusal,))
    found = swept([failed])
    assert [c.label for c in found.configurations] == ["reference"]
    assert found.notes[0].code is NoteCode.PRECISION_REFUSED
    assert found.notes[0].message == "FT/precision=bf16: 3 x slower"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Traceback ...\nRuntimeError: out of memory", "RuntimeError: out of memory"),
        ("breakeven.errors.SettingsError: bf16 means nothing here", "bf16 means nothing here"),
        (None, "no reason recorded"),
    ],
)
def test_failed_row_is_told_with_the_last_line_of_its_error(error: str | None, words: str) -> None:
    failed = replace(measured("batch=64", 1.0)[0], status=Status.FAILED, error=error)
    note = swept([failed]).notes[0]
    assert note.code is NoteCode.ROW_FAILED
    assert note.message == f"FT/batch=64 did not finish (failed): {words}"


def test_a_failure_that_was_made_good_is_not_told() -> None:
    good = measured("batch=64", 1.0)
    failed = replace(good[0], run_id="first try", status=Status.FAILED)
    assert swept([failed], good).notes == ()
