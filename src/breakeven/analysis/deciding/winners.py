"""Winners: who would be chosen where, over volume and quality floor, or volume and shared tasks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.lifecycle import amortized
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import CLEAR, probability_cheaper
from breakeven.analysis.costs.recommend import Choice, choice_among
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.deciding.position import Position, position
from breakeven.analysis.deciding.settings import Settings

Pairing = Callable[[PathwayCost, PathwayCost], Comparison | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place of a map.

    Attributes:
        pathway: Who is chosen there; None where nobody is good enough.
        is_sure: Whether it is cheaper than every other that is good enough with a probability of
            at least 95 %; nobody chosen is not sure.
    """

    pathway: str | None
    is_sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WinnerMap:
    """Who is chosen where.

    Attributes:
        volumes: shape (n_volumes,), items.
        others: shape (n_others,), lowest scores or numbers of tasks.
        cells: shape (n_others, n_volumes).
        row: Whose number of tasks is varied; None where it is the floor.
    """

    volumes: tuple[float, ...]
    others: tuple[float, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row: str | None = None


def winners_by_floor(
    ground: Ground, settings: Settings, *, volumes: Sequence[float], floors: Sequence[float]
) -> WinnerMap:
    """Who is chosen at each volume under each floor; all else as in the settings.

    Args:
        ground: What was gathered.
        settings: Where the controls stand.
        volumes: Items.
        floors: Lowest acceptable scores.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> asked = Settings(measure="cpu_s", volume=1e5)
        >>> found = winners_by_floor(
        ...     ground_of(*example_runs()), asked, volumes=[1e3, 1e6], floors=[0.5, 0.83])
        >>> [[cell.pathway for cell in row] for row in found.cells]
        [['TF-IDF', 'TF-IDF'], ['FT', 'TS']]
    """
    here = position(ground, settings)
    return WinnerMap(
        volumes=tuple(volumes),
        others=tuple(floors),
        cells=_cells(volumes, floors, here.with_floor),
    )


def winners_by_tasks(
    ground: Ground, settings: Settings, *, volumes: Sequence[float], row: str, tasks: Sequence[int]
) -> WinnerMap:
    """Who is chosen at each volume when so many tasks share one row; all else as in the settings.

    Args:
        ground: What was gathered.
        settings: Where the controls stand.
        volumes: Items.
        row: Of development.
        tasks: Numbers of tasks, 1 to 1000.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> asked = Settings(measure="cpu_s", volume=1e5)
        >>> found = winners_by_tasks(
        ...     ground_of(*example_runs()), asked, volumes=[5e3], row="ts", tasks=[1, 1000])
        >>> [[(cell.pathway, cell.is_sure) for cell in row] for row in found.cells]
        [[('FT', True)], [('TS', True)]]
    """
    here = position(ground, settings)
    return WinnerMap(
        volumes=tuple(volumes),
        others=tuple(float(n) for n in tasks),
        cells=_cells(volumes, tasks, lambda n_tasks: here.with_tasks({row: int(n_tasks)})),
        row=row,
    )


def _cell(choice: Choice, pair: Pairing, *, volume: float) -> Cell:
    winner = choice.winner
    if winner is None:
        return Cell(pathway=None, is_sure=False)
    others = [c for c in choice.contenders if c.is_good_enough and c is not winner]
    pairs = [pair(winner.cost, other.cost) for other in others]
    chances = [probability_cheaper(p.extra, p.saved, volume=volume) for p in pairs if p is not None]
    return Cell(pathway=winner.name, is_sure=all(chance >= CLEAR for chance in chances))


def _cells(
    volumes: Sequence[float], others: Sequence[float], under: Callable[[float], Position]
) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(_along(under(other), volumes)) for other in others)


def _along(there: Position, volumes: Sequence[float]) -> Iterator[Cell]:
    """One row of a map; what does not hang on the volume is worked out once."""
    headline, pair = there.definition.headline, _remembered(there.pair)
    lives = [
        (c, c.cost.development(headline), c.cost.marginal(headline))
        for c in there.choice().contenders
    ]
    for volume in volumes:
        contenders = tuple(
            replace(c, average=amortized(development, marginal, volume=volume))
            for c, development, marginal in lives
            if development is not None and marginal is not None
        )
        choice = choice_among(contenders, there.at(volume).definition)
        yield _cell(choice, pair, volume=volume)


def _remembered(pair: Pairing) -> Pairing:
    known: dict[tuple[str, str], Comparison | None] = {}

    def of(candidate: PathwayCost, incumbent: PathwayCost) -> Comparison | None:
        names = (candidate.name, incumbent.name)
        if names not in known:
            known[names] = pair(candidate, incumbent)
        return known[names]

    return of
