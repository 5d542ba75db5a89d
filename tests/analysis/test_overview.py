from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis, Verdict
from breakeven.analysis.tables.table1 import table1
from breakeven.records import (
    Kind,
    NoteCode,
    Origin,
    PathwayDefinition,
    Resource,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S


@pytest.fixture(scope="module")
def analysis() -> StudyAnalysis:
    return analyse(*example_runs())


def test_same_runs_and_seed_give_the_same_answer(analysis: StudyAnalysis) -> None:
    assert analyse(*example_runs()) == analysis


def test_order_of_runs_does_not_matter(analysis: StudyAnalysis) -> None:
    definition, runs = example_runs()
    again = analyse(definition, list(reversed(runs)))
    assert again.recommendation == analysis.recommendation
    assert again.break_evens == analysis.break_evens


def test_every_ordered_pair_is_compared_in_every_cost_of_a_life(analysis: StudyAnalysis) -> None:
    pairs = [(b.candidate, b.incumbent) for b in analysis.break_evens if b.resource is CPU]
    assert len(pairs) == len(set(pairs)) == 12
    assert {b.resource for b in analysis.break_evens} >= {CPU, Resource.ENERGY_J, Resource.FLOPS}


def test_killed_and_crashed_runs_are_in_the_development_total(analysis: StudyAnalysis) -> None:
    ta = next(p for p in analysis.pathways if p.name == "TA")
    ids = ta.development[CPU].run_ids
    assert {"pretrain-killed", "ta-crashed", "pretrain", "ta-distil", "ta"} <= set(ids)
    statuses = {stage.row: stage.statuses for stage in ta.stages}
    assert statuses["pretrain"] == {Status.INTERRUPTED: 1, Status.OK: 1}


def test_headline_comes_first_everywhere(analysis: StudyAnalysis) -> None:
    assert analysis.break_evens[0].resource is CPU
    assert analysis.fronts[0].resource is CPU
    assert analysis.curves[0].resource is CPU


def test_kinds_and_origins_reach_the_pathways(analysis: StudyAnalysis) -> None:
    ft = analysis.pathways[0]
    assert ft.development[Resource.FLOPS].kinds == (Kind.COUNTED,)
    assert ft.marginal[Resource.ENERGY_J].origins == (Origin.REPLAYED,)


def test_api_is_compared_by_time_and_marked_assumed(analysis: StudyAnalysis) -> None:
    found = next(
        b
        for b in analysis.break_evens
        if (b.candidate, b.incumbent, b.resource) == ("TS", "API", Resource.DURATION_S)
    )
    assert found.verdict is Verdict.FINITE
    assert set(found.estimate.kinds) == {Kind.MEASURED, Kind.ASSUMED}
    assert NoteCode.MIXED_KINDS in {note.code for note in found.estimate.notes}


def test_curves_fall_and_end_near_the_cost_of_use(analysis: StudyAnalysis) -> None:
    curve = analysis.curves[0]
    assert all(a > b for a, b in zip(curve.average, curve.average[1:], strict=False))
    marginal = analysis.pathways[0].marginal[CPU].value
    assert marginal is not None
    assert curve.average[-1] == pytest.approx(marginal, rel=1e-3)


def test_two_curves_cross_at_the_break_even(analysis: StudyAnalysis) -> None:
    ft, ts = (next(c for c in analysis.curves if c.pathway == name) for name in ("FT", "TS"))
    volume = next(
        b.estimate.value for b in analysis.break_evens if (b.candidate, b.incumbent) == ("TS", "FT")
    )
    assert volume is not None
    is_cheaper = [t < f for t, f in zip(ts.average, ft.average, strict=True)]
    assert is_cheaper == [n > volume for n in ft.volumes]


def test_doubts_are_gathered_once(analysis: StudyAnalysis) -> None:
    codes = [note.code for note in analysis.notes]
    assert len(analysis.notes) == len(set(analysis.notes))
    expected = {
        NoteCode.PRECISION_REFUSED,
        NoteCode.SINGLE_DEVELOPMENT,
        NoteCode.ASSUMED_NUMBERS,
        NoteCode.REPLAYED,
        NoteCode.FLOPS_CONVENTION,
        NoteCode.COSTS_DISAGREE,
    }
    assert expected <= set(codes)


def test_measures_contradict_each_other_about_the_baseline(analysis: StudyAnalysis) -> None:
    said = (
        "In deployment FT, TS and TA are cheaper than TF-IDF in parameters but dearer in "
        "CPU time, wall-clock time, energy, FLOPs, peak memory"
    )
    assert any(sentence.startswith(said) for sentence in analysis.disagreements)


def test_table_has_pre_training_in_front_and_says_why_cells_are_empty(
    analysis: StudyAnalysis,
) -> None:
    table = table1(analysis)
    rows = {row.pathway: row for row in table.rows}
    assert table.stages[0] is Stage.PRETRAIN
    api = rows["API"].cells
    assert api[Stage.FINETUNE][Resource.FLOPS].reason == "API has no fine-tuning stage."
    assert api[Stage.EVALUATE][Resource.ENERGY_J].reason == (
        "API: energy of inference was not observed."
    )
    assert api[Stage.EVALUATE][Resource.DURATION_S].value == pytest.approx(0.35)


def test_table_of_a_study_that_was_never_used() -> None:
    definition = StudyDefinition(
        name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),), headline=CPU
    )
    (row,) = table1(analyse(definition, [tiny_run("ft", {CPU: 3.0})])).rows
    assert row.cells[Stage.FINETUNE][Resource.DURATION_S].reason == (
        "FT: wall-clock time of ft was not observed."
    )
    assert row.cells[Stage.EVALUATE][Resource.FLOPS].reason == (
        "FT has no finished inference at the reference configuration."
    )


def test_empty_study_has_an_empty_answer() -> None:
    found = analyse(StudyDefinition(name=STUDY, pathways=()), [])
    assert found.pathways == ()
    assert found.recommendation.pathway is None


def test_pathway_without_any_run_is_left_out_of_the_results() -> None:
    definition, runs = example_runs()
    more = PathwayDefinition(name="GHOST", row="ghost")
    found = analyse(replace(definition, pathways=(*definition.pathways, more)), runs)
    assert "GHOST" not in [p.name for p in found.pathways]
    assert any("GHOST has no finished run" in note.message for note in found.notes)


def test_one_pathway_alone_has_no_front() -> None:
    definition = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),))
    use = [tiny_inference("FT", {CPU: 1.0}, block=b) for b in range(3)]
    runs = [tiny_run("ft", {CPU: 3.0}), *(replace(r, scores=(tiny_score(800),)) for r in use)]
    found = analyse(definition, runs)
    assert (found.fronts, found.break_evens) == ((), ())
    assert found.recommendation.pathway == "FT"
    assert found.pathways[0].marginal[CPU].high == 1.0


def test_equal_counts_per_example_are_equal_whatever_their_blocks_held() -> None:
    """As in a real demo: 15 MFLOP per example each, but totals over unlike numbers of examples."""
    per_example, n_items = 15.1e6 / 3, {"TS": 735, "TA": 1391}
    runs = [
        tiny_inference(
            name,
            {
                Resource.FLOPS: tiny_cost(
                    Resource.FLOPS, per_example * n * (1 + block * 2e-16), kind=Kind.COUNTED
                )
            },
            block=block,
            n_items=n,
        )
        for name, n in n_items.items()
        for block in range(5)
    ]
    made = [
        tiny_run(name, {Resource.FLOPS: tiny_cost(Resource.FLOPS, total, kind=Kind.COUNTED)})
        for name, total in {"TS": 11e11, "TA": 8e11}.items()
    ]
    definition = StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=name, row=name) for name in n_items),
        headline=Resource.FLOPS,
    )
    told = {b.candidate: b for b in analyse(definition, [*made, *runs]).break_evens}
    assert told["TA"].verdict is Verdict.ALWAYS
    assert told["TS"].verdict is Verdict.NEVER
    assert told["TS"].sentence == (
        "TS never costs fewer FLOPs than TA: it takes 300 GFLOP more to develop and saves "
        "nothing per example."
    )
