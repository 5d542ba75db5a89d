"""Where `breakeven pareto` finds its points: a store's pathways or configurations, or a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.costs.product import reaches
from breakeven.analysis.dominance import (
    Compare,
    ConfigurationSpaces,
    PathwaySpaces,
    Phase,
    Space,
    compare_given,
    given_space,
    phases,
    trace_notes,
)
from breakeven.analysis.runs.select import study_runs
from breakeven.cli.cost_names import cost_named
from breakeven.cli.pareto_file import Choice, GivenTable, read_tables
from breakeven.errors import NoStudyError, UnknownNameError
from breakeven.records import Kind, Note, NoteCode, Resource, StudyDefinition
from breakeven.store import Store
from breakeven.store.answers import StoredAnswers


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One space, and how two of its points are compared.

    Attributes:
        space: The points.
        compare: Two of them on one axis.
        phase: When; None of tables and configurations.
        notes: Doubts.
        machines: Fingerprints of the machines that its runs were measured on; empty for tables.
    """

    space: Space
    compare: Compare
    phase: Phase | None = None
    notes: tuple[Note, ...] = ()
    machines: frozenset[str] = frozenset()


def places(source: Path, asked: dict[str, Any]) -> Iterator[Placed]:
    """Every space that is asked of a store or a file.

    Raises:
        BreakevenError: If the source cannot be read.
        click.UsageError: If a name or a choice does not fit it.
    """
    if not source.is_dir():
        for table in read_tables(source, _choice(asked)):
            space = given_space(table.points, table.axes)
            yield Placed(
                space=replace(space, left_out=table.left_out),
                compare=compare_given(table.points, table.axes),
                notes=tuple(_table_notes(source, table)),
            )
        return
    with Store(source, create=False) as store:
        definition = only_study(store, asked["study"])
        answers = StoredAnswers(store, study=definition.name)
        found = study_runs(definition, store.runs(study=definition.name))
    machines = frozenset(r.machine.fingerprint for r in found.runs if r.machine is not None)
    is_scored = _is_scored(definition, asked["score"])
    if asked["points"] == "configurations":
        spaces = ConfigurationSpaces(found=found, answers=answers)
        for resources in _chosen(spaces.resources, asked["costs"], is_scored=is_scored):
            space = spaces.space(spaces.axes(resources, is_scored=is_scored))
            yield Placed(space=space, compare=spaces.compare(), machines=machines)
        return
    gathered = [pathway_cost(found, p, answers=answers) for p in found.definition.pathways]
    valid = tuple(p for p in gathered if reaches(found.definition, p))
    of_pathways = PathwaySpaces(found=found, pathways=valid)
    wanted = [p for p in phases(asked["lifetimes"]) if _is_wanted(p, asked["phases"])]
    for resources in _chosen(of_pathways.resources, asked["costs"], is_scored=is_scored):
        axes = of_pathways.axes(resources, is_scored=is_scored)
        for phase in wanted:
            space = of_pathways.space(axes, phase)
            yield Placed(
                space=space,
                compare=of_pathways.compare(phase),
                phase=phase,
                machines=machines,
            )


def same_space(source: Path, placed: Placed, asked: dict[str, Any]) -> Placed:
    """The space of a reference set in the axes of another.

    Raises:
        click.UsageError: If the reference set has no point in these axes.
    """
    costs = tuple(axis.name for axis in placed.space.axes if not axis.is_score)
    score = next((axis.name for axis in placed.space.axes if axis.is_score), "none")
    phase = placed.phase
    lifetimes = (phase.volume,) if phase is not None and phase.volume is not None else ()
    named = None if phase is None else "lifetime" if phase.volume is not None else phase.name
    wanted = {
        **asked,
        "costs": costs,
        "score": score,
        "lifetimes": lifetimes,
        "phases": () if named is None else (named,),
        "study": None,
        "traces": None if source.is_dir() else asked["traces"],
    }
    found = list(places(source, wanted))
    if not found or not found[0].space.spots:
        raise click.UsageError(
            f"--against {source} has no point with {score} and {', '.join(costs)}"
        )
    return found[0]


def machine_notes(placed: Placed, reference: Placed) -> tuple[Note, ...]:
    """Say where measured costs of two stores are from different machines."""
    spots = (*placed.space.spots, *reference.space.spots)
    kinds = {kind for spot in spots for estimate in spot.at for kind in estimate.kinds}
    if Kind.MEASURED not in kinds or not (placed.machines and reference.machines):
        return ()
    if placed.machines == reference.machines:
        return ()
    return (
        Note(
            code=NoteCode.OTHER_MACHINE,
            message="the points and the reference set were measured on different machines.",
            advice="Costs of two machines are not comparable: compare counted work, or measure "
            "both on one machine.",
        ),
    )


def _choice(asked: dict[str, Any]) -> Choice:
    return Choice(
        score=asked["score"],
        costs=tuple(asked["costs"]),
        part=asked["part"],
        kind=None if asked["kind"] is None else Kind(asked["kind"]),
        traces=asked["traces"],
    )


def only_study(store: Store, study: str | None) -> StudyDefinition:
    """The study asked for, or the only one.

    Raises:
        NoStudyError: If there are none or several and none is named.
    """
    if study is not None:
        return store.study(study)
    found = store.studies()
    if len(found) == 1:
        return found[0]
    names = ", ".join(definition.name for definition in found)
    raise NoStudyError(
        f"{store.path} holds several studies ({names}); choose one with --study"
        if found
        else f"{store.path} holds no study, so there are no pathways to compare"
    )


def _is_scored(definition: StudyDefinition, asked: str) -> bool:
    if asked in ("", definition.metric):
        return True
    if asked == "none":
        return False
    raise click.UsageError(
        f"--score {asked}: the quality of {definition.name} is {definition.metric}; leave --score "
        "out, or write none to compare costs alone"
    )


def _is_wanted(phase: Phase, asked: Sequence[str]) -> bool:
    name = "lifetime" if phase.volume is not None else phase.name
    return not asked or name in asked


def _chosen(
    known: Sequence[Resource], asked: Sequence[str], *, is_scored: bool
) -> Iterator[tuple[Resource, ...]]:
    """Costs asked for as one space, else every cost by itself."""
    names = {resource.value: resource for resource in known}
    asked = [name if name in names else cost_named(name) for name in asked]
    for name in asked:
        if name not in names:
            raise UnknownNameError("cost", name, names)
    if asked:
        if len(asked) < 2 and not is_scored:
            raise click.UsageError("--score none needs two costs; name another with --cost")
        yield tuple(names[name] for name in dict.fromkeys(asked))
        return
    if not is_scored:
        raise click.UsageError("--score none needs two costs; name them with --cost")
    yield from ((resource,) for resource in known)


def _table_notes(source: Path, table: GivenTable) -> Iterator[Note]:
    yield from trace_notes(table.traces)
    if sum(point.counts is not None for point in table.points) > 1:
        yield Note(
            code=NoteCode.SCORES_UNPAIRED,
            message=f"{source.name} has counts of right answers and not the answers, so scores are "
            "compared and drawn as if on different examples.",
            advice="P(front) and the intervals of differences are more cautious than they need be; "
            "a store that kept its answers is compared example by example.",
        )
    if table.assumed:
        yield Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"{source.name} does not say how {', '.join(table.assumed)} was had, so it "
            "counts as assumed.",
            advice="Say --kind measured where a sensor saw it, or add a column that ends in _kind.",
        )
    if table.macs:
        yield Note(
            code=NoteCode.FLOPS_CONVENTION,
            message=f"{source.name} counts multiply-accumulates; each is two FLOPs here.",
            advice="Compare only with numbers of the same convention.",
        )
