"""CodeCarbon's emissions.csv: what is measured, modelled and assumed in it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import DataFileError
from breakeven.records import Cost, Kind, NoteCode, Resource, Run, Stage
from breakeven.store.importers.ledgers.emissions import read_emissions
from breakeven.store.importers.ledgers.imported import Asked
from breakeven.store.importers.times import parse_zone

ROW = {
    "timestamp": "2026-03-02T11:00:00",
    "project_name": "ft",
    "run_id": "1111aaaa-0000",
    "duration": "3600.5",
    "emissions": "0.0861",
    "emissions_rate": "2.4e-05",
    "cpu_power": "42.5",
    "gpu_power": "201.5",
    "ram_power": "12.0",
    "cpu_energy": "0.25",
    "gpu_energy": "0.5",
    "ram_energy": "0.125",
    "energy_consumed": "0.875",
    "country_iso_code": "SWE",
    "codecarbon_version": "3.0.1",
    "cpu_count": "16",
    "cpu_model": "Some CPU",
    "gpu_count": "1",
    "gpu_model": "1 x NVIDIA A100-SXM4-40GB",
    "longitude": "18.1",
    "ram_total_size": "32.0",
    "tracking_mode": "machine",
    "pue": "1.0",
}


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    columns = list(rows[0])
    lines = [",".join(columns), *(",".join(row[c] for c in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def only(path: Path, **changes: str) -> Run:
    (run,) = read_emissions(write(path, {**ROW, **changes}), Asked()).runs
    return run


def energies(run: Run) -> dict[str, Cost]:
    costs = run.phases[0].measurement.costs
    return {c.channel: c for c in costs if c.resource is Resource.ENERGY_J}


def codes(run: Run) -> set[NoteCode]:
    return {note.code for note in run.notes}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "emissions.csv"


def test_kilowatt_hours_of_each_part_become_joules_of_its_own_kind(path: Path) -> None:
    found = energies(only(path))
    assert {name: cost.value for name, cost in found.items()} == {
        "cpu": 0.9e6,
        "gpu": 1.8e6,
        "ram": 0.45e6,
    }
    assert [found[part].kind for part in ("cpu", "gpu", "ram")] == [
        Kind.MODELLED,
        Kind.MEASURED,
        Kind.MODELLED,
    ]
    assert NoteCode.MODELLED in codes(only(path))


def test_printed_digits_become_an_interval(path: Path) -> None:
    run = only(path)
    (duration,) = run.costs(Resource.DURATION_S)
    assert (duration.low, duration.value, duration.high) == (3600.45, 3600.5, 3600.55)
    gpu = energies(run)["gpu"]
    assert (gpu.low, gpu.high) == pytest.approx((0.45 * 3.6e6, 0.55 * 3.6e6))


def test_carbon_is_assumed_and_says_why(path: Path) -> None:
    run = only(path)
    (carbon,) = run.costs(Resource.CARBON_KGCO2E)
    assert (carbon.kind, carbon.value) == (Kind.ASSUMED, 0.0861)
    assert "grid of SWE" in carbon.sensor
    assert NoteCode.ASSUMED_NUMBERS in codes(run)


def test_a_part_that_the_user_knows_was_measured_is(path: Path) -> None:
    (run,) = read_emissions(write(path, ROW), Asked(), measured=["cpu"]).runs
    assert energies(run)["cpu"].kind is Kind.MEASURED


def test_energy_of_a_card_without_a_counter_is_the_systems_estimate(path: Path) -> None:
    assert energies(only(path, gpu_model="Apple M3 Pro"))["gpu"].kind is Kind.MODELLED


def test_zero_energy_of_a_gpu_that_is_there_is_absent_and_said(path: Path) -> None:
    run = only(path, gpu_energy="0.0", energy_consumed="0.375")
    assert set(energies(run)) == {"cpu", "ram"}
    assert NoteCode.METER_UNAVAILABLE in codes(run)
    assert "gpu, which nothing read" in energies(run)["cpu"].not_covered


def test_zero_energy_without_a_gpu_is_no_gap(path: Path) -> None:
    found = read_emissions(
        write(path, {**ROW, "gpu_model": "", "gpu_energy": "0", "energy_consumed": "0.375"}),
        Asked(),
    )
    assert NoteCode.METER_UNAVAILABLE not in codes(found.runs[0])
    assert "gpu_energy" in [out.what for out in found.left_out]


def test_a_pue_that_codecarbon_multiplied_in_is_taken_out(path: Path) -> None:
    run = only(path, pue="1.25")
    assert energies(run)["gpu"].value == pytest.approx(0.5 * 3.6e6 / 1.25)
    assert any("PUE of 1.25" in note.message for note in run.notes)


def test_a_constant_cpu_power_is_called_a_constant(path: Path) -> None:
    run = only(path, cpu_energy="0.0425059", energy_consumed="0.6675059")
    assert any("a constant 42.5 W" in note.message for note in run.notes)
    assert not any("a constant" in note.message for note in only(path).notes)


def test_rows_of_one_run_are_running_totals_of_which_the_last_counts(path: Path) -> None:
    earlier = {**ROW, "duration": "600.5", "energy_consumed": "0.125", "cpu_energy": "0.0625"}
    earlier |= {"gpu_energy": "0.03125", "ram_energy": "0.03125"}
    found = read_emissions(write(path, earlier, ROW), Asked())
    assert [run.phases[0].measurement.duration_s for run in found.runs] == [3600.5]
    assert any(
        out.what.endswith(":2") and "running totals of run 1111aaaa" in out.why
        for out in found.left_out
    )


def test_totals_that_fall_within_one_run_are_refused(path: Path) -> None:
    write(path, ROW, {**ROW, "duration": "10.5"})
    with pytest.raises(DataFileError, match=r"emissions\.csv:3: duration 10\.5 of run .* running"):
        read_emissions(path, Asked())


def test_ranks_of_one_training_that_each_saw_the_machine_are_marked(path: Path) -> None:
    write(path, ROW, {**ROW, "run_id": "2222bbbb"}, {**ROW, "run_id": "3", "cpu_model": "Other"})
    first, second, other = read_emissions(path, Asked()).runs
    assert NoteCode.RUNS_OVERLAPPED in codes(first) & codes(second)
    assert NoteCode.RUNS_OVERLAPPED not in codes(other)
    assert first.row != second.row


def test_runs_one_after_the_other_are_not_marked(path: Path) -> None:
    write(path, ROW, {**ROW, "run_id": "2", "timestamp": "2026-03-02T12:00:01"})
    assert not any(
        NoteCode.RUNS_OVERLAPPED in codes(run) for run in read_emissions(path, Asked()).runs
    )


def test_a_file_of_the_first_versions_has_one_total(path: Path) -> None:
    names = ("timestamp", "project_name", "duration", "emissions", "energy_consumed")
    found = read_emissions(write(path, {name: ROW[name] for name in names}), Asked())
    assert energies(found.runs[0])["all"].kind is Kind.MODELLED
    assert not any("energy_consumed" in out.what for out in found.left_out)


def test_time_is_that_of_the_end_in_its_zone(path: Path) -> None:
    found = read_emissions(write(path, ROW), Asked(), zone=parse_zone("+02:00"))
    assert found.runs[0].started_at == "2026-03-02T07:59:59.500+00:00"
    assert found.remarks == ()
    assert "UTC" in read_emissions(path, Asked()).remarks[0]


def test_what_the_user_says_of_row_stage_and_study_is_kept(path: Path) -> None:
    asked = Asked(study="s", row="ft", stage=Stage.FINETUNE)
    (run,) = read_emissions(write(path, ROW), asked).runs
    assert (run.study, run.row, run.stage) == ("s", "ft", Stage.FINETUNE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"duration": "nan"}, r"emissions\.csv:2: column 'duration' holds 'nan'"),
        ({"duration": ""}, r"column 'duration' holds '', expected a number"),
        ({"cpu_energy": "-1"}, r"column 'cpu_energy' holds '-1', which is no amount"),
        ({"gpu_energy": "0.5 kWh"}, r"column 'gpu_energy' holds '0.5 kWh', expected one number"),
        ({"pue": "0.5"}, r"column 'pue' holds '0.5', which is no PUE"),
        ({"energy_consumed": "3"}, r"but cpu_energy \+ gpu_energy \+ ram_energy is 0.875 kWh"),
        ({"timestamp": "Monday"}, r"column 'timestamp' holds 'Monday', which is no moment"),
    ],
)
def test_a_cell_that_is_no_amount_is_named(
    path: Path, changes: Mapping[str, str], message: str
) -> None:
    with pytest.raises(DataFileError, match=message):
        only(path, **changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timestamp,duration,emissions\n1,2,3\n", "'energy_consumed' is missing"),
        ("a,b\n1,2\n", "no header of CodeCarbon's emissions.csv"),
        (",".join(ROW) + "\n", "a header and no rows"),
        (",".join(ROW) + "\n1,2\n", rf"emissions\.csv:2: 2 cells under a header of {len(ROW)}"),
        (",".join([*ROW, "disk_energy"]) + "\n", "'disk_energy' is none of .* be a guess"),
        (",".join([*ROW, "duration"]) + "\n", "'duration' stands twice"),
        (",".join([*ROW, "task_name"]) + "\n" + "1," * len(ROW) + "x\n", "part of a run"),
    ],
)
def test_another_file_is_refused_in_one_sentence(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(DataFileError, match=message):
        read_emissions(path, Asked())


@given(st.floats(1e-6, 1e4), st.floats(1e-6, 1e4), st.floats(1, 3))
def test_joules_and_pue_give_back_what_codecarbon_wrote(
    tmp_path_factory: pytest.TempPathFactory, cpu_kwh: float, ram_kwh: float, pue: float
) -> None:
    run = only(
        tmp_path_factory.mktemp("given") / "emissions.csv",
        cpu_energy=repr(cpu_kwh),
        gpu_energy="0",
        ram_energy=repr(ram_kwh),
        energy_consumed=repr(cpu_kwh + ram_kwh),
        pue=repr(pue),
    )
    (modelled,) = run.costs(Resource.ENERGY_J)
    assert modelled.value * pue == pytest.approx((cpu_kwh + ram_kwh) * 3.6e6)
    assert modelled.low <= modelled.value <= modelled.high


def test_a_run_that_began_within_the_second_of_the_last_ones_end_came_after_it(path: Path) -> None:
    # Written by CodeCarbon 3.3.2: ends are whole seconds, so the two seem to overlap by 10 ms.
    first = {**ROW, "timestamp": "2026-03-02T06:27:24", "duration": "5.01"}
    write(path, first, {**first, "run_id": "2", "timestamp": "2026-03-02T06:27:29"})
    assert not any(
        NoteCode.RUNS_OVERLAPPED in codes(run) for run in read_emissions(path, Asked()).runs
    )


def test_power_that_holds_the_pue_is_a_constant_too(path: Path) -> None:
    run = only(path, pue="1.5", cpu_energy="0.0425059", energy_consumed="0.6675059")
    assert any("a constant 42.5 W" in note.message for note in run.notes)


def test_rows_without_an_id_that_end_in_one_second_are_two_runs(tmp_path: Path) -> None:
    row = {**ROW, "run_id": ""}
    path = write(tmp_path / "e.csv", row, {**row, "duration": "1800.5"})
    first, second = read_emissions(path, Asked()).runs
    assert first.run_id != second.run_id


def test_the_same_row_twice_without_an_id_is_refused(tmp_path: Path) -> None:
    row = {**ROW, "run_id": ""}
    with pytest.raises(DataFileError, match=r"e\.csv:3: the same row stands at .*e\.csv:2; delete"):
        read_emissions(write(tmp_path / "e.csv", row, row), Asked())


def test_emissions_of_0_are_left_out_and_said(tmp_path: Path) -> None:
    found = read_emissions(write(tmp_path / "e.csv", {**ROW, "emissions": "0"}), Asked())
    said = {out.what: out.why for out in found.left_out}
    assert (
        said[f"emissions of {tmp_path / 'e.csv'}:2"] == "0: nothing was read, or no grid was known"
    )
    assert found.runs[0].costs(Resource.CARBON_KGCO2E) == ()
