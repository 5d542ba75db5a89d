from collections.abc import Callable
from dataclasses import replace

import pytest

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Measurement, Phase, PhaseName, Resource, Surroundings
from breakeven.report import Table, tables


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u2013", "-").replace("\u2014", "-")


def rows(table: Table) -> dict[str, list[str]]:
    return {row[0].text: [plain(cell.text) for cell in row[1:]] for row in table.rows}


def column(table: Table, name: str) -> list[str]:
    index = [c.name for c in table.columns].index(name)
    return [plain(row[index].text) for row in table.rows]


def test_the_table_of_pathways_names_costs_score_and_break_even(analysis: StudyAnalysis) -> None:
    made = rows(tables(analysis)["pathways"])

    assert made["FT"] == ["90 s (86-94)", "6.00 ms (5.76-6.24)", "84.0 % (82.3-85.7)", "never"]
    assert made["TF-IDF"][3] == "-"
    assert made["TS"][3] == "not shown; about 2.0 million (1.0-3.0)"


def test_a_stated_pathway_says_what_was_not_stated_and_why(analysis: StudyAnalysis) -> None:
    row = tables(analysis)["pathways"].rows[3]

    assert [cell.text for cell in row[1:]] == [
        "not stated",
        "not stated",
        "not scored",
        "not comparable",
    ]
    assert row[1].hint == "API is known only by the numbers stated for it"


def test_never_is_infinite_for_machines(analysis: StudyAnalysis) -> None:
    assert "inf" in tables(analysis)["pathways"].to_csv().splitlines()[1].split(",")


def test_energy_that_nobody_measured_is_shown_with_the_fix(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["costs"]
    energy = [row for row in table.rows if row[1].value == Resource.ENERGY_J.value]

    assert energy[0][2].text == "not measured"
    assert "sudo modprobe intel_rapl_common" in energy[0][2].hint


def test_a_cost_that_no_pathway_has_in_a_phase_is_a_dash(analysis: StudyAnalysis) -> None:
    bare = tuple(replace(p, startup={}) for p in analysis.pathways)

    table = tables(replace(analysis, pathways=bare))["costs"]

    assert column(table, "startup")[0] == "-"


def test_without_a_cheapest_to_build_the_column_is_plain_break_even(
    analysis: StudyAnalysis,
) -> None:
    stated = analysis.pathways[3]
    table = tables(replace(analysis, pathways=(stated, replace(stated, name="B"))))["pathways"]

    assert table.columns[-1].title == "Break-even"


def test_one_pathway_has_no_column_of_break_evens(analysis: StudyAnalysis) -> None:
    table = tables(replace(analysis, pathways=analysis.pathways[:1]))["pathways"]

    assert table.columns[-1].title == "Accuracy (test)"
    assert "break-even" not in table.caption


def test_stages_name_failures_and_what_is_shared(analysis: StudyAnalysis) -> None:
    first = [plain(cell.text) for cell in tables(analysis)["stages"].rows[0]]

    assert first[:5] == ["FT", "pretrain", "pretrain", "2 (1 interrupted)", "TS"]


def test_every_verdict_has_its_own_words(analysis: StudyAnalysis) -> None:
    assert column(tables(analysis)["break_even"], "examples") == [
        "5,000 (4,000-6,000)",
        "never",
        "not shown; about 2.0 million (1.0-3.0)",
        "only up to 5,000 (4,000-6,000)",
        "always cheaper",
    ]


def test_a_verdict_without_a_volume_is_missing_for_machines(analysis: StudyAnalysis) -> None:
    unknown = replace(analysis.break_evens[2], estimate=analysis.break_evens[1].estimate)

    table = tables(replace(analysis, break_evens=(unknown,)))["break_even"]

    assert table.rows[0][4].is_missing
    assert table.rows[0][4].text == "not shown"


def test_pareto_rows_say_who_dominates(analysis: StudyAnalysis) -> None:
    assert column(tables(analysis)["pareto"], "dominated_by")[:3] == ["-", "FT", "-"]


def test_membership_that_cannot_be_computed_is_a_dash(analysis: StudyAnalysis) -> None:
    point = replace(analysis.fronts[0].points[0], membership=None)
    front = replace(analysis.fronts[0], points=(point,))

    assert column(tables(replace(analysis, fronts=(front,)))["pareto"], "membership") == ["-"]


def test_the_sweep_compares_with_the_reference(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["sweep"]

    assert column(table, "ratio_cpu_s")[:2] == ["1 (reference)", "0.700 \u00d7 (0.672-0.728)"]
    assert column(table, "ratio_flops")[:2] == ["1 (reference)", "-"]


def test_orders_rank_by_each_measure(analysis: StudyAnalysis) -> None:
    made = rows(tables(analysis)["orders"])

    assert made["CPU time to develop"] == ["2", "3", "1", "-"]
    assert made["CPU time per example"] == ["3", "2", "1", "-"]


def test_the_table_of_stages_tells_means_over_repeats_as_such(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["stages"]

    assert "of one model by stage: repeats of a row by their mean, failed" in table.caption


def test_table_1_has_the_shape_of_the_paper(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["table1"]

    titles = [c.full_title for c in table.columns]
    assert titles[4:13] == [
        f"{stage}: {cost}"
        for stage in ("Distillation", "Fine-tuning", "Evaluation")
        for cost in ("Time", "Energy", "FLOPs")
    ]
    assert rows(table)["TS"][3:6] == ["16.5 s", "-", "1.50e13"]


def test_a_score_that_is_missing_is_a_dash_in_table_1(analysis: StudyAnalysis) -> None:
    assert rows(tables(analysis)["table1"])["API"][-1] == "-"


def test_provenance_names_method_and_runs(analysis: StudyAnalysis) -> None:
    table = tables(analysis)["provenance"]
    scores = [row for row in table.rows if row[1].text == "score"]

    assert scores[0][6].text == "t interval"
    assert scores[0][7].text == "FT/reference/0"


def test_provenance_without_a_recommendation_still_lists_pathways(
    analysis: StudyAnalysis,
) -> None:
    told = replace(analysis.recommendation, pathway=None, average=None, runner_up=None)

    table = tables(replace(analysis, recommendation=told))["provenance"]

    assert table.rows[0][1].text == "score"


def test_long_lists_of_runs_are_shortened_for_people_only(analysis: StudyAnalysis) -> None:
    many = tuple(f"r{i}" for i in range(9))
    assert analysis.pathways[0].score is not None
    score = replace(analysis.pathways[0].score, run_ids=many)
    pathways = (replace(analysis.pathways[0], score=score), *analysis.pathways[1:])

    cell = tables(replace(analysis, pathways=pathways))["provenance"].rows[2][7]

    assert cell.text == "r0, r1, r2, r3 and 5 more"
    assert cell.value == "r0 r1 r2 r3 r4 r5 r6 r7 r8"


def test_the_time_of_a_run_is_the_sum_of_its_phases(analysis: StudyAnalysis) -> None:
    phases = tuple(
        Phase(name=name, measurement=Measurement(started_at="", duration_s=duration_s))
        for name, duration_s in (
            (PhaseName.LOAD, 2.0),
            (PhaseName.IDLE, 99.0),
            (PhaseName.WORK, 3.0),
        )
    )
    run = replace(analysis.runs[0], phases=phases)

    assert column(tables(replace(analysis, runs=(run,)))["runs"], "duration_s") == ["5.00 s"]


def test_a_failed_run_shows_the_last_line_of_its_reason(analysis: StudyAnalysis) -> None:
    failed = replace(analysis.runs[0], error="Traceback\nValueError: no", machine=None)

    table = tables(replace(analysis, runs=(failed,)))["runs"]

    assert column(table, "error") == ["ValueError: no"]
    assert column(table, "machine") == ["-"]
    assert table.rows[0][5].text == "\u2014"


def test_machines_and_notes_have_their_tables(analysis: StudyAnalysis) -> None:
    made = tables(analysis)

    assert column(made["machines"], "memory") == ["8.00 GiB"]
    assert column(made["machines"], "surroundings") == ["-"]
    assert column(made["notes"], "code") == ["meter-unavailable"]


def test_a_machine_shows_what_stood_between_runs_and_hardware(analysis: StudyAnalysis) -> None:
    run = analysis.runs[0]
    assert run.machine is not None
    around = Surroundings(virtual_machine="KVM", memory_limit_bytes=2**30)
    seen = replace(run, machine=replace(run.machine, surroundings=around))
    table = tables(replace(analysis, runs=(seen,)))["machines"]

    assert column(table, "surroundings") == ["virtual machine (KVM), memory limit 1.00 GiB"]


@pytest.mark.parametrize("form", [Table.to_csv, Table.to_markdown, Table.to_text])
def test_an_empty_study_still_has_every_table(
    analysis: StudyAnalysis, form: Callable[[Table], str]
) -> None:
    told = replace(
        analysis.recommendation, pathway=None, average=None, runner_up=None, runner_up_average=None
    )
    empty = replace(
        analysis,
        pathways=(),
        runs=(),
        break_evens=(),
        fronts=(),
        curves=(),
        sweep=(),
        notes=(),
        recommendation=told,
    )

    assert all(form(table) for table in tables(empty).values())


def test_a_configuration_without_a_score_is_on_no_front_and_off_none(
    analysis: StudyAnalysis,
) -> None:
    sweep = tuple(replace(found, score=None, is_on_front=False) for found in analysis.sweep)
    assert set(column(tables(replace(analysis, sweep=sweep))["sweep"], "on_front")) == {"-"}
