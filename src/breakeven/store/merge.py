"""Merge: bring the runs of one store into another, once each."""

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass

from breakeven.appendlog import write_error
from breakeven.errors import IncomparableRunsError, RecordFormatError, UnknownNameError
from breakeven.records import Attachment, Run, StudyDefinition
from breakeven.store.attachments import join
from breakeven.store.reading import choose
from breakeven.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What a merge brought over.

    Attributes:
        n_runs: Runs that the target did not have, or had only as a shorter interrupted record.
        n_studies: Study definitions that it did not have.
        n_artifacts: Artefacts that it did not have.
        n_missing_artifacts: Artefacts that runs name and neither store holds.
        n_attachments: Imported logs that it did not have, or had for fewer runs.
        n_journals: Journals left in the source: runs that still run, or died unrecorded.
        n_examinations: Examinations by `breakeven doctor` that it did not have.
    """

    n_runs: int
    n_studies: int
    n_artifacts: int
    n_missing_artifacts: int
    n_journals: int
    n_examinations: int = 0
    n_attachments: int = 0


def merge(source: Store, target: Store) -> MergeReport:
    """Add to `target` what only `source` has; merging again adds nothing.

    Contradictions are found before anything is written. Artefacts come before the runs that name
    them, so a merge that was cut short leaves no run without its artefacts.

    Raises:
        IncomparableRunsError: If the stores hold different runs under one id, or different
            studies under one name.
        RecordFormatError: If a record cannot be read or an artefact is damaged.
        StoreWriteError: If the target cannot be written.
    """
    runs = _new_runs(source, target)
    studies = _new_studies(source, target)
    attachments = _new_attachments(source, target)
    wanted = {h for run in source.recorded() for h in run.artifacts.values()}
    absent = [h for h in sorted(wanted) if not _holds(target, h)]
    copied = [h for h in absent if _copy_artifact(source, target, content_hash=h)]
    target.append_all(runs)
    for attachment in attachments:
        target.attach(attachment)
    for definition in studies:
        target.save_study(definition)
    for optimum in source.optima():
        if optimum not in target.optima():
            target.save_optimum(optimum)
    known = {examination.name for examination in target.examinations()}
    examined = [found for found in source.examinations() if found.name not in known]
    for examination in examined:
        target.save_examination(examination)
    return MergeReport(
        n_runs=len(runs),
        n_studies=len(studies),
        n_artifacts=len(copied),
        n_missing_artifacts=len(absent) - len(copied),
        n_attachments=len(attachments),
        n_journals=len(source.journals()),
        n_examinations=len(examined),
    )


def _new_runs(source: Store, target: Store) -> list[Run]:
    known = {run.run_id: run for run in target.recorded()}
    return [
        run
        for run in source.recorded()
        if run.run_id not in known or choose(known[run.run_id], run) is not known[run.run_id]
    ]


def _new_attachments(source: Store, target: Store) -> list[Attachment]:
    """What the target lacks of the source's logs; refuses one channel of a run from two logs."""
    known = {attachment.content_hash: attachment for attachment in target.attachments()}
    joined = {
        theirs.content_hash: join(known[theirs.content_hash], theirs)
        if theirs.content_hash in known
        else theirs
        for theirs in source.attachments()
    }
    _refuse_doubled({**known, **joined}.values())
    return [a for content_hash, a in joined.items() if known.get(content_hash) != a]


def _refuse_doubled(attachments: Iterable[Attachment]) -> None:
    sources: dict[tuple[str, int, str], str] = {}
    for attachment in attachments:
        for phase in attachment.phases:
            for cost in phase.costs:
                place = (phase.run_id, phase.index, cost.channel)
                other = sources.setdefault(place, attachment.source)
                if other != attachment.source:
                    raise IncomparableRunsError(
                        f"channel {cost.channel} of run {phase.run_id} was imported from {other} "
                        f"here and from {attachment.source} there. Remove one of the two from "
                        "its store's folder attachments/, then merge."
                    )


def _new_studies(source: Store, target: Store) -> list[StudyDefinition]:
    known = {definition.name: definition for definition in target.studies()}
    for theirs in source.studies():
        if known.get(theirs.name, theirs) != theirs:
            raise IncomparableRunsError(
                f"study {theirs.name!r} is defined differently in {source.path} and {target.path}. "
                "Give one of them another name and run it under that, or merge into a new store."
            )
    return [theirs for theirs in source.studies() if theirs.name not in known]


def _holds(store: Store, content_hash: str) -> bool:
    try:
        store.artifact(content_hash)
    except UnknownNameError:
        return False
    return True


def _copy_artifact(source: Store, target: Store, *, content_hash: str) -> bool:
    if not _holds(source, content_hash):
        return False
    draft = target.scratch(f"merge-{secrets.token_hex(8)}")
    try:
        shutil.copytree(source.artifact(content_hash), draft, dirs_exist_ok=True)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise write_error(draft, error) from error
    if target.keep_artifact(draft) != content_hash:
        raise RecordFormatError(
            f"artefact {source.artifact(content_hash)} was changed: its content no longer gives "
            "its name. Restore it from a copy, or delete it and merge the runs without it."
        )
    return True
