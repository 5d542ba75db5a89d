"""Position: a study as one setting of all controls sees it, ready for the functions of analysis."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from breakeven.analysis.costs.comparison import Comparison, compare
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.product import reaches
from breakeven.analysis.costs.recommend import Choice, choose
from breakeven.analysis.costs.sharing import share_rows
from breakeven.analysis.deciding.derived import in_measure
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.deciding.measures import Measure, measure_named
from breakeven.analysis.deciding.settings import Settings
from breakeven.records import StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What the analysis is asked under some settings.

    Attributes:
        ground: What was gathered.
        settings: Where the controls stand.
        measure: The cost by which is chosen.
        definition: That of the study with measure, volume and threshold of the settings.
        pathways: In that measure, shared rows divided.
    """

    ground: Ground
    settings: Settings
    measure: Measure
    definition: StudyDefinition
    pathways: tuple[PathwayCost, ...]

    @property
    def valid(self) -> tuple[PathwayCost, ...]:
        """Pathways that reach a threshold that was asked for; all where the tolerance decides."""
        return tuple(p for p in self.pathways if reaches(self.definition, p))

    def choice(self) -> Choice:
        """Who is chosen here."""
        return choose(self.definition, self.pathways)

    def pair(self, candidate: PathwayCost, incumbent: PathwayCost) -> Comparison | None:
        """Two pathways in the measure; None where one has no life in it."""
        definition = self.definition
        return compare(candidate, incumbent, definition.headline, item=definition.item)

    def at(self, volume: float) -> "Position":
        """The same at another volume."""
        return replace(
            self,
            settings=replace(self.settings, volume=volume),
            definition=replace(self.definition, planned_volume=volume),
        )

    def with_floor(self, min_score: float) -> "Position":
        """The same with another lowest score."""
        return replace(
            self,
            settings=replace(self.settings, min_score=min_score),
            definition=replace(self.definition, min_score=min_score),
        )

    def among(self, names: Collection[str]) -> "Position":
        """The same with some of the pathways alone."""
        kept = tuple(p for p in self.ground.pathways if p.name in names)
        ground = replace(self.ground, pathways=kept)
        tasks = {row: n for row, n in self.settings.tasks.items() if row in ground.rows}
        return replace(
            self,
            ground=ground,
            settings=replace(self.settings, tasks=tasks),
            pathways=tuple(p for p in self.pathways if p.name in names),
        )

    def with_tasks(self, tasks: Mapping[str, int]) -> "Position":
        """The same with other numbers of tasks for some rows."""
        return position(self.ground, replace(self.settings, tasks={**self.settings.tasks, **tasks}))


def position(ground: Ground, settings: Settings) -> Position:
    """Put the settings to what was gathered.

    Args:
        ground: What was gathered.
        settings: Where the controls stand.

    Raises:
        UnknownNameError: If no pathway has a life in the measure, or none a row that is shared.
        ValueError: If the measure needs a number that nobody gave, or an assumed one is put in
            among measured numbers only.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> asked = Settings(measure="flops", volume=1e6, tasks={"ta-distil": 48})
        >>> position(ground_of(*example_runs()), asked).choice().winner.name
        'TS'
    """
    _refuse_assumed(ground, settings)
    measure = measure_named(ground, settings.measure)
    floor = settings.min_score
    return Position(
        ground=ground,
        settings=settings,
        measure=measure,
        definition=replace(
            ground.definition,
            headline=measure.resource(settings),
            planned_volume=settings.volume,
            min_score=ground.definition.min_score if floor is None else floor,
        ),
        pathways=share_rows(in_measure(measure, ground.pathways, settings), settings.tasks),
    )


def _refuse_assumed(ground: Ground, settings: Settings) -> None:
    if not ground.is_measured_only:
        return
    prices = ("price_per_kwh", "price_per_hour", "grid_g_per_kwh")
    put_in = [
        *(["tasks"] if settings.shared else []),
        *(["pue"] if settings.pue != 1 else []),
        *(name for name in prices if getattr(settings, name) is not None),
    ]
    if put_in:
        raise ValueError(
            f"{', '.join(put_in)} would be assumed, and this analysis holds measured numbers only; "
            "analyse without that, or leave it out"
        )
