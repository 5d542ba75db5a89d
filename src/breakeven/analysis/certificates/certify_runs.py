"""Certify runs: what stored runs of a reference and a candidate show, on data fresh to both.

Whoever chose the candidate names the runs it was chosen by. Their examples, every other example of
the same sources, and their blocks are then no evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.analysis.certificates.certify import Evidence
from breakeven.analysis.certificates.saving import PairedCosts
from breakeven.analysis.certificates.side_by_side import doubts_of, identity_of, paired_blocks
from breakeven.analysis.runs.select import by_block
from breakeven.analysis.scoring.kept_answers import Kept, KeptAnswers, pair_up, read_kept
from breakeven.analysis.scoring.paired_sums import PairedSums, Places
from breakeven.analysis.words import counted
from breakeven.errors import CertificateError
from breakeven.records import Item, Note, NoteCode, Resource, Run, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Runs that a claim is judged by, and runs that it must not be judged by.

    Attributes:
        reference: Inference runs of one configuration, in blocks.
        candidate: Inference runs of the other, in the same blocks.
        selection: Runs that the candidate was chosen by, of whatever configuration.
    """

    reference: Sequence[Run]
    candidate: Sequence[Run]
    selection: Sequence[Run] = ()


def evidence_of(
    measured: Measured,
    kept: Kept,
    *,
    metric: str,
    resource: Resource,
    item: Item = Item.EXAMPLE,
) -> Evidence:
    """Put together what runs show of quality and cost.

    Args:
        measured: Answers and costs are those of finished runs; blocks that lack one are told.
        kept: Where their answers come from, such as `StoredAnswers(store).kept`.
        metric: Quality that may drop.
        resource: Cost that is to be saved.
        item: What its average is taken over.

    Raises:
        CertificateError: If no fresh example is left, a run was chosen by itself, or answers were
            not kept.
    """
    reference, candidate = (_finished(runs) for runs in (measured.reference, measured.candidate))
    _refuse_chosen_by(measured, (*reference, *candidate))
    one = _answers(reference, kept, "reference")
    two = _answers(candidate, kept, "candidate")
    pair = pair_up(metric, one[0], two[0])
    index = np.intersect1d(one[0].index, two[0].index)
    is_fresh = _fresh(pair, index, split=one[0].split, seen=_seen(measured.selection, kept))
    if not is_fresh.any():
        raise CertificateError(
            f"all {counted(pair.n_examples, 'example')} of the {one[0].split} split were seen by "
            "the choice of the candidate, or share a source with one that was; certify on examples "
            "of other sources"
        )
    n_left_out = int(np.sum(~is_fresh))
    blocks, failed = paired_blocks(measured.reference, measured.candidate)
    return Evidence(
        answers=pair.only(is_fresh),
        costs=PairedCosts(
            resource=resource,
            item=item,
            reference=by_block(_among(reference, blocks), resource, item=item),
            candidate=by_block(_among(candidate, blocks), resource, item=item),
        ),
        split=one[0].split,
        n_left_out=n_left_out,
        is_fresh=bool(measured.selection),
        rests_on=identity_of(reference, candidate, one[0]),
        run_ids=(one[0].run_id, two[0].run_id),
        notes=(
            *_left_out(n_left_out, pair.n_examples),
            *_sourceless(one[0]),
            *_uncommon(one[0], two[0], pair.n_examples),
            *_changing(metric, one, "the reference"),
            *_changing(metric, two, "the candidate"),
            *failed,
            *doubts_of((*reference, *candidate), resource),
        ),
    )


def _finished(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.status is Status.OK)


def _among(runs: Sequence[Run], blocks: frozenset[int]) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.block in blocks)


def _refuse_chosen_by(measured: Measured, used: Sequence[Run]) -> None:
    selection = {run.run_id for run in measured.selection}
    both = [run.run_id for run in used if run.run_id in selection]
    if both:
        raise CertificateError(
            f"the candidate was chosen by {counted(len(both), 'run')} of those that are to certify "
            f"it ({', '.join(both[:3])}), which flatter it; measure fresh blocks"
        )


def _answers(runs: Sequence[Run], kept: Kept, who: str) -> tuple[KeptAnswers, ...]:
    found = read_kept([run.run_id for run in runs], kept)
    if not found:
        raise CertificateError(
            f"no run of the {who} kept its answers, so no loss can be told example by example; run "
            "it again, and keep the predictions"
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the choice of a candidate saw of one split."""

    index: Places
    group: Places


def _seen(selection: Sequence[Run], kept: Kept) -> dict[str, _Seen]:
    """By split.

    Raises:
        CertificateError: If a run that answered some examples does not tell which.
    """
    by_split: dict[str, list[KeptAnswers]] = {}
    for run in selection:
        for found in read_kept([run.run_id], kept) or _unknown(run):
            by_split.setdefault(found.split, []).append(found)
    return {
        split: _Seen(
            index=np.concatenate([one.index for one in found]),
            group=np.concatenate([one.group for one in found]),
        )
        for split, found in by_split.items()
    }


def _unknown(run: Run) -> tuple[KeptAnswers, ...]:
    """Nothing for a run that answered nothing; an error for one whose answers are gone."""
    if not run.output.n_examples:
        return ()
    raise CertificateError(
        f"{run.run_id} helped to choose the candidate and did not keep its answers, so it is not "
        f"known which examples of the {run.settings.resolved.get('split', 'test')} split are "
        "fresh; choose with runs that keep their predictions"
    )


def _fresh(
    pair: PairedSums, index: Places, *, split: str, seen: dict[str, _Seen]
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    if split not in seen:
        return np.ones(pair.n_examples, dtype=bool)
    sources = np.union1d(seen[split].group, pair.groups[np.isin(index, seen[split].index)])
    return ~np.isin(pair.groups, sources)


def _left_out(n_left_out: int, n_examples: int) -> tuple[Note, ...]:
    if not n_left_out:
        return ()
    return (
        Note(
            code=NoteCode.EXAMPLES_LEFT_OUT,
            message=f"{n_left_out:,} of {n_examples:,} examples were left out: the choice of the "
            "candidate saw them or others of their sources.",
            advice="Choose on other data to certify on all of it.",
        ),
    )


def _sourceless(found: KeptAnswers) -> tuple[Note, ...]:
    if found.has_groups:
        return ()
    return (
        Note(
            code=NoteCode.SOURCES_UNKNOWN,
            message=f"{found.run_id} did not keep the source of each example; they are taken as "
            "independent.",
            advice="Measure both again, so that examples of one source are counted together.",
        ),
    )


def _uncommon(one: KeptAnswers, two: KeptAnswers, n_common: int) -> tuple[Note, ...]:
    n_more = len(one.index) + len(two.index) - 2 * n_common
    if not n_more:
        return ()
    return (
        Note(
            code=NoteCode.DIFFERENT_EXAMPLES,
            message=f"{n_more:,} examples were answered by one of the two only and say nothing.",
            advice="Give both the same split, n_examples and choice_seed.",
        ),
    )


def _changing(metric: str, found: Sequence[KeptAnswers], who: str) -> tuple[Note, ...]:
    """Look for other answers of the same configuration in later blocks."""
    first, *later = found
    shares = [float(pair_up(metric, first, other).changed.mean()) for other in later]
    if not any(shares):
        return ()
    return (
        Note(
            code=NoteCode.ANSWERS_CHANGE,
            message=f"{who} gave other answers to up to {max(shares):.2%} of the examples in "
            "another block; the certificate rests on those of its first.",
            advice="Fix what makes its answers change, or raise the margin by as much.",
        ),
    )
