"""Ledger: how each number of the page was got, written once however often the number is shown.

The page's cells hold an index into it; `js/provenance.js` puts the words together when asked.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from breakeven.analysis.words import resource_words
from breakeven.records import Estimate, Resource, Run
from breakeven.report.kinds import badges
from breakeven.report.quantity import WORDS
from breakeven.report.tables.table import Cell

MAX_IDS = 10
"""Run ids that the page tells of one number; the tables hold all."""
_RELATIVE = re.compile(r"\b(against|ratio|share|loss|difference)\b")
"""Names of estimates that are no amount of the resource they mention."""

_RESOURCES = re.compile(rf"\b({'|'.join(sorted((r.value for r in Resource), reverse=True))})\b")


class Sensors:
    """Which sensors counted a resource in which runs."""

    def __init__(self, runs: Sequence[Run]) -> None:
        """Look nothing up yet.

        Args:
            runs: Of the study.
        """
        self._runs = runs

    @cached_property
    def _by_run(self) -> Mapping[str, Mapping[Resource, frozenset[str]]]:
        return {run.run_id: _sensors_of(run) for run in self._runs}

    def of(self, estimate: Estimate) -> tuple[str, ...]:
        """Names of the sensors behind an estimate; empty where its resource or runs are unknown."""
        resource = resource_of(estimate.name)
        if resource is None:
            return ()
        found = (self._by_run.get(run_id, {}).get(resource, ()) for run_id in estimate.run_ids)
        return tuple(sorted({sensor for sensors in found for sensor in sensors}))


def _sensors_of(run: Run) -> Mapping[Resource, frozenset[str]]:
    found: dict[Resource, set[str]] = {}
    costs = (cost for phase in run.phases for cost in phase.measurement.costs)
    for cost in costs:
        found.setdefault(cost.resource, set()).add(cost.sensor)
    return {resource: frozenset(sensors) for resource, sensors in found.items()}


def resource_of(name: str) -> Resource | None:
    """The resource that an estimate's name mentions.

    Examples:
        >>> resource_of("cpu_s per example")
        <Resource.CPU_S: 'cpu_s'>
        >>> resource_of("accuracy") is None
        True
    """
    words = set(name.split())
    return next((resource for resource in Resource if resource.value in words), None)


def unit_of(name: str) -> str:
    """SI unit of an estimate's value; empty for ratios, scores and counts.

    Examples:
        >>> unit_of("cpu_s per example"), unit_of("cpu_s against the reference")
        ('s', '')
    """
    resource = resource_of(name)
    return "" if resource is None or _RELATIVE.search(name) else WORDS[resource].symbol


def in_words(name: str) -> str:
    """An estimate's name for people: resources by their words.

    Examples:
        >>> in_words("cpu_s per example"), in_words("accuracy")
        ('CPU time per example', 'accuracy')
    """
    return _RESOURCES.sub(lambda found: resource_words(Resource(found[1])), name)


class Ledger:
    """The numbers of one page, in the order in which they were first shown."""

    def __init__(self, runs: Sequence[Run]) -> None:
        """Begin with none.

        Args:
            runs: Of the study, for the sensors.
        """
        self._sensors = Sensors(runs)
        self._indices: dict[tuple[int, str], int] = {}
        self._kept: list[Estimate] = []
        self._numbers: list[list[object]] = []
        self._texts: dict[str, int] = {}
        self._lists: dict[tuple[str, ...], int] = {}

    def of_cell(self, cell: Cell) -> int | None:
        """Index of a cell's number; None where it has none to account for."""
        if cell.estimate is None or cell.is_missing:
            return None
        hint = "" if cell.hint == cell.estimate.method else cell.hint
        return self.of(cell.estimate, hint=hint)

    def of(self, estimate: Estimate, *, hint: str = "") -> int:
        """Index of a number.

        Args:
            estimate: It.
            hint: What else is to be said of it.
        """
        key = (id(estimate), hint)
        if key not in self._indices:
            self._indices[key] = len(self._numbers)
            self._kept.append(estimate)
            self._numbers.append(self._told(estimate, hint))
        return self._indices[key]

    def data(self) -> dict[str, object]:
        """For the page's JSON block.

        `numbers` holds name, unit, value, low, high, level, method, n, signs, origins, sensors,
        runs and hint of each: texts as indices into `texts`, runs as an index into `lists`, of
        which each begins with how many runs there are. Infinite ends are "inf".
        """
        lists = [[len(ids), *ids[:MAX_IDS]] for ids in self._lists]
        return {"texts": list(self._texts), "lists": lists, "numbers": self._numbers}

    def _told(self, estimate: Estimate, hint: str) -> list[object]:
        return [
            self._text(in_words(estimate.name)),
            self._text(unit_of(estimate.name)),
            *(_number(end) for end in (estimate.value, estimate.low, estimate.high)),
            estimate.level,
            self._text(estimate.method),
            estimate.n,
            self._joined(badge.name for badge in badges(estimate)),
            self._joined(origin.value for origin in estimate.origins),
            self._joined(self._sensors.of(estimate)),
            self._lists.setdefault(estimate.run_ids, len(self._lists)),
            self._text(hint),
        ]

    def _joined(self, names: Iterable[str]) -> int:
        return self._text(", ".join(names))

    def _text(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))


def _number(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return None if value is None else float(f"{value:.7g}")
    return "inf" if value > 0 else "-inf"
