"""Families: models that descend from one and the same repeat of an ancestor.

Nine students of three teachers are no nine independent ones: what sets the teachers apart is in
three of them at a time. The teachers' means are, so intervals rest on the means of families, the
usual way with nested repeats (Snedecor and Cochran 1989, Statistical Methods, chapter 13).
"""

from collections.abc import Mapping, Sequence

from breakeven.analysis.runs.select import StudyRuns
from breakeven.records import Run


def families(found: StudyRuns, runs: Sequence[Run]) -> dict[str, int]:
    """Number the families of a row's runs: those that share an ancestor which not all share.

    Where everything is connected (each of several teachers with each of several starts), nothing
    is told apart and every run is a family of its own.

    Args:
        found: The study's runs.
        runs: Of one row.

    Returns:
        Family, from 0, by run id.

    Examples:
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.records import Stage, Status, StudyDefinition
        >>> def run(name: str, *parents: str) -> Run:
        ...     return Run(run_id=name, row=name[0], stage=Stage.DISTIL, status=Status.OK,
        ...                started_at="", study="s", parents=parents)
        >>> ts = [run("b0", "a0"), run("b1", "a0"), run("b2", "a1")]
        >>> runs = [run("a0", "c"), run("a1", "c"), run("c"), *ts]
        >>> families(study_runs(StudyDefinition(name="s", pathways=()), runs), ts)
        {'b0': 0, 'b1': 0, 'b2': 1}
    """
    return by_ancestors({run.run_id: _ancestors(found, run) for run in runs})


def by_ancestors(ancestors: Mapping[str, set[str]]) -> dict[str, int]:
    """Number the families of runs whose ancestors are known.

    Args:
        ancestors: Ids of all of them, by the id of each run.

    Examples:
        >>> by_ancestors({"b0": {"a0", "c"}, "b1": {"a0", "c"}, "b2": {"a1", "c"}})
        {'b0': 0, 'b1': 0, 'b2': 1}
    """
    shared = set.intersection(*ancestors.values()) if ancestors else set()
    groups: list[tuple[set[str], set[str]]] = []
    for run_id, own in ancestors.items():
        members, union = {run_id}, own - shared
        related = [group for group in groups if group[1] & union]
        for group in related:
            members |= group[0]
            union |= group[1]
        groups = [group for group in groups if group not in related] + [(members, union)]
    if len(groups) == 1:
        return {run_id: number for number, run_id in enumerate(ancestors)}
    return {run_id: n for n, (members, _) in enumerate(groups) for run_id in sorted(members)}


def _ancestors(found: StudyRuns, run: Run) -> set[str]:
    known: set[str] = set()
    left = list(run.parents)
    while left:
        parent = left.pop()
        if parent not in known:
            known.add(parent)
            left += found.by_id[parent].parents if parent in found.by_id else ()
    return known


def of_repeats(found: StudyRuns, deployed: Sequence[Run]) -> dict[int, int]:
    """Family of each repeat of a deployed row.

    Args:
        found: The study's runs.
        deployed: Runs of the row that ended well.
    """
    by_id = families(found, deployed)
    return {run.repeat: by_id[run.run_id] for run in deployed}


def together(numbers: Sequence[int], family_of: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
    """Put the places of repeats together by family; each alone where all are of one family.

    Args:
        numbers: Repeats, each once.
        family_of: Family by repeat; a repeat that is absent is its own.

    Examples:
        >>> together([0, 1, 2], {0: 0, 1: 0, 2: 1}), together([0, 1], {0: 0, 1: 0})
        (((0, 1), (2,)), ((0,), (1,)))
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for place, number in enumerate(numbers):
        is_known = number in family_of
        key = ("family", family_of[number]) if is_known else ("repeat", number)
        groups.setdefault(key, []).append(place)
    if len(groups) == 1:
        return tuple((place,) for place in range(len(numbers)))
    return tuple(map(tuple, groups.values()))
