"""`breakeven impact`: a store, stated energy, Strubell's form, prices; text, tables and JSON."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import NoStudyError
from breakeven.store import Store
from breakeven.testing.runs import example_runs

PUE = ("--pue", "1.58,2018,Uptime Institute")
RANGED = ("--pue", "1.58,1.4-1.7,2018,Uptime Institute")
US = ("--factor", "US=0.954 lb/kWh,2018,US EPA")
PRICE = ("--price", "0.30 EUR/kWh,2024,our bill")
KG_PER_LB = 0.45359237


def impact(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["impact", *words], catch_exceptions=False)


def printed(*arguments: object) -> str:
    done = impact(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def data(*arguments: object) -> dict[str, Any]:
    def refuse(token: str) -> None:
        raise AssertionError(token)

    found: dict[str, Any] = json.loads(printed(*arguments, "--json"), parse_constant=refuse)
    return found


def refusal(*arguments: object) -> str:
    done = impact(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    return " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return path


def test_the_fine_tuning_of_durlich_on_two_grids() -> None:
    """141.1 Wh (Dürlich et al. 2023, Table 1) x 1.58 = 222.9 Wh; 76.7 g in DE, 9.85 g in FR."""
    text = printed("--energy", "141.1Wh", *PUE, "--grid", "DE", "--grid", "FR", *PRICE)
    assert "223 Wh" in text
    assert "76.7 g CO2e" in text
    assert "9.85 g CO2e" in text
    assert "0.0669 EUR" in text
    assert "7.79 times" in text
    assert "stated as 141.1Wh" in text


def test_every_form_prints_every_input_with_year_and_source() -> None:
    asked = ("--energy", "141.1Wh", *RANGED, "--grid", "DE", *PRICE)
    for form in ("text", "csv", "md", "tex", "json"):
        text = printed(*asked, "--format", form)
        for word in ("Uptime Institute", "2018", "our bill", "Ember", "2024", "CC BY 4.0"):
            assert word in text, (form, word)
    inputs = {by["name"]: by for by in data(*asked)["inputs"]}
    assert (inputs["pue"]["value"], inputs["pue"]["low"], inputs["pue"]["high"]) == (1.58, 1.4, 1.7)
    assert inputs["pue"]["year"] == 2018
    assert inputs["grid_kgco2e_per_kwh"]["licence"] == "CC BY 4.0"
    assert all(by["kinds"] == ["assumed"] and by["source"] for by in inputs.values())


def test_text_is_no_wider_than_a_terminal() -> None:
    asked = ("--energy", "141.1Wh", *RANGED, "--grid", "DE", "--grid", "FR", *PRICE)
    assert max(map(len, printed(*asked).splitlines())) <= 100


def test_strubells_form_gives_the_printed_kwh_and_pounds() -> None:
    """ELMo: 517.66 W, 336 h, 275 kWh with PUE 1.58, 262 lb (Strubell et al. 2019, Table 3)."""
    found = data("--hours", 336, "--watts", 517.66, *PUE, *US)
    (one,) = found["results"]
    assert round(one["energy_with_overhead_j"]["value"] / 3.6e6) == 275
    assert round(one["location_based"][0]["carbon_kgco2e"]["value"] / KG_PER_LB) == 262
    assert one["energy_j"]["kinds"] == ["modelled", "assumed"]
    assert any("Modelled, not measured" in sentence for sentence in found["sentences"])


def test_rounded_numbers_give_an_interval_that_holds_the_published_one() -> None:
    """BERT base: 79 h printed, 1507 kWh printed, 1503 by the printed hours."""
    (one,) = data("--hours", 79, "--watts", 12041.51, *PUE, "--rounded")["results"]
    found = one["energy_with_overhead_j"]
    assert found["low"] / 3.6e6 < 1507 < found["high"] / 3.6e6
    assert found["level"] is None


def test_parts_add_up_and_utilisation_scales_them() -> None:
    asked = ("--hours", 1, "--watts", "gpu=250x8", "--watts", "cpu=95", "--watts", "memory=12")
    (one,) = data(*asked, "--utilisation", "50%,2024,our logs")["results"]
    assert one["energy_j"]["value"] == pytest.approx(2107 * 3600 / 2)
    assert "average draw gpu 8 x 250 W + cpu 95 W + memory 12 W" in printed(*asked)


@pytest.mark.parametrize(
    ("chips", "days", "usd", "price", "shown"),
    [
        pytest.param(64, 4, "7000", 1.14, "1.14 USD", id="BERT-large"),
        pytest.param(256, 14, "25000", 0.29, "0.291 USD", id="Grover"),
        pytest.param(512, 2.5, "60000+", 1.95, "1.95 USD", id="XLNet"),
    ],
)
def test_prices_of_green_ai_are_implied(
    chips: int, days: float, usd: str, price: float, shown: str
) -> None:
    """R003-15, from Schwartz et al. 2020, "Expensive processing"."""
    found = data("--chips", chips, "--days", days, "--usd", usd)
    implied = found["implied"]["price_usd_per_chip_hour"]
    assert round(implied["value"], 2) == price
    assert implied["high"] is None
    assert shown in printed("--chips", chips, "--days", days, "--usd", usd)


def test_more_than_a_sum_is_printed_as_at_least() -> None:
    text = printed("--chips", 512, "--days", 2.5, "--usd", "60000+")
    assert "1.95 USD (at least 1.95 USD)" in text


def test_a_price_per_chip_hour_gives_a_sum() -> None:
    asked = ("--chips", 64, "--days", 4, "--usd-per-chip-hour", "1.14,2019,a list")
    (one,) = data(*asked)["results"]
    assert one["chip_hours"]["price_usd"]["value"] == pytest.approx(7004.16)
    assert "7,000 USD" in printed(*asked)
    assert "1.14 USD/chip-hour (2019, a list)" in printed(*asked)


def test_half_renewable_power_is_stated_beside_the_gross_amount() -> None:
    share = ("--renewable-share", "50%,2019,Schwartz et al. 2020 on AWS")
    plain = data("--kwh", 100, "--grid", "US")["results"][0]
    told = data("--kwh", 100, "--grid", "US", *share)["results"][0]
    assert told["location_based"] == plain["location_based"]
    gross = told["location_based"][0]["carbon_kgco2e"]["value"]
    beside = told["stated_as_covered"][0]
    assert beside["carbon_kgco2e"]["value"] == pytest.approx(gross / 2)
    assert beside["is_subtracted"] is False
    text = printed("--kwh", 100, "--grid", "US", *share)
    assert "not subtracted" in text
    assert "38.4 kg CO2e" in text


def test_market_and_location_based_stand_apart() -> None:
    (one,) = data("--kwh", 100, "--grid", "PL", "--market-factor", "0.01 kg/kWh,2024,a contract")[
        "results"
    ]
    assert one["market_based"]["carbon_kgco2e"]["value"] == pytest.approx(1.0)
    assert one["location_based"][0]["carbon_kgco2e"]["value"] == pytest.approx(61.498)
    assert "market-based" in printed("--kwh", 1, "--market-factor", "0 kg/kWh,2024,a contract")


def test_without_a_grid_there_is_no_carbon_and_a_sentence() -> None:
    found = data("--energy", "1kWh")
    assert found["results"][0]["location_based"] == []
    assert found["results"][0]["energy_j"]["low"] is None
    assert "no interval given" in found["results"][0]["energy_j"]["method"]
    assert "No carbon: no grid was named" in printed("--energy", "1kWh")


def test_the_grids_are_listed_with_year_source_and_licence() -> None:
    text = printed("--list-grids")
    assert "DE     Germany" in text
    rows = list(csv.DictReader(io.StringIO(printed("--list-grids", "--format", "csv"))))
    assert len(rows) >= 25
    assert {row["licence"] for row in rows} == {"CC BY 4.0"}
    assert json.loads(printed("--list-grids", "--json"))["name"] == "grids"


def test_a_store_shows_making_use_and_life_by_pathway(example: Path) -> None:
    found = data(example, *RANGED, "--grid", "DE", "--grid", "FR", *PRICE, "--volume", 1e6)
    results = {(one["name"], one["phase"]): one for one in found["results"]}
    making, use = results["FT", "development"], results["FT", "use"]
    life = results["FT", "life, 1 million examples"]
    assert use["per"] == "example"
    assert life["energy_j"]["value"] == pytest.approx(
        making["energy_j"]["value"] + 1e6 * use["energy_j"]["value"]
    )
    assert life["energy_j"]["level"] == 0.95
    assert making["location_based"][0]["carbon_kgco2e"]["kinds"] == ["measured", "assumed"]
    assert making["energy_j"]["origins"] == ["replayed"]
    assert results["API", "use"]["energy_j"] is None
    assert results["API", "use"]["why_no_energy"] == "no joules, or not all"


def test_text_of_a_store_is_readable_and_names_what_is_unknown(example: Path) -> None:
    text = printed(example, *RANGED, "--grid", "DE", "--grid", "FR", *PRICE)
    assert max(map(len, text.splitlines())) <= 100
    assert "Use per example; energy is replayed" in text
    assert "CO2e DE 2024" in text
    assert "Development, use and life of API: no joules, or not all, so unknown and not 0." in text


def test_csv_of_a_store_has_intervals_kinds_and_assumptions_in_each_row(example: Path) -> None:
    asked = (example, *RANGED, "--grid", "DE", "--table", "impact", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed(*asked))))
    ft = next(row for row in rows if (row["subject"], row["phase"]) == ("FT", "development"))
    low, high = (float(ft[f"carbon_1_de_2024_kgco2e{end}"]) for end in ("_low", "_high"))
    assert low < float(ft["carbon_1_de_2024_kgco2e"]) < high
    assert ft["carbon_1_de_2024_kgco2e_kind"] == "replayed+assumed"
    assert "PUE 1.58 [1.4 to 1.7] (2018, Uptime Institute)" in ft["inputs"]
    api = next(row for row in rows if (row["subject"], row["phase"]) == ("API", "use"))
    assert api["energy_j"] == ""


def test_contract_and_covered_part_have_columns_of_their_own(example: Path) -> None:
    stated = ("--market-factor", "0.1 kg/kWh,2024,x", "--renewable-share", "50%,2019,AWS")
    asked = (example, "--grid", "US", *stated, "--table", "impact", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed(*asked))))
    ft = next(row for row in rows if (row["subject"], row["phase"]) == ("FT", "development"))
    gross = float(ft["carbon_1_us_2024_kgco2e"])
    assert float(ft["stated_as_covered_1_us_2024_kgco2e"]) == pytest.approx(gross / 2, rel=1e-4)
    contract = gross * 0.1 / 0.38355
    assert float(ft["carbon_market_kgco2e"]) == pytest.approx(contract, rel=1e-4)


def test_tonnes_are_printed_as_tonnes() -> None:
    assert "344 t CO2e" in printed("--kwh", "1e6", "--grid", "DE")


def test_nothing_costs_nothing_and_is_printed_so() -> None:
    text = printed("--energy", "0Wh", "--grid", "DE", *PRICE)
    assert "0 g CO2e" in text
    assert "0 EUR" in text


def test_one_place_in_two_years_has_two_columns() -> None:
    asked = ("--kwh", 1, "--grid", "DE", "--factor", "DE=381 g/kWh,2023,OWID")
    rows = list(csv.DictReader(io.StringIO(printed(*asked, "--format", "csv"))))
    names = [row["quantity"] for row in rows]
    assert {"carbon_1_de_2024_kgco2e", "carbon_2_de_2023_kgco2e"} <= set(names)


def test_a_draw_may_have_a_range_which_the_energy_keeps() -> None:
    """20 W, 10 to 30, for an hour: 20 Wh, 10 to 30, which the printed assumption says."""
    (one,) = data("--hours", 1, "--watts", "all=20,10-30")["results"]
    energy = one["energy_j"]
    assert [energy[end] for end in ("low", "value", "high")] == pytest.approx([36e3, 72e3, 108e3])
    assert "20 (10-30) W" in printed("--hours", 1, "--watts", "all=20,10-30")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("all=10-30", "is a range without the value in it; write VALUE,LOW-HIGH, such as all=20,"),
        ("all=5,10-30", "lies outside its own range"),
        ("all=much", "is no draw in watts"),
    ],
)
def test_a_draw_that_cannot_be_read_says_how_one_with_a_range_is_typed(
    typed: str, words: str
) -> None:
    assert words in refusal("--hours", 1, "--watts", typed)


def test_one_answer_is_in_one_unit_of_energy(example: Path) -> None:
    """The largest amount decides between joules and watt-hours; a smaller one has a prefix."""
    text = printed(example, "--volume", "100k")
    units = set(re.findall(r" [numkMGT]?(?:J|Wh)\b", text))
    assert len({unit.endswith("Wh") for unit in units}) == 1, units

    large, small = (printed("--energy", size, *PUE) for size in ("3kJ", "1kJ"))
    assert "0.833 Wh" in large  # 3 kJ alone; with overhead 1.32 Wh
    assert "1.32 Wh" in large
    assert "1.00 kJ" in small
    assert "1.58 kJ" in small


def test_what_the_final_model_is_stands_beside_it(example: Path) -> None:
    assert "Final model, one run of the row that is deployed" in printed(example)


def test_each_run_has_energy_and_carbon_when_asked(example: Path) -> None:
    asked = (example, "--runs", "--grid", "SE", "--table", "impact", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed(*asked))))
    assert len(rows) > 90
    assert len({row["run_id"] for row in rows}) == len(rows)


def test_measured_only_leaves_replayed_energy_out(example: Path) -> None:
    text = printed(example, "--measured-only", "--grid", "DE")
    assert "no joules, or not all, so unknown and not 0" in text
    assert "All runs" in text


def test_a_draw_models_what_nobody_metered_here_but_not_elsewhere(example: Path) -> None:
    found = data(example, "--watts", "cpu=65", "--grid", "DE")
    results = {(one["name"], one["phase"]): one for one in found["results"]}
    assert results["FT", "use"]["energy_j"]["kinds"] == ["measured"]
    assert results["API", "use"]["energy_j"] is None


def test_device_hours_of_a_store_have_a_price(example: Path) -> None:
    asked = ("--chips", 1, "--usd-per-chip-hour", "2.0,2024,a list")
    results = {(one["name"], one["phase"]): one for one in data(example, *asked)["results"]}
    one = results["FT", "development"]
    hours = one["duration_s"]["value"] / 3600
    assert one["chip_hours"]["price_usd"]["value"] == pytest.approx(2 * hours)
    assert "Chip-hours" in printed(example, *asked)


def test_a_fleet_repeats_development(example: Path) -> None:
    found = data(example, "--fleet", "100,5000", "--grid", "DE")
    fleet = next(one for one in found["results"] if one["phase"].startswith("fleet"))
    assert fleet["phase"] == "fleet, 100 runs x 5000 actors"
    assert fleet["energy_j"]["kinds"] == ["modelled", "assumed"]


def test_published_tables_give_the_printed_development_and_its_carbon(
    shared_dir: Path, tmp_path: Path
) -> None:
    """Dürlich et al. 2023, Table 1: development of FT 141.1, TS 218.2, TA 6923.3 Wh."""
    table = shared_dir / "published" / "durlich2023" / "table1.csv"
    asked = ["import", "table", str(table), "--store", str(tmp_path / "store")]
    assert CliRunner().invoke(group, asked, catch_exceptions=False).exit_code == 0
    results = data(tmp_path / "store", *PUE, "--grid", "SE")["results"]
    making = {one["name"]: one for one in results if one["phase"] == "development"}
    wh = {name: round(one["energy_j"]["value"] / 3600, 1) for name, one in making.items()}
    assert wh == {"FT": 141.1, "TS": 218.2, "TA": 6923.3}
    grams = 1e3 * making["FT"]["location_based"][0]["carbon_kgco2e"]["value"]
    assert grams == pytest.approx(141.1e-3 * 1.58 * 35.82, rel=1e-6)
    assert "as published" in printed(tmp_path / "store", "--grid", "SE")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a STORE, or state an amount"),
        (("--energy", "1kWh", "--pue", "1.58"), "PUE 1.58 has no year and no source"),
        (("--energy", "1kWh", "--factor", "0.4,2023,x"), "'0.4' has no unit"),
        (("--energy", "1kWh", "--grid", "GX"), "--list-grids shows them, and --factor takes"),
        (("--energy", "1kWh", "--grid", "Germny"), "Did you mean 'Germany'?"),
        (("--energy", "141.1"), "'141.1' has no unit"),
        (("--kwh", "-5"), "is no number of at least 0"),
        (("--energy", "1kWh", "--kwh", "1"), "state the same amount; drop one"),
        (("--hours", "1", "--days", "1", "--watts", "5"), "state the same amount"),
        (("--energy", "1kWh", "--watts", "5"), "would model it a second time"),
        (("--energy", "1kWh", "--runs"), "--runs asks about a store"),
        (("--energy", "1kWh", "--fleet", "1,2"), "--fleet asks about a store"),
        (("--energy", "1kWh", "--renewable-share", "50%,2019,x"), "give --grid or --factor too"),
        (("--energy", "1kWh", "--utilisation", "50%,2019,x"), "is a share of --watts"),
        (("--energy", "1kWh", "--usd-per-chip-hour", "1,2019,x"), "give --chips"),
        (("--energy", "1kWh", "--chips", "2", "--usd", "5"), "paid by the hour"),
        (("--days", "4"), "a time alone is no energy and no money"),
        (("--days", "4", "--chips", "64"), "--chips cost something only with"),
        (("--days", "4", "--chips", "64", "--usd", "7", "--grid", "DE"), "--grid needs energy"),
        (("--usd", "35000000"), "alone implies no price per chip-hour"),
        (("--days", "0", "--chips", "64", "--usd", "7"), "a time above 0"),
        (("--hours", "1", "--watts", "5x"), "'5x' is no draw in watts"),
        (("store", "--energy", "1kWh"), "would state amounts that store holds itself"),
        (("store", "--measured-only", "--watts", "5"), "models what --measured-only leaves out"),
        (("store", "--runs", "--volume", "5"), "--volume is of pathways"),
        (("store", "--fleet", "1"), "is no number of runs and of actors"),
        (("--list-grids", "--kwh", "1"), "--kwh says nothing of the table of grids"),
        (("--energy", "1kWh", "--json", "--table", "inputs"), "--json prints both tables"),
        (("--kwh", "1", "--price", "0.3 EUR/kWh,0.2-0.4 USD/kWh,2024,x"), "0.2-0.4 USD/kWh"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    arguments: tuple[str, ...], words: str
) -> None:
    assert words in refusal(*arguments)


def test_an_empty_store_has_no_impact(tmp_path: Path) -> None:
    Store(tmp_path / "store").close()
    with pytest.raises(NoStudyError, match=r"store holds no runs$"):  # no fault of the line typed
        impact(tmp_path / "store")


def test_one_table_alone_is_printed_as_text() -> None:
    text = printed("--kwh", 1, "--grid", "DE", "--table", "inputs")
    assert "What was assumed, each with year and source." in text
    assert "energy" not in text


def test_help_imports_neither_numpy_nor_scipy() -> None:
    code = (
        "import sys\nfrom breakeven.cli import main\n"
        "try: main(['impact', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'numpy', 'scipy', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_many_columns_of_a_store_fit_a_terminal_and_none_is_lost(example: Path) -> None:
    rent = ("--chips", 1, "--usd-per-chip-hour", "2.0,2024,a list")
    grids = [word for code in ("DE", "FR", "SE", "PL", "US") for word in ("--grid", code)]
    text = printed(example, *RANGED, *grids, *PRICE, *rent)
    assert max(map(len, text.splitlines())) <= 100
    for code in ("DE", "FR", "SE", "PL", "US"):
        assert text.count(f"CO2e {code} 2024") == 5
    assert text.count("Chip-hours") == 5


def test_a_service_of_others_is_not_paid_by_our_chips(example: Path) -> None:
    asked = ("--chips", 1, "--usd-per-chip-hour", "2.0,2024,a list")
    results = {(one["name"], one["phase"]): one for one in data(example, *asked)["results"]}
    assert results["API", "use"]["chip_hours"] is None
    assert results["API", "development"]["chip_hours"] is None


def test_draws_in_json_have_kind_and_range() -> None:
    (draw,) = data("--hours", 1, "--watts", "gpu=250x8", "--rounded")["draws"]
    assert draw["kinds"] == ["assumed"]
    assert (draw["low_w"], draw["high_w"]) == (249.5, 250.5)
