"""The modelled figure: its formula by hand, its interval, and that nobody gets it unasked."""

from pathlib import Path

import pytest

from breakeven.errors import MeterUnavailableError, SettingsError
from breakeven.meters import MeterBank, open_bank
from breakeven.meters.asked import modelled
from breakeven.meters.asked.modelled import ModelledMeter
from breakeven.meters.asked.options import Range
from breakeven.meters.asking import own_meters
from breakeven.meters.host.cpu_time import HostMeter
from breakeven.meters.host.tree import ProcessTree
from breakeven.records import Cost, Kind, Measurement, NoteCode, Resource
from breakeven.testing import SteppingClock

PARAMETERS = {
    "cpu_idle_w": Range(low=10.0, high=20.0),
    "cpu_busy_w": Range(low=45.0, high=65.0),
    "ram_w_per_gib": Range(low=0.1, high=0.4),
}


class Machine:
    """Four CPUs and 16 GiB, whose clock and work a test moves."""

    def __init__(self, parameters: dict[str, Range] | None = None) -> None:
        self.clock = SteppingClock()
        self.cpu_s = 0.0
        nobody = ProcessTree(has_children=lambda: False)
        self.meter = ModelledMeter(
            PARAMETERS if parameters is None else parameters,
            host=HostMeter(tree=nobody, own_s=lambda: self.cpu_s, reaped_s=lambda: 0.0),
            n_cpus=4,
            installed_gib=lambda: 16.0,
            clock_s=self.clock,
        )

    def work(self, duration_s: float, *, cpu_s: float) -> None:
        self.clock.advance(duration_s)
        self.cpu_s += cpu_s


def measured(machine: Machine, duration_s: float, *, cpu_s: float) -> Measurement:
    with MeterBank([machine.meter], clock_s=machine.clock).window() as window:
        machine.work(duration_s, cpu_s=cpu_s)
    return window.measurement


def joules(measurement: Measurement) -> dict[str, Cost]:
    return {c.channel: c for c in measurement.costs if c.resource is Resource.ENERGY_J}


def test_the_formula_by_hand() -> None:
    # 10 s on 4 CPUs with 8 CPU seconds: busy for a fifth.
    costs = joules(measured(Machine(), 10.0, cpu_s=8.0))
    assert {name: cost.value for name, cost in costs.items()} == pytest.approx(
        {
            "modelled-cpu-idle": 15.0 * 0.8 * 10.0,
            "modelled-cpu-busy": 55.0 * 0.2 * 10.0,
            "modelled-ram": 0.25 * 16.0 * 10.0,
        }
    )


def test_the_interval_goes_from_one_end_of_the_ranges_to_the_other() -> None:
    costs = joules(measured(Machine(), 10.0, cpu_s=8.0))
    idle, ram = costs["modelled-cpu-idle"], costs["modelled-ram"]
    assert (idle.low, idle.high) == pytest.approx((10.0 * 8.0, 20.0 * 8.0))
    assert (ram.low, ram.high) == pytest.approx((0.1 * 160.0, 0.4 * 160.0))


def test_a_model_is_never_measured_and_says_what_it_is() -> None:
    measurement = measured(Machine(), 10.0, cpu_s=8.0)
    assert {cost.kind for cost in joules(measurement).values()} == {Kind.MODELLED}
    assert measurement.total(Resource.ENERGY_J) is None
    total = measurement.total(Resource.ENERGY_J, Kind.MODELLED)
    assert total is not None
    assert total.value == pytest.approx(120.0 + 110.0 + 40.0)
    sensor = joules(measurement)["modelled-cpu-busy"].sensor
    assert sensor == "model: 45-65 W x busy share of 4 CPUs x time"


def test_more_than_all_cpus_is_all_cpus() -> None:
    costs = joules(measured(Machine(), 1.0, cpu_s=4.1))
    assert costs["modelled-cpu-busy"].value == pytest.approx(55.0)
    assert costs["modelled-cpu-idle"].value == 0.0


def test_of_several_ranks_one_models_what_belongs_to_the_machine() -> None:
    """Four ranks with a model of 10 W each would be 40 W of one resting processor."""
    devices = {c.name: c.device for c in Machine().meter.channels()}
    assert devices == {
        "modelled-cpu-idle": "model:cpu-idle",
        "modelled-cpu-busy": "",
        "modelled-ram": "model:ram",
    }


def test_a_part_of_the_model_may_be_asked_for() -> None:
    machine = Machine({"ram_w_per_gib": Range(low=0.1, high=0.4)})
    assert joules(measured(machine, 1.0, cpu_s=1.0)).keys() == {"modelled-ram"}


def test_a_run_with_it_says_that_a_saving_in_it_is_one_in_time() -> None:
    (note,) = Machine().meter.notes
    assert note.code is NoteCode.MODELLED
    assert "10-20 W x idle share" in note.message
    assert "a saving in time" in note.advice


def test_nobody_gets_a_model_unasked() -> None:
    assert "modelled" not in own_meters()
    with open_bank() as bank:
        assert all(channel.kind is Kind.MEASURED for channel in bank.channels())


def test_a_model_without_parameters_is_unavailable_with_an_example() -> None:
    with pytest.raises(MeterUnavailableError, match="modelled:cpu_idle_w=10-20"):
        ModelledMeter()


def test_parameters_come_from_options() -> None:
    with open_bank(["modelled:cpu_idle_w=10-20,cpu_busy_w=45-65,ram_w_per_gib=0.1-0.4"]) as bank:
        assert [channel.name for channel in bank.channels()] == [
            "modelled-cpu-idle",
            "modelled-cpu-busy",
            "modelled-ram",
        ]
        assert [note.code for note in bank.notes] == [NoteCode.MODELLED]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cpu_idle_w": "10"}, "a range LOW-HIGH"),
        ({"cpu_idle_w": "10-20"}, "together, or neither"),
        ({"cpu_idle_w": "10-20", "cpu_busy_w": "5-65"}, "lies below"),
        ({"cpu_idle_w": "10-20", "cpu_busy_w": "11-19"}, "lies below"),
        ({"tdp_w": "65-95"}, "no option 'tdp_w'"),
    ],
)
def test_a_model_without_an_interval_or_sense_is_refused(
    options: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        ModelledMeter.from_options(options)


def test_installed_memory_is_looked_up(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:       16777216 kB\nMemFree: 1 kB\n")
    assert modelled._installed_gib(tmp_path / "meminfo") == 16.0


@pytest.mark.parametrize("text", ["", "MemFree: 1 kB\n", "MemTotal: much kB\n"])
def test_memory_that_is_not_shown_makes_the_model_unavailable(tmp_path: Path, text: str) -> None:
    (tmp_path / "meminfo").write_text(text)
    with pytest.raises(MeterUnavailableError, match="Leave out ram_w_per_gib"):
        modelled._installed_gib(tmp_path / "meminfo")
