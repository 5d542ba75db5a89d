"""Stores where a model is named: told apart, since a store holds many models and is none itself."""

from pathlib import Path

from breakeven.errors import SettingsError

STORE_FILE = "store.json"
"""A folder that has it is a store."""


def is_store(source: str) -> bool:
    """Whether a name is that of a store here, of which no model is said."""
    return (Path(source) / STORE_FILE).is_file()


def refuse_store(source: str) -> None:
    """Refuse a store, or a row of one, where a model is named.

    Args:
        source: Name of a model, as a study file has it.

    Raises:
        SettingsError: If it is one.
    """
    store, _, row = source.rpartition(":")
    if is_store(source):
        store, what = source, "a store"
    elif store and is_store(store):
        what = f"row {row!r} of a store"
    else:
        return
    raise SettingsError(
        f"model {source!r} is {what} and no model folder; write the model by `breakeven export "
        f"{store} --pathway PATHWAY --out FOLDER` and name that folder"
    )
