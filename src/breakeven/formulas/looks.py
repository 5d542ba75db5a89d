"""Updates: how often a sensor really shows something new, found by looking often.

Data sheets give no period, or another one than the driver's; part-time sensors average over a
window of their own (Yang, Adamek, Armour 2023, arXiv:2312.02741). So the value is read as fast as
it can be, and the times at which it changes are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

MIN_UPDATES = 4
"""Changes needed before a period is told: three gaps between them."""

FRESH_READS = 1.5
"""A sensor that changes at least at every so many-th read is fresh at every read: its own period,
if it has one, is below what looking can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRate:
    """How often a value changed while it was looked at.

    Attributes:
        period_s: Median time between two changes; None when it changed at every look, or too
            rarely to tell.
        low_s: Lower quartile of the gaps; None where there is no period.
        high_s: Upper quartile of the gaps; None where there is no period.
        looked_every_s: Median time between two looks: no period below it can be told.
        n_updates: Changes seen.
        step: Smallest change seen, in the value's unit; None when there was none.
    """

    period_s: float | None
    low_s: float | None
    high_s: float | None
    looked_every_s: float
    n_updates: int
    step: float | None

    @property
    def is_always_fresh(self) -> bool:
        """Whether (nearly) every look found something new."""
        return self.period_s is None and self.n_updates >= MIN_UPDATES


def update_rate(times_s: Sequence[float], values: Sequence[float]) -> UpdateRate:
    """Tell update period and smallest step from looks at one value.

    Two updates to the same value look like none, so a sensor at rest seems slower than it is; the
    median stands that as long as fewer than half of the updates are lost so.

    Args:
        times_s: When each look was made, rising, shape (n_looks,), at least 2.
        values: What it showed, shape (n_looks,).

    Raises:
        ValueError: If the shapes differ, there are fewer than 2 looks, or times do not rise.

    Examples:
        >>> rate = update_rate([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
        ...                    [5.0, 5.0, 7.0, 7.0, 6.0, 6.0, 9.0, 9.0, 8.0])
        >>> round(rate.period_s, 3), rate.step, rate.n_updates
        (0.2, 1.0, 4)
    """
    _refuse_unusable(times_s, values)
    looks = list(zip(times_s, values, strict=True))
    looked_every_s = median(later[0] - sooner[0] for sooner, later in pairwise(looks))
    changes = [(now[0], abs(now[1] - was[1])) for was, now in pairwise(looks) if now[1] != was[1]]
    gaps_s = [later[0] - sooner[0] for sooner, later in pairwise(changes)]
    is_told = len(changes) >= MIN_UPDATES and median(gaps_s) > FRESH_READS * looked_every_s
    low_s, _, high_s = quantiles(gaps_s, n=4, method="inclusive") if is_told else (None,) * 3
    return UpdateRate(
        period_s=median(gaps_s) if is_told else None,
        low_s=low_s,
        high_s=high_s,
        looked_every_s=looked_every_s,
        n_updates=len(changes),
        step=min((step for _, step in changes), default=None),
    )


def _refuse_unusable(times_s: Sequence[float], values: Sequence[float]) -> None:
    if len(times_s) != len(values) or len(times_s) < 2:
        raise ValueError(
            "an update period needs one value per look and at least 2 looks, "
            f"got {len(times_s)} times and {len(values)} values"
        )
    for sooner_s, later_s in pairwise(times_s):
        if later_s <= sooner_s:
            raise ValueError(f"times of looks must rise, got {later_s} s after {sooner_s} s")
