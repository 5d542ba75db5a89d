"""Answers: which test examples each run got right, read from the predictions kept beside it.

Whoever analyses a store passes `stored_answers(store)` on; analysis itself reads no files.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from breakeven.errors import UnknownNameError
from breakeven.store.kept import keep_file
from breakeven.store.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Kept = Mapping[str, NDArray[Any]]

T = TypeVar("T")

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
        self._kept: dict[str, Kept | None] = {}

    def __call__(self, run_id: str) -> Mapping[int, bool] | None:
        """Answers of one run; None when it kept none, or they are gone or unreadable.

        An unreadable file costs the pairing, never the report: the score itself is in the record.
        """
        content_hash = self._hashes.get(run_id)
        if content_hash is None:
            return None
        if content_hash not in self._read:
            self._read[content_hash] = self._load(content_hash, _correct)
        return self._read[content_hash]

    def kept(self, run_id: str) -> "Kept | None":
        """Everything that was kept of one run's answers, by name; None likewise.

        `index` says which examples of the split; what else there is depends on the form of task.
        """
        content_hash = self._hashes.get(run_id)
        if content_hash is None:
            return None
        if content_hash not in self._kept:
            self._kept[content_hash] = self._load(content_hash, _arrays)
        return self._kept[content_hash]

    def _load(self, content_hash: str, read: Callable[[Path], T]) -> T | None:
        try:
            return read(self._store.artifact(content_hash) / FILE_NAME)
        except (UnknownNameError, OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None


def keep_answers(
    answers: Mapping[int, bool], store: Store, *, run_id: str, like: "Kept | None" = None
) -> str:
    """Keep which examples a run got right, without labels or predictions; return the hash.

    Args:
        answers: Whether each example was right, by its index.
        store: Where to keep them.
        run_id: Whose they are.
        like: What was kept of them before, for the split and which examples come from one source.
    """
    import numpy as np  # noqa: PLC0415 - as below

    index = np.array(sorted(answers))
    right = np.array([answers[place] for place in index], dtype=np.int8)
    kept = {"index": index, "predicted": right, "label": np.ones_like(right)}
    if like is not None and "split" in like:
        kept["split"] = like["split"]
    if like is not None and "group" in like:
        kept["group"] = like["group"][np.argsort(like["index"])]
    content = io.BytesIO()
    np.savez_compressed(content, **kept)  # type: ignore[arg-type]  # one keyword is a bool
    return keep_file(
        content.getvalue(), store, run_id=run_id, name=PREDICTIONS, file_name=FILE_NAME
    )


def _correct(path: Path) -> Mapping[int, bool]:
    """Read which answers were right; answers that are not right or wrong as a whole say nothing.

    Raises:
        KeyError: If nothing in the file says so, as for numbers and for tags.
    """
    arrays = _arrays(path)
    right = arrays["correct"] if "correct" in arrays else arrays["predicted"] == arrays["label"]
    pairs = zip(arrays["index"], right, strict=True)
    return {int(index): bool(is_right) for index, is_right in pairs}


def _arrays(path: Path) -> "Kept":
    import numpy as np  # noqa: PLC0415 - only reports need it; opening a store stays light

    with np.load(path, allow_pickle=False) as kept:
        return dict(kept)
