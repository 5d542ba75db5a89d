"""Adding imported runs to a store: each once, and never a second version of one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import Resource, Run, StudyDefinition
from breakeven.store.store import Store

_HEADLINES = (Resource.ENERGY_J, Resource.DURATION_S)
"""In which resource a study that only imported runs know is answered first, if they have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of imported runs.

    Attributes:
        new: Ids of those that were written.
        known: Ids of those that the store held already.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]


def add_runs(store: Store, runs: Sequence[Run]) -> Added:
    """Write runs into a store, all or none, and the study they name if the store has none so named.

    Args:
        store: Where they go.
        runs: Those of one import.

    Raises:
        DataFileError: If two have one id, or the store holds one of them with other numbers or
            under another name.
        StoreWriteError: If one cannot be written.
    """
    for run_id, n_runs in Counter(run.run_id for run in runs).items():
        if n_runs > 1:
            raise DataFileError(
                f"two of the runs are both called {run_id}, and a store could not tell them apart; "
                "nothing was added. Take one of them out of the file."
            )
    held = {run.run_id: run for run in store.recorded()}
    for run in runs:
        if run.run_id in held:
            _refuse_other(run, held[run.run_id], store)
    for study in dict.fromkeys(run.study for run in runs if run.study):
        define_study(store, study, [run for run in runs if run.study == study])
    new = [run for run in runs if run.run_id not in held]
    store.append_all(new)
    return Added(
        new=tuple(run.run_id for run in new),
        known=tuple(run.run_id for run in runs if run.run_id in held),
    )


def repeated_rows(store: Store, runs: Sequence[Run]) -> tuple[str, ...]:
    """Rows of new runs under which the store holds others already: they become repeats of those.

    A name that was taken from a folder may be that of another training by chance.

    Args:
        store: Where the runs will go.
        runs: Those of one import.
    """
    held = {run.run_id: (run.study, run.row, run.stage) for run in store.recorded()}
    taken = set(held.values())
    new = (run for run in runs if run.run_id not in held and run.trial is None)
    return tuple(dict.fromkeys(run.row for run in new if (run.study, run.row, run.stage) in taken))


def _refuse_other(run: Run, held: Run, store: Store) -> None:
    """Refuse what would count twice, or be two things at once."""
    for name, told in _NAMES.items():
        before, now = getattr(held, name), getattr(run, name)
        if before != now:
            raise DataFileError(
                f"run {run.run_id} is in {store.path} already, as {told} {before or 'none'!s} and "
                f"not {now or 'none'!s}; nothing was added. Say it as before, or import into "
                "another store."
            )
    if _numbers(run) != _numbers(held):
        raise DataFileError(
            f"run {run.run_id} ({run.row}) is in {store.path} already with other numbers, from an "
            "earlier state of the file or under other options; nothing was added, as both would "
            "count. Import into a new store."
        )


_NAMES = {"study": "of study", "row": "row", "stage": "stage"}


def _numbers(run: Run) -> object:
    """What must not differ; when a run began may be known better the second time."""
    costs = [phase.measurement.costs for phase in run.phases]
    return (run.status, costs, run.counts, run.scores, run.output, run.trial, run.judged)


def define_study(store: Store, name: str, runs: Sequence[Run]) -> None:
    """Let the store know a study that only these runs name, so that analyses find it.

    Args:
        store: Where it is kept; a study of that name that is there stays as it is.
        name: Of the study.
        runs: Say in what it is answered: energy if they have any, their first metric.
    """
    try:
        store.study(name)
    except UnknownNameError:
        seen = {c.resource for run in runs for p in run.phases for c in p.measurement.costs}
        metrics = dict.fromkeys(s.metric for run in runs for s in run.scores)
        headline = next((r for r in _HEADLINES if r in seen), None)
        definition = StudyDefinition(name=name, pathways=(), metric=next(iter(metrics), "accuracy"))
        if headline is not None:
            definition = replace(definition, headline=headline)
        store.save_study(definition)
