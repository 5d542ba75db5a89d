"""Falls: a running total that is lower than it was has been set back, whatever its meter says.

Meters that know their counter raise `CounterResetError` themselves. For those that do not, the bank
remembers the last total of every channel, at the readings of windows and at those in between: one
that falls and climbs past its old value before the window closes is found too.
"""

from collections.abc import Sequence

from breakeven.errors import CounterResetError
from breakeven.records.protocols import Channel, Reading

_ROUNDING = 1e-9
"""Share of a total by which a sum of the same numbers may differ."""


class Falls:
    """Remembers totals, and finds the one that fell."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._last: dict[tuple[str, str], float] = {}

    def found(
        self, meter: str, channels: Sequence[Channel], reading: Reading
    ) -> CounterResetError | None:
        """Compare a reading with the one before it, and remember it.

        Args:
            meter: Its name.
            channels: Its channels; less than their resolution is no fall.
            reading: Its latest.
        """
        error = None
        for channel in channels:
            if (total := reading.totals.get(channel.name)) is None:
                continue
            last = self._last.get((meter, channel.name), total)
            self._last[meter, channel.name] = total
            if last - total > max(channel.resolution, _ROUNDING * abs(last)):
                error = CounterResetError(
                    f"{channel.sensor}: {channel.resource} of {channel.name} fell from {last:.6g} "
                    f"to {total:.6g}: the counter was set back."
                )
        return error
