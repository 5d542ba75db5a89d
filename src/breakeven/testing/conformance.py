"""The suite that every meter must pass; the author of a plug-in subclasses it.

Provide a fixture `meter` and let pytest do the rest; the suites of peak meters and observers are
used alike. What only your sensor can answer is asked through attributes and hooks, each of which
may stay as it is:

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
from functools import partial
from itertools import pairwise

from breakeven.records.protocols import Meter
from breakeven.testing.audited import Audited
from breakeven.testing.checks import (
    check_channels,
    check_cpu,
    check_devices,
    check_in_child,
    check_rising,
    read,
)


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
