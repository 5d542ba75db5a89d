"""Score notes: doubts about comparing scores that do not rest on the same examples."""

from collections.abc import Mapping, Sequence

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.results import ConfigurationResult
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.words import listed
from breakeven.records import Note, NoteCode, Scalar

N_TEST = "n_test"
"""Fact of the study that tells how many examples the whole test split has."""


def unpaired(pathways: Sequence[PathwayCost]) -> tuple[Note, ...]:
    """Say when scores and seeds were compared by their counts alone, and what that costs.

    Args:
        pathways: Gathered scores.

    Examples:
        >>> unpaired([])
        ()
    """
    scored = {p.name: p.scored for p in pathways if p.scored is not None and p.scored.is_counted}
    without = [name for name, found in scored.items() if found.sheet is None]
    has_seeds = any(scored[name].n_seeds > 1 for name in without)
    if not without or (len(scored) < 2 and not has_seeds):
        return ()
    seeds = (
        "; their seeds are combined as scatter between seeds plus the whole binomial variance"
        if has_seeds
        else ""
    )
    return (
        Note(
            code=NoteCode.SCORES_UNPAIRED,
            message=f"Which test examples {listed(without)} got right is not known here, so scores "
            f"are compared by their counts, as if on different examples{seeds}. These intervals "
            "are wider than pairs would give.",
            advice="Report from the store that holds the predictions beside the runs.",
        ),
    )


def different_examples(
    pathways: Sequence[PathwayCost],
    sweep: Sequence[ConfigurationResult],
    facts: Mapping[str, Scalar],
) -> tuple[Note, ...]:
    """Look for scores that rest on other examples than those they are compared with.

    Args:
        pathways: Gathered scores.
        sweep: Configurations of all pathways.
        facts: Of the study; `n_test` tells the size of the split.

    Examples:
        >>> different_examples([], [], {})
        ()
    """
    scored = {p.name: p.scored for p in pathways if p.scored is not None and p.scored.is_counted}
    numbers = {name: found.n_examples for name, found in scored.items()}
    for c in sweep:
        if c.score is not None and c.pathway in numbers and c.score.n:
            numbers[f"{c.pathway}/{c.label}"] = c.score.n
    if len(set(numbers.values())) > 1:
        return (
            _note(f"Scores rest on different numbers of test examples: {_by_number(numbers)}."),
        )
    if not _are_same(list(scored.values())):
        return (_note(f"{listed(list(scored))} were scored on different test examples."),)
    n_scored, n_test = next(iter(numbers.values()), 0), facts.get(N_TEST)
    if isinstance(n_test, int) and 0 < n_scored < n_test:
        return (_note(f"Scores rest on {n_scored:,} of the {n_test:,} test examples."),)
    return ()


def _are_same(scored: Sequence[PathwayScore]) -> bool:
    known = {found.sheet.examples for found in scored if found.sheet is not None}
    return len(known) < 2


def _by_number(numbers: Mapping[str, int]) -> str:
    """Names by their number, the longest lists shortened."""
    parts = []
    for n in sorted(set(numbers.values()), reverse=True):
        names = [name for name, own in numbers.items() if own == n]
        told = (
            listed(names)
            if len(names) <= 3
            else f"{', '.join(names[:2])} and {len(names) - 2} more"
        )
        parts.append(f"{n:,} ({told})")
    return ", ".join(parts)


def _note(message: str) -> Note:
    return Note(
        code=NoteCode.DIFFERENT_EXAMPLES,
        message=message,
        advice="Raise n_batches, or leave it out, so that every row answers the whole split once.",
    )
