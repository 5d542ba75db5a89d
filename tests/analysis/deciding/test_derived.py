"""Rent, electricity and carbon by hand, and what they share with the costs they follow from."""

from dataclasses import replace
from typing import Any

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.deciding import Settings, decide, measures_of
from breakeven.analysis.deciding.position import position
from breakeven.errors import UnknownNameError
from breakeven.records import Kind, Resource

EXAMPLE = "controls-example.json"


def pathway(measure: str, name: str, **given: Any) -> PathwayCost:
    ground = study(EXAMPLE)[2]
    here = position(ground, Settings(measure=measure, volume=1e5, **given))
    return next(p for p in here.pathways if p.name == name)


def of(found: PathwayCost, resource: Resource) -> tuple[float, float]:
    development, marginal = found.development(resource), found.marginal(resource)
    assert development is not None
    assert marginal is not None
    return development.value, marginal.value


def test_rent_is_hours_times_the_price_of_one() -> None:
    time = of(pathway("duration_s", "TS"), Resource.DURATION_S)
    rent = of(pathway("rent", "TS", price_per_hour=1.8), Resource.PRICE_EUR)

    assert rent == pytest.approx([time[0] * 1.8 / 3600, time[1] * 1.8 / 3600])


def test_electricity_is_energy_at_the_wall_times_its_price() -> None:
    energy = of(pathway("energy_j", "TS"), Resource.ENERGY_J)
    told = pathway("electricity", "TS", price_per_kwh=0.3, pue=1.5, currency="USD")

    assert of(told, Resource.PRICE_USD) == pytest.approx([e * 1.5 * 0.3 / 3.6e6 for e in energy])


def test_carbon_is_energy_at_the_wall_times_the_grid_in_kilograms() -> None:
    energy = of(pathway("energy_j", "TS"), Resource.ENERGY_J)
    carbon = of(pathway("carbon", "TS", grid_g_per_kwh=400.0, pue=1.5), Resource.CARBON_KGCO2E)

    assert carbon == pytest.approx([e / 3.6e6 * 1.5 * 0.4 for e in energy])


def test_energy_bears_the_overhead_of_the_building() -> None:
    plain = of(pathway("energy_j", "TS"), Resource.ENERGY_J)

    assert of(pathway("energy_j", "TS", pue=1.4), Resource.ENERGY_J) == pytest.approx(
        [1.4 * e for e in plain]
    )


@pytest.mark.parametrize(
    ("measure", "given", "resource"),
    [
        ("rent", {"price_per_hour": 1.0}, Resource.PRICE_EUR),
        ("electricity", {"price_per_kwh": 1.0}, Resource.PRICE_EUR),
        ("carbon", {"grid_g_per_kwh": 1.0}, Resource.CARBON_KGCO2E),
        ("energy_j", {"pue": 1.1}, Resource.ENERGY_J),
    ],
)
def test_every_number_of_a_derived_cost_is_assumed_too(
    measure: str, given: dict[str, float], resource: Resource
) -> None:
    found = pathway(measure, "TS", **given)

    kinds = [amount.kinds for row in found.rows if (amount := row.amounts.get(resource))]
    kinds += [seen.kinds for seen in found.blocks[resource].values()]
    kinds += [found.startup[resource].kinds]
    assert all(k == (Kind.MEASURED, Kind.ASSUMED) for k in kinds)
    assert len(kinds) > len(found.rows)


def test_nothing_is_assumed_of_what_was_measured() -> None:
    found = pathway("energy_j", "TS")

    assert all(Kind.ASSUMED not in row.amounts[Resource.ENERGY_J].kinds for row in found.rows)


def test_start_up_seeds_and_splits_are_scaled_as_well() -> None:
    ground = study("controls-sst2.json")[2]
    asked = Settings(measure="rent", volume=1e5, price_per_hour=7.2)
    pairs = zip(position(ground, asked).pathways, ground.pathways, strict=True)

    for rented, timed in pairs:
        if timed.has_life(Resource.DURATION_S):
            assert rented.startup[Resource.PRICE_EUR].value == pytest.approx(
                0.002 * timed.startup[Resource.DURATION_S].value
            )
        for seed, blocks in timed.seeds.items():
            for block, seen in blocks[Resource.DURATION_S].items():
                there = rented.seeds[seed][Resource.PRICE_EUR][block]
                assert there.value == pytest.approx(0.002 * seen.value)
        if Resource.DURATION_S in timed.splits:
            split = rented.splits[Resource.PRICE_EUR]
            assert split.per_item.value == pytest.approx(
                0.002 * timed.splits[Resource.DURATION_S].per_item.value
            )
    assert any(p.seeds for p in ground.pathways)
    assert any(p.splits for p in ground.pathways)


def test_a_pathway_with_a_price_of_its_own_pays_no_rent() -> None:
    ground = study(EXAMPLE)[2]
    told = decide(ground, Settings(measure="rent", volume=1e5, price_per_hour=1.0, currency="USD"))

    assert "API" not in [each.pathway for each in told.ranked]
    assert told.recommendation.rule.endswith("Not ranked for want of a number: API.")


def test_measures_are_those_in_which_somebody_has_a_life() -> None:
    assert [m.key for m in measures_of(study("controls-sst2.json")[2])] == [
        "cpu_s",
        "duration_s",
        "flops",
        "rent",
    ]
    assert {"energy_j", "electricity", "carbon"} < {m.key for m in measures_of(study(EXAMPLE)[2])}


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("rent", "rent follows from duration_s and needs price_per_hour, which nobody gave"),
        ("electricity", "electricity follows from energy_j and needs price_per_kwh"),
        ("carbon", "carbon follows from energy_j and needs grid_g_per_kwh"),
    ],
)
def test_a_price_that_nobody_gave_is_asked_for(measure: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        decide(study(EXAMPLE)[2], Settings(measure=measure, volume=1e5))


@pytest.mark.parametrize(
    ("measure", "name"),
    [("rent", "price_per_hour"), ("electricity", "price_per_kwh"), ("carbon", "grid_g_per_kwh")],
)
def test_a_measure_that_is_0_for_everybody_chooses_nobody(measure: str, name: str) -> None:
    said = f"{measure} is 0 for every pathway where {name} is 0, so that nothing can be chosen"
    asked: dict[str, Any] = {"measure": measure, "volume": 1e5, name: 0.0}

    with pytest.raises(ValueError, match=said):
        decide(study(EXAMPLE)[2], Settings(**asked))


def test_an_unknown_measure_or_row_is_refused() -> None:
    ground = study(EXAMPLE)[2]

    with pytest.raises(UnknownNameError, match="no measure named 'cpu'"):
        decide(ground, Settings(measure="cpu", volume=1e5))
    with pytest.raises(UnknownNameError, match="no row of development named 'tss'"):
        decide(ground, Settings(measure="cpu_s", volume=1e5, tasks={"tss": 2}))


@pytest.mark.parametrize(
    "given",
    [{"tasks": {"ts": 2}}, {"pue": 1.1}, {"price_per_kwh": 0.3}, {"grid_g_per_kwh": 100.0}],
)
def test_among_measured_numbers_only_nothing_may_be_assumed(given: dict[str, Any]) -> None:
    ground = replace(study(EXAMPLE)[2], is_measured_only=True)

    with pytest.raises(ValueError, match="would be assumed, and this analysis holds measured"):
        decide(ground, Settings(measure="cpu_s", volume=1e5, **given))
    assert decide(ground, Settings(measure="cpu_s", volume=1e5)).recommendation.pathway == "TS"
