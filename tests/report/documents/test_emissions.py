"""`co2_eq_emissions`: a number where there is one, a refusal where there is none."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from breakeven.analysis.impacts import Assumptions, grid
from breakeven.errors import UnknownEmissionsError
from breakeven.records import Resource
from breakeven.report.documents.basis import DEVELOPMENT, Basis, Stated
from breakeven.report.documents.emissions import (
    emissions,
    emissions_json,
    emissions_yaml,
    model_card,
    why_unknown,
)
from breakeven.store.importers.ledgers.imported import Asked
from breakeven.store.importers.ledgers.model_card import read_model_card


def test_grams_are_those_of_all_development(stated: Basis) -> None:
    told = yaml.safe_load(emissions_yaml(stated))["co2_eq_emissions"]
    energy = stated.phases[DEVELOPMENT].energy

    assert energy is not None
    assert energy.value
    assert told["emissions"] == pytest.approx(1e3 * energy.value / 3.6e6 * 1.2 * 0.03582, rel=5e-3)
    assert told["training_type"] == "pre-training, fine-tuning, distillation"
    assert told["geographical_location"] == "Uppsala, Sweden"
    assert told["hardware_used"].startswith("Example CPU, 2 CPUs usable")


def test_the_source_names_kind_factor_year_and_range(stated: Basis) -> None:
    source = str(emissions(stated)["source"])

    assert source.startswith("breakeven, replayed+assumed (replayed, not measured here), ")
    assert "0.03582 kg CO2e/kWh (Sweden, 2024, Ember" in source
    assert "PUE 1.2 [1.1 to 1.3] (2023, our bill)" in source


def test_a_range_that_its_digits_do_not_show_is_left_out(stated: Basis) -> None:
    (by, gross), *_ = stated.phases[DEVELOPMENT].location
    value = gross.value or 0.0
    narrow = replace(gross, low=value * 0.99999, high=value * 1.00001)
    phases = dict(stated.phases)
    phases[DEVELOPMENT] = replace(phases[DEVELOPMENT], location=((by, narrow),))

    assert " to " in str(emissions(stated)["source"]).partition(":")[0]
    source = str(emissions(replace(stated, phases=phases))["source"])
    assert " to " not in source.partition(":")[0]


def test_without_a_grid_nothing_is_guessed(unstated: Basis) -> None:
    with pytest.raises(UnknownEmissionsError, match=r"no grid factor was given\. Give --grid CODE"):
        emissions_yaml(unstated)
    assert json.loads(emissions_json(unstated))["co2_eq_emissions"] is None
    assert model_card(unstated).startswith("## Environmental impact\n\nCO2e of training: unknown (")


def test_without_energy_nothing_is_guessed(stated: Basis) -> None:
    phases = dict(stated.phases)
    phases[DEVELOPMENT] = replace(phases[DEVELOPMENT], energy=None, location=())
    silent = replace(stated, phases=phases)

    with pytest.raises(UnknownEmissionsError, match="nobody measured the energy of all of its"):
        emissions_yaml(silent)


def test_one_number_is_not_taken_from_two_grids(stated: Basis) -> None:
    both = replace(stated, stated=Stated(assumed=Assumptions(grids=(grid("SE"), grid("DE")))))
    assert "are 2 numbers, one for each grid" in why_unknown(both)


def test_what_nobody_states_is_no_empty_key(stated: Basis) -> None:
    homeless = replace(stated, stated=replace(stated.stated, location=""))

    assert "geographical_location" not in emissions(homeless)


def test_the_importer_reads_back_what_is_written(stated: Basis, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text(model_card(stated), encoding="utf-8")
    (run,) = read_model_card(card, Asked()).runs
    (carbon,) = run.costs(Resource.CARBON_KGCO2E)

    assert carbon.value == pytest.approx(float(str(emissions(stated)["emissions"])) / 1e3)
    assert run.settings.resolved["card.geographical_location"] == "Uppsala, Sweden"
