"""Checklist, methods, measures and references: filled from records, gaps named."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakeven.analysis.impacts import Assumptions, Draw
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import NoteCode, Origin, Phase, Resource, Run, Scalar
from breakeven.report.documents.basis import Basis, Stated, basis
from breakeven.report.documents.bibliography import bibitems, bibliography
from breakeven.report.documents.checklist import checklist
from breakeven.report.documents.measures import measures_table
from breakeven.report.documents.methods_text import methods_text
from breakeven.report.documents.prose import Section
from breakeven.report.documents.works import WORKS, Work
from breakeven.report.methods import flops_sentence


def section(found: Basis, begin: str) -> Section:
    return next(s for s in checklist(found).sections if s.title.startswith(begin))


def with_settings(found: Basis, made: Mapping[str, Scalar]) -> Basis:
    """The same study, every run made twice with these settings, each with a seed of its own."""

    def own(run: Run, seed: int) -> Run:
        return replace(run, settings=replace(run.settings, resolved={**made, "seed": seed}))

    rows = tuple(
        replace(row, runs=tuple(own(run, at) for at, run in enumerate((*row.runs, *row.runs))))
        for row in found.paid.rows
    )
    return replace(found, paid=replace(found.paid, rows=rows))


def test_every_question_of_section_c_is_there(unstated: Basis) -> None:
    titles = [s.title[:2] for s in checklist(unstated).sections]

    assert titles == ["B6", "C1", "C2", "C3", "C4"]


def test_budget_names_parameters_every_run_and_the_machine(unstated: Basis) -> None:
    told = "\n".join(section(unstated, "C1").points).replace("\u00a0", " ")

    assert "Parameters of TS: 1.20 million." in told
    assert "All experiments: 99 runs (96 ok, 2 failed, 1 interrupted)." in told
    assert "Budget in energy: at least 7.25 Wh; 3 runs did not say [replayed]." in told
    assert "Infrastructure: Example CPU, 2 CPUs usable" in told
    assert "GPU hours: no GPU was seen." in told


def test_gpu_hours_that_nothing_read_are_unknown(attacked: Basis) -> None:
    told = section(attacked, "C1")

    assert "GPU hours: a GPU was visible, and nothing read how long it was busy" in told.unknown
    assert not any(point.startswith("GPU hours") for point in told.points)


def test_what_records_cannot_know_is_named(unstated: Basis) -> None:
    for each in checklist(unstated).sections:
        assert each.unknown
    assert section(unstated, "C2").unknown[0].startswith("a search of settings: none was recorded")
    assert "TS was trained once" in " ".join(section(unstated, "C3").unknown)
    assert "the licence of the data" in section(unstated, "B6").unknown


def test_what_is_not_scored_is_not_stated_either(unstated: Basis) -> None:
    pathways = tuple(replace(p, score=None, n_seeds=0) for p in unstated.analysis.pathways)
    silent = replace(unstated, analysis=replace(unstated.analysis, pathways=pathways))

    assert "FT: accuracy not scored; CPU time" in "\n".join(section(silent, "C3").points)
    assert not any("Scores" in point for point in section(silent, "C4").points)


def test_scores_come_with_interval_and_number_of_trainings(unstated: Basis) -> None:
    told = "\n".join(section(unstated, "C3").points).replace("\u00a0", " ")

    assert "TS: accuracy 83.1 % (81.0\u201385.1) (one training)" in told
    assert "API: accuracy 85.0 % (stated); CPU time per example not measured (no run)." in told


def test_settings_of_a_training_are_told_with_every_value_and_no_zero_that_is_none(
    unstated: Basis,
) -> None:
    made: Mapping[str, Scalar] = {"model": "bert", "lr": 3e-4, "epochs": 0.0, "n_layers": 0}
    told = "\n".join(section(with_settings(unstated, made), "C2").points)

    assert "epochs = until validation stops improving, lr = 0.0003, model = bert" in told
    assert "n_layers = as the model has, seed = 0, 1." in told
    assert "n_layers = half of its teacher's, seed = 0, 1." in told
    assert "seed = 1, 3." in told, "of ta, whose first run failed"


def test_a_parent_is_no_model_to_be_named(unstated: Basis) -> None:
    told = "\n".join(section(with_settings(unstated, {"model": "parent"}), "C4").points)

    assert "Models as named" not in told


def test_a_licence_that_nobody_knows_is_not_in_the_records(unstated: Basis) -> None:
    definition = replace(unstated.analysis.definition, facts={"licence": "unknown"})
    told = section(
        replace(unstated, analysis=replace(unstated.analysis, definition=definition)), "B6"
    )

    assert "the licence of the data" in told.unknown
    assert told.points == ()


def test_markdown_latex_and_json_say_the_same(unstated: Basis) -> None:
    told = checklist(unstated)
    known = [text for s in json.loads(told.to_json())["sections"] for text in s["known"]]

    assert len(known) == told.to_tex().count(r"\item {}") + 1 - sum(
        len(s.unknown) for s in told.sections
    )
    assert told.to_markdown().count("\n- ") == told.to_tex().count(r"\item {}")


def test_methods_name_meters_flops_convention_and_gaps(unstated: Basis) -> None:
    text = methods_text(unstated).to_markdown()

    assert "convention kaplan-2020" in text
    assert re.search(r"- CPU time: .*\(measured\)", text)
    assert "- carbon: no number, which is not 0" in text


def test_assumptions_stand_in_the_methods_with_year_and_source(stated: Basis) -> None:
    text = methods_text(stated).to_markdown()

    assert "Assumed: PUE 1.2 [1.1 to 1.3] (2023, our bill); 0.03582 kg CO2e/kWh (Sweden, " in text
    assert "Grid factors are means of a year" in text
    assert "carbon: no number" not in text
    assert "no factor is assumed here" not in text


def test_the_draw_that_models_energy_stands_in_the_methods(unstated: Basis) -> None:
    draws = Assumptions(draws=(Draw(part="all", power_w=45.0, low_w=30.0, high_w=60.0),))
    told = Stated(assumed=draws)
    silent = tuple(
        replace(run, phases=tuple(without(phase, Resource.ENERGY_J) for phase in run.phases))
        for run in unstated.analysis.runs
    )
    definition = unstated.analysis.definition
    modelled = basis(analyse(definition, silent), silent, stated=told)

    assert (
        "Assumed: average draw 45 (30-60) W (the author)." in methods_text(modelled).to_markdown()
    )
    measured = replace(unstated, stated=told)
    assert "average draw" not in methods_text(measured).to_markdown()


def without(phase: Phase, resource: Resource) -> Phase:
    costs = tuple(c for c in phase.measurement.costs if c.resource is not resource)
    return replace(phase, measurement=replace(phase.measurement, costs=costs))


def test_commands_are_set_as_typed(unstated: Basis) -> None:
    assert r"\texttt{breakeven impact -{}-list-grids}" in methods_text(unstated).to_tex()


def test_flops_that_others_counted_are_not_ours(unstated: Basis) -> None:
    runs = tuple(
        replace(run, counts=tuple(replace(c, origin=Origin.PUBLISHED) for c in run.counts))
        for run in unstated.analysis.runs
    )
    told = flops_sentence(replace(unstated.analysis, runs=runs))

    assert told.startswith("FLOPs that others counted are taken as told (kaplan-2020). ")
    assert "closed form" not in told


def test_a_count_whose_convention_nobody_recorded_says_so(unstated: Basis) -> None:
    runs = tuple(
        replace(run, notes=tuple(n for n in run.notes if n.code is not NoteCode.FLOPS_CONVENTION))
        for run in unstated.analysis.runs
    )
    silent = replace(unstated.analysis, runs=runs, notes=())

    assert "is not recorded with these runs: whether a multiply-accumulate" in flops_sentence(
        silent
    )
    assert "is not recorded" not in flops_sentence(unstated.analysis)


def test_without_a_count_there_is_no_convention(unstated: Basis) -> None:
    def without(analysis: StudyAnalysis) -> StudyAnalysis:
        runs = tuple(replace(run, counts=(), notes=()) for run in analysis.runs)
        return replace(analysis, runs=runs, notes=())

    assert flops_sentence(without(unstated.analysis)) == "FLOPs were not counted."


def test_each_measure_says_what_changes_it() -> None:
    table = measures_table()
    carbon = next(row for row in table.rows if row[0].text == "carbon")

    assert [c.name for c in table.columns[2:-1]] == [
        "hardware",
        "place",
        "time",
        "load",
        "cores",
        "program",
    ]
    assert [cell.text for cell in carbon[2:-1]] == ["yes"] * 6
    assert {"measured", "counted", "modelled", "assumed"} == {row[1].text for row in table.rows}


def test_only_methods_that_were_used_are_cited(unstated: Basis, stated: Basis) -> None:
    assert "wilson1927" in bibliography(unstated)
    assert "li2017" not in bibliography(unstated)
    assert "strubell2019" not in bibliography(unstated)
    assert "strubell2019" in bibliography(stated)


def test_keys_are_unique_and_every_entry_is_printed_once(stated: Basis) -> None:
    keys = re.findall(r"^@\w+\{([\w-]+),$", bibliography(stated), flags=re.MULTILINE)

    assert len(set(keys)) == len(keys)
    assert keys == re.findall(r"\\bibitem\{([\w-]+)\}", bibitems(stated))


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.key)
def test_every_work_has_author_title_and_year(work: Work) -> None:
    fields = work.fields
    assert {"author", "title", "year"} <= set(fields)
    assert set(fields) & {"journal", "booktitle", "note"}
    assert set(fields) & {"doi"} <= ({"doi"} if "10.1145/3381831" in fields.values() else set())


def test_the_version_cited_is_that_of_the_records(unstated: Basis, attacked: Basis) -> None:
    assert "Version" not in bibliography(unstated)
    assert r"Version 1\textbraceright{}\%. Python package" in bibliography(attacked)
