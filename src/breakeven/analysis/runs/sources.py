"""Sources: runs of several stores side by side, each with its study and its ancestors.

A question over tasks, machines and meters needs runs that no single study holds (fine-tuning energy
across tasks, data sets, machines and modalities). Nothing is pooled here: each line knows where it
is from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from breakeven.analysis.energy.modalities import Modality, energy_by_modality, stretches
from breakeven.analysis.runs.ranks import rolled_up
from breakeven.records import Cost, Kind, PhaseName, Run, Scalar, StudyDefinition

MODEL = "model"
"""Setting that names a model, and the artefact that holds one."""

PARENT = "parent"
"""Value of that setting where the model is another run's."""


Shape = tuple[str, int | None]
"""Family as a model's own configuration names it ("bert") and number of layers."""

Shapes = Callable[[str], Shape | None]
"""From the content hash of a kept model to its shape; None where it is gone or has none."""


def no_shapes(content_hash: str) -> Shape | None:  # noqa: ARG001 - it knows no model
    """Know the shape of no model: records alone.

    Examples:
        >>> no_shapes("ab") is None
        True
    """
    return None


@dataclass(frozen=True, kw_only=True)
class Source:
    """One store.

    Attributes:
        name: For people, such as its folder.
        runs: What it holds; ranks of one stage are put together.
        studies: Definition by name.
        shapes: Looks into the models it keeps.
    """

    name: str
    runs: tuple[Run, ...]
    studies: Mapping[str, StudyDefinition]
    shapes: Shapes = no_shapes

    @cached_property
    def by_id(self) -> Mapping[str, Run]:
        """Run by its id."""
        return {run.run_id: run for run in self.runs}


def source(
    name: str,
    runs: Iterable[Run],
    studies: Iterable[StudyDefinition] = (),
    *,
    shapes: Shapes = no_shapes,
) -> Source:
    """Put what a store holds in order.

    Args:
        name: Of the store.
        runs: As read from it.
        studies: As read from it.
        shapes: Looks into the models it keeps.

    Examples:
        >>> source("store", []).runs
        ()
    """
    known = {definition.name: definition for definition in studies}
    return Source(name=name, runs=rolled_up(runs), studies=known, shapes=shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Energy of one run by one group of channels.

    Attributes:
        modality: How much of the machine they see.
        kind: How the joules came about.
        whole: Sum over all phases that they saw.
        window: Sum over the work phases; None if they saw none of these.
    """

    modality: Modality
    kind: Kind
    whole: tuple[Cost, ...]
    window: tuple[Cost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One run by one modality of energy; a run without any energy is one line.

    Attributes:
        source: Store that holds it.
        run: The run.
        seen: Its energy by that modality; None without any.
    """

    source: Source
    run: Run
    seen: Seen | None = None

    @property
    def study(self) -> StudyDefinition | None:
        """Definition of its study; None for a run outside any."""
        return self.source.studies.get(self.run.study)

    def lineage(self) -> Iterator[Run]:
        """The run, then the one whose model it took, and so on back to the first."""
        run: Run | None = self.run
        visited: set[str] = set()
        while run is not None and run.run_id not in visited:
            visited.add(run.run_id)
            yield run
            run = _origin(run, self.source.by_id)

    def setting(self, name: str) -> Scalar | None:
        """A resolved setting of the run itself; None where it has none."""
        return self.run.settings.resolved.get(name)


def lines(sources: Sequence[Source], *, study: str | None = None) -> tuple[Line, ...]:
    """Every run of every store, once by each modality that saw its energy.

    A run that two stores hold, as after a merge, is taken from the first.

    Args:
        sources: Stores in order.
        study: Only the runs of this study.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> store = source("one", runs, [definition])
        >>> len(lines([store, store])) == len(lines([store])) == len(runs)
        True
    """
    found: dict[str, list[Line]] = {}
    for held in sources:
        for run in held.runs:
            if run.run_id not in found and study in (None, run.study):
                seen: Sequence[Seen | None] = energies(run) or [None]
                found[run.run_id] = [Line(source=held, run=run, seen=s) for s in seen]
    return tuple(line for same in found.values() for line in same)


def energies(run: Run) -> list[Seen]:
    """Energy of a run by modality and kind, widest scope last.

    Examples:
        >>> from breakeven.records import Stage, Status
        >>> energies(Run(run_id="a", stage=Stage.INFER, status=Status.OK, started_at=""))
        []
    """
    found: list[Seen] = []
    for kind in Kind:
        phases = [(name, energy_by_modality(seen, kind)) for name, seen in stretches(run)]
        for modality in Modality:
            whole = tuple(cost for _, by in phases for cost in by.get(modality, ()))
            window = tuple(
                cost
                for name, by in phases
                if name is PhaseName.WORK
                for cost in by.get(modality, ())
            )
            if whole:
                found.append(Seen(modality=modality, kind=kind, whole=whole, window=window))
    return found


def _origin(run: Run, by_id: Mapping[str, Run]) -> Run | None:
    """Parent whose model this one starts from; the first one where none is named as such."""
    start = run.settings.resolved.get("start")
    parents = [by_id[parent] for parent in run.parents if parent in by_id]
    return next((p for p in parents if p.row == start), parents[0] if parents else None)
