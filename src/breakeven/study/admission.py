"""Admission: what is checked before a row is run, by `plan` and by `run` alike.

What a plan shows, a run does; so whatever a run refuses, the plan of it refuses in the same words.
"""

from collections.abc import Callable, Sequence

from breakeven.errors import BreakevenError, DataFileError, StudyFileError
from breakeven.meters import open_bank
from breakeven.records.engine import Engine, TaskFacts
from breakeven.records.protocols import Channel
from breakeven.study.budget import refuse_unmeasurable
from breakeven.study.ledger import Ledger
from breakeven.study.spec import Study
from breakeven.study.stated import stated_runs
from breakeven.study.table import PlannedRun
from breakeven.study.tuner import check_installed


def read_task(study: Study, engine: Engine) -> TaskFacts:
    """Read the task's data and hash it.

    Raises:
        DataFileError: If the data cannot be read.
        StudyFileError: If the task, an option or its value is not understood; both name the place
            in the study that asks for it. Or if a row asks more examples than there are.
    """
    try:
        facts = engine.describe_task(study.task)
    except BreakevenError as error:
        kind = DataFileError if isinstance(error, DataFileError) else StudyFileError
        raise kind(f"{_place(study, str(error))}: task: {error}") from error
    _refuse_too_many(study, facts)
    return facts


def _refuse_too_many(study: Study, facts: TaskFacts) -> None:
    """Refuse rows that ask more examples than their split has."""
    for configuration in study.configurations:
        settings = configuration.settings.resolved
        split, n_asked = settings.get("split", "test"), settings.get("n_examples", 0)
        n_there = facts.facts.get(f"n_{split}")
        if n_there is not None and float(n_there) < (float(n_asked) or 1):
            raise StudyFileError(
                f"inference: row {configuration.row!r} asks n_examples={n_asked} of "
                f"split={split!r}, of which the task {study.task['name']!r} has {n_there}; set at "
                "most so many, 0 for all, or another split"
            )


def admit(
    study: Study,
    table: Sequence[PlannedRun],
    ledger: Ledger,
    *,
    fingerprint: str,
    clock_s: Callable[[], float],
) -> Sequence[Channel]:
    """Refuse what could only fail, or be mixed up with other runs, later on.

    Args:
        study: To be run.
        table: Its runs.
        ledger: What the store holds of it.
        fingerprint: Of this machine.
        clock_s: Of the engine.

    Returns:
        What the meters of the study offer on this machine.

    Raises:
        IncomparableRunsError: If the store holds a row under another setting or statement, with
            other data, or from another machine.
        MeterUnavailableError: If a sensor that was named, or that the budget needs, is not there.
        DataFileError: If the trace to be replayed cannot be read.
        MissingExtraError: If there are trials to be made without what proposes them.
    """
    ledger.refuse_changes(table, fingerprint=fingerprint)
    _refuse_restated(study, ledger)
    if not all(trials.is_over for trials in ledger.trials.values()):
        check_installed()
    # Opened once here, so that what is wrong with the meters is said before any row.
    with open_bank(study.meters, replay=study.replay, clock_s=clock_s) as bank:
        channels = bank.channels()
    refuse_unmeasurable(study.budget, channels)
    return channels


def _refuse_restated(study: Study, ledger: Ledger) -> None:
    for pathway in study.pathways:
        for run in stated_runs(study, pathway) if pathway.stated else ():
            if (stored := ledger.result(run.row)) is not None:
                ledger.refuse_setting(run.row, run.settings.resolved, stored.settings.resolved)


def _place(study: Study, sentence: str) -> str:
    """Where the option stands that a sentence is about: the one whose value or name it quotes."""
    by_value = [k for k, v in study.task.items() if k != "name" and str(v) and str(v) in sentence]
    by_name = [k for k in study.task if f"{k}=" in sentence or f"'{k}'" in sentence]
    places = study.task_places
    return next(places[k] for k in (*by_name, *by_value, "name") if k in places)
