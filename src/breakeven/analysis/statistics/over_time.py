"""Over time: the same configurations then and now, and what got dearer.

Runs of two stores stand in no common block, so nothing is paired: each ratio is of geometric means,
with the interval of two independent samples. It holds how runs of one day scatter; what differs
between the days (a driver, a room, another tenant) is in the ratio itself and cannot be told apart
from a change of the configuration. p is adjusted for everything compared (Holm).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakeven.analysis.samples.two_samples import Sample, TwoSamples, compare_samples, holm
from breakeven.analysis.statistics.readings import Readings
from breakeven.analysis.uncertain import LEVEL

ALPHA = 0.05

DEARER, CHEAPER = "dearer", "cheaper"
NOT_SHOWN, NOT_TESTED = "no change shown", "too few to test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One number of one configuration, now over then.

    Attributes:
        number: Readings then, for name, unit and kinds.
        configuration: Which.
        found: Ratio (now over then), test, p.
        p_holm: Adjusted for everything compared; None where nothing was tested.
        n_then: Runs then.
        n_now: Runs now.
    """

    number: Readings
    configuration: str
    found: TwoSamples
    p_holm: float | None
    n_then: int
    n_now: int

    @property
    def verdict(self) -> str:
        """What is shown at 5 % after adjustment."""
        ratio = self.found.ratio
        if ratio is None or self.p_holm is None:
            return NOT_TESTED
        if self.p_holm >= ALPHA:
            return NOT_SHOWN
        return DEARER if ratio.value > 1 else CHEAPER


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """Two stores.

    Attributes:
        changes: Everything that both hold.
        only_then: Names that only the first holds.
        only_now: Names that only the second holds.
        level: Of each interval.
    """

    changes: tuple[Change, ...]
    only_then: tuple[str, ...]
    only_now: tuple[str, ...]
    level: float


def over_time(
    then: Sequence[Readings], now: Sequence[Readings], *, level: float = LEVEL
) -> OverTime:
    """Compare what two stores both hold.

    Args:
        then: Readings of the earlier one.
        now: Readings of the later one.
        level: Confidence level.

    Examples:
        >>> from breakeven.analysis.statistics.readings import Reading
        >>> def made(*values: float) -> Readings:
        ...     rows = tuple(Reading(value=v, levels=("FT",)) for v in values)
        ...     return Readings(name="t_s", title="Time, s", factors=("pathway",), readings=rows)
        >>> found = over_time([made(1.0, 1.01, 0.99, 1.0)], [made(1.2, 1.21, 1.19, 1.2)])
        >>> change = found.changes[0]
        >>> round(change.found.ratio.value, 2), change.verdict
        (1.2, 'dearer')
    """
    old, new = _cells(then), _cells(now)
    common = [key for key in old if key in new]
    found = [
        compare_samples(_apart(new[key][1]), _apart(old[key][1]), level=level) for key in common
    ]
    adjusted = holm([one.p for one in found])
    return OverTime(
        changes=tuple(
            Change(
                number=old[key][0],
                configuration=key[-1],
                found=one,
                p_holm=p,
                n_then=len(old[key][1]),
                n_now=len(new[key][1]),
            )
            for key, one, p in zip(common, found, adjusted, strict=True)
        ),
        only_then=tuple(_name(key) for key in old if key not in new),
        only_now=tuple(_name(key) for key in new if key not in old),
        level=level,
    )


_Key = tuple[str, str, str, str]


def _cells(found: Sequence[Readings]) -> Mapping[_Key, tuple[Readings, Sample]]:
    return {
        (own.where, own.title, "+".join(own.kinds), configuration): (own, sample)
        for own in found
        for configuration, sample in own.samples().items()
    }


def _apart(sample: Sample) -> Sample:
    """The same outside blocks: block 3 of one day is no block 3 of another."""
    return {-1 - i: value for i, value in enumerate(sample.values())}


def _name(key: _Key) -> str:
    where, name, kind, configuration = key
    return ", ".join(part for part in (configuration, name, kind, where) if part)
