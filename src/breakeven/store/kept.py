"""Kept: what lies beside the records of a store, read for analysis: shapes of models, progress."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from breakeven.appendlog import write_error
from breakeven.errors import UnknownNameError
from breakeven.records import Run, Status
from breakeven.store.store import Store

PROGRESS, PROGRESS_FILE = "progress", "progress.csv"

MAX_FOLLOWED = 200
"""Runs whose notes a report reads; those of thousands would not be told apart in a drawing."""

MODEL = "model"
SHAPE, SHAPE_FILE = "shape", "config.json"
"""What a redacted run has in the place of its model: family and layers, as a configuration."""

_LAYER_KEYS = ("num_hidden_layers", "n_layers", "n_layer")
"""Names of the number of layers in BERT and its kin, in DistilBERT and in GPT-2."""


class StoredShapes:
    """From the content hash of a model to its family and number of layers."""

    def __init__(self, store: Store) -> None:
        """Know of every model of a store; configurations are read when asked for.

        Raises:
            RecordFormatError: If a line of the store cannot be read.
        """
        self._store = store
        self._told = {
            run.artifacts[MODEL]: run.artifacts[SHAPE]
            for run in store.runs()
            if MODEL in run.artifacts and SHAPE in run.artifacts
        }
        self._read: dict[str, tuple[str, int | None] | None] = {}

    def __call__(self, content_hash: str) -> tuple[str, int | None] | None:
        """Family as its configuration names it, and layers; None without a configuration."""
        if content_hash not in self._read:
            self._read[content_hash] = self._load(content_hash)
        return self._read[content_hash]

    def _load(self, content_hash: str) -> tuple[str, int | None] | None:
        try:
            path = self._store.artifact(self._told.get(content_hash, content_hash)) / SHAPE_FILE
            config = json.loads(path.read_text(encoding="utf-8"))
        except (UnknownNameError, OSError, ValueError):
            return None
        if not isinstance(config, dict):
            return None
        depths = (config.get(key) for key in _LAYER_KEYS)
        n_layers = next((depth for depth in depths if isinstance(depth, int)), None)
        return str(config.get("model_type", "")), n_layers


def shape_text(family: str, n_layers: int | None) -> str:
    """Write what `StoredShapes` reads.

    >>> shape_text("bert", 12)
    '{"model_type": "bert", "num_hidden_layers": 12}'
    """
    depth = {} if n_layers is None else {_LAYER_KEYS[0]: n_layers}
    return json.dumps({"model_type": family, **depth})


def read_progress(store: Store, content_hash: str) -> tuple[Mapping[str, float], ...]:
    """Points of a run's work, in order; what was not seen is absent from a point.

    Args:
        store: Holds the artefact.
        content_hash: Of the artefact that the run calls `PROGRESS`.

    Returns:
        Nothing where the artefact is gone or cannot be read: it costs the curve, not the report.
    """
    try:
        path = Path(store.artifact(content_hash) / PROGRESS_FILE)
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(
                {name: float(text) for name, text in row.items() if text}
                for row in csv.DictReader(file)
            )
    except (UnknownNameError, OSError, ValueError, TypeError):
        return ()


def stored_progress(
    store: Store, runs: Iterable[Run], *, most: int = MAX_FOLLOWED
) -> dict[str, tuple[Mapping[str, float], ...]]:
    """What was noted inside finished runs, by run id; first repeats before further ones.

    Args:
        store: Holds the artefacts.
        runs: Of which some kept notes.
        most: Runs to read.
    """
    kept = [run for run in runs if run.status is Status.OK and PROGRESS in run.artifacts]
    first = sorted(kept, key=lambda run: (run.repeat, run.started_at, run.run_id))[:most]
    read = {run.run_id: read_progress(store, run.artifacts[PROGRESS]) for run in first}
    return {run_id: points for run_id, points in read.items() if points}


def progress_text(points: Sequence[Mapping[str, float]]) -> str:
    r"""Write what `read_progress` reads: one row per point, empty where nothing was seen.

    >>> progress_text([{"elapsed_s": 1.0}, {"elapsed_s": 2.0, "n_steps": 3.0}])
    'elapsed_s,n_steps\n1,\n2,3\n'
    """
    columns = list(dict.fromkeys(name for point in points for name in point))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: f"{v:.9g}" for k, v in point.items()} for point in points)
    return out.getvalue()


def keep_file(content: bytes, store: Store, *, run_id: str, name: str, file_name: str) -> str:
    """Keep an artefact of one file and return its content hash.

    Args:
        content: Of the file.
        store: Where to keep it.
        run_id: Whose artefact it is.
        name: What the run calls the artefact.
        file_name: Of the file in it.

    Raises:
        StoreWriteError: If it cannot be written.
    """
    folder = store.scratch(run_id) / name
    try:
        folder.mkdir()
        (folder / file_name).write_bytes(content)
    except OSError as error:
        raise write_error(folder, error) from error
    content_hash = store.keep_artifact(folder)
    folder.parent.rmdir()
    return content_hash
