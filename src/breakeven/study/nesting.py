"""Nesting: which repeat of its parents each run of a row begins from.

"Since we repeat stages 3 times for every model instance" a row that begins from three models runs
nine times (Dürlich et al. 2023, footnote 5). Runs of a nested row are numbered with its own
repeats fastest, so that runs 0, 1 and 2 of three share a parent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from breakeven.study.spec import StageRow

_Choice = Mapping[str, int]
"""Which repeat of each row on the way a model comes from."""


def lay_out(rows: Sequence[StageRow]) -> tuple[StageRow, ...]:
    """Say of every run of every row which repeat of its parents it begins from.

    Rows that are not nested begin from the first. Parents that descend from repeats of one row
    move together; those that do not are combined, each with each.

    Args:
        rows: Parents before children.

    Examples:
        >>> from breakeven.records import Settings, Stage
        >>> ft = StageRow(name="ft", stage=Stage.FINETUNE, settings=Settings(), repeats=2)
        >>> ts = StageRow(name="ts", stage=Stage.DISTIL, settings=Settings(), repeats=2,
        ...               nested=True, parents={"start": "ft", "teacher": "ft"})
        >>> [run["teacher"] for run in lay_out([ft, ts])[1].parent_repeats]
        [0, 0, 1, 1]
    """
    choices: dict[str, list[_Choice]] = {}
    found = []
    for row in rows:
        combined = _combined(row, choices)
        choices[row.name] = [
            {**choice, row.name: own} for choice, _ in combined for own in range(row.repeats)
        ]
        repeats = [
            {role: numbers[parent] for role, parent in row.parents.items()}
            for _, numbers in combined
            for _ in range(row.repeats)
        ]
        found.append(replace(row, parent_repeats=tuple(repeats)))
    return tuple(found)


def _combined(
    row: StageRow, choices: Mapping[str, Sequence[_Choice]]
) -> list[tuple[_Choice, _Choice]]:
    """Combinations of the parents' repeats: where each comes from, and its number by parent.

    Of a row that is not nested there is one, the first of each.
    """
    combined: list[tuple[_Choice, _Choice]] = [({}, {})]
    for parent in dict.fromkeys(row.parents.values()):
        combined = [
            ({**choice, **other}, {**numbers, parent: number})
            for choice, numbers in combined
            for number, other in enumerate(choices[parent][: None if row.nested else 1])
            if all(choice[name] == other[name] for name in choice.keys() & other.keys())
        ]
    return combined
