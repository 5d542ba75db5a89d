"""A Shelly plug: which sensor counts, passwords, slow and strange answers."""

from collections.abc import Iterator, Mapping

import pytest

from breakeven.errors import MeterUnavailableError, SettingsError
from breakeven.meters import MeterBank
from breakeven.meters.asked import shelly_plug
from breakeven.meters.asked.shelly import ShellyMeter
from breakeven.records import Cost, Kind, NoteCode, Resource, Scope
from breakeven.records.protocols import Channel
from breakeven.testing import FakeShelly, Outlet, ScriptedMeter, SteppingClock
from breakeven.testing.servers import Given


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def opened(clock: SteppingClock) -> Iterator["Opener"]:
    opener = Opener(clock)
    yield opener
    for meter in opener.made:
        meter.close()


class Opener:
    """Opens meters that ask when a test says so, and closes them afterwards."""

    def __init__(self, clock: SteppingClock) -> None:
        self.clock, self.made = clock, list[ShellyMeter]()

    def __call__(
        self, plug: FakeShelly, *, environ: Mapping[str, str] | None = None, **options: str
    ) -> ShellyMeter:
        told = {"url": plug.url, "every": "3600", **options}
        meter = ShellyMeter.from_options(
            told, environ=environ or {}, clock_s=self.clock, pause=self.clock.advance
        )
        self.made.append(meter)
        return meter


def channels(meter: ShellyMeter) -> dict[str, Channel]:
    return {channel.name: channel for channel in meter.channels()}


def test_a_counter_that_moves_fast_is_differenced_and_the_power_checks_it(opened: Opener) -> None:
    with FakeShelly(Outlet(power_w=40.0, joules_per_answer=10.0)) as plug:
        found = channels(opened(plug))
    assert found["plug-b3c4d5"].sensor == "shelly aenergy counter"
    assert found["plug-b3c4d5"].resolution == pytest.approx(3.6)
    assert found["plug-b3c4d5"].period_s == 0.5  # it moved at both looks, 0.25 s apart
    assert found["plug-b3c4d5-power"].check_of == "plug-b3c4d5"


def test_a_counter_that_moves_rarely_checks_the_power_which_is_integrated(opened: Opener) -> None:
    with FakeShelly(Outlet(power_w=40.0, joules_per_answer=0.1)) as plug:
        found = channels(opened(plug))
    assert found["plug-b3c4d5"].sensor == "shelly apower integrated, asked every 3600 s"
    assert found["plug-b3c4d5-counter"].check_of == "plug-b3c4d5"
    assert found["plug-b3c4d5-counter"].period_s == 60.0


@pytest.mark.parametrize(
    ("outlet", "use", "sensor"),
    [
        (Outlet(joules_per_answer=50.0), "power", "shelly apower integrated, asked every 3600 s"),
        (Outlet(), "counter", "shelly aenergy counter"),
        (Outlet(energy_wh=None), "auto", "shelly apower integrated, asked every 3600 s"),
        (Outlet(power_w=None), "auto", "shelly aenergy counter"),
    ],
)
def test_who_counts_can_be_chosen_and_need_not(
    opened: Opener, outlet: Outlet, use: str, sensor: str
) -> None:
    with FakeShelly(outlet) as plug:
        found = channels(opened(plug, use=use))
    assert [c.sensor for c in found.values() if c.check_of is None] == [sensor]


def test_a_sensor_that_was_chosen_must_be_there(opened: Opener) -> None:
    plug = FakeShelly(Outlet(energy_wh=None))
    with plug, pytest.raises(MeterUnavailableError, match="shows no counter"):
        opened(plug, use="counter")


def test_joules_of_a_window_at_the_wall(opened: Opener, clock: SteppingClock) -> None:
    outlet = Outlet(power_w=40.0)
    with FakeShelly(outlet) as plug:
        meter = opened(plug)
        with MeterBank([meter], clock_s=clock).window() as window:
            clock.advance(60.0)
            assert outlet.energy_wh is not None
            outlet.energy_wh += 40.0 * 60.0 / 3600.0
            meter.ask()
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert (total.value, total.kind, total.scope) == (2400.0, Kind.MEASURED, Scope.WALL)
    counter = next(c for c in window.measurement.costs if c.check_of == "plug-b3c4d5")
    assert counter.value == pytest.approx(2400.0, abs=3.6)


def test_what_hangs_on_the_plug_is_not_added_to_it(opened: Opener, clock: SteppingClock) -> None:
    package = ScriptedMeter([{"package-0": 0.0}, {"package-0": 600.0}])
    with FakeShelly() as plug:
        meter = opened(plug)
        with MeterBank([meter, package], clock_s=clock).window() as window:
            clock.advance(60.0)
            meter.ask()
    total = window.measurement.total(Resource.ENERGY_J)
    assert total is not None
    assert total.value == 2400.0


def test_the_device_is_told_from_every_other_one(opened: Opener) -> None:
    with FakeShelly(Outlet(), Outlet(), mac="AABBCCDDEEFF") as plug:
        first, second = opened(plug), opened(plug, switch="1", name="rack")
    assert {c.device for c in first.channels()} == {"plug:AABBCCDDEEFF:0"}
    assert {c.device for c in second.channels()} == {"plug:AABBCCDDEEFF:1"}
    assert (first.name, second.name) == ("shelly plug-ddeeff", "shelly rack")
    assert channels(second).keys() == {"rack", "rack-counter"}


@pytest.mark.parametrize("use", ["power", "counter"])
def test_it_may_only_check_another_meter_of_the_whole_machine(opened: Opener, use: str) -> None:
    with FakeShelly() as plug:
        found = channels(opened(plug, check_of="chassis-1", use=use))
    assert found["plug-b3c4d5"].check_of == "chassis-1"


def test_a_second_outlet_has_a_name_of_its_own(opened: Opener) -> None:
    with FakeShelly(Outlet(), Outlet()) as plug:
        assert "plug-b3c4d5-1" in channels(opened(plug, switch="1"))


def test_a_device_that_only_meters_has_another_component(opened: Opener) -> None:
    with FakeShelly(component="PM1") as plug:
        assert opened(plug).read().totals.keys() == {"plug-b3c4d5", "plug-b3c4d5-counter"}


def test_a_password_is_proved_and_never_sent(opened: Opener) -> None:
    with FakeShelly(password="geheim") as plug:
        meter = opened(plug, environ={"PW": "geheim"}, password_env="PW")
        meter.ask()
        assert meter.read().totals
        sent = [asked.headers.get("authorization", "") for asked in plug.asked]
    assert any(header.startswith("Digest") for header in sent)
    assert not any("geheim" in header for header in sent)


@pytest.mark.parametrize(("environ", "options"), [({"PW": "x"}, {"password_env": "PW"}), ({}, {})])
def test_a_wrong_password_or_none_is_refused_with_the_way_to_give_it(
    opened: Opener, environ: dict[str, str], options: dict[str, str]
) -> None:
    plug = FakeShelly(password="geheim")
    with plug, pytest.raises(MeterUnavailableError, match="wants a password") as caught:
        opened(plug, environ=environ, **options)
    assert "password_env=NAME" in caught.value.advice
    assert sum("authorization" in asked.headers for asked in plug.asked) == len(options)


def test_an_outlet_that_is_not_there_is_told_as_that(opened: Opener) -> None:
    plug = FakeShelly()
    with plug, pytest.raises(MeterUnavailableError, match="has no outlet 3") as caught:
        opened(plug, switch="3")
    assert "numbered from 0" in caught.value.advice


def test_a_password_that_changes_meanwhile_ends_the_asking(opened: Opener) -> None:
    with FakeShelly() as plug:
        meter = opened(plug)
        plug.password = "neu"
        meter.ask()
        n_asked = len(plug.asked)
        meter.ask()
        assert len(plug.asked) == n_asked
        with pytest.raises(MeterUnavailableError, match="wants a password"):
            meter.read()


@pytest.mark.parametrize(
    ("plug", "message"),
    [
        (FakeShelly(generation=1), "no Shelly of the second generation"),
        (FakeShelly(component="Light"), "neither a Switch nor a PM1"),
        (FakeShelly(Outlet(power_w=None, energy_wh=None)), "switches without measuring"),
    ],
)
def test_a_device_of_another_kind_is_refused(
    opened: Opener, plug: FakeShelly, message: str
) -> None:
    with plug, pytest.raises(MeterUnavailableError, match=message):
        opened(plug)


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        (Given(body="<html>a router's own page</html>"), "gives no answer: /shelly is no JSON"),
        (Given(status=302, headers={"Location": "http://127.0.0.3/"}), "sends elsewhere"),
        (Given(status=503), "answers 503"),
    ],
)
def test_what_is_no_plug_is_refused(opened: Opener, spoilt: Given, message: str) -> None:
    with FakeShelly() as plug:
        plug.spoilt = spoilt
        with pytest.raises(MeterUnavailableError, match=message):
            opened(plug)


def test_an_outlet_that_does_not_exist_is_refused(opened: Opener) -> None:
    with FakeShelly() as plug, pytest.raises(MeterUnavailableError, match="answers 500"):
        opened(plug, switch="3")


def test_power_that_flows_backwards_is_no_answer(opened: Opener, clock: SteppingClock) -> None:
    outlet = Outlet(power_w=40.0)
    with FakeShelly(outlet) as plug:
        meter = opened(plug)
        with MeterBank([meter], observers=meter.observers, clock_s=clock).window() as window:
            outlet.power_w = -63.1
            clock.advance(60.0)
            meter.ask()
    told = [note.message for note in window.measurement.notes]
    assert any("-63.1 W, which a computer never draws" in message for message in told)


def test_a_plug_that_falls_silent_delays_nobody(opened: Opener, clock: SteppingClock) -> None:
    other = ScriptedMeter([{"gpu0": 0.0}, {"gpu0": 5.0}])
    with FakeShelly() as plug:
        meter = opened(plug)
        n_asked = len(plug.asked)
        with plug.hold(), MeterBank([meter, other], clock_s=clock).window() as window:
            clock.advance(10.0)
        assert len(plug.asked) == n_asked  # reading asks nobody
    gpu = next(c for c in window.measurement.costs if c.channel == "gpu0")
    assert (gpu.low, gpu.value, gpu.high) == (5.0, 5.0, 5.0)


def test_a_window_without_answers_has_no_joules_but_a_reason(
    opened: Opener, clock: SteppingClock
) -> None:
    with FakeShelly() as plug:
        meter = opened(plug, every="10")
        bank = MeterBank([meter], observers=meter.observers, clock_s=clock)
        with bank.window() as window:
            plug.spoilt = Given(status=503)
            clock.advance(60.0)
            meter.ask()
    assert energy(window.measurement.costs) == []
    told = [n.message for n in window.measurement.notes if n.code is NoteCode.PARTIAL_COVERAGE]
    assert any("answers 503" in message for message in told)


def energy(costs: tuple[Cost, ...]) -> list[Cost]:
    return [cost for cost in costs if cost.resource is Resource.ENERGY_J]


def test_without_an_address_there_is_advice() -> None:
    with pytest.raises(MeterUnavailableError, match="shelly:url=http://ADDRESS"):
        ShellyMeter()


def test_what_it_is_told_is_checked() -> None:
    with pytest.raises(SettingsError, match="meter 'shelly': use must be one of auto, power"):
        ShellyMeter.from_options({"url": "http://127.0.0.1", "use": "guess"})


def test_a_device_without_a_hardware_address_is_known_by_where_it_answers(
    opened: Opener,
) -> None:
    with FakeShelly(mac="") as plug:
        assert {c.device for c in opened(plug).channels()} == {f"plug:{plug.url}:0"}


def test_the_counter_is_watched_for_a_moment_only(opened: Opener, clock: SteppingClock) -> None:
    with FakeShelly() as plug:
        opened(plug)
    assert clock() == shelly_plug.WATCH_S
