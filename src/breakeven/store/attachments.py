"""Attachments: what imported logs add to stored runs, one file per log, beside the runs.

    attachments/<sha256 of the log>.json

A run's line is never touched. Reading lays every attachment over the phases it names; the same log
again replaces its own file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakeven.errors import IncomparableRunsError, RecordFormatError
from breakeven.records import AttachedPhase, Attachment, Phase, Run
from breakeven.store import codec
from breakeven.store.atomic import write_whole

Place = tuple[str, int]
"""Run and phase."""


@dataclass(slots=True, kw_only=True)
class AttachmentShelf:
    """The attachments of one store; files that did not change are read once."""

    folder: Path
    _known: tuple[tuple[Path, int, int, int], ...] = ()
    _attachments: tuple[Attachment, ...] = ()
    _laid: tuple[tuple[Run, ...], tuple[Run, ...]] = field(default=((), ()), repr=False)

    def read(self) -> tuple[Attachment, ...]:
        """Every attachment, in the order they were imported.

        Raises:
            RecordFormatError: If a file cannot be read; names it.
        """
        paths = sorted(self.folder.glob("[0-9a-f]*.json"))
        known = tuple(map(_mark, paths))
        if known != self._known:
            read = sorted(map(_read, paths), key=lambda a: (a.imported_at, a.content_hash))
            self._known, self._attachments, self._laid = known, tuple(read), ((), ())
        return self._attachments

    def save(self, attachment: Attachment) -> None:
        """Keep one, in place of an earlier one of the same log.

        Raises:
            StoreWriteError: If it cannot be written.
        """
        write_whole(
            self.folder / f"{attachment.content_hash}.json", codec.encode_attachment(attachment)
        )

    def lay_over(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """Return the runs with what logs add to their phases.

        Raises:
            RecordFormatError: If an attachment cannot be read.
        """
        attachments = self.read()
        if not attachments:
            return runs
        if self._laid[0] is not runs:
            self._laid = runs, lay_over(runs, attachments)
        return self._laid[1]


def lay_over(runs: Sequence[Run], attachments: Sequence[Attachment]) -> tuple[Run, ...]:
    """Add to each phase the costs and notes that attachments hold for it.

    A phase that began at another time than the attachment says is not the one that was meant (an
    interrupted record gave way to the complete one) and stays as it is.
    """
    by_place: dict[Place, list[AttachedPhase]] = {}
    for attachment in attachments:
        for added in attachment.phases:
            by_place.setdefault((added.run_id, added.index), []).append(added)
    named = {run_id for run_id, _ in by_place}
    return tuple(_with(run, by_place) if run.run_id in named else run for run in runs)


def join(first: Attachment, second: Attachment) -> Attachment:
    """Bring together what two stores hold of one log: the phases of both.

    Raises:
        IncomparableRunsError: If they differ about a phase that both name.
    """
    known = {(p.run_id, p.index): p for p in first.phases}
    for theirs in second.phases:
        if known.get((theirs.run_id, theirs.index), theirs) != theirs:
            raise IncomparableRunsError(
                f"the log {first.source} was joined to run {theirs.run_id} in two ways (offsets "
                f"{first.offset_s:.3f} s and {second.offset_s:.3f} s). Import it again into one "
                "of the two stores with the offset that holds, then merge."
            )
    new = tuple(p for p in second.phases if (p.run_id, p.index) not in known)
    return replace(first, phases=(*first.phases, *new))


def without(
    attachment: Attachment, *, run_ids: Iterable[str], channels: Iterable[str]
) -> Attachment:
    """Take channels of some runs out of an attachment; phases left without any go too."""
    gone_runs, gone = frozenset(run_ids), frozenset(channels)
    phases = [
        replace(p, costs=tuple(c for c in p.costs if c.channel not in gone))
        if p.run_id in gone_runs
        else p
        for p in attachment.phases
    ]
    return replace(attachment, phases=tuple(p for p in phases if p.costs))


def _with(run: Run, by_place: Mapping[Place, Sequence[AttachedPhase]]) -> Run:
    phases = (
        _phase_with(phase, by_place.get((run.run_id, index), ()))
        for index, phase in enumerate(run.phases)
    )
    return replace(run, phases=tuple(phases))


def _phase_with(phase: Phase, added: Sequence[AttachedPhase]) -> Phase:
    seen = phase.measurement
    meant = [a for a in added if a.started_at == seen.started_at]
    if not meant:
        return phase
    costs = (*seen.costs, *(cost for a in meant for cost in a.costs))
    notes = (*seen.notes, *(note for a in meant for note in a.notes))
    return replace(phase, measurement=replace(seen, costs=costs, notes=notes))


def _mark(path: Path) -> tuple[Path, int, int, int]:
    found = path.stat()
    return path, found.st_mtime_ns, found.st_ino, found.st_size


def _read(path: Path) -> Attachment:
    try:
        return codec.decode_attachment(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error
