"""Subjects of a store, and the sentences beside their numbers."""

from dataclasses import replace

import pytest

from breakeven.analysis.costs.equivalents import Fleet
from breakeven.analysis.impacts import (
    Assumptions,
    Draw,
    Footprint,
    Subject,
    footprint,
    footprints,
    grid,
    overhead,
    run_subjects,
    stated,
    store_subjects,
)
from breakeven.analysis.impacts.money import chip_hour_price, electricity_price
from breakeven.analysis.impacts.sentences import sentences, unmetered
from breakeven.analysis.impacts.texts import read_location, read_market, read_renewable
from breakeven.analysis.runs.measured import only_measured
from breakeven.records import Cost, Estimate, Kind, Resource, Run, StudyDefinition
from breakeven.testing.runs import example_runs

EXAMPLE = example_runs()
DE = (grid("DE"),)


def subject(name: str, phase: str, **asked: object) -> Subject:
    definition, runs = EXAMPLE
    found = store_subjects([definition], runs, **asked)  # type: ignore[arg-type] # one of two
    return next(s for s in found if s.name == name and s.phase.partition(",")[0] == phase)


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    assert estimate.value is not None
    return estimate.value


def told(one: Footprint, assumed: Assumptions) -> str:
    return " ".join(sentences([one], assumed))


def test_life_is_development_and_use_by_volume() -> None:
    life = subject("FT", "life", volume=1e6)
    expected = value(subject("FT", "development").energy) + 1e6 * value(subject("FT", "use").energy)
    assert value(life.energy) == pytest.approx(expected)
    assert life.phase == "life, 1 million examples"


def test_the_volume_is_the_studys_plan_by_default() -> None:
    assert subject("FT", "life").phase == "life, 100,000 examples"


def test_use_is_per_item() -> None:
    use = subject("TS", "use")
    assert use.item == "example"
    assert use.energy is not None
    assert use.energy.name == "energy_j per example"


def test_a_model_card_gets_the_time_of_the_final_model_and_of_all_experiments() -> None:
    final, everything = subject("FT", "final model"), subject("example", "all runs")
    assert 0 < value(final.duration) < value(subject("FT", "development").duration)
    assert value(subject("FT", "development").duration) < value(everything.duration)


def test_a_fleet_multiplies_development_and_is_modelled() -> None:
    fleet = subject("FT", "fleet", fleet=Fleet(n_runs=100, n_actors=5000))
    assert value(fleet.energy) == pytest.approx(5e5 * value(subject("FT", "development").energy))
    assert fleet.energy is not None
    assert fleet.energy.kinds == (Kind.MODELLED, Kind.ASSUMED)
    one = footprint(fleet, Assumptions(grids=DE))
    assert "Modelled, not measured" not in told(one, Assumptions(grids=DE))


def test_a_service_of_others_has_no_energy_and_no_final_model() -> None:
    definition, runs = EXAMPLE
    found = [s for s in store_subjects([definition], runs) if s.name == "API"]
    assert {s.phase.partition(",")[0] for s in found} == {"development", "use", "life"}
    assert all(s.energy is None and s.is_elsewhere for s in found)


def test_several_studies_are_told_apart() -> None:
    definition, runs = EXAMPLE
    other = StudyDefinition(name="other", pathways=definition.pathways[:1])
    copies = [replace(run, run_id=f"{run.run_id}-2", study="other", parents=()) for run in runs]
    found = store_subjects([definition, other], [*runs, *copies])
    assert {"example: FT", "other: FT"} <= {s.name for s in found}


def test_each_run_is_a_subject_when_asked_and_services_of_others_are_not() -> None:
    _, runs = EXAMPLE
    found = run_subjects(runs)
    ids = [s.duration.run_ids for s in found if s.duration is not None]
    assert len(ids) == len(set(ids)) == len(found) > 90
    assert "API/reference" not in {s.name for s in found}


def test_without_measured_joules_energy_is_absent_and_never_0() -> None:
    definition, runs = EXAMPLE
    found = footprints(store_subjects([definition], only_measured(runs)), Assumptions(grids=DE))
    assert all(one.energy is None and one.location == () for one in found)
    said = " ".join(sentences(found, Assumptions(grids=DE)))
    assert "no joules, or not all, so unknown and not 0" in said
    assert "`breakeven doctor`" in said
    assert "--watts" in said
    assert "Grid factors" not in said


def test_time_with_a_draw_is_modelled_and_says_so() -> None:
    definition, runs = EXAMPLE
    assumed = Assumptions(grids=DE, draws=(Draw(part="cpu", power_w=65),))
    found = footprints(store_subjects([definition], only_measured(runs)), assumed)
    ft = next(
        one for one in found if (one.subject.name, one.subject.phase) == ("FT", "development")
    )
    assert value(ft.energy) == pytest.approx(65 * value(ft.subject.duration))
    assert "Modelled, not measured" in " ".join(sentences(found, assumed))


def test_runs_without_joules_are_counted_in_a_sentence() -> None:
    assumed = Assumptions(grids=DE)
    said = told(footprint(subject("example", "all runs"), assumed), assumed)
    assert "3 of them without joules; what those took is not in it" in said


def test_a_span_over_two_grids_is_said_with_its_factor() -> None:
    assumed = Assumptions(grids=(grid("DE"), grid("FR")))
    one = footprint(Subject(name="x", energy=stated("energy_j", 507960.0)), assumed)
    assert (
        "Same energy on another grid: x is from 6.23 g CO2e (France, 2024) to 48.6 g CO2e "
        "(Germany, 2024), 7.79 times."
    ) in told(one, assumed)


def test_tonnes_are_called_tonnes() -> None:
    assumed = Assumptions(grids=(grid("DE"), grid("FR")))
    one = footprint(Subject(name="x", energy=stated("energy_j", 3.6e12)), assumed)
    assert "from 44.2 t CO2e (France, 2024) to 344 t CO2e" in told(one, assumed)


def test_factors_of_different_years_are_pointed_out() -> None:
    assumed = Assumptions(grids=(grid("DE"), read_location("DE=381 g/kWh,2023,OWID")))
    one = footprint(Subject(name="x", energy=stated("energy_j", 1.0)), assumed)
    assert "of different years (2024 and 2023)" in told(one, assumed)


def test_what_stands_beside_is_said() -> None:
    assumed = Assumptions(
        overhead=overhead(1.2, year=2024, source="x"),
        grids=DE,
        market=read_market("0 kg/kWh,2024,x"),
        renewable=read_renewable("50%,2019,AWS"),
        electricity=electricity_price(0.3, currency="EUR", year=2024, source="x"),
        chip_hour=chip_hour_price(1, year=2024, source="x"),
        n_chips=1,
    )
    said = told(footprint(Subject(name="x", energy=stated("energy_j", 1.0)), assumed), assumed)
    assert "Stated beside, not subtracted: 50 % of the power" in said
    assert "never added or netted" in said
    assert "do not add the two sums of money" in said
    assert "embodied carbon" in said
    assert "No PUE" not in said


def test_no_overhead_and_no_grid_are_said() -> None:
    said = told(
        footprint(Subject(name="x", energy=stated("energy_j", 1.0)), Assumptions()), Assumptions()
    )
    assert "No carbon: no grid was named" in said
    assert "No PUE was given" in said


def test_what_sensors_leave_out_is_left_out_of_carbon() -> None:
    cost = replace(
        Cost.exact(Resource.ENERGY_J, 3.0, kind=Kind.MEASURED, sensor="rapl"),
        not_covered="GPU; fans",
    )
    _, runs = EXAMPLE
    run = replace(runs[0], counts=(cost,), phases=())
    assert isinstance(run, Run)
    assert unmetered([run]) == (
        "The sensors leave out GPU and fans; carbon and money leave them out too.",
    )
