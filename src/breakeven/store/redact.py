"""Redact: a copy of a store that names no host, no user and no home folder.

Costs, settings and structure stay. Artefacts stay behind: checkpoints and predictions may hold
names that nobody can look for. On demand which test examples were right comes along, as bare
truth values, because paired comparisons need it.
"""

import platform
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from breakeven.errors import StoreWriteError
from breakeven.store.answers import PREDICTIONS, StoredAnswers, keep_answers
from breakeven.store.names import Names, texts_in
from breakeven.store.store import Store


def redact(
    source: Store, target_path: Path, *, words: Sequence[str] = (), with_answers: bool = False
) -> None:
    """Write a copy of the records of `source`, without names, to a new store.

    Each host becomes "host-1", "host-2" ... and each user "user-1" ... wherever they occur; home
    folders become "~"; host ids and device ids are made anew, equal where they were equal.

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
    attachments = source.attachments()
    machines = [*(run.machine for run in runs if run.machine), *(e.machine for e in examined)]
    names = Names(
        texts=texts_in((runs, studies, examined, attachments)),
        hosts=[*(machine.host for machine in machines), platform.node()],
        words=words,
    )
    cleaned = {e.name: names.clean(names.blur_examination(e)) for e in examined}
    answers = StoredAnswers(source)
    with Store(target_path) as target:
        for run in runs:
            machine = names.blur(run.machine) if run.machine else None
            right = answers(run.run_id) if with_answers else None
            kept = (
                {}
                if right is None
                else {PREDICTIONS: keep_answers(right, target, run_id=run.run_id)}
            )
            changed = replace(
                run,
                machine=machine,
                artifacts={**run.artifacts, **kept},
                examination=cleaned[run.examination].name if run.examination in cleaned else "",
            )
            target.append(names.clean(changed))
        for examination in cleaned.values():
            target.save_examination(examination)
        for attachment in attachments:
            target.attach(names.clean(attachment))
        for definition in studies:
            target.save_study(names.clean(definition))
