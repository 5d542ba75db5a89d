"""Amounts of the live table in words; what is not known is a dash, never a zero."""

from breakeven.analysis.words import amount_words
from breakeven.cli.live.scene import Costs, RowNow, Scene, cost_of
from breakeven.records import Cost, Kind, Origin, Resource
from breakeven.units import format_clock, format_si, scale_duration, scale_energy

UNKNOWN = "-"

TABLED = (Resource.CPU_S, Resource.ENERGY_J)
"""Costs that have a column; time has one in any case."""

_TELLING_FRAC = 0.02
"""An interval narrower than this share of its value is not written beside a number that moves."""


def clock_text(seconds: float | None) -> str:
    """Seconds as somebody who waits wants them."""
    return UNKNOWN if seconds is None else format_clock(seconds)


def study_left(scene: Scene) -> str:
    """Time to the end of the study."""
    if scene.left is None:
        return UNKNOWN
    return f"{'>' if scene.left[1] else '~'}{clock_text(scene.left[0])}"


def row_left(row: RowNow | None) -> str:
    """Time to the end of the row at its pace."""
    left_s = None if row is None else row.left_s
    return UNKNOWN if left_s is None else f"~{clock_text(left_s)}"


def cpus_text(row: RowNow | None, n_cpus: int) -> str:
    """CPUs in use now, of those that there are."""
    rate = None if row is None else row.rates.get(Resource.CPU_S)
    return UNKNOWN if rate is None else f"{rate.value:.1f} of {n_cpus}"


def power_text(row: RowNow | None) -> str:
    """Watts in use now."""
    rate = None if row is None else row.rates.get(Resource.ENERGY_J)
    return UNKNOWN if rate is None else format_si(rate.value, "W")


def spent_text(costs: Costs, resource: Resource, *, has_interval: bool = False) -> str:
    """What was spent of a resource, in the column of its name."""
    cost = cost_of(costs, resource)
    if cost is None:
        return UNKNOWN
    scale = (scale_energy if resource is Resource.ENERGY_J else scale_duration)(cost.value)
    ends = ""
    if has_interval and cost.high - cost.low > _TELLING_FRAC * cost.value:
        ends = f" ({cost.low / scale.factor:.3g}-{cost.high / scale.factor:.3g})"
    return f"{cost.value / scale.factor:.3g} {scale.symbol}{ends}"


def spent_words(costs: Costs, resource: Resource) -> str:
    """The same with its name."""
    cost = cost_of(costs, resource)
    return UNKNOWN if cost is None else amount_words(resource, cost.value)


def expected(scene: Scene, resource: Resource) -> tuple[float, bool] | None:
    """What the whole study takes: spent, and what finished runs tell of those left.

    Returns:
        In SI, and whether it takes at least so much; None where nothing tells. What is replayed or
        modelled stays so in the sum.
    """
    ended = cost_of(scene.ended, resource)
    so_far = cost_of(scene.costs, resource)
    if resource is Resource.DURATION_S:
        if scene.left is None:
            return None
        return (so_far.value if so_far else 0.0) + scene.left[0], scene.left[1]
    told, n_told = scene.known.amounts.get(resource), scene.known.n_told.get(resource, 0)
    if told is None:
        return None
    whole = (ended.value if ended else 0.0) + told
    return max(whole, so_far.value if so_far else 0.0), n_told < scene.n_left


def expected_text(scene: Scene, resource: Resource) -> str:
    """The forecast in the column of its name: about so much, or at least."""
    found = expected(scene, resource)
    if found is None:
        return UNKNOWN
    value, is_partial = found
    scale = (scale_energy if resource is Resource.ENERGY_J else scale_duration)(value)
    return f"{'>' if is_partial else '~'}{value / scale.factor:.3g} {scale.symbol}"


def whole_clock(scene: Scene) -> str:
    """The forecast of time."""
    found = expected(scene, Resource.DURATION_S)
    return UNKNOWN if found is None else f"{'>' if found[1] else '~'}{clock_text(found[0])}"


def remark(costs: Costs) -> str:
    """Say how energy is known where no sensor measured it here; empty where one did."""
    cost = cost_of(costs, Resource.ENERGY_J)
    if cost is None or (how := _not_measured(cost)) is None:
        return ""
    return f"power, energy: {how}, not measured"


def _not_measured(cost: Cost) -> str | None:
    if cost.origin is Origin.REPLAYED:
        return "replayed"
    return None if cost.kind is Kind.MEASURED else str(cost.kind)
