"""The suites that every meter and observer must pass; a plug-in author subclasses one.

Provide a fixture (`meter`, or `observer`) and let pytest do the rest. What only your sensor can
answer is asked through attributes and hooks, each of which may stay as it is:

    class TestKettle(MeterConformance):
        maker = KettleMeter              # takes options through `from_options`
        addresses = ("127.0.0.1",)       # what it was told to ask; nobody else may be asked

        @pytest.fixture
        def meter(self) -> KettleMeter: ...

        def break_sensor(self, meter: KettleMeter) -> bool:
            self.folder.unplug()         # and from now on reading must fail as documented
            return True

A suite that cannot fail is worth nothing: `tests/testing/test_conformance.py` shows a faulty meter
to every check here.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

from breakeven.records import Note
from breakeven.records.protocols import Meter, Observer, PeakMeter
from breakeven.testing.audit import CONNECTIONS
from breakeven.testing.checks import (
    check_channels,
    check_cpu,
    check_devices,
    check_in_child,
    check_rising,
    read,
    refusal,
)

_SECRET = "hunter2"  # noqa: S105 - a made-up one, which must not come back


class Audited:
    """Watches the network from before the fixtures are made until the test is over.

    Attributes:
        addresses: Hosts that the thing under test was told to ask.
        maker: Its class, when it takes options.
        read_cpu_s: CPU seconds that one look may take; the quickest of several counts, so that a
            busy machine fails nobody.
    """

    addresses: ClassVar[Sequence[str]] = ()
    maker: ClassVar[Any] = None
    read_cpu_s: ClassVar[float] = 5e-3

    def setup_method(self) -> None:
        """Begin to watch; pytest calls this before it makes the fixtures."""
        self._connected = CONNECTIONS.watch()

    def teardown_method(self) -> None:
        """Stop watching."""
        CONNECTIONS.forget(self._connected)

    def check_connections(self) -> None:
        """Nobody was asked whose address was not given."""
        others = self._connected - set(self.addresses)
        assert not others, f"connected to {sorted(others)}, which nobody named"

    def check_options(self) -> None:
        """An unknown option, and a password, are refused in one sentence that repeats no secret."""
        if self.maker is None:
            return
        for options in ({"no_such_option": "1"}, {"password": _SECRET}):
            said = refusal(self.maker, options)
            assert "\n" not in said, f"more than one line: {said!r}"
            assert 20 <= len(said) <= 300, f"no clear sentence: {said!r}"
            assert next(iter(options)) in said, f"does not name the option: {said!r}"
            assert _SECRET not in said, "a secret comes back in the message"


class MeterConformance(Audited):
    """Counters; subclass it and provide a `meter` fixture."""

    def break_sensor(self, meter: Meter) -> bool:  # noqa: ARG002 - a hook
        """Make what the meter reads fail; return whether that was possible."""
        return False

    def test_is_a_meter(self, meter: Meter) -> None:
        """The object satisfies the protocol and can be polled."""
        assert isinstance(meter, Meter)
        assert meter.name
        assert meter.poll_period_s > 0

    def test_channels_are_described_once_and_honestly(self, meter: Meter) -> None:
        """Names are unique, steps are not negative, no channel contains or checks itself."""
        check_channels(meter.channels())

    def test_what_belongs_to_the_machine_names_its_device(self, meter: Meter) -> None:
        """Two processes that read the same thing can tell that they do."""
        check_devices(meter.channels())

    def test_channels_stay_what_they_are(self, meter: Meter) -> None:
        """Readings do not change what a channel is."""
        before = list(meter.channels())
        meter.read()
        assert list(meter.channels()) == before

    def test_totals_are_of_known_channels_and_finite(self, meter: Meter) -> None:
        """Nothing is read that is not described, and a missing value is absent, not NaN."""
        reading = meter.read()
        known = {channel.name for channel in meter.channels()}
        for amounts in (reading.totals, reading.covered_s, reading.slack, reading.lag):
            assert amounts.keys() <= known
            assert all(math.isfinite(amount) for amount in amounts.values())
        for amounts in (reading.covered_s, reading.slack, reading.lag):
            assert all(amount >= 0 for amount in amounts.values())

    def test_totals_never_fall_and_channels_never_vanish(self, meter: Meter) -> None:
        """Counters are cumulative and their channels stable; so is what they observed."""
        reads = [meter.read() for _ in range(3)]
        for earlier, later in pairwise(reads):
            assert earlier.totals.keys() == later.totals.keys()
            check_rising(earlier, later)
            covered_s = earlier.covered_s
            assert all(later.covered_s.get(name, 0.0) >= s for name, s in covered_s.items())

    def test_reading_costs_little(self, meter: Meter) -> None:
        """One read is quick in CPU seconds of this thread."""
        check_cpu(meter.read, most_s=self.read_cpu_s)

    def test_a_sensor_that_fails_is_told_and_not_invented(self, meter: Meter) -> None:
        """Reading on raises what is documented, leaves channels out, or stays where it was."""
        before = read(meter)
        if before is None or not self.break_sensor(meter):
            return
        after = read(meter)
        if after is None:
            return
        assert after.totals.keys() <= before.totals.keys()
        check_rising(before, after)
        again = read(meter)
        assert again is None or again.totals == after.totals, "it counts on without its sensor"

    def test_survives_a_fork(self, meter: Meter) -> None:
        """A child may read or be refused, and may close; the parent's readings go on."""
        before = read(meter)
        check_in_child(partial(read, meter), meter.close)
        after = read(meter)
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            check_rising(before, after)

    def test_closing_twice_is_fine(self, meter: Meter) -> None:
        """Closing releases and does not fail, also the second time."""
        meter.close()
        meter.close()

    def test_reading_after_closing_fails_as_documented_if_at_all(self, meter: Meter) -> None:
        """Nothing but what `read` is allowed to raise."""
        meter.close()
        read(meter)

    def test_opens_no_connection_that_nobody_asked_for(self, meter: Meter) -> None:
        """From before it was opened until it is closed."""
        read(meter)
        meter.close()
        self.check_connections()

    def test_options_are_refused_in_one_clear_sentence(self) -> None:
        """For meters that take options."""
        self.check_options()


class PeakMeterConformance(Audited):
    """Gauges whose largest value counts; subclass it and provide a `meter` fixture."""

    def test_is_a_peak_meter(self, meter: PeakMeter) -> None:
        """The object satisfies the protocol and can be polled."""
        assert isinstance(meter, PeakMeter)
        assert meter.name
        assert meter.poll_period_s > 0

    def test_channels_are_described_once_and_honestly(self, meter: PeakMeter) -> None:
        """Names are unique, steps are not negative, and peaks are of what does not add up."""
        channels = meter.channels()
        check_channels(channels)
        check_devices(channels)
        assert all(not channel.resource.is_additive for channel in channels)

    def test_channels_stay_what_they_are(self, meter: PeakMeter) -> None:
        """Looking does not change what a channel is."""
        before = list(meter.channels())
        meter.take_peaks()
        assert list(meter.channels()) == before

    def test_peaks_are_of_known_channels_and_not_negative(self, meter: PeakMeter) -> None:
        """Nothing is seen that is not described."""
        peaks = meter.take_peaks()
        assert peaks.keys() <= {channel.name for channel in meter.channels()}
        assert all(0 <= peak < math.inf for peak in peaks.values())

    def test_looking_costs_little(self, meter: PeakMeter) -> None:
        """One look is quick in CPU seconds of this thread."""
        check_cpu(meter.take_peaks, most_s=self.read_cpu_s)

    def test_survives_a_fork(self, meter: PeakMeter) -> None:
        """A child may look and close; the parent still sees."""
        meter.take_peaks()
        check_in_child(meter.take_peaks, meter.close)
        assert meter.take_peaks().keys() <= {channel.name for channel in meter.channels()}

    def test_closing_twice_is_fine(self, meter: PeakMeter) -> None:
        """Closing releases and does not fail, also the second time."""
        meter.close()
        meter.close()

    def test_opens_no_connection_that_nobody_asked_for(self, meter: PeakMeter) -> None:
        """From before it was opened until it is closed."""
        meter.take_peaks()
        meter.close()
        self.check_connections()

    def test_options_are_refused_in_one_clear_sentence(self) -> None:
        """For meters that take options."""
        self.check_options()


class ObserverConformance(Audited):
    """What may have disturbed a window; subclass it and provide an `observer` fixture."""

    def test_is_an_observer(self, observer: Observer) -> None:
        """The object satisfies the protocol."""
        assert isinstance(observer, Observer)
        assert observer.name

    def test_looks_are_finite_numbers_by_name(self, observer: Observer) -> None:
        """What cannot be read is absent, not NaN."""
        looks = observer.look()
        assert all(isinstance(name, str) and name for name in looks)
        assert all(math.isfinite(value) for value in looks.values())

    def test_judgements_are_notes_with_advice(self, observer: Observer) -> None:
        """A doubt says what happened and what to do."""
        for note in self._judge(observer):
            assert isinstance(note, Note)
            assert note.message
            assert note.advice

    def test_a_judgement_rests_on_its_looks_alone(self, observer: Observer) -> None:
        """The same looks are judged alike, whenever and however often that is asked."""
        look = observer.look()
        assert self._same(observer, look) == self._same(observer, dict(look))

    def test_what_could_not_be_read_is_not_judged(self, observer: Observer) -> None:
        """A look that came back empty breaks no judgement and accuses nobody."""
        look = observer.look()
        assert list(observer.judge({}, {}, duration_s=1.0)) == []
        for before, after in ((look, {}), ({}, look)):
            observer.judge(before, after, duration_s=1.0)

    def test_looking_costs_little(self, observer: Observer) -> None:
        """One look is quick in CPU seconds of this thread."""
        check_cpu(observer.look, most_s=self.read_cpu_s)

    def test_survives_a_fork(self, observer: Observer) -> None:
        """A child may look and close; the parent goes on looking."""
        check_in_child(observer.look, observer.close)
        observer.look()

    def test_closing_twice_is_fine(self, observer: Observer) -> None:
        """Closing releases and does not fail, also the second time."""
        observer.close()
        observer.close()

    def test_opens_no_connection_that_nobody_asked_for(self, observer: Observer) -> None:
        """From before it was opened until it is closed."""
        observer.look()
        observer.close()
        self.check_connections()

    def _judge(self, observer: Observer) -> Sequence[Note]:
        before = observer.look()
        grown = {name: 2 * value + 1e6 for name, value in observer.look().items()}
        return [
            *observer.judge(before, observer.look(), duration_s=1.0),
            *observer.judge(before, grown, duration_s=1.0),
        ]

    def _same(self, observer: Observer, look: Mapping[str, float]) -> Sequence[Note]:
        return list(observer.judge(look, look, duration_s=1.0))
