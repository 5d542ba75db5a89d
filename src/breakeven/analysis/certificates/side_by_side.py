"""Side by side: which blocks of two rows are pairs, what is doubted of their runs, what they were.

Two costs are a pair where both rows ran in one block of one launch, one after the other and by the
same software. Rows that were run one after the whole other drift apart, and an upgrade between them
is a difference that the candidate did not make.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from breakeven.analysis.scoring.kept_answers import KeptAnswers
from breakeven.records import Note, NoteCode, PhaseName, Resource, Run, Status

Runs = Sequence[Run]


def paired_blocks(reference: Runs, candidate: Runs) -> tuple[frozenset[int], tuple[Note, ...]]:
    """Blocks whose costs may be compared, and a note on those that may not.

    Args:
        reference: Every run of the one row, failed ones too.
        candidate: Of the other.

    Examples:
        >>> paired_blocks([], [])
        (frozenset(), ())
    """
    sides = reference, candidate
    asked = {run.block for side in sides for run in side if run.block is not None}
    ended = [[run for run in side if run.status is Status.OK] for side in sides]
    both = frozenset.intersection(
        *(frozenset(run.block for run in side if run.block is not None) for side in ended)
    )
    apart = _apart([run for side in ended for run in side])
    changed = {
        block
        for block in both
        if not _alike([run for side in ended for run in side if run.block == block])
    }
    whys = {
        "did not end well": asked - both,
        "were not run side by side": both & apart,
        "ran on other machines or library versions": (both - apart) & changed,
    }
    return both - apart - changed, _left_out(whys, n_asked=len(asked))


def _apart(runs: Runs) -> set[int]:
    """Blocks between whose runs another block's run lies."""
    told = [run for run in runs if run.block is not None and run.started_at]
    places: dict[int, list[int]] = defaultdict(list)
    for place, run in enumerate(sorted(told, key=lambda r: (r.started_at, r.block, r.run_id))):
        places[run.block or 0].append(place)
    return {block for block, at in places.items() if at[-1] - at[0] + 1 != len(at)}


def _alike(runs: Runs) -> bool:
    """Whether runs found the same machine and, as far as both have them, the same libraries."""
    found = [run.machine for run in runs if run.machine is not None]
    return all(
        other.fingerprint == first.fingerprint
        and all(other.libraries.get(name, v) == v for name, v in first.libraries.items())
        for first, other in pairwise(found)
    )


def _left_out(whys: Mapping[str, AbstractSet[int]], *, n_asked: int) -> tuple[Note, ...]:
    told = [f"{len(blocks)} {why}" for why, blocks in whys.items() if blocks]
    if not told:
        return ()
    n_left_out = sum(len(blocks) for blocks in whys.values())
    return (
        Note(
            code=NoteCode.BLOCKS_LEFT_OUT,
            message=f"{n_left_out} of {n_asked} blocks show no saving: {', '.join(told)}.",
            advice="Measure both again in fresh blocks of one launch.",
        ),
    )


def doubts_of(runs: Runs, resource: Resource) -> tuple[Note, ...]:
    """Notes of runs and of the windows of their work, one of each code.

    That another sensor is absent is no doubt of the one that counted, and the convention of FLOPs
    none of other costs.

    Args:
        runs: Those that a certificate rests on.
        resource: What is saved.

    Examples:
        >>> doubts_of([], Resource.CPU_S)
        ()
    """
    beside = {NoteCode.METER_UNAVAILABLE}
    if resource is not Resource.FLOPS:
        beside.add(NoteCode.FLOPS_CONVENTION)
    by_code: dict[NoteCode, dict[str, Note]] = defaultdict(dict)
    for run in runs:
        windows = (note for m in run.measurements(PhaseName.WORK) for note in m.notes)
        for note in (*run.notes, *windows):
            if note.code not in beside:
                by_code[note.code].setdefault(run.run_id, note)
    return tuple(
        Note(
            code=code,
            message=f"in {len(found)} of {len(runs)} runs: {first.message}",
            advice=first.advice,
        )
        for code, found in by_code.items()
        for first in [next(iter(found.values()))]
    )


def identity_of(reference: Runs, candidate: Runs, answers: KeptAnswers) -> dict[str, str]:
    """What a certificate of these runs rests on, so that a stale or foreign one is told.

    Args:
        reference: Finished runs of the one row, at least one.
        candidate: Of the other.
        answers: Of the reference, with the places, sources and right answers of its examples.
    """
    found: dict[str, str] = {}
    for who, runs in (("reference", reference), ("candidate", candidate)):
        first = runs[0]
        told = sorted(first.settings.resolved.items())
        found[f"{who} settings"] = ", ".join(f"{name}={value}" for name, value in told)
        found[f"{who} key"] = first.key
        found[f"{who} model"] = first.artifacts.get("model", "") or ", ".join(first.parents)
    found["examples"] = _digest(answers)
    if (machine := candidate[0].machine) is not None:
        found["machine"] = machine.fingerprint
        versions = sorted(machine.libraries.items())
        found["libraries"] = ", ".join(f"{name} {version}" for name, version in versions)
    found["started_at"] = min(run.started_at for run in (*reference, *candidate))
    return {name: text for name, text in found.items() if text}


def _digest(answers: KeptAnswers) -> str:
    """Of which examples there are, and what is right, whatever was answered."""
    told = hashlib.sha256(answers.split.encode())
    told.update(answers.index.tobytes())
    told.update(answers.group.tobytes())
    for name in ("label", "wanted", "n_true"):
        if name in answers.arrays:
            told.update(answers.arrays[name].tobytes())
    return told.hexdigest()[:16]
