"""Subjects: what a store says of energy and time, by run, by pathway and as a whole.

A climate performance model card asks for the time of the final model, the time of all experiments
and the energy of everything (Hershcovich et al. 2022, after Dürlich et al. 2023, section 2): they
are the phases "final model" and "all runs".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from breakeven.analysis.costs.equivalents import Fleet
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.estimates import mixed_kinds
from breakeven.analysis.impacts.footprint import Subject
from breakeven.analysis.runs.rollup import RollUp, roll_ups
from breakeven.analysis.runs.select import observe, study_runs
from breakeven.analysis.uncertain import Uncertain, as_estimate, mean_of, once
from breakeven.analysis.words import counted, one_item
from breakeven.records import Estimate, Kind, Origin, Resource, Run, Stage, StudyDefinition
from breakeven.units import format_count

ALL, FINAL, DEVELOPMENT, USE, LIFE, RUN, FLEET, STATED = (
    "all runs",
    "final model",
    "development",
    "use",
    "life",
    "run",
    "fleet",
    "stated",
)
"""Phases, in the order they are told."""

NOBODY = "no joules, or not all"
"""Why a subject has no energy."""


def store_subjects(
    definitions: Sequence[StudyDefinition],
    runs: Sequence[Run],
    *,
    volume: float | None = None,
    fleet: Fleet | None = None,
) -> tuple[Subject, ...]:
    """Subjects of a store: all runs paid once, and each pathway's making, use and life.

    Args:
        definitions: Of its studies.
        runs: Every run of it.
        volume: Items over a lifetime; each study's own plan by default.
        fleet: Runs and actors that each repeat a pathway's development; None for none.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> found = store_subjects([definition], runs)
        >>> [s.name for s in found if s.phase == DEVELOPMENT]
        ['FT', 'TS', 'TA', 'TF-IDF', 'API']
        >>> print(next(s.why for s in found if s.energy is None))
        no joules, or not all
    """
    found = [_whole(rolled) for rolled in roll_ups(definitions, runs)]
    for definition in definitions:
        several = f"{definition.name}: " if len(definitions) > 1 else ""
        study = study_runs(definition, runs)
        asked = definition.planned_volume if volume is None else volume
        for pathway in study.definition.pathways:
            cost = pathway_cost(study, pathway)
            found.extend(
                replace(subject, name=f"{several}{subject.name}", is_elsewhere=_is_elsewhere(cost))
                for subject in _of_pathway(cost, one_item(definition.item), asked, fleet)
            )
    order = (ALL, FINAL, DEVELOPMENT, FLEET, USE, LIFE)
    return tuple(sorted(found, key=lambda subject: order.index(subject.phase.partition(",")[0])))


def run_subjects(runs: Sequence[Run]) -> tuple[Subject, ...]:
    """Subjects of a store, one per run that was timed here, in the order they began.

    Args:
        runs: Every run of it.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> _, runs = example_runs()
        >>> found = run_subjects(runs)
        >>> found[0].name, found[0].why
        ('FT/aa', '')
    """
    ordered = sorted(runs, key=lambda run: (run.started_at, run.run_id))
    return tuple(_of_run(run) for run in ordered if _is_timed(run))


def _is_timed(run: Run) -> bool:
    return any(cost.kind is not Kind.ASSUMED for cost in run.costs(Resource.DURATION_S))


def _of_run(run: Run) -> Subject:
    def told(resource: Resource) -> Estimate | None:
        seen = observe(run, resource)
        return None if seen is None else _estimate(mean_of([seen]), resource, "one run")

    energy = told(Resource.ENERGY_J)
    name = run.row or run.run_id
    return Subject(
        name=name,
        phase=RUN,
        energy=energy,
        duration=told(Resource.DURATION_S),
        why="" if energy else NOBODY,
    )


def _whole(rolled: RollUp) -> Subject:
    name = rolled.study or "outside any study"
    n = sum(row.n_runs for row in rolled.rows)
    energy = rolled.total(Resource.ENERGY_J)
    blind = sum(row.unseen.get(Resource.ENERGY_J, 0) for row in rolled.rows)
    blind += sum(row.n_runs for row in rolled.rows if Resource.ENERGY_J not in row.totals)
    what = f"sum over {counted(n, 'run')}, each paid once"
    seen = f"{what}, {blind} of them without joules" if blind else what
    return Subject(
        name=name,
        phase=ALL,
        energy=_estimate(energy, Resource.ENERGY_J, seen),
        duration=_estimate(rolled.total(Resource.DURATION_S), Resource.DURATION_S, what),
        why="" if energy else NOBODY,
    )


def _of_pathway(
    cost: PathwayCost, item: str, volume: float, fleet: Fleet | None
) -> Iterator[Subject]:
    final = next((row for row in cost.rows if row.row == cost.definition.row), None)
    if final is not None and final.per_run and final.stage is not Stage.STATED:
        yield _subject(cost.name, FINAL, final.per_run.get, "one run of the deployed row")
    yield _subject(cost.name, DEVELOPMENT, cost.development, "sum over rows")
    if fleet is not None:
        yield _fleet(cost, fleet)
    use = _subject(cost.name, USE, cost.marginal, "mean over blocks", item=item)
    yield use
    yield _subject(
        cost.name,
        f"{LIFE}, {format_count(volume)} {item}s",
        lambda resource: _life(cost, resource, volume),
        "development + n x use",
    )


def _is_elsewhere(cost: PathwayCost) -> bool:
    """Whether the time of its use is only stated."""
    use = cost.marginal(Resource.DURATION_S)
    return use is not None and use.kinds == (Kind.ASSUMED,)


def _life(cost: PathwayCost, resource: Resource, volume: float) -> Uncertain | None:
    development, marginal = cost.development(resource), cost.marginal(resource)
    if development is None or marginal is None:
        return None
    return development + marginal.scaled(volume)


def _fleet(cost: PathwayCost, fleet: Fleet) -> Subject:
    def times(resource: Resource) -> Uncertain | None:
        one = cost.development(resource)
        if one is None:
            return None
        return replace(
            one.scaled(fleet.n_times),
            kinds=(Kind.MODELLED, Kind.ASSUMED),
            origins=once((*one.origins, Origin.STATED)),
        )

    many = f"{fleet.n_runs:g} runs x {fleet.n_actors:g} actors"
    return _subject(cost.name, f"{FLEET}, {many}", times, f"{many} (assumed) x development")


def _subject(
    name: str,
    phase: str,
    amount: Callable[[Resource], Uncertain | None],
    what: str,
    *,
    item: str = "",
) -> Subject:
    energy = _estimate(amount(Resource.ENERGY_J), Resource.ENERGY_J, what, item=item)
    duration = _estimate(amount(Resource.DURATION_S), Resource.DURATION_S, what, item=item)
    why = "" if energy else NOBODY
    return Subject(name=name, phase=phase, energy=energy, duration=duration, why=why, item=item)


def _estimate(
    amount: Uncertain | None, resource: Resource, what: str, *, item: str = ""
) -> Estimate | None:
    if amount is None:
        return None
    name = f"{resource.value} per {item}" if item else resource.value
    return as_estimate(amount, name, what=what, notes=mixed_kinds(amount))
