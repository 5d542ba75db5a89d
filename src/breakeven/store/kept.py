"""Kept: what lies beside the records of a store, read for analysis: shapes of models, progress."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from breakeven.errors import UnknownNameError
from breakeven.store.store import Store

PROGRESS, PROGRESS_FILE = "progress", "progress.csv"

_LAYER_KEYS = ("num_hidden_layers", "n_layers", "n_layer")
"""Names of the number of layers in BERT and its kin, in DistilBERT and in GPT-2."""


class StoredShapes:
    """From the content hash of a model to its family and number of layers."""

    def __init__(self, store: Store) -> None:
        """Know of every model of a store; configurations are read when asked for."""
        self._store = store
        self._read: dict[str, tuple[str, int | None] | None] = {}

    def __call__(self, content_hash: str) -> tuple[str, int | None] | None:
        """Family as its configuration names it, and layers; None without a configuration."""
        if content_hash not in self._read:
            self._read[content_hash] = self._load(content_hash)
        return self._read[content_hash]

    def _load(self, content_hash: str) -> tuple[str, int | None] | None:
        try:
            path = self._store.artifact(content_hash) / "config.json"
            config = json.loads(path.read_text(encoding="utf-8"))
        except (UnknownNameError, OSError, ValueError):
            return None
        if not isinstance(config, dict):
            return None
        depths = (config.get(key) for key in _LAYER_KEYS)
        n_layers = next((depth for depth in depths if isinstance(depth, int)), None)
        return str(config.get("model_type", "")), n_layers


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
