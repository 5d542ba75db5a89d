"""The suite that every peak meter must pass; `conformance.py` says how such a suite is used."""

import math

from breakeven.records.protocols import PeakMeter
from breakeven.testing.audited import Audited
from breakeven.testing.checks import check_channels, check_cpu, check_devices, check_in_child


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
