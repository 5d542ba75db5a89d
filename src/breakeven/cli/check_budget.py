"""Budget files for `breakeven check`: limits in YAML or JSON, read strictly, with line numbers.

A limit without a unit is refused: 3.5 may be millijoules or watt-hours, and a guess would pass
what costs a thousand times too much.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from breakeven.analysis.limits import Limit, Phase
from breakeven.errors import DataFileError
from breakeven.records import Resource
from breakeven.store.importers.tables.scales import AMBIGUOUS, Dimension, unit_named

MOST_BYTES = 2**20
"""Thousands of limits; a larger file is something else."""

_TOP = ("study", "limits")
_KEYS = ("pathway", "row", "phase", "cost", "score", "at_most", "at_least")
_PHASES = (Phase.DEPLOYMENT.value, Phase.DEVELOPMENT.value)
_AMOUNT = re.compile(r"^\s*(?P<number>[-+0-9.eE]+)\s*(?P<unit>.*?)\s*$")

_DIMENSIONS: Mapping[Dimension, tuple[Resource, ...]] = {
    Dimension.TIME: (
        *(Resource.DURATION_S, Resource.CPU_S, Resource.DEVICE_BUSY_S),
        *(Resource.LATENCY_P50_S, Resource.LATENCY_P99_S),
    ),
    Dimension.ENERGY: (Resource.ENERGY_J,),
    Dimension.WORK: (Resource.FLOPS,),
    Dimension.CARBON: (Resource.CARBON_KGCO2E,),
    Dimension.USD: (Resource.PRICE_USD,),
    Dimension.EUR: (Resource.PRICE_EUR,),
    Dimension.BYTES: (Resource.PEAK_MEMORY_BYTES, Resource.PEAK_DEVICE_MEMORY_BYTES),
}
_COUNTS = {
    Resource.N_PARAMETERS: ("parameters",),
    Resource.N_LABELLED_EXAMPLES: ("examples",),
    Resource.N_UNLABELLED_EXAMPLES: ("examples",),
}
_EXAMPLE_UNITS = {
    Dimension.TIME: "ms",
    Dimension.ENERGY: "mJ",
    Dimension.WORK: "GFLOP",
    Dimension.CARBON: "kgCO2e",
    Dimension.USD: "USD",
    Dimension.EUR: "EUR",
    Dimension.BYTES: "MiB",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a file says.

    Attributes:
        study: Of which study; empty for the only one.
        limits: In order.
    """

    study: str
    limits: tuple[Limit, ...]


def read_budget(path: Path) -> Budget:
    """Read a budget file.

    Raises:
        DataFileError: If it cannot be read or says something impossible; names file and line.
    """
    root = _root(path)
    top = _mapping(path, root, "the file", _TOP)
    study = _text(path, top["study"]) if "study" in top else ""
    if "limits" not in top:
        raise DataFileError(f"{path}:1: there are no limits; expected a list under 'limits:'.")
    entries = top["limits"]
    if not isinstance(entries, yaml.SequenceNode) or not entries.value:
        raise _bad(path, entries, "limits", "is no list; expected one entry per limit, each a '-'")
    return Budget(study=study, limits=tuple(_limit(path, entry) for entry in entries.value))


def _root(path: Path) -> yaml.Node:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataFileError(f"{path}: is larger than a budget of 1 MiB; is it the right file?")
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{path}: cannot be read ({error}); expected YAML or JSON.") from error
    except RecursionError as error:
        raise DataFileError(
            f"{path}: is nested too deeply for a budget; is it the right file?"
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or error
        raise DataFileError(f"{path}:{line}: is no YAML or JSON ({problem}).") from error
    if root is None:
        raise DataFileError(f"{path}: is empty; expected limits.")
    return root


def _mapping(path: Path, node: yaml.Node, what: str, known: Sequence[str]) -> dict[str, yaml.Node]:
    """Values by key; keys that are not known, or stand twice, are refused."""
    if not isinstance(node, yaml.MappingNode):
        raise DataFileError(
            f"{path}:{_line(node)}: {what} holds no keys; expected {', '.join(known)}."
        )
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = str(key.value)
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise DataFileError(
                f"{path}:{_line(key)}: key {name!r} is not known.{hint} Known: {', '.join(known)}."
            )
        if name in found:
            raise DataFileError(f"{path}:{_line(key)}: key {name!r} stands twice in one entry.")
        found[name] = value
    return found


def _limit(path: Path, entry: yaml.Node) -> Limit:
    told = _mapping(path, entry, "an entry of limits", _KEYS)
    place = f"{path}:{_line(entry)}"
    subject = _one(place, told, ("pathway", "row"))
    quantity = _one(place, told, ("cost", "score"))
    bound = _one(place, told, ("at_most", "at_least"))
    name, text = _text(path, told[subject]), _text(path, told[bound])
    if quantity == "score":
        return _score_limit(path, told, name=name, bound=bound, place=place)
    if bound == "at_least":
        raise DataFileError(
            f"{place}: a cost has no least; write at_most for {told['cost'].value}."
        )
    resource = _resource(path, told["cost"])
    return Limit(
        subject=name,
        phase=_phase(path, told, subject),
        bound=_amount(f"{path}:{_line(told[bound])}", text, resource),
        resource=resource,
        place=place,
    )


def _score_limit(
    path: Path, told: Mapping[str, yaml.Node], *, name: str, bound: str, place: str
) -> Limit:
    metric = _text(path, told["score"])
    if "row" in told or "phase" in told:
        raise DataFileError(
            f"{place}: a score is of a pathway; write pathway, and no row or phase."
        )
    wanted = "at_most" if metric in ("perplexity", "loss", "error_rate") else "at_least"
    if bound != wanted:
        raise DataFileError(f"{place}: {bound} is no limit of {metric}; write {wanted}.")
    text, line = _text(path, told[bound]), _line(told[bound])
    number = _number(text.removesuffix("%"))
    if number is None:
        raise DataFileError(f"{path}:{line}: {bound} is {text!r}; expected a score such as 0.85.")
    return Limit(
        subject=name,
        phase=Phase.SCORE,
        bound=number / 100 if text.endswith("%") else number,
        metric=metric,
        place=place,
    )


def _one(place: str, told: Mapping[str, yaml.Node], names: tuple[str, str]) -> str:
    given = [name for name in names if name in told]
    if len(given) != 1:
        had = "both" if given else "neither"
        raise DataFileError(f"{place}: has {had} of {names[0]} and {names[1]}; write one of them.")
    return given[0]


def _phase(path: Path, told: Mapping[str, yaml.Node], subject: str) -> Phase:
    if subject == "row":
        if "phase" in told:
            raise _bad(path, told["phase"], "phase", "is of a pathway; a row is counted as a whole")
        return Phase.ROW
    if "phase" not in told:
        return Phase.DEPLOYMENT
    text = _text(path, told["phase"])
    if text not in _PHASES:
        raise _bad(path, told["phase"], "phase", f"is {text!r}; expected {' or '.join(_PHASES)}")
    return Phase(text)


def _resource(path: Path, node: yaml.Node) -> Resource:
    text = _text(path, node)
    known = {resource.value: resource for resource in Resource}
    if text in known:
        return known[text]
    raise DataFileError(f"{path}:{_line(node)}: cost {text!r} is not known.{_near(text, known)}")


def _near(text: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(text, names, n=1)
    return f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(names)}."


def _amount(place: str, text: str, resource: Resource) -> float:
    """An amount with its unit, in SI."""
    found = _AMOUNT.match(text)
    number = _number(found["number"]) if found is not None else None
    if found is None or number is None:
        raise DataFileError(f"{place}: at_most is {text!r}; expected a number and a unit.")
    if number < 0:
        raise DataFileError(f"{place}: at_most is {text!r}; expected an amount of 0 or more.")
    unit = found["unit"].removeprefix("/").strip()
    if resource in _COUNTS:
        return _counted(place, text, number, unit, resource)
    dimension = next(d for d, resources in _DIMENSIONS.items() if resource in resources)
    example = _EXAMPLE_UNITS[dimension]
    if not unit:
        raise DataFileError(f"{place}: at_most is {text!r} without a unit; write {text} {example}.")
    if unit in AMBIGUOUS:
        raise DataFileError(f"{place}: unit {unit!r} may be {AMBIGUOUS[unit]}; write which.")
    known = unit_named(unit)
    if known is None or known.dimension is not dimension:
        raise DataFileError(
            f"{place}: unit {unit!r} is none of {dimension.value}, which {resource.value} is; "
            f"write for example {example}."
        )
    return number * known.factor


def _counted(place: str, text: str, number: float, unit: str, resource: Resource) -> float:
    words = _COUNTS[resource]
    scale, _, rest = unit.rpartition(" ")
    if unit in words:
        return number
    known = unit_named(scale) if rest in words else None
    if known is not None and known.dimension is Dimension.COUNT:
        return number * known.factor
    raise DataFileError(
        f"{place}: at_most is {text!r}; write its unit, such as 66 million {words[0]}."
    )


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def _text(path: Path, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
        raise DataFileError(f"{path}:{_line(node)}: expected a word or a number here.")
    return str(node.value).strip()


def _bad(path: Path, node: yaml.Node, key: str, what: str) -> DataFileError:
    return DataFileError(f"{path}:{_line(node)}: {key} {what}.")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
