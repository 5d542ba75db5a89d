"""Strubell: energy that nobody measured, from time and the average draw of the parts.

`kWh = PUE x hours x (p_cpu + p_memory + n_gpus x p_gpu) / 1000` (Strubell et al. 2019, equation 1,
with the PUE of 2018, 1.58). It is a model: time times a constant that somebody put in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.impacts.interval import ends_of, times
from breakeven.errors import UnitMismatchError
from breakeven.records import Estimate, Kind, Origin, Resource

ALL_PARTS = "all"
"""Name of a draw that holds every part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Average draw of one part of a machine.

    Attributes:
        part: Its name ("gpu", "cpu", "memory"; "all" for everything together).
        power_w: Of one device, at least 0.
        n_devices: How many there are, at least 1.
        low_w: Lower end of a stated range; None for none.
        high_w: Upper end.
    """

    part: str
    power_w: float
    n_devices: int = 1
    low_w: float | None = None
    high_w: float | None = None

    def __post_init__(self) -> None:
        low_w, high_w = self.ends_w
        if not 0 <= low_w <= self.total_w <= high_w < math.inf:
            raise ValueError(
                f"draw of {self.part} must be finite and at least 0 W, got {self.power_w}"
            )
        if self.n_devices < 1:
            raise ValueError(f"{self.part} has {self.n_devices} devices; give at least 1")

    @property
    def total_w(self) -> float:
        """Of all its devices."""
        return self.power_w * self.n_devices

    @property
    def ends_w(self) -> tuple[float, float]:
        """Both ends of the draw of all its devices."""
        low = self.power_w if self.low_w is None else self.low_w
        high = self.power_w if self.high_w is None else self.high_w
        return low * self.n_devices, high * self.n_devices

    @property
    def words(self) -> str:
        """Such as `gpu 8 x 250 W`; of everything together the watts alone."""
        name = "" if self.part == ALL_PARTS else f"{self.part} "
        many = f"{self.n_devices:g} x " if self.n_devices > 1 else ""
        is_ranged = self.low_w is not None and self.high_w is not None
        ends = f" ({self.low_w:.10g}-{self.high_w:.10g})" if is_ranged else ""
        return f"{name}{many}{self.power_w:.10g}{ends} W"


def draw_words(draws: Sequence[Draw]) -> str:
    """Name the draws of all parts.

    Examples:
        >>> draw_words([Draw(part="gpu", power_w=250, n_devices=8), Draw(part="cpu", power_w=95)])
        'gpu 8 x 250 W + cpu 95 W'
    """
    return " + ".join(draw.words for draw in draws)


def strubell(
    duration: Estimate, draws: Sequence[Draw], *, utilisation: Dated | None = None
) -> Estimate:
    """Energy at the computers in joules: time x sum of the parts' draws; modelled.

    `with_overhead` adds the building, `carbon` the grid.

    Args:
        duration: In seconds, total or per item.
        draws: At least one.
        utilisation: Share of their rated power that the parts draw, where `draws` are rated.

    Raises:
        UnitMismatchError: If the estimate is not time.
        ValueError: If there are no draws.

    Examples:
        Transformer (base) of Strubell et al. 2019, Table 3: 1415.78 W for 12 h, 27 kWh with PUE.

        >>> from breakeven.analysis.impacts import overhead, stated
        >>> from breakeven.analysis.impacts import with_overhead
        >>> it = strubell(stated("duration_s", 12 * 3600), [Draw(part="all", power_w=1415.78)])
        >>> pue = overhead(1.58, year=2018, source="Ascierto 2018")
        >>> f"{with_overhead(it, pue).value / 3.6e6:.2f}", [kind.value for kind in it.kinds]
        ('26.84', ['modelled', 'assumed'])
    """
    if not duration.name.startswith(Resource.DURATION_S.value):
        raise UnitMismatchError(f"modelled energy needs duration_s, got {duration.name!r}")
    if not draws:
        raise ValueError("modelled energy needs the draw of at least one part")
    total_w = math.fsum(draw.total_w for draw in draws)
    lows, highs = zip(*(draw.ends_w for draw in draws), strict=True)
    low_w, high_w = math.fsum(lows), math.fsum(highs)
    low_s, high_s = ends_of(duration, is_ranged=low_w < high_w)
    of = "/".join(kind.value for kind in duration.kinds)
    found = replace(
        duration,
        name=duration.name.replace(Resource.DURATION_S.value, Resource.ENERGY_J.value, 1),
        value=None if duration.value is None else duration.value * total_w,
        low=None if low_s is None else low_s * low_w,
        high=None if high_s is None else high_s * high_w,
        method=f"{of} time x {draw_words(draws)}",
        kinds=(Kind.MODELLED, Kind.ASSUMED),
        origins=(*duration.origins, *(o for o in (Origin.STATED,) if o not in duration.origins)),
    )
    if utilisation is None:
        return found
    return replace(times(found, utilisation), method=f"{found.method} x {utilisation.words}")
