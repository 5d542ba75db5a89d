"""Attempts: how often a store has certified on one test split, and how strictly the next one is.

Whoever asks until a certificate is granted gets a false one in the end. So each attempt spends four
fifths of the error that earlier ones left: of 5 %, 4 %, then 0.8 %, then 0.16 % and so on, never
more than 5 % in all, whatever the attempts have in common and however they came out.
"""

from collections.abc import Mapping, Sequence

from breakeven.analysis.certificates.certify import Claim
from breakeven.analysis.words import counted
from breakeven.records import Certificate, Note, NoteCode, Resource, Run
from breakeven.store import Store

SPENT = 0.8
"""Share of the error left that an attempt spends."""


def level_of_attempt(number: int, level: float) -> float:
    """Level that an attempt is judged at, so that all of them err no more often than was asked.

    Args:
        number: From 1.
        level: Asked for.

    Examples:
        >>> [round(level_of_attempt(number, 0.95), 5) for number in (1, 2, 3)]
        [0.96, 0.992, 0.9984]
    """
    return 1 - (1 - level) * SPENT * (1 - SPENT) ** (number - 1)


def attempt_number(store: Store, candidate: Sequence[Run], resource: Resource) -> int:
    """Which attempt of its store on its split a certificate is, from 1.

    The same runs asked for the same cost are the same attempt again, whatever the margin: its
    bounds do not depend on that. Studies of other models count as well where they are judged by
    the same examples.

    Args:
        store: Keeps every verdict.
        candidate: Runs of the choice, in its certificate's blocks.
        resource: That is saved.
    """
    data = {run.run_id: _data(run) for run in store.runs()}
    mine = {run.run_id for run in candidate}
    others: set[tuple[tuple[str, ...], Resource]] = set()
    for proof in (found.certificate for found in store.optima()):
        if proof is None or not _is_on(_data(candidate[0]), proof, data):
            continue
        if proof.resource is resource and mine.intersection(proof.run_ids):
            return max(proof.attempt, 1)
        others.add((proof.run_ids, proof.resource))
    return len(others) + 1


def asked_before(number: int, claim: Claim) -> tuple[Note, ...]:
    """Say that a certificate is not the first of its split.

    Args:
        number: See `attempt_number`.
        claim: At the level of that attempt.
    """
    if number == 1:
        return ()
    return (
        Note(
            code=NoteCode.ASKED_BEFORE,
            message=f"{counted(number - 1, 'certificate')} of this test split "
            f"{'was' if number == 2 else 'were'} asked for before in this store, so this one is "
            f"judged at {100 * claim.level:.6g} %: all together may mislead no more often than "
            "one alone.",
            advice="Bring fresh test examples to ask without that.",
        ),
    )


def _is_on(split: tuple[object, ...], proof: Certificate, data: Mapping[str, object]) -> bool:
    """Whether a certificate rests on a split; one whose runs are not here may."""
    known = [data[run_id] for run_id in proof.run_ids if run_id in data]
    return split in known or not known


def _data(run: Run) -> tuple[object, ...]:
    return tuple(run.settings.resolved.get(name) for name in ("task_hash", "split"))
