"""The climate performance model card: every row there, the unknown ones named."""

import csv
import io
import json
from dataclasses import replace

import pytest

from breakeven.analysis.impacts import Assumptions, Draw, grid
from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.overview import analyse
from breakeven.errors import NoStudyError, UnknownNameError
from breakeven.records import PathwayDefinition, Resource, Run, Stage, StudyDefinition
from breakeven.report.documents.basis import Basis, Stated, basis
from breakeven.report.documents.card import card_for_people, card_json, card_table
from breakeven.report.documents.card_rows import CardRow, card_rows
from breakeven.report.documents.emissions import why_unknown
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import tiny_inference, tiny_run


def row(found: Basis, name: str) -> CardRow:
    return next(row for row in card_rows(found) if row.name == name)


def test_the_minimum_rows_come_first_and_in_order(unstated: Basis) -> None:
    rows = card_rows(unstated)

    assert [row.letter for row in rows[:5]] == ["a", "b", "c", "d", "e"]
    assert {row.letter for row in rows[5:]} == {"more"}
    assert [row.name for row in rows[:5]] == [
        "public",
        "final_model_duration_s",
        "all_experiments_duration_s",
        "all_experiments_energy_j",
        "location",
    ]


def test_an_unknown_row_says_what_would_fill_it(unstated: Basis) -> None:
    unknown = [row for row in card_rows(unstated) if not row.is_known]

    assert {row.name for row in unknown} == {
        "public",
        "location",
        "power_w",
        "benefit",
        "energy_mix",
        "final_model_carbon_kgco2e",
        "all_experiments_carbon_kgco2e",
        "use_carbon_kgco2e_per_item",
    }
    assert all(row.to_know and row.estimate is None for row in unknown)
    assert "--location" in row(unstated, "location").to_know


def test_no_row_is_both_unknown_and_filled(stated: Basis) -> None:
    for each in card_rows(stated):
        assert each.is_known != bool(each.to_know)


def test_times_are_of_the_final_model_and_of_all_runs(unstated: Basis) -> None:
    own = [run for run in unstated.runs if run.row == "ts"]
    assert row(unstated, "final_model_duration_s").estimate is not None
    (final,) = [run.costs(Resource.DURATION_S)[0].value for run in own]
    told = row(unstated, "final_model_duration_s").estimate
    assert told is not None
    assert "(distillation)" in row(unstated, "final_model_duration_s").rests_on
    assert told.value == pytest.approx(final)
    whole = row(unstated, "all_experiments_duration_s")
    assert whole.estimate is not None
    assert whole.estimate.value == pytest.approx(
        sum(c.value for run in unstated.runs for c in run.costs(Resource.DURATION_S))
    )


def test_failed_and_killed_runs_are_counted(unstated: Basis) -> None:
    told = row(unstated, "all_experiments_duration_s").rests_on

    assert "99 runs (96 ok, 2 failed, 1 interrupted)" in told


def test_a_sum_that_some_runs_are_missing_from_is_at_least(unstated: Basis) -> None:
    assert row(unstated, "all_experiments_energy_j").answer.startswith("at least ")
    assert "3 of them without joules" in row(unstated, "all_experiments_energy_j").rests_on


def test_carbon_is_energy_times_pue_times_factor_with_both_ranges(stated: Basis) -> None:
    energy = row(stated, "final_model_energy_j").estimate
    carbon = row(stated, "final_model_carbon_kgco2e").estimate

    assert energy is not None
    assert carbon is not None
    assert energy.value
    assert energy.low
    assert carbon.value == pytest.approx(energy.value / 3.6e6 * 1.2 * 0.03582)
    assert carbon.low == pytest.approx(energy.low / 3.6e6 * 1.1 * 0.03582)
    assert [b.name for b in row(stated, "final_model_carbon_kgco2e").badges] == [
        "replayed",
        "assumed",
    ]


def test_power_is_energy_over_time_where_every_run_has_both() -> None:
    definition, runs = example_runs()
    whole = [run for run in runs if run.costs(Resource.ENERGY_J)]
    found = basis(analyse(definition, whole), whole)
    energy, time = (
        row(found, f"all_experiments_{name}").estimate for name in ("energy_j", "duration_s")
    )

    assert energy is not None
    assert time is not None
    assert energy.value
    assert time.value
    assert (
        row(found, "power_w").answer
        == f"{energy.value / time.value:.3g} W on average over all runs"
    )
    assert row(found, "power_w").badges == row(found, "all_experiments_energy_j").badges


def test_power_of_some_runs_alone_is_unknown(unstated: Basis) -> None:
    assert "a mean would mix them" in row(unstated, "power_w").to_know


def test_stated_power_is_assumed() -> None:
    definition, runs = silent()
    told = Stated(assumed=Assumptions(draws=(Draw(part="cpu", power_w=95),)))
    found = row(basis(analyse(definition, runs), runs, stated=told), "power_w")

    assert found.answer == "cpu 95 W"
    assert [badge.name for badge in found.badges] == ["assumed"]


def test_without_energy_there_is_no_carbon_whatever_the_grid() -> None:
    definition, runs = silent()
    told = Stated(assumed=Assumptions(grids=(grid("SE"),)))
    found = basis(analyse(definition, runs), runs, stated=told)

    assert not row(found, "all_experiments_energy_j").is_known
    assert "energy first" in row(found, "all_experiments_carbon_kgco2e").to_know
    assert row(found, "energy_mix").is_known


def test_energy_from_watts_is_modelled() -> None:
    definition, runs = silent()
    told = Stated(assumed=Assumptions(draws=(Draw(part="all", power_w=100.0),)))
    found = basis(analyse(definition, runs), runs, stated=told)
    energy = row(found, "all_experiments_energy_j")

    assert energy.estimate is not None
    assert energy.estimate.value == pytest.approx(100.0 * (10.0 + 2.0))
    assert [b.name for b in energy.badges] == ["modelled", "assumed"]


def test_two_grids_stand_side_by_side_and_a_renewable_share_beside_them() -> None:
    share = Dated(name="renewable_frac", title="renewable share", value=0.5, year=2024, source="x")
    told = Stated(assumed=Assumptions(grids=(grid("DE"), grid("FR")), renewable=share))
    definition, runs = example_runs()
    found = basis(analyse(definition, runs), runs, stated=told)
    gross = [r for r in card_rows(found) if r.name == "all_experiments_carbon_kgco2e"]

    assert [r.question for r in gross] == [
        "CO2e of all experiments (Germany, 2024)?",
        "CO2e of all experiments (France, 2024)?",
    ]
    assert row(found, "renewable_share").rests_on.endswith("never taken off them")


def test_the_recommended_model_is_meant_unless_another_is_named() -> None:
    definition, runs = example_runs()
    analysis = analyse(definition, runs)

    assert basis(analysis, runs).pathway.name == "TS"
    assert basis(analysis, runs, pathway="FT").why_pathway == "named by the author"
    with pytest.raises(UnknownNameError, match="TF-IDF"):
        basis(analysis, runs, pathway="TFIDF")


def test_machines_get_values_in_si_and_people_get_units(stated: Basis) -> None:
    rows = list(csv.DictReader(io.StringIO(card_table(stated).to_csv())))
    energy = next(r for r in rows if r["name"] == "all_experiments_energy_j")

    assert (energy["unit"], energy["value_kind"]) == ("J", "replayed")
    assert float(energy["value_low"]) <= float(energy["value"]) <= float(energy["value_high"])
    assert "at least 7.25 Wh [replayed]" in card_for_people(stated).to_markdown().replace(
        "\u00a0", " "
    )
    assert "value" not in {column.name for column in card_for_people(stated).columns}


def test_json_has_null_for_what_is_unknown(unstated: Basis) -> None:
    told = json.loads(card_json(unstated))
    by_name = {row["name"]: row for row in told["rows"]}

    assert by_name["location"]["answer"] is None
    assert by_name["all_experiments_energy_j"]["estimate"]["origins"] == ["replayed"]
    assert by_name["public"]["to_know"]


def silent() -> tuple[StudyDefinition, tuple[Run, ...]]:
    """Ten seconds of training and two of use, without joules."""
    train = tiny_run("ft", {Resource.DURATION_S: 10.0, Resource.CPU_S: 9.0})
    use = tiny_inference("FT", {Resource.DURATION_S: 2.0, Resource.CPU_S: 1.0}, n_items=10)
    definition = StudyDefinition(
        name="tiny", pathways=(PathwayDefinition(name="FT", row="ft"),), planned_volume=10
    )
    return definition, (train, replace(use, parents=("ft",)))


def fetched() -> tuple[StudyDefinition, tuple[Run, ...]]:
    """A model that is fetched and used, and trained in no record."""
    definition = StudyDefinition(
        name="tiny", metric="accuracy", pathways=(PathwayDefinition(name="A", row="a"),)
    )
    amounts = {Resource.DURATION_S: 10.0, Resource.ENERGY_J: 100.0}
    made = tiny_run("a", amounts, stage=Stage.FETCH)
    return definition, (made, replace(tiny_inference("A", amounts), parents=("a",)))


def test_a_model_that_is_only_fetched_took_no_time_of_training() -> None:
    definition, runs = fetched()
    told = Stated(assumed=Assumptions(grids=(grid("SE"),)))
    found = basis(analyse(definition, runs), runs, stated=told)

    unknown = {each.name for each in card_rows(found) if not each.is_known}
    assert {name for name in unknown if name.startswith("final_model")} == {
        "final_model_duration_s",
        "final_model_energy_j",
        "final_model_carbon_kgco2e",
    }
    assert row(found, "final_model_energy_j").to_know == "as row b"
    assert row(found, "final_model_duration_s").to_know.startswith("the deployed row trains nothi")
    assert row(found, "all_experiments_duration_s").estimate is not None
    assert "its rows here (fetching) train nothing" in why_unknown(found)


def test_a_study_without_pathways_has_no_document() -> None:
    _, runs = example_runs()
    analysis = analyse(StudyDefinition(name="bare", pathways=()), runs)

    with pytest.raises(NoStudyError, match=r"study 'bare' has no pathway.* name its pathways"):
        basis(analysis, runs)
