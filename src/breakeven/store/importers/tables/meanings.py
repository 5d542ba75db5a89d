"""What a column of a costs table may mean, told by its header or by the user in the same words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from breakeven.records import Item, Resource
from breakeven.store.importers.tables.scales import AMBIGUOUS, Dimension, Unit, unit_named


class Use(StrEnum):
    """What the cells of a column are for."""

    PATHWAY = "pathway"
    ID = "id"
    STAGE = "stage"
    PARENTS = "parents"
    CONFIGURATION = "configuration"
    REPEAT = "repeat"
    N_REPEATS = "n_repeats"
    BLOCK = "block"
    ROLE = "role"
    STATUS = "status"
    SPLIT = "split"
    DATE = "date"
    N_CORRECT = "n_correct"
    COUNT = "count"
    COST = "cost"
    SCORE = "score"
    KIND = "kind"
    SETTING = "setting"
    IGNORED = "ignored"


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


_WORDS: Mapping[Use, tuple[str, ...]] = {
    Use.PATHWAY: ("pathway", "scenario", "model", "models", "system"),
    Use.ID: ("id", "run", "run_id", "row", "row_id", "key"),
    Use.STAGE: ("stage", "phase"),
    Use.PARENTS: ("parents", "parent", "ancestors", "ancestor", "based_on", "teacher_run"),
    Use.CONFIGURATION: ("configuration", "config"),
    Use.REPEAT: ("repeat", "repetition"),
    Use.N_REPEATS: ("n_runs", "n_repeats", "repeats", "runs"),
    Use.BLOCK: ("block",),
    Use.ROLE: ("role",),
    Use.STATUS: ("status", "outcome"),
    Use.SPLIT: ("split",),
    Use.DATE: ("date", "started_at"),
    Use.N_CORRECT: ("n_correct", "correct"),
    Use.SETTING: (
        *("setting", "group", "hardware", "device", "gpu", "task", "dataset", "note", "source"),
        *("batch_size", "max_length", "precision", "n_layers", "epochs", "seed", "lr", "teacher"),
    ),
    Use.IGNORED: ("ignored",),
}

COUNTS = MappingProxyType(
    {
        **dict.fromkeys(("n_examples", "examples", "n_sentences", "n_samples"), "n_examples"),
        **dict.fromkeys(("n_real_tokens", "real_tokens"), "n_real_tokens"),
        **dict.fromkeys(("n_padded_tokens", "padded_tokens"), "n_padded_tokens"),
        **dict.fromkeys(("n_new_tokens", "new_tokens"), "n_new_tokens"),
        **dict.fromkeys(("n_steps", "steps"), "n_steps"),
        "n_batches": "n_batches",
    }
)
"""Field of a volume by header."""

SCORES = MappingProxyType(
    {
        **{name: name for name in ("f1", "accuracy", "recall", "mcc")},
        **{name: name for name in ("f1_macro", "f1_micro", "macro_f1", "micro_f1", "entity_f1")},
        **{name: name for name in ("answer_f1", "exact_match", "pearson", "spearman", "bleu")},
        **{name: name for name in ("rouge_l", "top1", "top5", "perplexity", "loss", "error_rate")},
        "acc": "accuracy",
        "em": "exact_match",
        "ppl": "perplexity",
        "error": "error_rate",
        "top_1": "top1",
        "top_5": "top5",
        "matthews": "mcc",
    }
)
"""Metric by header."""

_ITEMS = {
    **dict.fromkeys(("example", "sentence", "sample", "query", "request"), Item.EXAMPLE),
    "real_token": Item.REAL_TOKEN,
    "padded_token": Item.PADDED_TOKEN,
}
_TIMES = ("duration", "time", "runtime", "run_time", "wall_time", "wall_clock_time", "elapsed")
_NAMES: Mapping[str, tuple[Resource, Dimension]] = {
    **dict.fromkeys(_TIMES, (Resource.DURATION_S, Dimension.TIME)),
    **dict.fromkeys(("cpu", "cpu_time"), (Resource.CPU_S, Dimension.TIME)),
    "latency_p50": (Resource.LATENCY_P50_S, Dimension.TIME),
    "latency_p99": (Resource.LATENCY_P99_S, Dimension.TIME),
    **dict.fromkeys(("", "flops", "flop", "work", "compute"), (Resource.FLOPS, Dimension.WORK)),
    **dict.fromkeys(
        ("carbon", "co2", "co2e", "emissions"), (Resource.CARBON_KGCO2E, Dimension.CARBON)
    ),
    **dict.fromkeys(("peak_memory", "max_memory"), (Resource.PEAK_MEMORY_BYTES, Dimension.BYTES)),
    **dict.fromkeys(
        ("peak_device_memory", "peak_gpu_memory"),
        (Resource.PEAK_DEVICE_MEMORY_BYTES, Dimension.BYTES),
    ),
    **dict.fromkeys(
        ("parameters", "params", "n_parameters", "n_params"),
        (Resource.N_PARAMETERS, Dimension.COUNT),
    ),
}
_PRICES = ("price", "cost", "money")
_PLAIN = {
    "flops": Resource.FLOPS,
    "n_parameters": Resource.N_PARAMETERS,
    "n_params": Resource.N_PARAMETERS,
    "n_labelled_examples": Resource.N_LABELLED_EXAMPLES,
    "n_unlabelled_examples": Resource.N_UNLABELLED_EXAMPLES,
}
"""Counts, which need no unit."""

_BRACKETED = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]*)[\])]$")
_ANY_CASE = re.IGNORECASE
_FILLERS = frozenset({"total", "consumed", "consumption", "used", "measured", "energy"})

KNOWN = tuple(
    dict.fromkeys(
        (
            *(words[0] for words in _WORDS.values() if words[0] != "ignored"),
            *("duration_s", "energy_j", "energy_kwh", "flops", "cpu_s", "price_usd", "price_eur"),
            *("carbon_kgco2e", "peak_memory_mib", "latency_p50_ms", "energy_j_per_example"),
            *_PLAIN,
            *COUNTS.values(),
            *SCORES.values(),
            "score",
        )
    )
)
"""Meanings to choose among, each written as a header would be."""


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
    for use, words in _WORDS.items():
        if name in words:
            return Meaning(use=use, name=name)
    if name in COUNTS:
        return Meaning(use=Use.COUNT, name=COUNTS[name])
    if name in _PLAIN:
        return Meaning(use=Use.COST, resource=_PLAIN[name], unit=_ONE)
    return _score(header) or _cost(header)


_ONE = Unit(dimension=Dimension.COUNT, factor=1.0)


def clock_meaning(header: str) -> Meaning | None:
    """Meaning of a column of durations written hh:mm:ss; None where its name is of none.

    Examples:
        >>> clock_meaning("time").resource.value, clock_meaning("energy") is None
        ('duration_s', True)
    """
    name = re.sub(r"_?(hms|hh_mm_ss)$", "", plain(header))
    if name not in _TIMES:
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
        *((word, "duration_s or 'duration (h)'") for word in _TIMES),
        ("energy", "energy_wh or 'energy (kWh)'"),
        *((word, "carbon_kgco2e") for word in ("carbon", "co2", "emissions")),
        *((word, "price_usd") for word in _PRICES),
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
        is_price = name in ("", *_PRICES)
        found = Resource.PRICE_USD if unit.dimension is Dimension.USD else Resource.PRICE_EUR
        return found if is_price else None
    resource, dimension = _NAMES.get(name, (None, None))
    return resource if dimension is unit.dimension else None


def _without_item(text: str) -> tuple[str, Item | None]:
    """Take "per example" off a header."""
    for word, item in _ITEMS.items():
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
