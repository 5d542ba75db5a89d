"""Redact: a copy of a store that names no host, no user and no folder, small enough to publish.

Costs, settings and structure stay, and of the artefacts what is made of numbers: how each run went,
and family and depth of the models. The others stay behind: checkpoints and predictions may hold
names that nobody can look for. On demand which test examples were right comes along, as bare
truth values, because paired comparisons need it.
"""

import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from breakeven.errors import StoreWriteError
from breakeven.records import Run
from breakeven.store.answers import PREDICTIONS, StoredAnswers, keep_answers
from breakeven.store.kept import (
    MODEL,
    PROGRESS,
    PROGRESS_FILE,
    SHAPE,
    SHAPE_FILE,
    StoredShapes,
    keep_file,
    progress_text,
    read_progress,
    shape_text,
)
from breakeven.store.names import Names, texts_in
from breakeven.store.store import Store


def redact(
    source: Store, target_path: Path, *, words: Sequence[str] = (), with_answers: bool = False
) -> None:
    """Write a copy of the records of `source`, without names, to a new store.

    Each host becomes "host-1", "host-2" ... and each user "user-1" ... wherever they occur; home
    folders become "~", the folders of other absolute paths "folder-1" ..., and modules are named
    from their library; host ids and device ids are made anew, equal where they were equal.

    Args:
        source: Left as it is.
        target_path: Folder that does not exist yet, or is empty.
        words: Further names to replace (a project, a customer).
        with_answers: Whether to keep which test examples each run got right.

    Raises:
        StoreWriteError: If `target_path` is not empty or cannot be written.
        RecordFormatError: If a record cannot be read.
    """
    if target_path.exists() and (target_path.is_file() or any(target_path.iterdir())):
        raise StoreWriteError(f"{target_path} is not empty. Choose a new folder for the copy.")
    runs, studies, examined = source.recorded(), source.studies(), source.examinations()
    attachments, optima = source.attachments(), source.optima()
    machines = [*(run.machine for run in runs if run.machine), *(e.machine for e in examined)]
    names = Names(
        texts=texts_in((runs, studies, optima, examined, attachments)),
        hosts=[*(machine.host for machine in machines), platform.node()],
        words=words,
    )
    cleaned = {e.name: names.clean(names.blur_examination(e)) for e in examined}
    with Store(target_path, reserve_bytes=0) as target:
        passing = _Passing(source, target, names=names, with_answers=with_answers)
        for run in runs:
            machine = names.blur(run.machine) if run.machine else None
            changed = replace(
                run,
                machine=machine,
                artifacts={**run.artifacts, **passing.kept(run)},
                error=None if run.error is None else without_source(run.error),
                examination=cleaned[run.examination].name if run.examination in cleaned else "",
            )
            target.append(names.clean(changed))
        for examination in cleaned.values():
            target.save_examination(examination)
        for attachment in attachments:
            target.attach(names.clean(attachment))
        for definition in studies:
            target.save_study(names.clean(definition))
        for optimum in optima:
            target.save_optimum(names.clean(optimum))
    with suppress(OSError):
        (target_path / "scratch").rmdir()


def without_source(error: str) -> str:
    """Drop the lines of source from a traceback: they are somebody's code; files and lines stay."""
    is_trace = error.startswith("Traceback ") or '  File "' in error
    lines = error.splitlines(keepends=True)
    return "".join(line for line in lines if not (is_trace and line.startswith("    ")))


class _Passing:
    """What of the artefacts passes from one store to another: numbers and nothing else."""

    def __init__(self, source: Store, target: Store, *, names: Names, with_answers: bool) -> None:
        self._source, self._target, self._names = source, target, names
        self._shapes = StoredShapes(source)
        self._answers = StoredAnswers(source) if with_answers else None

    def kept(self, run: Run) -> dict[str, str]:
        """Keep what passes of one run and return its content hashes by artefact."""
        kept = dict[str, str]()
        if points := read_progress(self._source, run.artifacts.get(PROGRESS, "")):
            text = progress_text([self._names.clean(point) for point in points])
            kept[PROGRESS] = self._keep(text, run, name=PROGRESS, file_name=PROGRESS_FILE)
        if shape := self._shapes(run.artifacts.get(MODEL, "")):
            text = shape_text(*self._names.clean(shape))
            kept[SHAPE] = self._keep(text, run, name=SHAPE, file_name=SHAPE_FILE)
        if self._answers and (right := self._answers(run.run_id)) is not None:
            like = self._answers.kept(run.run_id)
            kept[PREDICTIONS] = keep_answers(right, self._target, run_id=run.run_id, like=like)
        return kept

    def _keep(self, text: str, run: Run, *, name: str, file_name: str) -> str:
        content = text.encode()
        return keep_file(content, self._target, run_id=run.run_id, name=name, file_name=file_name)
