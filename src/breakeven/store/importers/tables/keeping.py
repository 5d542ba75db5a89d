"""Keeping an imported table: each file once in a store, and nothing of two files under one name."""

from dataclasses import dataclass

from breakeven.errors import DataFileError
from breakeven.records import StudyDefinition
from breakeven.store.importers.tables.study import TABLE_HASH
from breakeven.store.importers.tables.tabled import Tabled
from breakeven.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a table in a store.

    Attributes:
        study: Under which name it is there.
        n_added: Runs that were added.
        n_known: Runs that were there already.
    """

    study: str
    n_added: int
    n_known: int


def keep(store: Store, tabled: Tabled, *, is_named: bool = False) -> Kept:
    """Write the runs of a table and its study, unless they are there.

    Args:
        store: Where to.
        tabled: The table as records.
        is_named: Whether the user chose the study's name; without it the same file under another
            name is still known.

    Raises:
        DataFileError: If the study holds the runs of something else, or of this file as it was
            read under other options.
        StoreWriteError: If it cannot be written.
    """
    definition = tabled.definition
    if not is_named and (twin := _twin(store, definition)):
        return Kept(study=twin, n_added=0, n_known=len(store.runs(study=twin)))
    there = {run.run_id: run for run in store.runs(study=definition.name)}
    new = [run for run in tabled.runs if run.run_id not in there]
    ours = {run.run_id for run in tabled.runs}
    if foreign := [run for run in there.values() if run.run_id not in ours]:
        table_hash = definition.facts[TABLE_HASH]
        is_ours = all(run.settings.resolved.get(TABLE_HASH) == table_hash for run in foreign)
        what = "this table, read under other options" if is_ours else "something else"
        raise DataFileError(
            f"study {definition.name!r} in {store.path} holds {len(foreign)} runs of {what}, and "
            "runs are never replaced; choose another name with --study, or another --store."
        )
    store.append_all(new)
    if new or definition not in store.studies():
        store.save_study(definition)
    return Kept(study=definition.name, n_added=len(new), n_known=len(there))


def _twin(store: Store, definition: StudyDefinition) -> str:
    """Name of another study that holds the same file; empty for none."""
    table_hash = definition.facts[TABLE_HASH]
    names = {d.name for d in store.studies() if d.facts.get(TABLE_HASH) == table_hash}
    return "" if definition.name in names else min(names, default="")
