"""The runner: carry out a study, or what is left of it, in one store."""

import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from breakeven.meters import open_bank
from breakeven.records import Run, StudyDefinition, Until
from breakeven.records.engine import Engine, TaskFacts
from breakeven.session import find_machine, recover
from breakeven.store import Store
from breakeven.study.admission import admit, read_task
from breakeven.study.cooling import Cooling
from breakeven.study.deployment import deploy
from breakeven.study.development import develop
from breakeven.study.engine import find_engine
from breakeven.study.events import Begun, Event, EventKind, OnEvent, Outcome, costs_told, ignore
from breakeven.study.launch import BudgetSpent, Launch
from breakeven.study.ledger import Ledger
from breakeven.study.outlook import Outlook
from breakeven.study.plan import facts_of, made_on
from breakeven.study.questions import changed_questions
from breakeven.study.services import Services, count_loads
from breakeven.study.spec import Study
from breakeven.study.stated import stated_runs
from breakeven.study.table import PlannedRun, run_table


def run_study(
    study: Study, store_path: Path | str, *, on_event: OnEvent = ignore
) -> tuple[Run, ...]:
    """Run what is left of a study and return all of its runs.

    Args:
        study: From `load_study`.
        store_path: Folder of the store; made when there is none.
        on_event: Told what happens, from the calling thread.

    Warns:
        UserWarning: If rows failed or were left out, or a budget ended the study early.

    Raises:
        IncomparableRunsError: If the store holds the same rows with other settings, or from
            another machine.
        BreakevenError: If the data cannot be read or the store cannot be written.
    """
    outcome = execute(study, store_path, on_event=on_event)
    if not outcome.is_complete:
        what = [f"{row} failed" for row in outcome.failed]
        what += [f"left out {text}" for text in outcome.skipped]
        what += [outcome.stopped] if outcome.stopped else []
        warnings.warn(f"study {study.name!r} is not complete: {'; '.join(what)}", stacklevel=2)
    return outcome.runs


def execute(
    study: Study,
    store_path: Path | str,
    *,
    on_event: OnEvent = ignore,
    services: Services | None = None,
) -> Outcome:
    """Run what is left of a study; also say what failed and why it stopped.

    Args:
        study: From `load_study`.
        store_path: As `run_study`.
        on_event: As `run_study`.
        services: Checkpoints that stay loaded for the next call; its owner closes them.

    Raises:
        IncomparableRunsError: As `run_study`.
        BreakevenError: As `run_study`.
    """
    engine = find_engine(study.engine)
    facts = read_task(study, engine)
    study = study.asking(facts)
    with Store(store_path) as store:
        recover(store)
        launch = _prepare(study, store, facts, on_event=on_event)
        table = run_table(study, facts, engine)
        admit(
            study,
            table,
            launch.ledger,
            fingerprint=launch.machine.fingerprint,
            clock_s=engine.clock_s,
        )
        _save(study.definition(facts), launch)
        _state(study, launch.ledger, store)
        launch.outlook = Outlook(
            engine=engine,
            facts=facts.facts,
            table=table,
            ledger=launch.ledger,
            earlier=made_on(store.runs(), launch.machine),
            facts_of=partial(facts_of, store),
            is_open=() if services is None else services.is_open,
        )
        try:
            stopped = _run(launch, table, engine, services)
        finally:
            recover(store)  # a worker that had to be killed left its journal
        return Outcome(
            runs=store.runs(study=study.name),
            failed=tuple(launch.failed),
            skipped=tuple(f"{row}: {reason}" for row, reason in launch.skipped.items()),
            stopped=stopped,
        )


def _save(definition: StudyDefinition, launch: Launch) -> None:
    """Keep what the study asks, and say where that is not what its runs were asked before."""
    for before in launch.store.studies():
        if before.name == definition.name and (text := changed_questions(before, definition)):
            launch.on_event(Event(kind=EventKind.SAID, text=text))
    launch.store.save_study(definition)


def _prepare(study: Study, store: Store, facts: TaskFacts, *, on_event: OnEvent) -> Launch:
    ledger = Ledger(study=study, data_hash=facts.content_hash)
    ledger.update(store.runs(study=study.name))
    machine = find_machine()
    return Launch(
        study=study,
        store=store,
        ledger=ledger,
        machine=machine,
        on_event=on_event,
        facts=facts.facts,
    )


def _run(
    launch: Launch, table: Sequence[PlannedRun], engine: Engine, services: Services | None
) -> str | None:
    development = [planned for planned in table if planned.block is None]
    inference = [planned for planned in table if planned.block is not None]
    n_left = sum(launch.ledger.done(planned) is None for planned in table)
    launch.n_in_blocks = len(inference)
    left = [planned.checkpoint for planned in inference if launch.ledger.done(planned) is None]
    launch.cooling = _cooling(launch) if left else None
    is_open = () if services is None else services.is_open
    n_loads = count_loads(left, limit=launch.study.max_workers, is_open=is_open).total()
    launch.on_event(
        Event(
            kind=EventKind.PLANNED,
            n_left=n_left,
            n_left_in_blocks=len(left),
            n_loads=n_loads,
            known=launch.known(),
            begun=_begun(launch),
        )
    )
    try:
        develop(launch, development, n_after=len(inference))
        deploy(launch, inference, engine, services=services)
    except BudgetSpent as spent:
        launch.on_event(Event(kind=EventKind.SAID, text=str(spent)))
        return str(spent)
    return None


def _begun(launch: Launch) -> Begun:
    own = [r for r in launch.store.runs(study=launch.study.name) if not r.joined]
    return Begun(
        study=launch.study.name,
        headline=launch.study.question.headline,
        n_cpus=launch.machine.n_cpus,
        spent=costs_told(own),
    )


def _cooling(launch: Launch) -> Cooling | None:
    """Look at the machine before anything runs, where rows rest until it is idle again."""
    study = launch.study
    if study.cooldown.until is not Until.IDLE:
        return None
    cooling = Cooling(
        open_meters=partial(open_bank, study.meters),
        least_s=study.cooldown.least_s,
        limit_s=study.cooldown.limit_s,
    )
    text = f"looked at the machine at rest; rests wait for {cooling.begin().told}"
    launch.on_event(Event(kind=EventKind.SAID, text=text))
    return cooling


def _state(study: Study, ledger: Ledger, store: Store) -> None:
    """Store the runs of stated pathways once."""
    for pathway in study.pathways:
        for run in stated_runs(study, pathway) if pathway.stated else ():
            if ledger.result(run.row) is None:
                store.append(run)
