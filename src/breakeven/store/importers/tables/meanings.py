"""What a column of a costs table may mean, told by its header or by the user in the same words."""

import re
from dataclasses import dataclass

from breakeven.records import Item, Resource
from breakeven.store.importers.tables.scales import AMBIGUOUS, Dimension, Unit, unit_named
from breakeven.store.importers.tables.vocabulary import (
    COUNTS,
    ITEMS,
    NAMES,
    PLAIN,
    PRICES,
    SCORES,
    TIMES,
    WORDS,
    Use,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one column holds.

    Attributes:
        use: What its cells are for.
        name: Of the score, setting or count; of a kind the column it is of; of a cost its channel.
        resource: Of a cost.
        unit: Of a cost; None for a duration written hh:mm:ss.
        item: What a cost is an average over; None for a total.
        is_percent: Of a score: whether its header says percent, or a fraction; None for neither.
    """

    use: Use
    name: str = ""
    resource: Resource | None = None
    unit: Unit | None = None
    item: Item | None = None
    is_percent: bool | None = None


_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]*)[\])]$")
_ANY_CASE = re.IGNORECASE
_FILLERS = frozenset({"total", "consumed", "consumption", "used", "measured", "energy"})


def plain(header: str) -> str:
    """Header in small letters with underscores, as names are compared.

    Examples:
        >>> plain("Wall-clock time"), plain("GPU energy")
        ('wall_clock_time', 'gpu_energy')
    """
    return re.sub(r"[^a-z0-9%]+", "_", header.lower()).strip("_")


def meaning_of(header: str) -> Meaning | None:
    """Tell what a column holds from its header; None where it does not say.

    Examples:
        >>> found = meaning_of("GPU energy (kWh)")
        >>> found.resource.value, found.unit.factor, found.name
        ('energy_j', 3600000.0, 'gpu')
        >>> meaning_of("energy_j_per_example").item.value, meaning_of("F1 (%)").is_percent
        ('example', True)
        >>> meaning_of("energy") is None, meaning_of("energy_kind").use.value
        (True, 'kind')
    """
    name = plain(header)
    if name.endswith("_kind"):
        return Meaning(use=Use.KIND, name=name.removesuffix("_kind"))
    for use, words in WORDS.items():
        if name in words:
            return Meaning(use=use, name=name)
    if name in COUNTS:
        return Meaning(use=Use.COUNT, name=COUNTS[name])
    if name in PLAIN:
        return Meaning(use=Use.COST, resource=PLAIN[name], unit=_ONE)
    return _score(header) or _cost(header)


_ONE = Unit(dimension=Dimension.COUNT, factor=1.0)


def clock_meaning(header: str) -> Meaning | None:
    """Meaning of a column of durations written hh:mm:ss; None where its name is of none.

    Examples:
        >>> clock_meaning("time").resource.value, clock_meaning("energy") is None
        ('duration_s', True)
    """
    name = re.sub(r"_?(hms|hh_mm_ss)$", "", plain(header))
    if name not in TIMES:
        return None
    return Meaning(use=Use.COST, resource=Resource.DURATION_S)


def why_unknown(header: str) -> str:
    """Say why a header that names a known quantity still does not tell its meaning; else "".

    Examples:
        >>> why_unknown("energy")
        "has no unit; write it behind the name, such as energy_wh or 'energy (kWh)'"
        >>> why_unknown("tokens").startswith("does not say which tokens")
        True
        >>> why_unknown("colour")
        ''
    """
    name = plain(header)
    words = name.split("_")
    if name in ("tokens", "n_tokens") or name.endswith("per_token"):
        return (
            "does not say which tokens; write real tokens (padding left out) or padded tokens, "
            "such as n_real_tokens"
        )
    if words[-1] in AMBIGUOUS:
        return f"has a unit that may be {AMBIGUOUS[words[-1]]}; write 'energy (MJ)' or energy_j"
    split = _split(header)
    if split is not None and split[1].dimension is Dimension.POWER:
        return (
            "is power, which is no cost by itself; give the energy (power times time), such as "
            "energy_wh"
        )
    if name.startswith("latency"):
        return (
            "does not say which latency; write latency_p50_ms, latency_p99_ms, or for a mean "
            "duration_ms_per_example"
        )
    for known, unit in (
        *((word, "duration_s or 'duration (h)'") for word in TIMES),
        ("energy", "energy_wh or 'energy (kWh)'"),
        *((word, "carbon_kgco2e") for word in ("carbon", "co2", "emissions")),
        *((word, "price_usd") for word in PRICES),
        ("memory", "peak_memory_mib"),
        ("params", "'params (M)', or n_parameters where it is whole"),
        ("parameters", "'parameters (M)', or n_parameters where it is whole"),
    ):
        if known in words or name == known:
            return f"has no unit; write it behind the name, such as {unit}"
    return ""


def _score(header: str) -> Meaning | None:
    bracketed = _BRACKETED.match(header.strip())
    name, told = plain(header), ""
    if bracketed is not None:
        name, told = plain(bracketed["name"]), bracketed["unit"].strip().lower()
    else:
        for ending in ("_percent", "_pct", "_%", "_frac", "%"):
            if name.endswith(ending):
                name, told = name.removesuffix(ending), ending.strip("_")
                break
    if name not in SCORES or told not in _SCALES:
        return None
    return Meaning(use=Use.SCORE, name=SCORES[name], is_percent=_SCALES[told])


_SCALES = {"": None, "%": True, "percent": True, "pct": True, "frac": False, "fraction": False}


def _cost(header: str) -> Meaning | None:
    text, item = _without_item(header.strip())
    split = _split(text)
    if split is None:
        return None
    name, unit = split
    if unit.dimension is Dimension.ENERGY:
        words = [word for word in name.split("_") if word]
        if words and "energy" not in words:
            return None
        channel = "_".join(word for word in words if word not in _FILLERS)
        return Meaning(use=Use.COST, resource=Resource.ENERGY_J, unit=unit, item=item, name=channel)
    resource = _resource(name, unit)
    if resource is None:
        return None
    return Meaning(use=Use.COST, resource=resource, unit=unit, item=item)


def _resource(name: str, unit: Unit) -> Resource | None:
    if unit.dimension in (Dimension.USD, Dimension.EUR):
        is_price = name in ("", *PRICES)
        found = Resource.PRICE_USD if unit.dimension is Dimension.USD else Resource.PRICE_EUR
        return found if is_price else None
    resource, dimension = NAMES.get(name, (None, None))
    return resource if dimension is unit.dimension else None


def _without_item(text: str) -> tuple[str, Item | None]:
    """Take "per example" off a header."""
    for word, item in ITEMS.items():
        spelt = word.replace("_", "[_ ]")
        found = re.search(rf"(?:[_ ]per[_ ]|\s*/\s*){spelt}s?(?P<close>[\])]?)$", text, _ANY_CASE)
        if found is not None:
            return text[: found.start()] + found["close"], item
    return text, None


def _split(text: str) -> tuple[str, Unit] | None:
    """Name and unit of a header; None without a unit."""
    if (bracketed := _BRACKETED.match(text)) is not None:
        unit = unit_named(bracketed["unit"].strip())
        return None if unit is None else (plain(bracketed["name"]), unit)
    words = re.split(r"[_\s.-]+", text)
    unit = unit_named(words[-1])
    return None if unit is None else (plain("_".join(words[:-1])), unit)
