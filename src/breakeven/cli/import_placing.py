"""Where imported runs belong: a pathway of a study, with what they build upon."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from breakeven.errors import SettingsError
from breakeven.records import Run, Stage, Status, best_trial
from breakeven.session.joining import Joining, joined
from breakeven.store import Store
from breakeven.store.importers.ledgers.adding import define_study


def placed(runs: Sequence[Run], joining: Joining, store: Store) -> tuple[Run, ...]:
    """Make runs part of a pathway, as `breakeven measure --pathway` does.

    Runs that the store holds so already keep the names they have there.

    Args:
        runs: As imported.
        joining: Study, pathway and parents.
        store: Holds the parents; a study that it does not know is made known.

    Raises:
        UnknownNameError: If the store holds no such parent.
        SettingsError: If pathway, stage or row cannot be joined, or use could rest on several rows.
    """
    define_study(store, joining.study, runs)
    held = {run.run_id: run for run in store.recorded()}
    n_of_row: Counter[str] = Counter()
    found = []
    for run in runs:
        if run.run_id in held:
            found.append(_named_as(run, held[run.run_id], joining))
            continue
        part = _joined(run, joining, store)
        found.append(replace(part, repeat=part.repeat + n_of_row[part.row]))
        n_of_row[part.row] += 1
    return tuple(found)


def _joined(run: Run, joining: Joining, store: Store) -> Run:
    """One run; a trial joins with the row that it tunes."""
    if run.stage is Stage.INFER and run.trial is None:
        parents = joining.parents or _deployed(joining, store)
        return joined(replace(run, row=""), replace(joining, parents=parents), store)
    if run.trial is None:
        return joined(run, joining, store)
    part = joined(replace(run, row=run.trial.row), joining, store)
    trial = replace(run.trial, row=part.row)
    return replace(part, row=f"{part.row}/trial-{trial.number}", trial=trial)


def _deployed(joining: Joining, store: Store) -> tuple[str, ...]:
    """What use without a parent rests on: the one row of the pathway that no other builds upon.

    When an imported run began may be as little known as when its file was written, so that the
    latest need not be the last.
    """
    runs = store.runs(study=joining.study)
    own = [r for r in runs if r.joined == joining.pathway and r.stage is not Stage.INFER]
    built_upon = {parent for run in own for parent in run.parents}
    ends = [r for r in own if r.status is Status.OK and r.run_id not in built_upon]
    rows = sorted({run.result_of for run in ends})
    if len(rows) > 1:
        raise SettingsError(
            f"pathway {joining.pathway!r} has several rows that nothing builds upon "
            f"({', '.join(rows)}); say with --parent which of them was used"
        )
    last = best_trial(ends) or (ends[-1] if ends else None)
    return () if last is None else (last.run_id,)


def _named_as(run: Run, held: Run, joining: Joining) -> Run:
    """The run under the names that the store has for it, if it is of this pathway there."""
    if (held.study, held.joined) != (joining.study, joining.pathway):
        return replace(run, study=joining.study, row=f"{joining.pathway}/{run.row}")
    return replace(run, study=held.study, row=held.row, joined=held.joined, trial=held.trial)
