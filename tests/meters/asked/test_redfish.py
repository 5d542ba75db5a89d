"""A management controller: supplies or chassis but never both, logging in, and wide intervals."""

from collections.abc import Iterator, Mapping

import pytest

from breakeven.errors import MeterUnavailableError, SettingsError
from breakeven.meters import MeterBank
from breakeven.meters.asked.redfish import RedfishMeter
from breakeven.records import Cost, Measurement, Resource, Scope
from breakeven.records.protocols import Channel
from breakeven.testing import FakeChassis, FakeRedfish, SteppingClock
from breakeven.testing.servers import Asked, Given

LOGIN = ("reader", "geheim")
TOLD = {"user": "reader", "password_env": "PW", "insecure": "yes"}


class Opener:
    """Opens meters that ask when a test says so, and closes them afterwards."""

    def __init__(self) -> None:
        self.clock, self.made = SteppingClock(), list[RedfishMeter]()

    def __call__(self, bmc: FakeRedfish, **options: str) -> RedfishMeter:
        told = {"url": bmc.url, "every": "3600", **options}
        meter = RedfishMeter.from_options(told, environ={"PW": "geheim"}, clock_s=self.clock)
        self.made.append(meter)
        return meter

    def measure(self, bmc: FakeRedfish, duration_s: float = 600.0) -> Measurement:
        meter = self(bmc)
        bank = MeterBank([meter], observers=meter.observers, clock_s=self.clock)
        with bank.window() as window:
            self.clock.advance(duration_s)
            meter.ask()
        return window.measurement


@pytest.fixture
def opened() -> Iterator[Opener]:
    opener = Opener()
    yield opener
    for meter in opener.made:
        meter.close()


def only(meter: RedfishMeter) -> Channel:
    return next(channel for channel in meter.channels() if channel.check_of is None)


def energy(measurement: Measurement) -> Cost:
    total = measurement.total(Resource.ENERGY_J)
    assert total is not None
    return total


@pytest.mark.parametrize(
    ("chassis", "power_w", "sensor"),
    [
        # Supplies first, and the chassis' own reading is not added to them.
        (
            FakeChassis(inputs_w=[100.0, 110.0], consumed_w=[190.0], power_w=205.0),
            210.0,
            "PowerSupplies.PowerInputWatts",
        ),
        (
            FakeChassis(metrics_w=[100.0, 110.0], power_w=205.0),
            210.0,
            "PowerSupplyMetrics.InputPowerWatts",
        ),
        (FakeChassis(power_w=205.0, consumed_w=[190.0]), 205.0, "EnvironmentMetrics.PowerWatts"),
        # Of several entries the first is the whole: server, CPU, memory.
        (FakeChassis(consumed_w=[190.0, 80.0, 30.0]), 190.0, "PowerControl.PowerConsumedWatts"),
        # A supply that tells nothing leaves the chassis' reading, never a part of the whole.
        (
            FakeChassis(inputs_w=[100.0, None], consumed_w=[190.0]),
            190.0,
            "PowerControl.PowerConsumedWatts",
        ),
        (FakeChassis(metrics_w=[100.0, None], power_w=205.0), 205.0, "EnvironmentMetrics"),
        # An empty slot is no supply.
        (
            FakeChassis(inputs_w=[100.0, None], consumed_w=[190.0], absent={1}),
            100.0,
            "PowerSupplies.PowerInputWatts",
        ),
        (FakeChassis(metrics_w=[100.0, None], absent={1}), 100.0, "PowerSupplyMetrics"),
    ],
)
def test_either_all_supplies_or_the_chassis_but_never_both(
    opened: Opener, chassis: FakeChassis, power_w: float, sensor: str
) -> None:
    with FakeRedfish({"1": chassis}) as bmc:
        cost = energy(opened.measure(bmc, 600.0))
    assert cost.value == pytest.approx(600.0 * power_w)
    assert sensor in cost.sensor
    assert (cost.scope, cost.device) == (Scope.SUPPLY, "chassis:CZ1234")


def test_what_is_left_out_depends_on_where_it_is_measured(opened: Opener) -> None:
    with FakeRedfish() as bmc:
        supplies, chassis = only(opened(bmc)), only(opened(bmc, source="chassis"))
    assert supplies.not_covered.startswith("other chassis")
    assert chassis.not_covered.startswith("the power supplies' own loss")


@pytest.mark.parametrize(
    ("inputs_w", "error_frac"),
    [([400.0], 0.05), ([100.0], 0.1), ([50.0, 50.0], 0.2), ([8.0], 1.0), ([0.0], 1.0)],
)
def test_the_error_is_five_percent_or_ten_watts_a_supply(
    opened: Opener, inputs_w: list[float | None], error_frac: float
) -> None:
    with FakeRedfish({"1": FakeChassis(inputs_w=inputs_w)}) as bmc:
        assert only(opened(bmc)).relative_error == pytest.approx(error_frac)


def test_the_interval_is_as_wide_as_the_sensor_is_slow(opened: Opener) -> None:
    with FakeRedfish({"1": FakeChassis(inputs_w=[400.0])}) as bmc:
        cost = energy(opened.measure(bmc, 600.0))
    # 5 % of 240 kJ, half a watt of rounding at 0.1 W steps, and an average over 30 s at each end.
    assert cost.value - cost.low == pytest.approx(12_000.0 + 30.0 + 12_000.0)


def test_it_may_only_check_another_meter_of_the_whole_machine(opened: Opener) -> None:
    with FakeRedfish() as bmc:
        (channel,) = opened(bmc, check_of="plug").channels()
    assert channel.check_of == "plug"


def test_an_energy_counter_checks_the_power(opened: Opener) -> None:
    with FakeRedfish({"1": FakeChassis(power_w=300.0, energy_kwh=12.345)}) as bmc:
        counter = opened(bmc).channels()[1]
    assert (counter.name, counter.check_of) == ("chassis-1-counter", "chassis-1")
    assert counter.resolution == pytest.approx(3600.0)


def test_a_supply_that_is_pulled_out_meanwhile_is_not_observed_rather_than_zero(
    opened: Opener,
) -> None:
    chassis = FakeChassis(inputs_w=[100.0, 100.0])
    with FakeRedfish({"1": chassis}) as bmc:
        meter = opened(bmc, every="10")
        bank = MeterBank([meter], observers=meter.observers, clock_s=opened.clock)
        with bank.window() as window:
            chassis.inputs_w = [200.0, None]
            opened.clock.advance(600.0)
            meter.ask()
    assert window.measurement.total(Resource.ENERGY_J) is None
    assert any("is not complete" in note.message for note in window.measurement.notes)


def test_of_several_chassis_one_must_be_named(opened: Opener) -> None:
    blades = {f"Blade{i}": FakeChassis(consumed_w=[100.0 + i]) for i in range(2)}
    silent = {"Rack": FakeChassis()}
    with FakeRedfish({**blades, **silent}) as bmc:
        with pytest.raises(MeterUnavailableError, match="2 chassis") as caught:
            opened(bmc)
        assert only(opened(bmc, chassis="Blade1")).name == "chassis-Blade1"
    assert "chassis=Blade0; there are Blade0, Blade1" in caught.value.advice


@pytest.mark.parametrize(
    ("chassis", "options"),
    [
        ({"1": FakeChassis()}, {}),
        ({"1": FakeChassis(consumed_w=[9.0])}, {"source": "supplies"}),
        ({"1": FakeChassis(inputs_w=[9.0])}, {"source": "chassis"}),
        ({"1": FakeChassis(consumed_w=[-1.0])}, {}),
    ],
)
def test_a_controller_without_what_is_asked_is_unavailable(
    opened: Opener, chassis: Mapping[str, FakeChassis], options: Mapping[str, str]
) -> None:
    bmc = FakeRedfish(dict(chassis))
    with bmc, pytest.raises(MeterUnavailableError, match=r"no chassis at .* tells its power"):
        opened(bmc, **options)


def test_an_unknown_chassis_is_answered_with_those_there_are(opened: Opener) -> None:
    bmc = FakeRedfish({"1": FakeChassis(consumed_w=[9.0]), "disks": FakeChassis()})
    with bmc, pytest.raises(MeterUnavailableError, match="has no chassis '2'") as caught:
        opened(bmc, chassis="2")
    assert caught.value.advice == "There are 1, disks."


def test_what_is_no_management_controller_is_told_so(opened: Opener) -> None:
    bmc = FakeRedfish()
    bmc.spoilt = Given(body='{"Chassis": null}')
    with bmc, pytest.raises(MeterUnavailableError, match="names no chassis; is it a management"):
        opened(bmc)


def test_a_chassis_whose_page_is_refused_does_not_hide_another(opened: Opener) -> None:
    class Guarded(FakeRedfish):
        def answer(self, asked: Asked) -> Given:
            is_refused = asked.path == "/redfish/v1/Chassis/disks/Power"
            return Given(status=403) if is_refused else super().answer(asked)

    both = {name: FakeChassis(consumed_w=[9.0]) for name in ("1", "disks")}
    with Guarded(both) as bmc:
        assert only(opened(bmc)).name == "chassis-1"
        with pytest.raises(MeterUnavailableError, match=r"tells its power \(.*answers 403"):
            opened(bmc, chassis="disks")


def test_a_session_is_opened_once_and_ended_at_the_end(opened: Opener) -> None:
    with FakeRedfish(login=LOGIN) as bmc:
        meter = opened(bmc, **TOLD)
        for _ in range(3):
            meter.ask()
        assert len(bmc.sessions) == 1
        meter.close()
        assert bmc.sessions == set()
        posted = [asked for asked in bmc.asked if asked.method == "POST"]
    assert len(posted) == 1


def test_a_session_that_ran_out_is_opened_anew(opened: Opener) -> None:
    with FakeRedfish(login=LOGIN) as bmc:
        meter = opened(bmc, **TOLD)
        bmc.sessions.clear()
        meter.ask()
        assert meter.read().totals
        assert len(bmc.sessions) == 1


def test_without_a_session_service_name_and_password_go_along(opened: Opener) -> None:
    with FakeRedfish(login=LOGIN, has_sessions=False) as bmc:
        assert opened(bmc, **TOLD).read().totals == {"chassis-1": 0.0}


@pytest.mark.parametrize("has_sessions", [True, False])
def test_a_wrong_password_is_refused_and_not_tried_for_ever(
    opened: Opener, *, has_sessions: bool
) -> None:
    bmc = FakeRedfish(login=("reader", "neu"), has_sessions=has_sessions)
    with bmc:
        with pytest.raises(MeterUnavailableError, match="wants a password"):
            opened(bmc, **TOLD)
        assert len(bmc.asked) <= 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"user": "reader"}, "user and password_env together"),
        ({"password_env": "PW"}, "user and password_env together"),
        ({"user": "reader", "password_env": "PW"}, "no password over http"),
        ({"password": "geheim"}, "takes no password"),
    ],
)
def test_passwords_are_refused_where_they_would_leak(options: dict[str, str], message: str) -> None:
    told = {"url": "http://127.0.0.1:9", **options}
    with pytest.raises(SettingsError, match=message):
        RedfishMeter.from_options(told, environ={"PW": "geheim"})


def test_without_an_address_there_is_advice() -> None:
    with pytest.raises(MeterUnavailableError, match="redfish:url=https://BMC"):
        RedfishMeter()


def test_a_page_that_names_another_place_is_not_asked_for(opened: Opener) -> None:
    elsewhere = Given(body='{"Chassis": {"@odata.id": "//127.0.0.3/redfish"}}')
    with FakeRedfish() as bmc:
        bmc.spoilt = elsewhere
        with pytest.raises(MeterUnavailableError, match="no page of Redfish"):
            opened(bmc)
        assert len(bmc.asked) == 1


def test_a_controller_that_does_not_answer_is_unavailable_with_a_command() -> None:
    with pytest.raises(MeterUnavailableError, match="gives no answer") as caught:
        RedfishMeter.from_options({"url": "http://127.0.0.1:9"})
    assert "curl -k http://127.0.0.1:9/redfish/v1/" in caught.value.advice


def test_a_controller_that_fails_while_it_is_looked_at_is_unavailable(opened: Opener) -> None:
    class Failing(FakeRedfish):
        def answer(self, asked: Asked) -> Given:
            is_power = asked.path.endswith("/Power")
            return Given(status=503) if is_power else super().answer(asked)

    with Failing() as bmc, pytest.raises(MeterUnavailableError, match="answers 503"):
        opened(bmc)


def test_a_page_that_is_named_and_missing_leaves_the_next_best(opened: Opener) -> None:
    class Patchy(FakeRedfish):
        def answer(self, asked: Asked) -> Given:
            is_missing = asked.path.endswith("/PowerSubsystem")
            return Given(status=404) if is_missing else super().answer(asked)

    with Patchy({"1": FakeChassis(metrics_w=[100.0], power_w=205.0)}) as bmc:
        assert "EnvironmentMetrics" in only(opened(bmc)).sensor


def test_a_chassis_without_a_serial_number_is_known_by_where_it_answers(opened: Opener) -> None:
    with FakeRedfish({"1": FakeChassis(consumed_w=[9.0], serial="")}) as bmc:
        assert only(opened(bmc)).device == f"chassis:{bmc.url}/1"
