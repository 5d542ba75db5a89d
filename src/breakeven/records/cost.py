"""Cost: one amount of one resource, with its kind and interval; totals and averages apart.

The resource's name carries its unit, so joules cannot meet watt-hours; `Cost` is a total and
`AverageCost` an average per item, so the two cannot be added (Dürlich et al. 2023, section 3.2).
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from breakeven.errors import UnitMismatchError

CARD_MEMORY = frozenset({"nvml-card-memory", "amdsmi-card-memory"})
"""Sensors of a whole card's memory: others' and the driver's are in it, so it is never 0."""

TREE, METER = "process_tree", "meter"
"""Channels of CPU seconds: everything that is measured, and the meter's own part of it."""


class Kind(StrEnum):
    """How a number came about; four kinds that never share a field."""

    MEASURED = "measured"
    COUNTED = "counted"
    MODELLED = "modelled"
    ASSUMED = "assumed"


class Origin(StrEnum):
    """Where a number was obtained, beside its kind; `logged` by a meter that keeps its own log."""

    LIVE = "live"
    REPLAYED = "replayed"
    PUBLISHED = "published"
    DERIVED = "derived"
    INFERRED = "inferred"
    STATED = "stated"
    LOGGED = "logged"


class Scope(StrEnum):
    """How much of the machine an energy channel sees; a wider one contains every narrower one.

    GPU, package and DRAM are parts. Channels of one scope add up (two GPUs, four power supplies,
    two plugs of one machine), so where two of them count the same thing one is `check_of` the
    other, and a sum beside its parts is named in their `part_of`.
    """

    PART = "part"
    SUPPLY = "supply"
    WALL = "wall"

    @property
    def width(self) -> int:
        """Rank from the narrowest, 0."""
        return list(Scope).index(self)

    @property
    def leaves_out(self) -> str:
        """What a meter of this scope does not see, in words."""
        return _LEAVES_OUT[self]


_LEAVES_OUT = {
    Scope.PART: "",
    Scope.SUPPLY: "losses before the power supplies, and what they do not feed",
    Scope.WALL: "what is plugged in elsewhere; all that hangs on the plug is in",
}


class Resource(StrEnum):
    """What is consumed; the suffix of each value is its SI unit.

    Utilisation is kept as what adds up: CPU seconds, byte-seconds of resident memory and busy
    seconds of a device; over the duration they give the mean.
    """

    DURATION_S = "duration_s"
    CPU_S = "cpu_s"
    MEMORY_BYTE_S = "memory_byte_s"
    DEVICE_BUSY_S = "device_busy_s"
    ENERGY_J = "energy_j"
    FLOPS = "flops"
    CARBON_KGCO2E = "carbon_kgco2e"
    PRICE_EUR = "price_eur"
    PRICE_USD = "price_usd"
    PEAK_MEMORY_BYTES = "peak_memory_bytes"
    PEAK_DEVICE_MEMORY_BYTES = "peak_device_memory_bytes"
    N_PARAMETERS = "n_parameters"
    N_LABELLED_EXAMPLES = "n_labelled_examples"
    N_UNLABELLED_EXAMPLES = "n_unlabelled_examples"
    LATENCY_P50_S = "latency_p50_s"
    LATENCY_P99_S = "latency_p99_s"

    @property
    def is_additive(self) -> bool:
        """Whether two amounts add up; peaks, sizes and waiting times take the larger instead."""
        return self not in _LARGEST_COUNTS


_LARGEST_COUNTS = frozenset(
    {
        Resource.PEAK_MEMORY_BYTES,
        Resource.PEAK_DEVICE_MEMORY_BYTES,
        Resource.N_PARAMETERS,
        Resource.LATENCY_P50_S,
        Resource.LATENCY_P99_S,
    }
)


class Item(StrEnum):
    """What an average is taken over."""

    EXAMPLE = "example"
    REAL_TOKEN = "real_token"  # noqa: S105 - a unit, not a password
    PADDED_TOKEN = "padded_token"  # noqa: S105 - the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Total of one resource on one channel over one phase.

    Attributes:
        resource: What was consumed; names the unit of the four numbers below.
        value: The amount.
        low: Lower end of what the sensor can vouch for (resolution, read time, coverage).
        high: Upper end of the same.
        kind: How the number came about.
        channel: Which device or part ("process_tree", "package-0", "gpu0"); "all" after a sum.
        sensor: What produced it ("rapl", "getrusage", "kaplan-2020").
        origin: Live, replayed from a recording, or taken from print.
        resolution: Smallest step of the sensor, in the resource's unit; None if not applicable.
        period_s: Time between updates of the sensor; None when fresh at every read.
        coverage_frac: Share of the window the sensor really observed.
        not_covered: What this channel leaves out, in words ("fans, PSU loss").
        part_of: Channel that already contains this one; never summed with it.
        check_of: Channel that counts the same by another sensor; compared with it, never summed.
        scope: How much of the machine it sees; only the widest scope of a window counts in sums.
        device: Physical thing that counted, as `Channel.device`; two ranks of one node that both
            name it counted the same. Empty for what belongs to a process.
    """

    resource: Resource
    value: float
    low: float
    high: float
    kind: Kind
    channel: str
    sensor: str
    origin: Origin = Origin.LIVE
    resolution: float | None = None
    period_s: float | None = None
    coverage_frac: float = 1.0
    not_covered: str = ""
    part_of: str | None = None
    check_of: str | None = None
    scope: Scope = Scope.PART
    device: str = ""

    def __post_init__(self) -> None:
        what = f"{self.resource} on {self.channel}"
        _refuse_impossible(what, value=self.value, low=self.low, high=self.high)
        if not 0 <= self.coverage_frac <= 1:
            raise ValueError(f"{what}: coverage_frac must be in 0..1, got {self.coverage_frac}")
        if self.part_of == self.channel:
            raise ValueError(f"{what} cannot be part of itself; name the channel that contains it")
        if self.check_of == self.channel:
            raise ValueError(
                f"{what} cannot check itself; name the channel that it is held against"
            )

    @classmethod
    def exact(  # noqa: PLR0913 - each says one thing of a number
        cls,
        resource: Resource,
        value: float,
        *,
        kind: Kind,
        sensor: str,
        channel: str = "all",
        origin: Origin = Origin.LIVE,
    ) -> "Cost":
        """Make a cost without uncertainty of its own, such as a count."""
        return cls(
            resource=resource,
            value=value,
            low=value,
            high=value,
            kind=kind,
            channel=channel,
            sensor=sensor,
            origin=origin,
        )

    def __add__(self, other: "Cost") -> "Cost":
        """Add two totals of one resource and kind; intervals add end to end.

        Raises:
            UnitMismatchError: If resource or kind differ, or `other` is not a total.
        """
        _refuse_unlike(self, other)
        combine = sum if self.resource.is_additive else max
        return replace(
            self,
            value=combine((self.value, other.value)),
            low=combine((self.low, other.low)),
            high=combine((self.high, other.high)),
            channel=_same(self.channel, other.channel, "all"),
            sensor=_same(self.sensor, other.sensor, "several"),
            origin=_mixed(self.origin, other.origin),
            resolution=None,
            period_s=None,
            coverage_frac=min(self.coverage_frac, other.coverage_frac),
            not_covered=_joined(self.not_covered, other.not_covered),
            part_of=None,
            check_of=None,
            scope=min(self.scope, other.scope, key=lambda scope: scope.width),
            device=_same(self.device, other.device, ""),
        )

    def per(self, item: Item, n_items: float) -> "AverageCost":
        """Average this total over `n_items` items.

        Raises:
            ValueError: If there are no items to average over.
            UnitMismatchError: If the resource is a peak or a size, which no item has a share of.
        """
        if not 0 < n_items < math.inf:
            raise ValueError(
                f"n_items must be above 0 and finite to average {self.resource}, got {n_items}"
            )
        return AverageCost(
            resource=self.resource,
            item=item,
            value=self.value / n_items,
            low=self.low / n_items,
            high=self.high / n_items,
            kind=self.kind,
            origin=self.origin,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageCost:
    """Average of one resource per item; cannot be added to a total.

    Attributes:
        resource: What is consumed, in its own unit, per item.
        item: What the average is taken over.
        value: The average.
        low: Lower end.
        high: Upper end.
        kind: How the number came about.
        origin: Where it was obtained.
    """

    resource: Resource
    item: Item
    value: float
    low: float
    high: float
    kind: Kind
    origin: Origin = Origin.LIVE

    def __post_init__(self) -> None:
        what = f"{self.resource} per {self.item}"
        if not self.resource.is_additive:
            raise UnitMismatchError(f"{what} means nothing; a peak or a size is not shared out")
        _refuse_impossible(what, value=self.value, low=self.low, high=self.high)

    def __add__(self, other: "AverageCost") -> "AverageCost":
        """Add two averages over the same item (e.g. tokenizer and model).

        Raises:
            UnitMismatchError: If resource, kind or item differ, or `other` is not an average.
        """
        _refuse_unlike(self, other)
        if self.item is not other.item:
            raise UnitMismatchError(
                f"cannot add an average per {other.item} to one per {self.item}; "
                "convert both to the same item first"
            )
        return replace(
            self,
            value=self.value + other.value,
            low=self.low + other.low,
            high=self.high + other.high,
            origin=_mixed(self.origin, other.origin),
        )

    def times(self, n_items: float) -> Cost:
        """Total after `n_items` items; the interval grows in proportion."""
        return Cost(
            resource=self.resource,
            value=self.value * n_items,
            low=self.low * n_items,
            high=self.high * n_items,
            kind=self.kind,
            channel="all",
            sensor=f"average per {self.item}",
            origin=self.origin,
        )


def _refuse_impossible(what: str, *, value: float, low: float, high: float) -> None:
    if not all(math.isfinite(x) for x in (value, low, high)):
        raise ValueError(f"{what} must be finite, got {low}, {value}, {high}")
    if not 0 <= low <= value <= high:
        raise ValueError(
            f"{what} must satisfy 0 <= low <= value <= high, got {low}, {value}, {high}"
        )


def _refuse_unlike(left: Cost | AverageCost, right: object) -> None:
    if type(left) is not type(right) or not isinstance(right, Cost | AverageCost):
        raise UnitMismatchError(
            f"cannot add {type(right).__name__} to {type(left).__name__} ({left.resource}); "
            "a total and an average meet only through `times` or `per`"
        )
    if left.resource is not right.resource:
        raise UnitMismatchError(f"cannot add {right.resource} to {left.resource}")
    if left.kind is not right.kind:
        raise UnitMismatchError(
            f"cannot add a {right.kind} number to a {left.kind} one ({left.resource}); "
            "keep them apart and show both kinds"
        )


def _mixed(left: Origin, right: Origin) -> Origin:
    """Origin of a sum; one that is replayed in part must not pass for anything else."""
    if left is right:
        return left
    return Origin.REPLAYED if Origin.REPLAYED in (left, right) else Origin.DERIVED


def _same(left: str, right: str, otherwise: str) -> str:
    return left if left == right else otherwise


def _joined(left: str, right: str) -> str:
    parts = dict.fromkeys(p for text in (left, right) for p in text.split("; ") if p)
    return "; ".join(parts)
