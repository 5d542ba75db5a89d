"""Chains: the stages of each pathway in the order in which they stand, and what rows are called."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from breakeven.records import Stage
from breakeven.store.importers.tables.entries import Entry


def name_of(entry: Entry) -> str:
    """Name by which other rows speak of one."""
    return entry.id or row_of(entry)


def row_of(entry: Entry) -> str:
    """Row of the study that an entry is a run of."""
    own = entry.id if entry.repeat is None else ""
    if entry.stage is Stage.INFER:
        label = entry.configuration or own.removeprefix(f"{entry.pathway}/") or entry.stage_word
        return f"{entry.pathway}/{label}"
    return own or "/".join(filter(None, (entry.pathway, entry.stage_word, entry.configuration)))


def chains_of(entries: Sequence[Entry]) -> Mapping[str, list[list[Entry]]]:
    """Stages of development of each pathway, repeats of one together, in the order they stand."""
    found: dict[str, dict[str, list[Entry]]] = defaultdict(dict)
    for entry in entries:
        stages = found[entry.pathway]
        if entry.stage not in (Stage.INFER, Stage.SERVE):
            stages.setdefault(row_of(entry), []).append(entry)
    return {pathway: list(stages.values()) for pathway, stages in found.items()}
