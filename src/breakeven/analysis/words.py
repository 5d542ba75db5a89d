"""Words: how sentences name costs, items and amounts, in one place so that all agree."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from breakeven import units
from breakeven.records import Item, Resource, Stage, Surroundings

_RESOURCES = {
    Resource.DURATION_S: "wall-clock time",
    Resource.CPU_S: "CPU time",
    Resource.MEMORY_BYTE_S: "memory over time",
    Resource.DEVICE_BUSY_S: "device time",
    Resource.ENERGY_J: "energy",
    Resource.FLOPS: "FLOPs",
    Resource.CARBON_KGCO2E: "carbon",
    Resource.PRICE_EUR: "price (EUR)",
    Resource.PRICE_USD: "price (USD)",
    Resource.PEAK_MEMORY_BYTES: "peak memory",
    Resource.PEAK_DEVICE_MEMORY_BYTES: "peak device memory",
    Resource.N_PARAMETERS: "parameters",
    Resource.N_LABELLED_EXAMPLES: "labelled examples",
    Resource.N_UNLABELLED_EXAMPLES: "unlabelled examples",
    Resource.LATENCY_P50_S: "median latency",
    Resource.LATENCY_P99_S: "latency (99th percentile)",
}

_STAGES = {
    Stage.FETCH: "fetching",
    Stage.PRETRAIN: "pre-training",
    Stage.FINETUNE: "fine-tuning",
    Stage.DISTIL: "distillation",
    Stage.EXPORT: "export",
    Stage.ADAPT: "joining of models",
    Stage.TUNE: "tuning",
    Stage.EVALUATE: "evaluation",
    Stage.INFER: "inference",
}


def _scale_carbon(size_kgco2e: float) -> units.Scale:
    in_grams = units.scale_si(size_kgco2e * 1e3, "gCO2e")
    return units.Scale(in_grams.factor / 1e3, in_grams.symbol)


_SCALES: Mapping[Resource, Callable[[float], units.Scale]] = {
    Resource.DURATION_S: units.scale_duration,
    Resource.CPU_S: units.scale_duration,
    Resource.MEMORY_BYTE_S: units.scale_byte_seconds,
    Resource.DEVICE_BUSY_S: units.scale_duration,
    Resource.ENERGY_J: units.scale_energy,
    Resource.FLOPS: partial(units.scale_si, unit="FLOP"),
    Resource.CARBON_KGCO2E: _scale_carbon,
    Resource.PEAK_MEMORY_BYTES: units.scale_bytes,
    Resource.PEAK_DEVICE_MEMORY_BYTES: units.scale_bytes,
    Resource.LATENCY_P50_S: units.scale_duration,
    Resource.LATENCY_P99_S: units.scale_duration,
}
_MONEY = {Resource.PRICE_EUR: "EUR", Resource.PRICE_USD: "USD"}


def resource_words(resource: Resource) -> str:
    """Name a resource for people.

    Examples:
        >>> resource_words(Resource.CPU_S)
        'CPU time'
    """
    return _RESOURCES[resource]


def stage_words(stage: Stage) -> str:
    """Name a stage for people.

    Examples:
        >>> stage_words(Stage.DISTIL)
        'distillation'
    """
    return _STAGES.get(stage, stage.value)


def less_of(resource: Resource) -> str:
    """Say "less" of a resource.

    Examples:
        >>> less_of(Resource.ENERGY_J), less_of(Resource.FLOPS), less_of(Resource.PRICE_EUR)
        ('less energy', 'fewer FLOPs', 'less money (EUR)')
    """
    if resource in _MONEY:
        return f"less money ({_MONEY[resource]})"
    word = "fewer" if _RESOURCES[resource].endswith("s") else "less"
    return f"{word} {_RESOURCES[resource]}"


def item_words(item: Item) -> str:
    """Name several items for people.

    Examples:
        >>> item_words(Item.PADDED_TOKEN)
        'padded tokens'
    """
    return f"{item.value.replace('_', ' ')}s"


def items_words(volume: float, item: Item) -> str:
    """Write a number of items.

    Examples:
        >>> items_words(3e6, Item.EXAMPLE), items_words(1.0, Item.REAL_TOKEN)
        ('3 million examples', '1 real token')
    """
    return f"{units.format_count(volume)} {one_item(item) if volume == 1 else item_words(item)}"


def one_item(item: Item) -> str:
    """Name one item for people.

    Examples:
        >>> one_item(Item.REAL_TOKEN)
        'real token'
    """
    return item.value.replace("_", " ")


def amount_words(resource: Resource, value: float) -> str:
    """Write an amount with three digits in a unit that reads easily.

    Args:
        resource: Names the SI unit of `value`.
        value: The amount.

    Examples:
        >>> amount_words(Resource.CPU_S, 0.0031)
        '3.1 CPU ms'
        >>> amount_words(Resource.ENERGY_J, 507960.0)
        '141 Wh'
        >>> amount_words(Resource.CARBON_KGCO2E, 0.0025)
        '2.5 gCO2e'
        >>> amount_words(Resource.PRICE_USD, 0.00012)
        '120 millionths of a USD'
        >>> amount_words(Resource.PRICE_EUR, 4.04e-06), amount_words(Resource.PRICE_EUR, 2488.6)
        ('4.04 millionths of a EUR', '2,490 EUR')
        >>> amount_words(Resource.N_PARAMETERS, 1.2e6)
        '1.2 million'
    """
    scale = _SCALES.get(resource)
    if scale is not None:
        unit = scale(value)
        prefix = "CPU " if resource is Resource.CPU_S else ""
        return f"{_three_digits(value / unit.factor)} {prefix}{unit.symbol}"
    if resource in _MONEY:
        unit = units.scale_money(value, _MONEY[resource])
        return f"{_three_digits(value / unit.factor)} {unit.symbol}"
    return units.format_count(value)


def _three_digits(value: float) -> str:
    """Three digits without an exponent: counts in words from 1,000 on, small ones written out."""
    text = f"{value:.3g}"
    if "e-" in text:
        return f"{value:.{2 - math.floor(math.log10(abs(value)))}f}".rstrip("0")
    return units.format_count(value) if "e+" in text else text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleKind:
    """How `amount_words` writes a resource, for who must write it elsewhere.

    Attributes:
        kind: "duration", "byte_seconds", "energy", "si", "carbon", "bytes", "money" or "count".
        unit: That an SI prefix stands before, or the currency; empty for the others.
        prefix: Before the unit ("CPU ").
    """

    kind: str
    unit: str = ""
    prefix: str = ""


_SCALE_KINDS: Mapping[Callable[[float], units.Scale], str] = {
    units.scale_duration: "duration",
    units.scale_byte_seconds: "byte_seconds",
    units.scale_energy: "energy",
    units.scale_bytes: "bytes",
}


def scale_kind(resource: Resource) -> ScaleKind:
    """Name the rule by which `amount_words` chooses the unit of a resource.

    Examples:
        >>> scale_kind(Resource.CPU_S)
        ScaleKind(kind='duration', unit='', prefix='CPU ')
        >>> scale_kind(Resource.FLOPS)
        ScaleKind(kind='si', unit='FLOP', prefix='')
        >>> scale_kind(Resource.N_PARAMETERS).kind
        'count'
    """
    if resource in _MONEY:
        return ScaleKind(kind="money", unit=_MONEY[resource])
    if resource is Resource.CARBON_KGCO2E:
        return ScaleKind(kind="carbon", unit="gCO2e")
    if resource is Resource.FLOPS:
        return ScaleKind(kind="si", unit="FLOP")
    scale = _SCALES.get(resource)
    if scale is None:
        return ScaleKind(kind="count")
    prefix = "CPU " if resource is Resource.CPU_S else ""
    return ScaleKind(kind=_SCALE_KINDS[scale], prefix=prefix)


def surroundings_words(around: Surroundings) -> str:
    """Say what stands between a process and the hardware; empty where nothing was found.

    Examples:
        >>> surroundings_words(Surroundings(container="docker", is_smt_on=False))
        'docker container, SMT off'
    """
    switches = {"turbo": around.is_turbo_on, "SMT": around.is_smt_on}
    limit_bytes = around.memory_limit_bytes
    parts = (
        around.distribution,
        f"{around.container} container" if around.container else "",
        f"virtual machine ({around.virtual_machine})" if around.virtual_machine else "",
        around.scheduler,
        f"governor {around.cpu_governor}" if around.cpu_governor else "",
        *(f"{name} {'on' if on else 'off'}" for name, on in switches.items() if on is not None),
        f"memory limit {units.format_bytes(limit_bytes)}" if limit_bytes is not None else "",
    )
    return ", ".join(part for part in parts if part)


def counted(n: int, noun: str) -> str:
    """Write a count with its noun, plural where it must be.

    Examples:
        >>> counted(1, "row"), counted(3, "row")
        ('1 row', '3 rows')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Write several words as one phrase.

    Examples:
        >>> listed(["FT"]), listed(["FT", "TS", "TA"])
        ('FT', 'FT, TS and TA')
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
