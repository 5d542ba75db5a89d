"""Answers: which test examples each run got right, read from the predictions kept beside it.

Whoever analyses a store passes `stored_answers(store)` on; analysis itself reads no files.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from breakeven.errors import UnknownNameError
from breakeven.store.kept import keep_file
from breakeven.store.store import Store

PREDICTIONS = "predictions"
FILE_NAME = "predictions.npz"


class StoredAnswers:
    """From a run's id to whether each test example, by its index in the split, was right."""

    def __init__(self, store: Store, *, study: str | None = None) -> None:
        """Know of every run of a store, or of one study; files are read when asked for.

        Raises:
            RecordFormatError: If a line of the store cannot be read.
        """
        self._store = store
        self._hashes = {
            run.run_id: run.artifacts[PREDICTIONS]
            for run in store.runs(study=study)
            if PREDICTIONS in run.artifacts
        }
        self._read: dict[str, Mapping[int, bool] | None] = {}

    def __call__(self, run_id: str) -> Mapping[int, bool] | None:
        """Answers of one run; None when it kept none, or they are gone or unreadable.

        An unreadable file costs the pairing, never the report: the score itself is in the record.
        """
        content_hash = self._hashes.get(run_id)
        if content_hash is None:
            return None
        if content_hash not in self._read:
            self._read[content_hash] = self._load(content_hash)
        return self._read[content_hash]

    def _load(self, content_hash: str) -> Mapping[int, bool] | None:
        try:
            return _correct(self._store.artifact(content_hash) / FILE_NAME)
        except (UnknownNameError, OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None


def keep_answers(answers: Mapping[int, bool], store: Store, *, run_id: str) -> str:
    """Keep which examples a run got right, without labels or predictions; return the hash."""
    import numpy as np  # noqa: PLC0415 - as below

    right = np.array([answers[index] for index in sorted(answers)], dtype=np.int8)
    content = io.BytesIO()
    np.savez_compressed(
        content, index=np.array(sorted(answers)), predicted=right, label=np.ones_like(right)
    )
    return keep_file(
        content.getvalue(), store, run_id=run_id, name=PREDICTIONS, file_name=FILE_NAME
    )


def _correct(path: Path) -> Mapping[int, bool]:
    """Read which answers were right; answers that are not right or wrong as a whole say nothing.

    Raises:
        KeyError: If nothing in the file says so, as for numbers and for tags.
    """
    import numpy as np  # noqa: PLC0415 - only reports need it; opening a store stays light

    with np.load(path, allow_pickle=False) as kept:
        right = kept["correct"] if "correct" in kept else kept["predicted"] == kept["label"]
        pairs = zip(kept["index"], right, strict=True)
        return {int(index): bool(is_right) for index, is_right in pairs}
